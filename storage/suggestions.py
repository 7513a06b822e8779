"""Suggestions, votes, and offers of similar ones that wait for their author's answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, func, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Chat
from storage.database import Session, insert_into

OPEN, PLANNED, STARTED, SHIPPED, DECLINED = "open", "planned", "started", "shipped", "declined"
STATUSES = (OPEN, PLANNED, STARTED, SHIPPED, DECLINED)
MAX_LENGTH = 4096


class Suggestion(SQLModel, table=True):
    """What one member asked for, numbered per community."""

    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint("status IN ('open', 'planned', 'started', 'shipped', 'declined')", name="status_known"),
        CheckConstraint("length(text) BETWEEN 1 AND 4096", name="text_length"),
        CheckConstraint("status <> 'declined' OR reason <> ''", name="declined_with_reason"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    number: int
    author_id: int = Field(foreign_key="person.id", index=True)
    captured_by_id: int | None = Field(default=None, foreign_key="person.id")
    text: str
    status: str = OPEN
    reason: str = ""
    source_chat_id: int | None = Field(default=None, foreign_key="chat.id")
    source_message: str | None = None
    origin: str = Field(unique=True)  # what it was made from, so that a repeated update makes no second one
    release_id: int | None = Field(default=None, foreign_key="release.id", index=True)
    created_at: datetime
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    digest_id: int | None = Field(default=None, foreign_key="digest.id")  # the one that told of its present status


class Vote(SQLModel, table=True):
    """One person's vote: one per suggestion, whatever the door."""

    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    created_at: datetime


