"""Who wants to hear what becomes of a suggestion: its asker, who voted, whose words joined it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, and_, delete, union, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into
from storage.reservations import Reservation
from storage.suggestions import STANDING, Suggestion
from storage.votes import Vote


class Follow(SQLModel, table=True):
    """One person follows one suggestion; muted, they hear nothing and are not made to follow it again."""

    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    muted: bool = False
    created_at: datetime


@dataclass(frozen=True)
class Mine:
    """A suggestion, and all that ties one person to it."""

    suggestion: Suggestion
    asked: bool
    vote: Vote | None
    follow: Follow | None
    reserved: bool


async def get_follow(session: Session, suggestion_id: int, person_id: int) -> Follow | None:
    query = select(Follow).where(Follow.suggestion_id == suggestion_id, Follow.person_id == person_id)
    return (await session.exec(query)).first()


async def list_followers(session: Session, suggestion_ids: Sequence[int]) -> list[int]:
    """People who want to hear of any of these suggestions, each once, in the order they came."""
    query = select(Follow.person_id).where(col(Follow.suggestion_id).in_(suggestion_ids), col(Follow.muted).is_(False))
    return list(dict.fromkeys(await session.exec(query.order_by(col(Follow.created_at), col(Follow.person_id)))))


async def list_muted(session: Session, suggestion_ids: Sequence[int]) -> set[int]:
    """People who have muted any of these suggestions."""
    query = select(Follow.person_id).where(col(Follow.suggestion_id).in_(suggestion_ids), col(Follow.muted))
    return set(await session.exec(query))


async def list_mine(session: Session, community_id: int, person_id: int, offset: int, limit: int) -> list[Mine]:
    """What a person asked, voted for, follows or reserved, the newest first."""
    concerning: CompoundSelect[Any] = union(
        select(Suggestion.id).where(Suggestion.author_id == person_id),
        *(select(table.suggestion_id).where(table.person_id == person_id) for table in (Vote, Follow, Reservation)),
    )
    query = _mine(community_id, person_id).where(col(Suggestion.id).in_(concerning))
    found = await session.exec(query.order_by(col(Suggestion.number).desc()).offset(offset).limit(limit))
    return [_read(person_id, *row) for row in found]


async def get_mine(session: Session, community_id: int, person_id: int, suggestion_id: int) -> Mine | None:
    """One suggestion of the community as it concerns a person."""
    row = (await session.exec(_mine(community_id, person_id).where(Suggestion.id == suggestion_id))).first()
    return _read(person_id, *row) if row else None


def _mine(community_id: int, person_id: int) -> Any:  # a select whose type SQLModel's stubs lose on the way
    query = select(Suggestion, Vote, Follow, Reservation)
    for table in (Vote, Follow, Reservation):
        is_theirs = and_(col(table.suggestion_id) == col(Suggestion.id), col(table.person_id) == person_id)
        query = query.outerjoin(table, is_theirs)
    return query.where(STANDING, Suggestion.community_id == community_id)


def _read(
    person_id: int, suggestion: Suggestion, vote: Vote | None, follow: Follow | None, reserved: Reservation | None
) -> Mine:
    return Mine(suggestion, suggestion.author_id == person_id, vote, follow, reserved is not None)


async def list_muted_ids(session: Session, person_id: int) -> set[int]:
    """The suggestions somebody has muted."""
    return set(await session.exec(select(Follow.suggestion_id).where(Follow.person_id == person_id, col(Follow.muted))))


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
