"""What a database that was put back would send: held until somebody says whether it is to be sent."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, true, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from storage.communities import Chat
from storage.database import Session
from storage.holds import Hold
from storage.members import Member
from storage.outbox import DEAD, HELD, SENDING, SENT, WAITING, OutboxRow


async def set_all_held(session: Session) -> None:
    """All that a database that was put back had still to send, or was sending when it was copied."""
    await session.exec(update(OutboxRow).where(col(OutboxRow.state).in_((WAITING, SENDING))).values(state=HELD))


async def count_held(session: Session, community_id: int) -> tuple[int, int]:
    """What a community's chats, and its people, would be sent."""
    chats, people = _held_of(community_id)
    counts = [
        await session.exec(select(func.count()).where(OutboxRow.state == HELD, where)) for where in (chats, people)
    ]
    return counts[0].one(), counts[1].one()


async def release_held(session: Session, community_id: int, *, last: bool) -> int:
    """Send what was held for a community; of a live message only its newest version. `last`: and all that is left."""
    later = aliased(OutboxRow)
    newer = exists().where(col(later.slot) == col(OutboxRow.slot), col(later.id) > col(OutboxRow.id))
    await _settle(session, community_id, last, {"state": DEAD, "error": "there is a newer version"}, newer)
    return await _settle(session, community_id, last, {"state": WAITING})


async def drop_held(session: Session, community_id: int, now: datetime, *, last: bool) -> int:
    """Take what was held for a community as said: it was, as far as anybody can know."""
    values = {"state": SENT, "sent_at": now, "error": "taken as said when the database was put back"}
    return await _settle(session, community_id, last, values)


async def _settle(
    session: Session, community_id: int, last: bool, values: Mapping[str, object], *where: ColumnElement[bool]
) -> int:
    ours = true() if last else or_(*_held_of(community_id))
    settled = update(OutboxRow).where(col(OutboxRow.state) == HELD, ours, *where).values(**values)
    return int((await session.exec(settled.execution_options(synchronize_session=False))).rowcount)


def _held_of(community_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Rows to a community's chats, and to those of its people to whom no other that waits may have written."""
    chats = select(Chat.id).where(Chat.community_id == community_id)
    theirs = select(Member.person_id).where(Member.community_id == community_id)
    others = (
        select(Member.person_id)
        .join(Hold, col(Hold.community_id) == col(Member.community_id))
        .where(Hold.community_id != community_id, col(Hold.messages))
    )
    people = and_(col(OutboxRow.person_id).in_(theirs), col(OutboxRow.person_id).not_in(others))
    return col(OutboxRow.chat_id).in_(chats), people
