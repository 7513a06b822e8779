"""Undoing: what an action changed is set back to what it was, as long as nothing done later stands on it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.community import audit, bars, care, merges, notices, reattaching, rituals, settings
from bot.community.audit import Action
from bot.community.errors import CannotUndo, LaterAction, NothingToUndo, UnknownSuggestion
from bot.community.merges import Pair
from storage import audit as log
from storage import communities, suggestions
from storage import merges as families
from storage.audit import AuditRow
from storage.database import Session
from storage.suggestions import Suggestion


@dataclass(frozen=True)
class Undoing:
    """An action, who takes it back, and when."""

    row: AuditRow
    actor_id: int
    now: datetime

    @property
    def action(self) -> Action:
        """The undoing, as the audit log names it."""
        return Action(self.row.community_id, self.actor_id, "undo", self.row.subject)


@dataclass(frozen=True)
class Undone:
    """What was undone: the actions, and the suggestions whose cards say so now."""

    rows: list[AuditRow]
    changed: list[Suggestion]


async def undo_last(session: Session, community_id: int, actor_id: int, now: datetime) -> Undone:
    """Undo the speaker's last action that can be undone; raises NothingToUndo, LaterAction."""
    row = await log.get_last_of(session, community_id, actor_id, UNDOERS.keys())
    if row is None:
        raise NothingToUndo
    return await undo(session, row, actor_id, now)


async def undo(session: Session, row: AuditRow, actor_id: int, now: datetime) -> Undone:
    """Undo an action with all that was done in the same breath; raises CannotUndo, LaterAction."""
    if row.action not in UNDOERS or row.undone_at is not None:
        raise CannotUndo
    rows = await log.list_together(session, row) if row.action == "ship" else [row]
    changed = []
    for one in rows:
        if any(_stands_on(later, one) for later in await log.list_later(session, one)):
            raise LaterAction(one.subject)
        if not await log.claim_undo(session, one.id or 0, actor_id, now):
            raise CannotUndo
        changed += await UNDOERS[one.action](session, Undoing(one, actor_id, now))
    return Undone(rows, changed)


def _stands_on(later: AuditRow, row: AuditRow) -> bool:
    """Whether a later action changed the same; of people with one name, it must have been the same person."""
    same = later.was.get("person_id") == row.was.get("person_id")
    return same and bool(later.became.keys() & row.became.keys())


async def _restore(session: Session, undoing: Undoing) -> list[Suggestion]:
    """A suggestion gets back what the action took: status, reason, release, decision, owner, date."""
    suggestion = await _hold(session, undoing)
    before, was = audit.standing(suggestion), dict(undoing.row.was)
    _check_untouched(suggestion, undoing)
    if "status" in was and before["digest_id"] is not None:
        was["digest_id"] = None  # a digest has told what is no longer so: the next one tells what is
    audit.set_back(suggestion, was)
    await audit.record_change(session, suggestion, undoing.action, before, undoing.now)
    return [suggestion]


async def _take_back(session: Session, undoing: Undoing) -> list[Suggestion]:
    """Who has been told of the decision hears that it does not stand."""
    suggestion = await _hold(session, undoing)
    undone = notices.Undone(suggestion.status, notices.moment_of(suggestion), suggestion.release_id)
    await _restore(session, undoing)
    await notices.tell_undone(session, suggestion, undone, undoing.actor_id, undoing.now)
    return [suggestion]


async def _part(session: Session, undoing: Undoing) -> list[Suggestion]:
    """Undoing a merge is a split."""
    suggestion = await _hold(session, undoing)
    pair = Pair(suggestion, await families.get_root(session, suggestion))
    await _restore(session, undoing)
    await merges.tell_split(session, pair, undoing.actor_id, undoing.row.at, undoing.now)
    return [pair.merged, pair.into]


async def _rejoin(session: Session, undoing: Undoing) -> list[Suggestion]:
    """Undoing a split merges again, unless that has become impossible."""
    suggestion = await _hold(session, undoing)
    into = undoing.row.was.get("merged_into_id")
    await merges.check_rejoin(session, suggestion, int(str(into)))
    await _restore(session, undoing)
    pair = Pair(suggestion, await families.get_root(session, suggestion))
    await merges.tell_rejoined(session, pair, undoing.actor_id, undoing.row.at, undoing.now)
    return [pair.merged, pair.into]


