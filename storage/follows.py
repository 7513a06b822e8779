"""Who wants to hear what becomes of a suggestion: its asker, who voted, whose words joined it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, or_, union, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, insert_into
from storage.merges import map_roots
from storage.reservations import Reservation
from storage.suggestions import STANDING, Suggestion, families
from storage.votes import Vote
from storage.wordings import Wording


class Follow(SQLModel, table=True):
    """One person follows one suggestion; muted, they hear nothing and are not made to follow it again."""

    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    muted: bool = False
    created_at: datetime


@dataclass(frozen=True)
class Mine:
    """A suggestion, and all that ties one person to it or to what it was merged with."""

    suggestion: Suggestion
    asked: bool
    vote: Vote | None
    follow: Follow | None
    reserved: bool


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
    query = _standing(community_id).where(col(Suggestion.id).in_(concerning))
    found = await session.exec(query.order_by(col(Suggestion.number).desc()).offset(offset).limit(limit))
    return await _ties(session, list(found), person_id)


async def get_mine(session: Session, community_id: int, person_id: int, suggestion_id: int) -> Mine | None:
    """One suggestion of the community as it concerns a person."""
    found = (await session.exec(_standing(community_id).where(Suggestion.id == suggestion_id))).first()
    return (await _ties(session, [found], person_id))[0] if found else None


def _standing(community_id: int) -> SelectOfScalar[Suggestion]:
    return select(Suggestion).where(STANDING, Suggestion.community_id == community_id)


async def _ties(session: Session, found: Sequence[Suggestion], person_id: int) -> list[Mine]:
    """With all that ties the person to them, or to what they were merged with."""
    ids = [one.id or 0 for one in found]
    roots = await map_roots(session, ids)
    families_of = [roots.get(i, i) for i in ids]
    voted, followed, reserved = [await _theirs(session, table, families_of, person_id) for table in _TIES]
    return [
        Mine(one, one.author_id == person_id, voted.get(root), followed.get(root), root in reserved)
        for one, root in zip(found, families_of, strict=True)
    ]


_TIES: tuple[type[Any], ...] = (Vote, Follow, Reservation)


async def _theirs(session: Session, table: type[Any], roots: Sequence[int], person_id: int) -> dict[int, Any]:
    """By surviving suggestion, one of the person's rows about its family; of their follows a muted one."""
    family = families(col(Suggestion.id).in_(roots))
    query = select(family.c.root_id, table).join(table, col(table.suggestion_id) == family.c.id)
    theirs = query.where(table.person_id == person_id).order_by(col(table.created_at))
    rows: list[tuple[int, Any]] = list(await session.exec(theirs))
    return dict(sorted(rows, key=lambda one: getattr(one[1], "muted", False)))


async def map_hearing(session: Session, roots: Sequence[int], person_id: int) -> dict[int, bool]:
    """By surviving suggestion whose family the person follows: whether they hear of it, or have muted it."""
    followed = await _theirs(session, Follow, roots, person_id)
    return {root: not follow.muted for root, follow in followed.items()}


async def add_follow(session: Session, suggestion_id: int, person_id: int, now: datetime) -> bool:
    """True when the person did not follow it yet; who has muted it stays muted."""
    values = {"suggestion_id": suggestion_id, "person_id": person_id, "muted": False, "created_at": now}
    insert = insert_into(session, Follow).values(**values).on_conflict_do_nothing()
    return (await session.exec(insert)).rowcount == 1


async def set_muted(session: Session, suggestion_ids: Sequence[int], person_id: int, *, muted: bool) -> bool:
    """False when the person follows none of them."""
    return (
        await session.exec(update(Follow).where(*_their(suggestion_ids, person_id)).values(muted=muted))
    ).rowcount > 0


async def delete_follows(session: Session, suggestion_ids: Sequence[int], person_id: int) -> bool:
    """The person hears of none of these any more; True when they followed any."""
    return (await session.exec(delete(Follow).where(*_their(suggestion_ids, person_id)))).rowcount > 0


async def delete_untied(session: Session, suggestion_ids: Sequence[int], person_id: int) -> None:
    """The same, unless they have asked for any of these, voted for it, reserved it, or muted it."""
    family = col(Suggestion.id).in_(suggestion_ids)
    asked = select(Suggestion.id).where(STANDING, family, Suggestion.author_id == person_id)
    ties = [
        select(table.suggestion_id).where(col(table.suggestion_id).in_(suggestion_ids), table.person_id == person_id)
        for table in (Wording, Vote, Reservation)
    ]
    muted = select(Follow.suggestion_id).where(*_their(suggestion_ids, person_id), col(Follow.muted))
    is_tied = or_(*(query.exists() for query in (asked, muted, *ties)))
    await session.exec(delete(Follow).where(*_their(suggestion_ids, person_id), ~is_tied))


def _their(suggestion_ids: Sequence[int], person_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(Follow.suggestion_id).in_(suggestion_ids), col(Follow.person_id) == person_id
