"""Votes: one a person and suggestion, whatever the door; a newcomer's is held back until its time has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, CheckConstraint, ColumnElement, Index, Integer, and_, bindparam, delete, func, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import Select

from storage.database import Session, insert_into
from storage.members import Member
from storage.suggestions import FAMILIES, OPEN, PLANNED, STANDING, STARTED, Suggestion, families

# What holds a vote up, as bits: said or pressed, a reaction to the card, a reaction to the message it was made of.
BY_WORD, BY_CARD, BY_SOURCE = 1, 2, 4


class Vote(SQLModel, table=True):
    """One person's vote: one per suggestion. It stands while one of its doors holds it."""

    __table_args__ = (
        CheckConstraint("doors BETWEEN 1 AND 7", name="doors_known"),
        Index(
            "vote_held",
            "held_until",
            sqlite_where=text("held_until IS NOT NULL"),
            postgresql_where=text("held_until IS NOT NULL"),
        ),
    )

    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    created_at: datetime
    doors: int = BY_WORD
    held_until: datetime | None = None  # a newcomer's: kept, and not counted before somebody has set this to None


_COUNTS = col(Vote.held_until).is_(None)


async def has_votes(session: Session, suggestion_ids: Sequence[int]) -> bool:
    """Whether anybody voted for any of these, held back or not."""
    query = select(Vote.person_id).where(col(Vote.suggestion_id).in_(suggestion_ids)).limit(1)
    return (await session.exec(query)).first() is not None


async def count_voters(session: Session, suggestion_ids: Sequence[int]) -> int:
    """People who voted for any of these suggestions, each once; votes still held back are left out."""
    query = select(func.count(func.distinct(Vote.person_id))).where(col(Vote.suggestion_id).in_(suggestion_ids))
    return int((await session.exec(query.where(_COUNTS))).one())


async def count_votes(session: Session, suggestion_ids: Sequence[int]) -> dict[int, int]:
    """Votes by suggestion, with those of what was merged into it; a suggestion without any is left out."""
    tallies = await session.exec(_TALLIES, params={"ids": suggestion_ids})
    return {suggestion_id: int(count) for suggestion_id, count in tallies}


async def count_newcomers(session: Session, suggestion: Suggestion, voted: datetime, arrived: datetime) -> int:
    """People who came after one moment and voted for the suggestion after another, held back or not."""
    query = (
        select(func.count())
        .select_from(Vote)
        .join(Member, col(Member.person_id) == col(Vote.person_id))
        .where(Vote.suggestion_id == suggestion.id, col(Vote.created_at) > voted)
        .where(Member.community_id == suggestion.community_id, col(Member.arrived_at) > arrived)
    )
    return int((await session.exec(query)).one())


def tallies(family: CTE) -> Select[Any, int]:
    """Of those suggestions, how many people voted for them or for what was merged into them, each once.

    Who asked for the surviving one has no vote in it, though they may have voted for the other before.
    """
    root = aliased(Suggestion)
    return (
        select(family.c.root_id, func.count(func.distinct(Vote.person_id)).label("votes"))
        .join(Vote, col(Vote.suggestion_id) == family.c.id)
        .join(root, col(root.id) == family.c.root_id)
        .where(Vote.person_id != root.author_id, _COUNTS)
        .group_by(family.c.root_id)
    )


def _most_wanted() -> Select[Suggestion, int]:
    which = (
        STANDING,
        col(Suggestion.community_id) == bindparam("community_id"),
        col(Suggestion.status).in_(bindparam("statuses", expanding=True)),
    )
    voted = tallies(families(*which)).subquery()
    votes = func.coalesce(voted.c.votes, 0)
    return (
        select(Suggestion, votes)
        .outerjoin(voted, voted.c.root_id == col(Suggestion.id))
        .where(*which)
        .order_by(votes.desc(), col(Suggestion.number))
        .limit(bindparam("most", type_=Integer))
    )


_TALLIES, _MOST_WANTED = tallies(FAMILIES), _most_wanted()


async def list_most_wanted(
    session: Session, community_id: int, limit: int, statuses: Sequence[str] = (OPEN, PLANNED, STARTED)
) -> list[tuple[Suggestion, int]]:
    """Suggestions of those statuses with their votes, the most wanted first, then the oldest."""
    which = {"community_id": community_id, "statuses": statuses, "most": limit}
    return [(suggestion, int(count)) for suggestion, count in await session.exec(_MOST_WANTED, params=which)]


async def list_with_due(session: Session, now: datetime, limit: int = 100) -> list[tuple[int, int]]:
    """Suggestions, by community and number, with votes whose time has come.

    The vote of who has left meanwhile waits for them: from outside it does not count.
    """
    voter = and_(col(Member.person_id) == col(Vote.person_id), col(Member.community_id) == col(Suggestion.community_id))
    query = (
        select(Suggestion.community_id, Suggestion.number)
        .join(Vote, col(Vote.suggestion_id) == col(Suggestion.id))
        .join(Member, voter)
        .where(STANDING, col(Vote.held_until) <= now, col(Member.present))
        .distinct()
        .order_by(col(Suggestion.community_id), col(Suggestion.number))
    )
    return list(await session.exec(query.limit(limit)))


async def add_vote(session: Session, vote: Vote) -> bool:
    """True when the person had not voted for it yet; otherwise the vote is held by one door more."""
    insert = insert_into(session, Vote).values(**vote.model_dump()).on_conflict_do_nothing()
    if (await session.exec(insert)).rowcount == 1:
        return True
    doors = col(Vote.doors).bitwise_or(vote.doors)
    await session.exec(update(Vote).where(*_one(vote.suggestion_id, vote.person_id)).values(doors=doors))
    return False


async def set_counted(session: Session, suggestion: Suggestion, now: datetime) -> None:
    """Count the votes for a suggestion whose time has come."""
    present = select(Member.person_id).where(Member.community_id == suggestion.community_id, col(Member.present))
    due = (col(Vote.suggestion_id) == suggestion.id, col(Vote.held_until) <= now, col(Vote.person_id).in_(present))
    await session.exec(update(Vote).where(*due).values(held_until=None))


async def delete_votes(session: Session, suggestion_ids: Sequence[int], person_id: int) -> bool:
    """True when the person had voted for any of them."""
    theirs = delete(Vote).where(col(Vote.suggestion_id).in_(suggestion_ids), col(Vote.person_id) == person_id)
    return (await session.exec(theirs)).rowcount > 0


async def delete_vote(session: Session, suggestion_id: int, person_id: int) -> bool:
    """True when there was a vote to take back."""
    return (await session.exec(delete(Vote).where(*_one(suggestion_id, person_id)))).rowcount == 1


async def delete_door(session: Session, suggestion_id: int, person_id: int, door: int) -> bool:
    """One door holds the vote no longer; True when it was the last, and the vote is gone."""
    one = _one(suggestion_id, person_id)
    if (await session.exec(delete(Vote).where(*one, col(Vote.doors) == door))).rowcount == 1:
        return True
    await session.exec(update(Vote).where(*one).values(doors=col(Vote.doors).bitwise_and(~door)))
    return False


def _one(suggestion_id: int, person_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(Vote.suggestion_id) == suggestion_id, col(Vote.person_id) == person_id
