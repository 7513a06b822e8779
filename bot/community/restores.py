"""A database that was put back from an old copy sends nothing, and opens nothing, before somebody has said so.

Nobody can know what was sent, and which codes were used, after the copy was made. So all that it has to send waits,
what is due is written but not sent, and codes from before open nothing, until each community's team, or the operator,
decides. People who speak to the bot are answered meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.community.audit import Action, record
from bot.community.errors import AnsweredAlready
from bot.community.verdicts import ASKED_AFTER
from storage import epochs, held, holds, inbox, invitations, notices, verdicts, waiting
from storage.database import Session
from storage.epochs import Beat, Epoch
from storage.holds import Hold


class Choice(IntEnum):
    """What somebody says; buttons carry the number."""

    SEND = 0
    DROP = 1
    KEEP_CODES = 2
    REPLACE_CODES = 3


@dataclass(frozen=True)
class Held:
    """What of a community waits for its team's word."""

    hold: Hold
    to_chats: int
    to_people: int
    codes: int

    @property
    def is_nothing(self) -> bool:
        return not ((self.hold.messages and (self.to_chats or self.to_people)) or (self.hold.codes and self.codes))


async def beat(session: Session, mark: Beat | None, now: datetime) -> tuple[Beat, bool]:
    """The database lives and has come one beat further; True if it is an old copy, of which everything now waits.

    `mark` is what stands beside the database, written by a program that has seen it come so far.
    """
    row = await epochs.claim_epoch(session)
    if not await _is_copy(session, row, mark):
        await epochs.set_beat(session, row, row.beat.next, now)
        return row.beat, False
    await held.set_all_held(session)
    await inbox.set_all_parked(session, "not handled: the database was put back from a copy")
    await holds.add_holds(session, row.beaten_at, now)
    await epochs.set_beat(session, row, Beat(max(row.epoch, mark.epoch if mark else 0) + 1), now)
    return row.beat, True


async def _is_copy(session: Session, row: Epoch, mark: Beat | None) -> bool:
    if mark is not None and mark > row.beat:
        return True
    mark_is_gone = mark is None and row.beaten_at is not None and epochs.lives_beside_its_mark(session)
    return mark_is_gone or await epochs.has_moved(session, row)


async def look(session: Session, hold: Hold) -> Held:
    """What waits, in numbers."""
    chats, people = await held.count_held(session, hold.community_id)
    return Held(hold, chats, people, await invitations.count_open(session, hold.community_id, hold.found_at))


async def let_go(session: Session, seen: Held) -> bool:
    """Nothing waits: there is nothing to decide about. True if it is so."""
    if seen.is_nothing:
        await session.delete(seen.hold)
    return seen.is_nothing


async def decide(session: Session, community_id: int, choice: Choice, by_id: int | None, now: datetime) -> Held:
    """Somebody's word on what waits, and what still does; raises AnsweredAlready."""
    hold = await holds.get_hold(session, community_id)
    about_codes = choice in (Choice.KEEP_CODES, Choice.REPLACE_CODES)
    if hold is None or not (hold.codes if about_codes else hold.messages):
        raise AnsweredAlready
    if about_codes:
        hold.codes = False
    else:
        hold.messages = False
    await session.flush()
    await _carry_out(session, hold, choice, by_id, now)
    if by_id is not None:
        await record(session, Action(community_id, by_id, "put back", choice.name.lower()), {}, {}, now)
    left = await look(session, hold)
    if left.is_nothing:
        await session.delete(hold)
    return left


async def _carry_out(session: Session, hold: Hold, choice: Choice, by_id: int | None, now: datetime) -> None:
    last = not any(other.messages for other in await holds.list_holds(session))
    match choice:
        case Choice.SEND:
            await held.release_held(session, hold.community_id, last=last)
        case Choice.DROP:
            await held.drop_held(session, hold.community_id, now, last=last)
            await notices.drop_before(session, hold.community_id, hold.found_at, now)
            await verdicts.drop_shipped_before(session, hold.community_id, hold.found_at - ASKED_AFTER)
        case Choice.REPLACE_CODES:
            gone = await invitations.set_open_revoked(session, hold.community_id, hold.found_at, by_id, now)
            await waiting.set_waiting_again(session, hold.community_id, [code.id for code in gone])
