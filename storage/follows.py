"""Who wants to hear what becomes of a suggestion: its asker, who voted, whose words joined it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into


class Follow(SQLModel, table=True):
    """One person follows one suggestion; muted, they hear nothing and are not made to follow it again."""

    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    muted: bool = False
    created_at: datetime


async def get_follow(session: Session, suggestion_id: int, person_id: int) -> Follow | None:
    query = select(Follow).where(Follow.suggestion_id == suggestion_id, Follow.person_id == person_id)
    return (await session.exec(query)).first()


async def list_followers(session: Session, suggestion_ids: Sequence[int]) -> list[int]:
    """People who want to hear of any of these suggestions, each once, in the order they came."""
    query = select(Follow.person_id).where(col(Follow.suggestion_id).in_(suggestion_ids), col(Follow.muted).is_(False))
    return list(dict.fromkeys(await session.exec(query.order_by(col(Follow.created_at), col(Follow.person_id)))))


async def add_follow(session: Session, suggestion_id: int, person_id: int, now: datetime) -> bool:
    """True when the person did not follow it yet; who has muted it stays muted."""
    values = {"suggestion_id": suggestion_id, "person_id": person_id, "muted": False, "created_at": now}
    insert = insert_into(session, Follow).values(**values).on_conflict_do_nothing()
    return (await session.exec(insert)).rowcount == 1


async def set_muted(session: Session, suggestion_id: int, person_id: int, *, muted: bool) -> bool:
    """False when the person does not follow it at all."""
    one = (col(Follow.suggestion_id) == suggestion_id, col(Follow.person_id) == person_id)
    return (await session.exec(update(Follow).where(*one).values(muted=muted))).rowcount == 1


async def delete_follow(session: Session, suggestion_id: int, person_id: int) -> None:
    one = (col(Follow.suggestion_id) == suggestion_id, col(Follow.person_id) == person_id)
    await session.exec(delete(Follow).where(*one))
