"""What the team decides: planned, started, declined with a reason, shipped together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.community import audit, notices, reservations, verdicts
from bot.community.errors import (
    CannotShip,
    PartOfAnother,
    ReasonNeeded,
    ReopenFirst,
    SameStatus,
    ShipInstead,
    TextTooLong,
    UnknownSuggestion,
)
from storage import merges, releases, suggestions
from storage.database import Session
from storage.releases import LONGEST_NOTE, LONGEST_VERSION, Release
from storage.suggestions import DECLINED, MERGED, OPEN, SHIPPED, Suggestion

LONGEST_REASON = 1024
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Decision:
    """The status somebody of the team gives a suggestion, and why."""

    status: str
    reason: str
    decided_by_id: int
    as_team: bool = False  # shown without a name
    action: str = ""  # as the audit log names it, where it is not simply a decision


async def decide(session: Session, community_id: int, number: int, decision: Decision, now: datetime) -> Suggestion:
    """Give a suggestion a status; shipping goes by `ship`, and what is shipped can only be reopened.

    Raises ShipInstead, ReasonNeeded, TextTooLong, UnknownSuggestion, PartOfAnother, ReopenFirst, SameStatus.
    """
    if decision.status == SHIPPED:
        raise ShipInstead(number)
    if decision.status == DECLINED and not decision.reason:
        raise ReasonNeeded(number)
    if len(decision.reason) > LONGEST_REASON:
        raise TextTooLong(LONGEST_REASON)
    suggestion = await hold(session, community_id, number)
    _check_move(suggestion, decision)
    before = audit.standing(suggestion)
    suggestion.status, suggestion.reason = decision.status, decision.reason
    suggestion.release_id = None
    _note_decision(suggestion, decision, now)
    name = decision.action or ("decline" if decision.status == DECLINED else "status")
    action = audit.about(suggestion, decision.decided_by_id, name)
    await audit.record_change(session, suggestion, action, before, now)
    await notices.tell_decision(session, suggestion, now)
    return suggestion


async def ship(
    session: Session, release: Release, numbers: Sequence[int], *, as_team: bool = False
) -> list[Suggestion]:
    """Ship these suggestions in one release: all of them, or none; a merged one means the one it was merged into.

    Raises CannotShip, TextTooLong.
    """
    if len(release.version) > LONGEST_VERSION:
        raise TextTooLong(LONGEST_VERSION)
    if len(release.note) > LONGEST_NOTE:
        raise TextTooLong(LONGEST_NOTE)
    named = await _lock(session, release.community_id, numbers)
    known = {suggestion.number for suggestion in named}
    unknown = tuple(number for number in numbers if number not in known)
    locked = await _surviving(session, named)
    shipped = tuple(suggestion.number for suggestion in locked if suggestion.status == SHIPPED)
    if unknown or shipped:
        raise CannotShip(unknown, shipped)
    await releases.add_release(session, release)
    for suggestion in locked:
        await _ship(session, suggestion, release, as_team=as_team)
    await reservations.tell_early(session, locked, release)
    return locked


async def _ship(session: Session, suggestion: Suggestion, release: Release, *, as_team: bool) -> None:
    before, now = audit.standing(suggestion), release.released_at
    suggestion.status, suggestion.reason, suggestion.release_id = SHIPPED, "", release.id
    _note_decision(suggestion, Decision(SHIPPED, "", release.released_by_id, as_team), now)
    action = audit.about(suggestion, release.released_by_id, "ship")
    await audit.record_change(session, suggestion, action, before, now)
    await notices.tell_decision(session, suggestion, now, release)
    await verdicts.expect(session, suggestion, release)


async def hold(session: Session, community_id: int, number: int) -> Suggestion:
    """The suggestion, held until the transaction ends; raises UnknownSuggestion, PartOfAnother."""
    locked = await _lock(session, community_id, [number])
    if not locked:
        raise UnknownSuggestion(number)
    if locked[0].status == MERGED:
        raise PartOfAnother(number, (await merges.get_root(session, locked[0])).number)
    return locked[0]


async def _surviving(session: Session, named: Sequence[Suggestion]) -> list[Suggestion]:
    """Each once, merged ones replaced by those they were merged into, all held until the transaction ends."""
    if all(suggestion.status != MERGED for suggestion in named):
        return list(named)
    numbers = sorted({(await merges.get_root(session, suggestion)).number for suggestion in named})
    return await _lock(session, named[0].community_id, numbers)


def _check_move(suggestion: Suggestion, decision: Decision) -> None:
    if suggestion.status == SHIPPED and decision.status != OPEN:
        raise ReopenFirst(suggestion.number)
    if suggestion.status == decision.status and decision.reason in ("", suggestion.reason):
        raise SameStatus(suggestion.number, suggestion.status)


def _note_decision(suggestion: Suggestion, decision: Decision, now: datetime) -> None:
    suggestion.decided_by_id, suggestion.decided_at = decision.decided_by_id, now
    suggestion.decided_as_team = decision.as_team
    suggestion.digest_id = None  # the next digest tells it


async def _lock(session: Session, community_id: int, numbers: Sequence[int]) -> list[Suggestion]:
    possible = [number for number in numbers if 0 < number <= LARGEST_NUMBER]
    return await suggestions.lock_suggestions(session, community_id, possible)