class Offer(SQLModel, table=True):
    """A text that resembles existing suggestions, kept until its author says "+1" or "mine is different"."""

    __table_args__ = (CheckConstraint("length(text) BETWEEN 1 AND 4096", name="text_length"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    author_id: int = Field(foreign_key="person.id")
    captured_by_id: int | None = Field(default=None, foreign_key="person.id")
    text: str
    source_chat_id: int | None = Field(default=None, foreign_key="chat.id")
    source_message: str | None = None
    origin: str = Field(unique=True)
    created_at: datetime = Field(index=True)
    answered_at: datetime | None = None


async def get_suggestion(session: Session, community_id: int, number: int) -> Suggestion | None:
    query = select(Suggestion).where(Suggestion.community_id == community_id, Suggestion.number == number)
    return (await session.exec(query)).first()


async def get_suggestion_by_origin(session: Session, origin: str) -> Suggestion | None:
    return (await session.exec(select(Suggestion).where(Suggestion.origin == origin))).first()


async def list_suggestions(session: Session, community_id: int, ids: list[int]) -> list[Suggestion]:
    """The suggestions of those ids that belong to the community, in the order of the ids."""
    query = select(Suggestion).where(Suggestion.community_id == community_id, col(Suggestion.id).in_(ids))
    found = {suggestion.id: suggestion for suggestion in await session.exec(query)}
    return [found[i] for i in ids if i in found]


async def list_most_wanted(
    session: Session, community_id: int, limit: int, statuses: Sequence[str] = (OPEN, PLANNED, STARTED)
) -> list[tuple[Suggestion, int]]:
    """Suggestions of those statuses with their votes, the most wanted first, then the oldest."""
    votes = func.count(col(Vote.person_id))
    query = (
        select(Suggestion, votes)
        .outerjoin(Vote, col(Vote.suggestion_id) == col(Suggestion.id))
        .where(Suggestion.community_id == community_id, col(Suggestion.status).in_(statuses))
        .group_by(*Suggestion.__table__.columns)  # type: ignore[attr-defined]  # SQLModel does not type __table__
        .order_by(votes.desc(), col(Suggestion.number))
        .limit(limit)
    )
    return [(suggestion, int(count)) for suggestion, count in await session.exec(query)]


async def list_by_author(session: Session, community_id: int, person_id: int, limit: int) -> list[Suggestion]:
    query = select(Suggestion).where(Suggestion.community_id == community_id, Suggestion.author_id == person_id)
    return list(await session.exec(query.order_by(col(Suggestion.number).desc()).limit(limit)))


async def list_voted(session: Session, community_id: int, person_id: int, limit: int) -> list[Suggestion]:
    query = (
        select(Suggestion)
        .join(Vote, col(Vote.suggestion_id) == col(Suggestion.id))
        .where(Suggestion.community_id == community_id, Vote.person_id == person_id)
        .order_by(col(Vote.created_at).desc(), col(Suggestion.number))
    )
    return list(await session.exec(query.limit(limit)))


async def list_untold(session: Session, community_id: int) -> list[Suggestion]:
    """Decided suggestions of which no digest has told yet, the earliest decision first."""
    query = select(Suggestion).where(
        Suggestion.community_id == community_id,
        Suggestion.status != OPEN,
        col(Suggestion.digest_id).is_(None),
    )
    return list(await session.exec(query.order_by(col(Suggestion.decided_at), col(Suggestion.number))))


async def list_by_links(session: Session, community_id: int, links: Sequence[tuple[str, str]]) -> list[Suggestion]:
    """Suggestions by the message in which they were asked, its chat named as in a link: `c/1234` or a username."""
    found: list[Suggestion] = []
    for place, message in links:
        query = (
            select(Suggestion)
            .join(Chat, col(Chat.id) == col(Suggestion.source_chat_id))
            .where(Suggestion.community_id == community_id, Suggestion.source_message == message)
        )
        inner = place.startswith("c/")
        named = Chat.external_id == f"-100{place[2:]}" if inner else func.lower(Chat.username) == place.lower()
        found += await session.exec(query.where(named))
    return found


async def lock_suggestions(session: Session, community_id: int, numbers: Sequence[int]) -> list[Suggestion]:
    """Suggestions by number, held until the transaction ends, so that nobody else decides on them meanwhile."""
    query = select(Suggestion).where(Suggestion.community_id == community_id, col(Suggestion.number).in_(numbers))
    return list(await session.exec(query.order_by(col(Suggestion.number)).with_for_update()))


async def count_votes(session: Session, suggestion_ids: list[int]) -> dict[int, int]:
    """Votes by suggestion; one without any is left out."""
    query = (
        select(Vote.suggestion_id, func.count())
        .where(col(Vote.suggestion_id).in_(suggestion_ids))
        .group_by(col(Vote.suggestion_id))
    )
    return {suggestion_id: int(count) for suggestion_id, count in await session.exec(query)}


async def add_suggestion(session: Session, suggestion: Suggestion) -> Suggestion:
    session.add(suggestion)
    await session.flush()
    return suggestion


async def add_vote(session: Session, vote: Vote) -> bool:
    """True when the person had not voted for it yet."""
    insert = insert_into(session, Vote).values(**vote.model_dump()).on_conflict_do_nothing()
    return (await session.exec(insert)).rowcount == 1


async def delete_vote(session: Session, suggestion_id: int, person_id: int) -> bool:
    """True when there was a vote to take back."""
    vote = (
        await session.exec(select(Vote).where(Vote.suggestion_id == suggestion_id, Vote.person_id == person_id))
    ).first()
    if vote is not None:
        await session.delete(vote)
    return vote is not None


async def add_offer(session: Session, offer: Offer) -> Offer:
    session.add(offer)
    await session.flush()
    return offer


async def get_offer(session: Session, offer_id: int) -> Offer | None:
    """An offer of any community: in private its author answers it, wherever they were last active."""
    return (await session.exec(select(Offer).where(Offer.id == offer_id))).first()


async def get_offer_by_origin(session: Session, origin: str) -> Offer | None:
    return (await session.exec(select(Offer).where(Offer.origin == origin))).first()


async def list_unanswered_offers(session: Session, before: datetime, limit: int = 100) -> list[Offer]:
    query = select(Offer).where(col(Offer.answered_at).is_(None), Offer.created_at < before)
    return list(await session.exec(query.order_by(col(Offer.id)).limit(limit)))


async def claim_offer(session: Session, offer_id: int, now: datetime) -> bool:
    """True for the one answer that counts."""
    claim = update(Offer).where(col(Offer.id) == offer_id, col(Offer.answered_at).is_(None)).values(answered_at=now)
    return (await session.exec(claim)).rowcount == 1
