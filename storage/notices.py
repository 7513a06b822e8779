"""What a person should hear once about a suggestion: privately if they can be reached, else in the next digest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, and_, or_, text, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into
from storage.members import Member, Person
from storage.outbox import DEAD, SENT, OutboxRow
from storage.suggestions import Suggestion

WAITING, TOLD, COLLECTED, NAMED, DROPPED = "waiting", "told", "collected", "named", "dropped"
NAMES_ANOTHER = ("merged", "split")  # kinds whose words are the number of another suggestion
_AT_ONCE = 500  # rows a statement; SQLite binds 32,766 values
_IS_WAITING, _IS_DUE = text("state = 'waiting'"), text("letter IS NULL AND state IN ('waiting', 'collected')")


class Notice(SQLModel, table=True):
    """One thing for one person: waiting, then told privately, or collected and named in the digest, or dropped."""

    __table_args__ = (
        UniqueConstraint("person_id", "suggestion_id", "kind", "about"),
        CheckConstraint("state IN ('waiting', 'told', 'collected', 'named', 'dropped')", name="state_known"),
        Index("notice_waiting", "person_id", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
        Index("notice_due", "due_at", sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
        Index("notice_letter", "letter", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    suggestion_id: int = Field(foreign_key="suggestion.id", index=True)
    kind: str  # such as "planned", "merged"
    about: str = ""  # what makes it the one thing that is said once, such as the moment of the decision
    words: str = ""  # what else there is to say: a reason, a version
    state: str = WAITING
    due_at: datetime  # when something is to be done about it: told, or at last forgotten
    letter: str | None = None  # the outbox key of the message it stands in
    created_at: datetime
    settled_at: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """A notice that nobody has brought yet, with all that decides how it goes."""

    notice: Notice
    suggestion: Suggestion
    person: Person
    member: Member | None  # None for somebody who is no member of the community


async def add_notices(session: Session, notices: Sequence[Notice]) -> None:
    """Keep what is to be heard; the same thing for the same person is kept once."""
    values = [notice.model_dump(exclude={"id"}) for notice in notices]
    for start in range(0, len(values), _AT_ONCE):
        insert = insert_into(session, Notice).values(values[start : start + _AT_ONCE])
        await session.exec(insert.on_conflict_do_nothing())


async def drop_unheard(session: Session, suggestion_id: int, kind: str, since: datetime, now: datetime) -> list[int]:
    """What happened since a moment is undone: who has not heard of it yet need not, and is returned."""
    drop = update(Notice).where(
        col(Notice.suggestion_id) == suggestion_id,
        col(Notice.kind) == kind,
        col(Notice.created_at) >= since,
        col(Notice.letter).is_(None),
        col(Notice.state).in_((WAITING, COLLECTED)),
    )
    dropped = await session.exec(drop.values(state=DROPPED, settled_at=now).returning(col(Notice.person_id)))
    return [int(row[0]) for row in dropped]


async def list_told(session: Session, suggestion_id: int, abouts: Sequence[str]) -> list[int]:
    """Who has heard of any of these things about a suggestion, or is being told at this moment, each once."""
    heard = or_(col(Notice.state).in_((TOLD, NAMED)), col(Notice.letter).is_not(None))
    query = select(Notice.person_id).where(Notice.suggestion_id == suggestion_id, col(Notice.about).in_(abouts), heard)
    return list(dict.fromkeys(await session.exec(query.order_by(col(Notice.id)))))


async def list_people_due(session: Session, now: datetime, limit: int) -> list[int]:
    """People for whom something is to be told or forgotten, the longest waiting first."""
    query = select(Notice.person_id).where(
        col(Notice.letter).is_(None), col(Notice.state).in_((WAITING, COLLECTED)), Notice.due_at <= now
    )
    return list(dict.fromkeys(await session.exec(query.order_by(col(Notice.due_at), col(Notice.id)).limit(limit))))


_OF_THEIRS = and_(col(Member.person_id) == col(Notice.person_id), col(Member.community_id) == col(Notice.community_id))
_WAITING = (
    select(Notice, Suggestion, Person, Member)
    .join(Suggestion, col(Suggestion.id) == col(Notice.suggestion_id))
    .join(Person, col(Person.id) == col(Notice.person_id))
    .outerjoin(Member, _OF_THEIRS)
    .order_by(col(Notice.created_at), col(Notice.id))
)


async def list_waiting(session: Session, person_id: int) -> list[Waiting]:
    """All that waits for a person, or for the digest in their place, of all their communities, the oldest first."""
    query = _WAITING.where(
        Notice.person_id == person_id, col(Notice.letter).is_(None), col(Notice.state).in_((WAITING, COLLECTED))
    )
    return [Waiting(*found) for found in await session.exec(query)]


async def list_collected(session: Session, community_id: int) -> list[Waiting]:
    """What the community's next digest is to tell, the oldest first."""
    query = _WAITING.where(Notice.community_id == community_id, Notice.state == COLLECTED)
    return [Waiting(*found) for found in await session.exec(query)]


