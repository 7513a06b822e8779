"""Whether what was shipped works for those who asked for it: one question to each, a week later."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, and_, func, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import Select

from storage.database import Session, insert_into
from storage.members import Member, Person
from storage.releases import Release
from storage.suggestions import Suggestion

WORKS, PARTLY, NO = "works", "partly", "no"
ANSWERS = (WORKS, PARTLY, NO)
_IS_DUE = text("due_at IS NOT NULL")


class Verdict(SQLModel, table=True):
    """One person's word on one shipped suggestion; an empty one until it is asked for and given."""

    __table_args__ = (
        UniqueConstraint("suggestion_id", "release_id", "person_id"),
        CheckConstraint("answer IN ('works', 'partly', 'no')", name="answer_known"),
        CheckConstraint("length(words) <= 1024", name="words_length"),
        Index("verdict_due", "due_at", sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    suggestion_id: int = Field(foreign_key="suggestion.id")
    release_id: int = Field(foreign_key="release.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    due_at: datetime | None = None  # when it is to be asked; None once that is settled
    letter: str | None = Field(default=None, index=True)  # the message in which it was asked, perhaps beside others
    asked_at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Asked:
    """A verdict with all that decides whether and how it is asked for."""

    verdict: Verdict
    suggestion: Suggestion
    release: Release
    person: Person
    member: Member | None


async def add_verdicts(session: Session, verdicts: Sequence[Verdict]) -> None:
    """Expect these; one of a person about a suggestion in a release is expected once."""
    if verdicts:
        values = [verdict.model_dump(exclude={"id"}) for verdict in verdicts]
        await session.exec(insert_into(session, Verdict).values(values).on_conflict_do_nothing())


async def list_people_due(session: Session, now: datetime, limit: int) -> list[int]:
    """People who are to be asked by now, the longest waiting first."""
    query = select(Verdict.person_id).where(col(Verdict.due_at) <= now)
    return list(dict.fromkeys(await session.exec(query.order_by(col(Verdict.due_at), col(Verdict.id)).limit(limit))))


async def list_due(session: Session, person_id: int, now: datetime) -> list[Asked]:
    """What a person is to be asked by now, the oldest first."""
    query = _with_circumstances().where(Verdict.person_id == person_id, col(Verdict.due_at) <= now)
    return await _asked(session, query)


async def list_in_letter(session: Session, letter: str) -> list[Asked]:
    """All that was asked in one message."""
    return await _asked(session, _with_circumstances().where(Verdict.letter == letter))


async def get_asked(session: Session, person_id: int, verdict_id: int) -> Asked | None:
    """What this person was asked, and nobody else, held until the transaction ends."""
    query = _with_circumstances().where(Verdict.id == verdict_id, Verdict.person_id == person_id)
    return next(iter(await _asked(session, query.with_for_update(of=Verdict))), None)


async def list_answered(session: Session, release_id: int) -> list[Asked]:
    """What those who asked for it said of what a release shipped, the newest first."""
    query = _with_circumstances().where(Verdict.release_id == release_id, col(Verdict.answer).is_not(None))
    newest = query.order_by(None).order_by(col(Verdict.answered_at).desc(), col(Verdict.id).desc())
    return await _asked(session, newest)


async def _asked(session: Session, query: "Select[Verdict, Suggestion, Person, Member | None]") -> list[Asked]:
    found = list(await session.exec(query))
    shipped_in = {verdict.release_id for verdict, *_ in found}
    released = await session.exec(select(Release).where(col(Release.id).in_(shipped_in)))
    by_id = {release.id: release for release in released}
    return [
        Asked(verdict, about, by_id[verdict.release_id], person, member) for verdict, about, person, member in found
    ]


def _with_circumstances() -> "Select[Verdict, Suggestion, Person, Member | None]":
    joined = and_(
        col(Member.person_id) == col(Verdict.person_id), col(Member.community_id) == col(Verdict.community_id)
    )
    query = (
        select(Verdict, Suggestion, Person, Member)
        .join(Suggestion, col(Suggestion.id) == col(Verdict.suggestion_id))
        .join(Person, col(Person.id) == col(Verdict.person_id))
        .outerjoin(Member, joined)
    )
    return query.order_by(col(Verdict.id))


async def set_due(session: Session, ids: Collection[int], due_at: datetime | None) -> None:
    """Ask at that moment, or not at all."""
    await session.exec(update(Verdict).where(col(Verdict.id).in_(ids)).values(due_at=due_at))


async def set_asked(session: Session, ids: Collection[int], letter: str, now: datetime) -> None:
    asked = update(Verdict).where(col(Verdict.id).in_(ids))
    await session.exec(asked.values(due_at=None, letter=letter, asked_at=now))


async def set_answer(session: Session, verdict: Verdict, answer: str, now: datetime) -> None:
    """The answer that holds from now on; words said to another answer go with it."""
    verdict.words = verdict.words if verdict.answer == answer else ""
    verdict.answer, verdict.answered_at = answer, now
    await session.flush()


async def count_answers(session: Session, suggestion_id: int, release_id: int) -> dict[str, int]:
    """How many said what about a suggestion as that release shipped it."""
    query = (
        select(Verdict.answer, func.count())
        .where(Verdict.suggestion_id == suggestion_id, Verdict.release_id == release_id)
        .where(col(Verdict.answer).is_not(None))
        .group_by(col(Verdict.answer))
    )
    return {str(answer): int(count) for answer, count in await session.exec(query)}


async def count_answers_between(
    session: Session, community_id: int, since: datetime, until: datetime | None
) -> dict[str, int]:
    """How many of the community said what from one moment to before another."""
    within = col(Verdict.answered_at) >= since
    query = (
        select(Verdict.answer, func.count())
        .where(Verdict.community_id == community_id, col(Verdict.answer).is_not(None), within)
        .group_by(col(Verdict.answer))
    )
    if until is not None:
        query = query.where(col(Verdict.answered_at) < until)
    return {str(answer): int(count) for answer, count in await session.exec(query)}


async def drop_shipped_before(session: Session, community_id: int, moment: datetime) -> None:
    """Nobody is asked about what was shipped by then."""
    shipped = select(Release.id).where(Release.community_id == community_id, col(Release.released_at) <= moment)
    waiting = update(Verdict).where(col(Verdict.community_id) == community_id, col(Verdict.release_id).in_(shipped))
    await session.exec(waiting.values(due_at=None))
