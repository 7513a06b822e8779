"""What the team decides: planned, started, declined with a reason, shipped together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.community import notices, reservations, verdicts
from bot.community.errors import (
    CannotShip,
    ReasonNeeded,
    ReopenFirst,
    SameStatus,
    ShipInstead,
    TextTooLong,
    UnknownSuggestion,
)
from storage import releases, suggestions
from storage.database import Session
from storage.releases import LONGEST_NOTE, LONGEST_VERSION, Release
from storage.suggestions import DECLINED, OPEN, SHIPPED, Suggestion

LONGEST_REASON = 1024
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Decision:
    """The status somebody of the team gives a suggestion, and why."""

    status: str
    reason: str
    decided_by_id: int


async def decide(session: Session, community_id: int, number: int, decision: Decision, now: datetime) -> Suggestion:
    """Give a suggestion a status; shipping goes by `ship`, and what is shipped can only be reopened.

    Raises ShipInstead, ReasonNeeded, TextTooLong, UnknownSuggestion, ReopenFirst, SameStatus.
    """
    if decision.status == SHIPPED:
        raise ShipInstead(number)
    if decision.status == DECLINED and not decision.reason:
        raise ReasonNeeded(number)
    if len(decision.reason) > LONGEST_REASON:
        raise TextTooLong(LONGEST_REASON)
    locked = await _lock(session, community_id, [number])
    if not locked:
        raise UnknownSuggestion(number)
    suggestion = locked[0]
    _check_move(suggestion, decision)
    suggestion.status, suggestion.reason = decision.status, decision.reason
    suggestion.release_id = None
    _note_decision(suggestion, decision.decided_by_id, now)
    await session.flush()
    await notices.tell_decision(session, suggestion, now)
    return suggestion


async def ship(session: Session, release: Release, numbers: Sequence[int]) -> list[Suggestion]:
    """Ship these suggestions in one release: all of them, or none. Raises CannotShip, TextTooLong."""
    if len(release.version) > LONGEST_VERSION:
        raise TextTooLong(LONGEST_VERSION)
    if len(release.note) > LONGEST_NOTE:
        raise TextTooLong(LONGEST_NOTE)
    locked = await _lock(session, release.community_id, numbers)
    known = {suggestion.number for suggestion in locked}
    unknown = tuple(number for number in numbers if number not in known)
    shipped = tuple(suggestion.number for suggestion in locked if suggestion.status == SHIPPED)
    if unknown or shipped:
        raise CannotShip(unknown, shipped)
    await releases.add_release(session, release)
    for suggestion in locked:
        suggestion.status, suggestion.reason, suggestion.release_id = SHIPPED, "", release.id
        _note_decision(suggestion, release.released_by_id, release.released_at)
    await session.flush()
    for suggestion in locked:
        await notices.tell_decision(session, suggestion, release.released_at, release)
        await verdicts.expect(session, suggestion, release)
    await reservations.tell_early(session, locked, f"release/{release.id}", release.released_at)
    return locked


def _check_move(suggestion: Suggestion, decision: Decision) -> None:
    if suggestion.status == SHIPPED and decision.status != OPEN:
        raise ReopenFirst(suggestion.number)
    if suggestion.status == decision.status and decision.reason in ("", suggestion.reason):
        raise SameStatus(suggestion.number, suggestion.status)


def _note_decision(suggestion: Suggestion, person_id: int, now: datetime) -> None:
    suggestion.decided_by_id, suggestion.decided_at = person_id, now
    suggestion.digest_id = None  # the next digest tells it


async def _lock(session: Session, community_id: int, numbers: Sequence[int]) -> list[Suggestion]:
    possible = [number for number in numbers if 0 < number <= LARGEST_NUMBER]
    return await suggestions.lock_suggestions(session, community_id, possible)
