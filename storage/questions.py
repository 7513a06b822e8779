"""Questions asked in the open chats: what is needed to show one to the team, and of an answered one only the times."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, and_, delete, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Chat
from storage.database import Session, insert_into

OPEN, ANSWERED, DISMISSED = "open", "answered", "dismissed"
LONGEST_EXCERPT = 120


class Question(SQLModel, table=True):
    """A question that waits for the team; settled, it keeps nothing but its times."""

    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered', 'dismissed')", name="state_known"),
        CheckConstraint("length(excerpt) <= 120", name="excerpt_length"),
        CheckConstraint("state = 'open' OR excerpt = ''", name="settled_is_forgotten"),
        Index("question_open", "due_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("question_answered", "community_id", "answered_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    chat_id: int | None = Field(foreign_key="chat.id")
    person_id: int | None = Field(foreign_key="person.id")
    message: str | None
    origin: str | None = Field(unique=True)
    excerpt: str
    state: str = OPEN
    asked_at: datetime = Field(index=True)
    due_at: datetime  # when the promised time is over
    tell_at: datetime | None  # when the team is told that it is, with all others of that day; None once it was
    answered_at: datetime | None = None


_FORGOTTEN = {"excerpt": "", "message": None, "origin": None, "chat_id": None, "person_id": None}


async def add_question(session: Session, question: Question) -> bool:
    """True when the message was not heard already."""
    insert = insert_into(session, Question).values(**question.model_dump(exclude={"id"}))
    return (await session.exec(insert.on_conflict_do_nothing(index_elements=["origin"]))).rowcount == 1


async def get_question(session: Session, community_id: int, question_id: int) -> Question | None:
    query = select(Question).where(Question.id == question_id, Question.community_id == community_id)
    return (await session.exec(query)).first()


async def get_open_by_message(session: Session, chat_id: int, message: str) -> Question | None:
    """The open question that a message of that chat asks."""
    query = select(Question).where(Question.chat_id == chat_id, Question.message == message, Question.state == OPEN)
    return (await session.exec(query)).first()


async def list_overdue(session: Session, community_id: int, now: datetime, limit: int) -> list[Question]:
    """Open questions whose promised time is over, the oldest first."""
    query = select(Question).where(
        Question.community_id == community_id, Question.state == OPEN, Question.due_at <= now
    )
    return list(await session.exec(query.order_by(col(Question.asked_at), col(Question.id)).limit(limit)))


async def count_overdue(session: Session, community_id: int, now: datetime) -> int:
    query = select(func.count()).where(
        col(Question.community_id) == community_id, col(Question.state) == OPEN, col(Question.due_at) <= now
    )
    return int((await session.exec(query)).one())


async def list_to_tell(session: Session, now: datetime) -> set[int]:
    """Communities whose team is to be told now of questions that wait too long."""
    query = select(Question.community_id).where(
        Question.state == OPEN, Question.due_at <= now, col(Question.tell_at) <= now
    )
    return set(await session.exec(query.distinct()))


async def set_told(session: Session, community_id: int, now: datetime) -> None:
    """The team has been told of all that are overdue."""
    told = update(Question).where(
        col(Question.community_id) == community_id, col(Question.state) == OPEN, col(Question.due_at) <= now
    )
    await session.exec(told.values(tell_at=None))


async def list_open_messages(session: Session) -> list[tuple[str, str]]:
    """Chat and message, by the network's ids, of every open question."""
    query = (
        select(Chat.external_id, Question.message)
        .join(Chat, col(Chat.id) == col(Question.chat_id))
        .where(Question.state == OPEN, col(Question.message).is_not(None))
    )
    return [(chat, message) for chat, message in await session.exec(query) if message]


async def list_times(
    session: Session, community_id: int, since: datetime, until: datetime
) -> list[tuple[datetime, datetime | None]]:
    """When those that were answered in that time, or are open, were asked, the oldest first; and when answered."""
    within = and_(col(Question.answered_at) > since, col(Question.answered_at) <= until)
    query = select(Question.asked_at, Question.answered_at).where(
        Question.community_id == community_id,
        or_(col(Question.state) == OPEN, and_(col(Question.state) == ANSWERED, within)),
    )
    return list(await session.exec(query.order_by(col(Question.asked_at))))


async def claim_question(session: Session, question_id: int, state: str, now: datetime) -> bool:
    """True for the one who settles it; all but its times is forgotten."""
    claim = update(Question).where(col(Question.id) == question_id, col(Question.state) == OPEN)
    return (await session.exec(claim.values(state=state, answered_at=now, **_FORGOTTEN))).rowcount == 1


async def has_older(session: Session, before: datetime) -> bool:
    """Whether any was asked before that moment."""
    return (await session.exec(select(Question.id).where(Question.asked_at < before).limit(1))).first() is not None


async def delete_older(session: Session, before: datetime) -> None:
    """Forget questions that were asked before that moment, answered or not."""
    await session.exec(delete(Question).where(col(Question.asked_at) < before))
