"""Suggestions merged into others: nothing of theirs moves, it is read together with the surviving one's."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import col, func, or_, select
from sqlmodel.sql.expression import Select

from storage.database import Session
from storage.members import Person
from storage.suggestions import FAMILIES, STANDING, Suggestion, families
from storage.votes import Vote
from storage.wordings import Wording


async def list_family(session: Session, suggestion_id: int) -> list[int]:
    """Ids of a suggestion and of all that were merged into it, the oldest first."""
    family = families(col(Suggestion.id) == suggestion_id)
    return list(await session.exec(select(family.c.id).order_by(family.c.id)))


async def list_merged(session: Session, suggestion_id: int) -> list[Suggestion]:
    """What was merged into a suggestion, by however many steps, and still stands; the oldest first."""
    family = families(col(Suggestion.id) == suggestion_id)
    query = select(Suggestion).join(family, col(Suggestion.id) == family.c.id).where(STANDING)
    return list(await session.exec(query.where(Suggestion.id != suggestion_id).order_by(col(Suggestion.number))))


async def get_root(session: Session, suggestion: Suggestion) -> Suggestion:
    """The surviving one: the suggestion itself, unless it was merged into another."""
    while suggestion.merged_into_id is not None:
        into = select(Suggestion).where(Suggestion.id == suggestion.merged_into_id)
        suggestion = (await session.exec(into)).one()
    return suggestion


async def map_roots(session: Session, suggestion_ids: Collection[int]) -> dict[int, int]:
    """The surviving one of each of these that was merged; the others are left out."""
    start: Select[Any, Any, Any] = select(col(Suggestion.id).label("start"), Suggestion.id, Suggestion.merged_into_id)
    merged = start.where(col(Suggestion.id).in_(suggestion_ids), col(Suggestion.merged_into_id).is_not(None))
    way = merged.cte("way", recursive=True)
    step = select(way.c.start, Suggestion.id, Suggestion.merged_into_id)
    way = way.union(step.join(way, col(Suggestion.id) == way.c.merged_into_id))
    found = await session.exec(select(way.c.start, way.c.id).where(way.c.merged_into_id.is_(None)))
    return {int(one): int(root) for one, root in found}


async def list_voices(session: Session, suggestion_id: int) -> list[Wording]:
    """Own words of everyone who asked for a suggestion or for what was merged into it: each person's first."""
    family = families(col(Suggestion.id) == suggestion_id)
    query = select(Wording).join(family, col(Wording.suggestion_id) == family.c.id)
    voices: dict[int, Wording] = {}
    for wording in await session.exec(query.order_by(col(Wording.suggestion_id) != suggestion_id, col(Wording.id))):
        voices.setdefault(wording.person_id, wording)
    return list(voices.values())


async def list_askers(session: Session, suggestion_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """By suggestion, the names by id of its asker, who stands first, and of those of what was merged into it."""
    names: dict[int, dict[int, str]] = {}
    for root_id, author_id, name in await session.exec(_ASKERS, params={"ids": suggestion_ids}):
        names.setdefault(root_id, {}).setdefault(author_id, name)
    return names


_ASKERS = (
    select(FAMILIES.c.root_id, Suggestion.author_id, Person.name)
    .join(Suggestion, col(Suggestion.id) == FAMILIES.c.id)
    .join(Person, col(Person.id) == col(Suggestion.author_id))
    .where(or_(STANDING, col(Suggestion.id) == FAMILIES.c.root_id))
    .order_by(FAMILIES.c.root_id, col(Suggestion.id) != FAMILIES.c.root_id, col(Suggestion.number))
)


async def has_asked(session: Session, suggestion_ids: Sequence[int], person_id: int) -> bool:
    """Whether the person voted for any of these or asked for it in their own words."""
    voted = select(Vote.person_id).where(col(Vote.suggestion_id).in_(suggestion_ids), Vote.person_id == person_id)
    asked = select(Wording.person_id).where(
        col(Wording.suggestion_id).in_(suggestion_ids), Wording.person_id == person_id
    )
    return (await session.exec(voted)).first() is not None or (await session.exec(asked)).first() is not None


async def count_voters(session: Session, suggestion_ids: Sequence[int], *, but: int) -> int:
    """How many people voted for any of these, each once, without one who has no vote."""
    query = select(func.count(func.distinct(Vote.person_id)))
    voted = query.where(col(Vote.suggestion_id).in_(suggestion_ids), Vote.person_id != but)
    return int((await session.exec(voted.where(col(Vote.held_until).is_(None)))).one())


async def count_speakers(session: Session, suggestion_ids: Sequence[int]) -> int:
    """How many people asked for any of these in their own words, each once."""
    query = select(func.count(func.distinct(Wording.person_id)))
    return int((await session.exec(query.where(col(Wording.suggestion_id).in_(suggestion_ids)))).one())