async def _retag(session: Session, undoing: Undoing) -> list[Suggestion]:
    suggestion = await _hold(session, undoing)
    was: Any = undoing.row.was["tags"]
    await care.put_tags(session, suggestion, list(was), undoing.action, undoing.now)
    return [suggestion]


async def _reset(session: Session, undoing: Undoing) -> list[Suggestion]:
    """A setting of the community gets its value back."""
    name, community_id = undoing.row.subject, undoing.row.community_id
    is_now = settings.shown(getattr(await settings.load(session, community_id), name))
    usual = settings.shown(settings.settings()[name].default)
    was = str(undoing.row.was["value"])
    await settings.change(session, community_id, name, "default" if was == usual else was)
    await audit.record(session, undoing.action, {"value": is_now}, {"value": was}, undoing.now)
    return []


async def _reschedule(session: Session, undoing: Undoing) -> list[Suggestion]:
    """The digest's ritual as it was, and its name."""
    community = await communities.get_community(session, undoing.row.community_id)
    is_now, was = rituals.taken_down(community), undoing.row.was
    weekday, hour, minute = (int(str(was[part])) for part in ("weekday", "hour", "minute"))
    ritual = rituals.check_ritual(weekday, hour, minute, str(was["zone"]))
    await rituals.set_ritual(session, community.id or 0, "", ritual, undoing.now)
    community.ritual_name = str(was["name"])
    await audit.record(session, undoing.action, is_now, was, undoing.now)
    return []


async def _rebar(session: Session, undoing: Undoing) -> list[Suggestion]:
    await bars.set_back(session, undoing.row, undoing.actor_id, undoing.now)
    return await _noted(session, undoing)


async def _hand_back(session: Session, undoing: Undoing) -> list[Suggestion]:
    await bars.hand_back(session, undoing.row, undoing.actor_id, undoing.now)
    return await _noted(session, undoing)


async def _reattach(session: Session, undoing: Undoing) -> list[Suggestion]:
    await reattaching.set_back(session, undoing.row)
    return await _noted(session, undoing)


async def _noted(session: Session, undoing: Undoing) -> list[Suggestion]:
    """What concerns a person and no suggestion: the undoing is written down as the action turned round."""
    before = {**undoing.row.was, **undoing.row.became}
    after = {name: undoing.row.was.get(name) for name in undoing.row.became}
    await audit.record(session, undoing.action, before, after, undoing.now)
    return []


async def _hold(session: Session, undoing: Undoing) -> Suggestion:
    number = int(undoing.row.subject.removeprefix("#"))
    held = await suggestions.lock_suggestions(session, undoing.row.community_id, [number], gone=True)
    if not held:
        raise UnknownSuggestion(number)
    return held[0]


def _check_untouched(suggestion: Suggestion, undoing: Undoing) -> None:
    """What nobody of the team did, such as askers reopening it, stands in the way too."""
    is_now = audit.standing(suggestion)
    if any(is_now[name] != value for name, value in undoing.row.became.items() if name != "digest_id"):
        raise LaterAction(undoing.row.subject)


UNDOERS: dict[str, Callable[[Session, Undoing], Awaitable[list[Suggestion]]]] = {
    "status": _take_back,
    "decline": _take_back,
    "ship": _take_back,
    "reopened": _take_back,
    "assign": _restore,
    "date": _restore,
    "tag": _retag,
    "merge": _part,
    "split": _rejoin,
    "settings": _reset,
    "ritual": _reschedule,
    "bar": _rebar,
    "pause": _rebar,
    "withhold": _rebar,
    "revoke": _hand_back,
    "reattach": _reattach,
}
# Written down, and mended otherwise: by pressing or saying it again, by `/words remove`, `/settings` or `/unbar`, or
# not at all, since codes are in people's hands, and of a phone number that was freed nothing is kept.
NOT_UNDONE = {
    "undo",
    "seen",
    "role",
    "belongs",
    "language",
    "apart",
    "words",
    "round",
    "gift",
    "phone",
    "waves",
    "wave",
    "put back",
    "repository bound",
}
