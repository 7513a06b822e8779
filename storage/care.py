"""Who of the team looks after what: suggestions nobody has looked at, tags, owners, and when an owner is reminded."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, delete, update
from sqlmodel import Field, SQLModel, col, func, select

from storage.database import Session, insert_into
from storage.suggestions import OPEN, PLANNED, STANDING, STARTED, Suggestion


class Tag(SQLModel, table=True):
    """A word by which the team sorts suggestions."""

    __table_args__ = (CheckConstraint("length(name) BETWEEN 1 AND 32", name="name_length"),)

    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    name: str = Field(primary_key=True, index=True)


class Nudge(SQLModel, table=True):
    """When an owner is next told which of theirs had no news for long: at most once a week and community."""

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    due_at: datetime = Field(index=True)


async def list_unseen(session: Session, community_id: int, limit: int, offset: int = 0) -> list[Suggestion]:
    """Open suggestions that nobody of the team has looked at, the oldest first."""
    query = select(Suggestion).where(*_unseen(community_id)).order_by(col(Suggestion.number))
    return list(await session.exec(query.limit(limit).offset(offset)))


async def count_unseen(session: Session, community_id: int) -> int:
    return int((await session.exec(select(func.count()).where(*_unseen(community_id)))).one())


def _unseen(community_id: int) -> tuple[bool, ...]:
    return (
        STANDING,
        Suggestion.community_id == community_id,
        Suggestion.status == OPEN,
        col(Suggestion.handled_at).is_(None),  # type: ignore[return-value]  # SQLModel types comparisons as bool
    )


async def list_tags(session: Session, suggestion_ids: Sequence[int]) -> dict[int, list[str]]:
    """Tags by suggestion, in the order of the alphabet."""
    query = select(Tag).where(col(Tag.suggestion_id).in_(suggestion_ids)).order_by(col(Tag.name))
    tags: dict[int, list[str]] = {}
    for tag in await session.exec(query):
        tags.setdefault(tag.suggestion_id, []).append(tag.name)
    return tags


async def set_tags(session: Session, suggestion_id: int, names: Sequence[str]) -> None:
    await session.exec(delete(Tag).where(col(Tag.suggestion_id) == suggestion_id))
    for name in names:
        await session.exec(insert_into(session, Tag).values(suggestion_id=suggestion_id, name=name))


async def list_without_news(
    session: Session, community_id: int, owner_id: int, before: datetime, limit: int
) -> list[Suggestion]:
    """What an owner has planned or started, and nobody has done anything about since a moment; the oldest first."""
    query = select(Suggestion).where(
        STANDING,
        Suggestion.community_id == community_id,
        Suggestion.owner_id == owner_id,
        col(Suggestion.status).in_((PLANNED, STARTED)),
        col(Suggestion.handled_at) <= before,
    )
    return list(await session.exec(query.order_by(col(Suggestion.handled_at), col(Suggestion.number)).limit(limit)))


async def add_nudge(session: Session, community_id: int, person_id: int, due_at: datetime) -> None:
    """The owner is reminded from that moment on; who is already keeps their day."""
    values = {"community_id": community_id, "person_id": person_id, "due_at": due_at}
    await session.exec(insert_into(session, Nudge).values(**values).on_conflict_do_nothing())


async def list_nudges_due(session: Session, now: datetime, limit: int = 200) -> list[Nudge]:
    query = select(Nudge).where(Nudge.due_at <= now).order_by(col(Nudge.due_at))
    return list(await session.exec(query.limit(limit)))


async def claim_nudge(session: Session, nudge: Nudge, next_due: datetime) -> bool:
    """Move the due moment on; of several who saw it due exactly one gets True."""
    move = update(Nudge).where(
        col(Nudge.community_id) == nudge.community_id,
        col(Nudge.person_id) == nudge.person_id,
        col(Nudge.due_at) == nudge.due_at,
    )
    return (await session.exec(move.values(due_at=next_due))).rowcount == 1


async def set_nudge(session: Session, community_id: int, person_id: int, due_at: datetime) -> None:
    """The owner is reminded from another moment on."""
    one = (col(Nudge.community_id) == community_id, col(Nudge.person_id) == person_id)
    await session.exec(update(Nudge).where(*one).values(due_at=due_at))


async def owns_anything(session: Session, community_id: int, person_id: int) -> bool:
    """Whether the person looks after any suggestion of the community at present."""
    query = select(Suggestion.id).where(Suggestion.community_id == community_id, Suggestion.owner_id == person_id)
    return (await session.exec(query.limit(1))).first() is not None


async def delete_nudge(session: Session, community_id: int, person_id: int) -> None:
    """They own nothing any more."""
    one = (col(Nudge.community_id) == community_id, col(Nudge.person_id) == person_id)
    await session.exec(delete(Nudge).where(*one))


async def move_nudges(session: Session, old_community_id: int, new_community_id: int) -> None:
    """A community goes up in another: its owners are reminded there; who is already keeps their day."""
    for nudge in list(await session.exec(select(Nudge).where(Nudge.community_id == old_community_id))):
        await add_nudge(session, new_community_id, nudge.person_id, nudge.due_at)
    await session.exec(delete(Nudge).where(col(Nudge.community_id) == old_community_id))
