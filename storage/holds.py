"""Communities whose database is a copy that was put back: what it would send, or open, waits for somebody's word."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Chat, Community
from storage.database import Session
from storage.members import Member

UNASKED = "unasked"  # in a session's info: what is said in it, nobody has asked for


class Hold(SQLModel, table=True):
    """What of one community waits."""

    community_id: int = Field(primary_key=True, foreign_key="community.id")
    copied_at: datetime | None = None  # when the copy last lived; None when that is not known
    found_at: datetime  # when it was found to be one
    messages: bool = True  # what was due then, and since, is not sent
    codes: bool = True  # what was issued before opens nothing
    told_at: datetime | None = None  # when the team was asked


async def add_holds(session: Session, copied_at: datetime | None, now: datetime) -> None:
    """Every community waits, also those that were waiting already."""
    await session.exec(delete(Hold))
    ids = await session.exec(select(Community.id))
    rows = [{"community_id": i, "copied_at": copied_at, "found_at": now, "messages": True, "codes": True} for i in ids]
    if rows:
        await session.exec(insert(Hold), params=rows)


async def list_holds(session: Session) -> list[Hold]:
    return list(await session.exec(select(Hold).order_by(col(Hold.community_id))))


async def get_hold(session: Session, community_id: int) -> Hold | None:
    return (await session.exec(select(Hold).where(Hold.community_id == community_id).with_for_update())).first()


async def set_told(session: Session, community_id: int, now: datetime) -> None:
    await session.exec(update(Hold).where(col(Hold.community_id) == community_id).values(told_at=now))


async def list_held_chats(session: Session, chat_ids: Collection[int]) -> set[int]:
    """Those of these chats whose community's messages wait."""
    query = select(Chat.id).join(Hold, col(Hold.community_id) == col(Chat.community_id))
    return set(await session.exec(query.where(col(Hold.messages), col(Chat.id).in_(chat_ids))))  # type: ignore[arg-type]


async def list_held_people(session: Session, person_ids: Collection[int]) -> set[int]:
    """Those of these people to whom a community that waits might have written."""
    query = select(Member.person_id).join(Hold, col(Hold.community_id) == col(Member.community_id))
    return set(await session.exec(query.where(col(Hold.messages), col(Member.person_id).in_(person_ids))))
