"""What can be read about people who came in by codes: when, by whose, and for whose suggestions they vote."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from storage.database import Session
from storage.invitations import USED, Invitation
from storage.members import Person
from storage.suggestions import Suggestion
from storage.votes import Vote


@dataclass(frozen=True)
class Arrival:
    """Somebody who came in with a code of the holder's, opened at that moment."""

    person_id: int
    holder_id: int
    external_id: str
    at: datetime


async def list_arrivals(session: Session, community_id: int) -> list[Arrival]:
    """Everyone who came in with a code, in the order they opened it."""
    query = (
        select(Invitation.redeemer_id, Invitation.holder_id, Person.external_id, Invitation.claimed_at)
        .join(Person, col(Person.id) == col(Invitation.redeemer_id))
        .where(Invitation.community_id == community_id, Invitation.state == USED)
        .order_by(col(Invitation.claimed_at), col(Invitation.id))
    )
    return [Arrival(*row) for row in await session.exec(query)]


async def list_authors(session: Session, community_id: int) -> set[int]:
    """Everyone who has suggested something."""
    query = select(Suggestion.author_id).where(Suggestion.community_id == community_id)
    return set(await session.exec(query.distinct()))


async def list_votes(session: Session, community_id: int) -> dict[int, Counter[int]]:
    """For whose suggestions everybody has voted, and how often."""
    query = (
        select(Vote.person_id, Suggestion.author_id)
        .join(Suggestion, col(Suggestion.id) == col(Vote.suggestion_id))
        .where(Suggestion.community_id == community_id)
    )
    cast: dict[int, Counter[int]] = defaultdict(Counter)
    for voter, author in await session.exec(query):
        cast[voter][author] += 1
    return cast