async def list_last_heard(session: Session, person_id: int, kinds: Collection[str]) -> dict[int, Notice]:
    """By suggestion, what the person heard last of these kinds, privately or in a digest."""
    query = select(Notice).where(
        Notice.person_id == person_id,
        col(Notice.kind).in_(kinds),
        col(Notice.state).in_((TOLD, NAMED)),
    )
    heard = await session.exec(query.order_by(col(Notice.created_at), col(Notice.id)))
    return {notice.suggestion_id: notice for notice in heard}


async def set_settled(session: Session, ids: Collection[int], state: str, now: datetime) -> None:
    """Told, named or dropped: nothing more is to be done about these."""
    settled = update(Notice).where(col(Notice.id).in_(ids), col(Notice.letter).is_(None))
    await session.exec(settled.values(state=state, settled_at=now))


async def set_collected(session: Session, ids: Collection[int], forget_at: datetime) -> None:
    """The next digest is to tell these; they are forgotten if none comes by then."""
    collected = update(Notice).where(col(Notice.id).in_(ids), col(Notice.letter).is_(None))
    await session.exec(collected.values(state=COLLECTED, due_at=forget_at))


async def set_due(session: Session, ids: Collection[int], due_at: datetime) -> None:
    """Try these at that moment."""
    await session.exec(update(Notice).where(col(Notice.id).in_(ids)).values(due_at=due_at))


async def set_letter(session: Session, ids: Collection[int], letter: str) -> None:
    """These stand in a message that is under way."""
    await session.exec(update(Notice).where(col(Notice.id).in_(ids)).values(letter=letter))


async def list_ended_letters(session: Session) -> list[tuple[str, bool]]:
    """Messages with notices of which the courier knows by now whether they arrived."""
    query = (
        select(OutboxRow.key, OutboxRow.state)
        .join(Notice, col(Notice.letter) == col(OutboxRow.key))
        .where(Notice.state == WAITING, col(OutboxRow.state).in_((SENT, DEAD)))
        .distinct()
    )
    return [(key, state == SENT) for key, state in await session.exec(query) if key]


async def set_letter_arrived(session: Session, letter: str, now: datetime) -> None:
    """Everything in the message is told."""
    told = update(Notice).where(col(Notice.letter) == letter, col(Notice.state) == WAITING)
    await session.exec(told.values(state=TOLD, settled_at=now))


async def set_letter_lost(session: Session, letter: str, now: datetime) -> None:
    """The message did not reach the person: what it told waits again, to go another way."""
    lost = update(Notice).where(col(Notice.letter) == letter, col(Notice.state) == WAITING)
    await session.exec(lost.values(letter=None, due_at=now))


async def drop_before(session: Session, community_id: int, before: datetime, now: datetime) -> None:
    """What there was to tell by then counts as told."""
    old = update(Notice).where(
        col(Notice.community_id) == community_id,
        col(Notice.created_at) <= before,
        col(Notice.letter).is_(None),
        col(Notice.state).in_((WAITING, COLLECTED)),
    )
    await session.exec(old.values(state=DROPPED, settled_at=now))
