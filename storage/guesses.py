"""Codes that opened nothing: who sent them and when, so that guessing can be slowed down."""

from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session


class Miss(SQLModel, table=True):
    """Somebody sent a code that opens nothing; many in a short time are guesses."""

    __tablename__ = "code_miss"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    missed_at: datetime = Field(index=True)


async def list_misses(session: Session, person_id: int, since: datetime) -> list[datetime]:
    """When somebody's codes opened nothing, the newest first."""
    query = select(Miss.missed_at).where(Miss.person_id == person_id, Miss.missed_at > since)
    return list(await session.exec(query.order_by(col(Miss.missed_at).desc())))


async def count_misses(session: Session, since: datetime, limit: int) -> int:
    """How many codes opened nothing for anybody; counted no further than `limit`."""
    recent = select(Miss.id).where(Miss.missed_at > since).limit(limit).subquery()
    return int((await session.exec(select(func.count()).select_from(recent))).one())


async def has_old(session: Session, before: datetime) -> bool:
    return (await session.exec(select(Miss.id).where(Miss.missed_at <= before).limit(1))).first() is not None


async def add_miss(session: Session, person_id: int, now: datetime) -> None:
    session.add(Miss(person_id=person_id, missed_at=now))
    await session.flush()


async def delete_misses(session: Session, before: datetime) -> None:
    await session.exec(delete(Miss).where(col(Miss.missed_at) <= before))
