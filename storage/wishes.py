"""Wishes overheard in ordinary talk: kept a week at most, and their text only until somebody has decided."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, delete, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into

ASKED, WAITING, LISTED, NOTED, DISMISSED = "asked", "waiting", "listed", "noted", "dismissed"
UNSETTLED = (ASKED, WAITING, LISTED)


class Wish(SQLModel, table=True):
    """What somebody said that reads like a wish: its author was asked about it, or the team's list shows it."""

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'waiting', 'listed', 'noted', 'dismissed')", name="state_known"),
        CheckConstraint("length(text) <= 4096", name="text_length"),
        Index("wish_due", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    chat_id: int = Field(foreign_key="chat.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    message: str | None  # None once the chat has moved away from it
    origin: str = Field(unique=True)  # known by: a message is taken up once, by whatever road
    text: str  # empty once it is settled
    state: str
    heard_at: datetime
    asked_at: datetime | None = None
    due_at: datetime  # when the team's list shows it, unless its author was asked
    listed_at: datetime | None = None
    until: datetime = Field(index=True)  # then it is forgotten


async def add_wish(session: Session, wish: Wish) -> Wish | None:
    """None when the message was heard already."""
    insert = insert_into(session, Wish).values(**wish.model_dump(exclude={"id"}))
    added = (await session.exec(insert.on_conflict_do_nothing(index_elements=["origin"]))).rowcount == 1
    return (await session.exec(select(Wish).where(Wish.origin == wish.origin))).one() if added else None


async def get_wish(session: Session, community_id: int, wish_id: int) -> Wish | None:
    return (await session.exec(select(Wish).where(Wish.id == wish_id, Wish.community_id == community_id))).first()


async def has_been_asked(session: Session, person_id: int, since: datetime) -> bool:
    """Whether the person was asked about a wish after that moment, in whatever community."""
    query = select(Wish.id).where(Wish.person_id == person_id, col(Wish.asked_at) > since).limit(1)
    return (await session.exec(query)).first() is not None


async def list_due(session: Session, now: datetime, limit: int = 1000) -> list[Wish]:
    """Wishes for the team's lists, the oldest first."""
    query = select(Wish).where(Wish.state == WAITING, Wish.due_at <= now).order_by(col(Wish.id)).limit(limit)
    return list(await session.exec(query))


async def list_listed(session: Session, community_id: int, listed_at: datetime) -> list[Wish]:
    """What nobody has decided about of the list of that moment."""
    query = select(Wish).where(Wish.community_id == community_id, Wish.state == LISTED, Wish.listed_at == listed_at)
    return list(await session.exec(query.order_by(col(Wish.id))))


async def set_listed(session: Session, ids: Collection[int], now: datetime) -> None:
    """The team's list of this moment shows them."""
    await session.exec(update(Wish).where(col(Wish.id).in_(ids)).values(state=LISTED, listed_at=now))


async def set_due(session: Session, ids: Collection[int], due_at: datetime) -> None:
    """They are for a later list."""
    await session.exec(update(Wish).where(col(Wish.id).in_(ids)).values(due_at=due_at))


async def claim_wish(session: Session, wish_id: int, state: str) -> bool:
    """True for the one decision that counts; the text is forgotten with it."""
    claim = update(Wish).where(col(Wish.id) == wish_id, col(Wish.state).in_(UNSETTLED))
    return (await session.exec(claim.values(state=state, text=""))).rowcount == 1


async def has_forgettable(session: Session, now: datetime) -> bool:
    """Whether the time of any has run out."""
    return (await session.exec(select(Wish.id).where(Wish.until <= now).limit(1))).first() is not None


async def delete_forgotten(session: Session, now: datetime) -> None:
    """Forget those whose time has run out."""
    await session.exec(delete(Wish).where(col(Wish.until) <= now))
