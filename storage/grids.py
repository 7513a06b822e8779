"""Four-grid reports: what a community's people say of an issue two days after it, and how that stood at the end."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, and_, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.communities import Chat, Community
from storage.database import Session, insert_into
from storage.digests import Digest
from storage.members import Member, Person
from storage.outbox import SENT, OutboxRow
from storage.suggestions import Suggestion

PLANNED, OPEN, CLOSED, DROPPED = "planned", "open", "closed", "dropped"
MOOD, LOVED, MISSED, AWAITED = range(4)  # the questions; "missed" is what disappointed most
LONGEST_WORDS = 500
Counted = dict[tuple[int, int], int]
_IS_DUE = text("due_at IS NOT NULL")


class Grid(SQLModel, table=True):
    """The report on one issue: planned when that is posted, then open to answers, then closed for ever."""

    __table_args__ = (
        CheckConstraint("state IN ('planned', 'open', 'closed', 'dropped')", name="state_known"),
        Index("grid_due", "due_at", sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    digest_id: int = Field(foreign_key="digest.id", unique=True)
    issue: int  # its number
    state: str = PLANNED
    due_at: datetime | None = None  # when it opens, then when it closes; None once it is over
    choices: str = "{}"  # JSON: by question the suggestions to choose from
    results: str = "{}"  # JSON, written once, at the end
    closed_at: datetime | None = None
    winner_id: int | None = Field(default=None, foreign_key="suggestion.id", index=True)  # the best-loved change
    asker_id: int | None = Field(default=None, foreign_key="person.id", index=True)  # of the winner, at the end
    maker_id: int | None = Field(default=None, foreign_key="person.id", index=True)

    def offered(self, question: int) -> list[int]:
        """The suggestions one can choose from."""
        return list(json.loads(self.choices).get(str(question), ()))

    @property
    def counted(self) -> dict[str, Any]:
        """How it stood at the end."""
        return dict(json.loads(self.results))


class GridAnswer(SQLModel, table=True):
    """One person's one answer to one question: a mood, a suggestion, or 0 for none of them."""

    __tablename__ = "grid_answer"

    grid_id: int = Field(foreign_key="grid.id", primary_key=True)
    question: int = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    choice: int


class GridWord(SQLModel, table=True):
    """What somebody has to say to the team beside their taps."""

    __tablename__ = "grid_word"
    __table_args__ = (
        UniqueConstraint("grid_id", "person_id"),
        CheckConstraint("length(words) <= 500", name="words_length"),
    )

    id: int | None = Field(default=None, primary_key=True)
    grid_id: int = Field(foreign_key="grid.id")
    person_id: int = Field(foreign_key="person.id")
    words: str


@dataclass(frozen=True)
class Trophy:
    """A best-loved change, and who asked for it and made it."""

    suggestion: Suggestion
    issue: int
    asker_id: int | None
    maker_id: int | None


async def add_grid(session: Session, grid: Grid) -> None:
    """Plan the report; an issue has one."""
    insert = insert_into(session, Grid).on_conflict_do_nothing()
    await (await session.connection()).execute(insert, grid.model_dump(exclude={"id"}))


async def list_due(session: Session, now: datetime, limit: int) -> list[int]:
    """Reports that are to be opened or closed by now, the longest waiting first."""
    query = select(Grid.id).where(col(Grid.due_at) <= now).order_by(col(Grid.due_at), col(Grid.id))
    return [found or 0 for found in await session.exec(query.limit(limit))]


async def get_grid(session: Session, grid_id: int) -> Grid | None:
    """A report of any community: who asks must compare it with the one spoken in."""
    return (await session.exec(select(Grid).where(Grid.id == grid_id))).first()


async def lock_grid(session: Session, community_id: int, grid_id: int) -> Grid | None:
    """The community's report, held until the transaction ends: nobody closes it meanwhile."""
    query = select(Grid).where(Grid.community_id == community_id, Grid.id == grid_id)
    return (await session.exec(query.with_for_update(read=True))).first()


async def get_newest(session: Session, community_id: int) -> Grid | None:
    """The last report that people could answer, open or closed."""
    query = select(Grid).where(Grid.community_id == community_id, col(Grid.state).in_((OPEN, CLOSED)))
    return (await session.exec(query.order_by(col(Grid.id).desc()).limit(1))).first()


async def get_community_of(session: Session, grid_id: int) -> Community | None:
    """The community whose report it is."""
    query = select(Community).join(Grid, col(Grid.community_id) == col(Community.id)).where(Grid.id == grid_id)
    return (await session.exec(query)).first()


async def claim_step(session: Session, grid: Grid, **values: object) -> bool:
    """Take the report from the state it is in to the next; of several who saw it due exactly one gets True."""
    step = update(Grid).where(col(Grid.id) == grid.id, col(Grid.state) == grid.state, col(Grid.due_at) == grid.due_at)
    return (await session.exec(step.values(**values))).rowcount == 1


async def drop_grids(session: Session, community_id: int) -> None:
    """Nobody is asked there any more: what is planned or open is over."""
    running = update(Grid).where(col(Grid.community_id) == community_id, col(Grid.state).in_((PLANNED, OPEN)))
    await session.exec(running.values(state=DROPPED, due_at=None))


async def list_reached(session: Session, grid: Grid) -> list[Chat]:
    """The chats that have got the issue and are still to be written to."""
    period = (await session.exec(select(Digest.period).where(Digest.id == grid.digest_id))).one()
    posted = and_(
        col(OutboxRow.chat_id) == col(Chat.id),
        col(OutboxRow.key).startswith(f"digest:{grid.community_id}:{period}:"),
        col(OutboxRow.state) == SENT,
    )
    query = select(Chat).where(
        Chat.community_id == grid.community_id,
        select(OutboxRow.id).where(posted).exists(),
        Chat.status != "left",
        or_(col(Chat.is_open), col(Chat.is_seed)),
    )
    return list(await session.exec(query.order_by(col(Chat.id))))


async def set_answer(session: Session, answer: GridAnswer) -> None:
    """The person's answer from now on."""
    insert = insert_into(session, GridAnswer).values(**answer.model_dump())
    one = ["grid_id", "question", "person_id"]
    await session.exec(insert.on_conflict_do_update(index_elements=one, set_={"choice": answer.choice}))


async def list_answers(session: Session, grid_id: int, person_id: int) -> dict[int, int]:
    """What a person has answered, by question."""
    query = select(GridAnswer.question, GridAnswer.choice)
    own = query.where(GridAnswer.grid_id == grid_id, GridAnswer.person_id == person_id)
    return dict((await session.exec(own)).all())


async def count_answers(session: Session, grid: Grid, arrived_by: datetime) -> Counted:
    """How many of the members chose what; who is gone, or has only just come, is not counted."""
    query = select(GridAnswer.question, GridAnswer.choice, func.count()).where(*_counting(grid, arrived_by))
    counted = await session.exec(query.group_by(col(GridAnswer.question), col(GridAnswer.choice)))
    return {(question, choice): int(count) for question, choice, count in counted}


async def count_people(session: Session, grid: Grid, arrived_by: datetime) -> int:
    """How many of the members have answered anything."""
    query = select(func.count(func.distinct(GridAnswer.person_id))).where(*_counting(grid, arrived_by))
    return int((await session.exec(query)).one())


async def count_members(session: Session, grid: Grid, arrived_by: datetime) -> int:
    """How many members there are whose answers are counted."""
    query = select(func.count()).select_from(_members(grid, arrived_by).subquery())
    return int((await session.exec(query)).one())


async def list_loved(session: Session, grid: Grid, arrived_by: datetime, people: Sequence[int]) -> dict[int, int]:
    """Which change each of these people loves most, by person."""
    query = select(GridAnswer.person_id, GridAnswer.choice).where(
        *_counting(grid, arrived_by), GridAnswer.question == LOVED, col(GridAnswer.person_id).in_(people)
    )
    return dict((await session.exec(query)).all())


def _counting(grid: Grid, arrived_by: datetime) -> tuple[Any, ...]:
    return col(GridAnswer.grid_id) == grid.id, col(GridAnswer.person_id).in_(_members(grid, arrived_by))


def _members(grid: Grid, arrived_by: datetime) -> SelectOfScalar[int]:
    return select(Member.person_id).where(
        Member.community_id == grid.community_id,
        col(Member.present),
        or_(col(Member.arrived_at).is_(None), col(Member.arrived_at) <= arrived_by),
    )


async def set_words(session: Session, grid_id: int, person_id: int, words: str) -> GridWord:
    """What the person says to the team from now on."""
    insert = insert_into(session, GridWord).values(grid_id=grid_id, person_id=person_id, words=words)
    said = insert.on_conflict_do_update(index_elements=["grid_id", "person_id"], set_={"words": words})
    await session.exec(said)
    query = select(GridWord).where(GridWord.grid_id == grid_id, GridWord.person_id == person_id)
    return (await session.exec(query)).one()


async def list_words(session: Session, grid_id: int) -> list[tuple[GridWord, Person]]:
    """What was said to the team, in the order in which people began."""
    query = select(GridWord, Person).join(Person, col(Person.id) == col(GridWord.person_id))
    return list(await session.exec(query.where(GridWord.grid_id == grid_id).order_by(col(GridWord.id))))


async def list_trophies(
    session: Session,
    community_id: int,
    *,
    person_id: int | None = None,
    suggestion_ids: Sequence[int] | None = None,
    since: datetime | None = None,
) -> list[Trophy]:
    """Best-loved changes of the community, the newest first: somebody's, of these suggestions, or since a moment."""
    query = (
        select(Suggestion, Grid)
        .join(Grid, col(Grid.winner_id) == col(Suggestion.id))
        .where(Suggestion.community_id == community_id)
        .order_by(col(Grid.id).desc())
    )
    if person_id is not None:
        query = query.where(or_(col(Grid.asker_id) == person_id, col(Grid.maker_id) == person_id))
    if suggestion_ids is not None:
        query = query.where(col(Suggestion.id).in_(suggestion_ids))
    if since is not None:
        query = query.where(col(Grid.closed_at) > since)
    found = await session.exec(query)
    return [Trophy(suggestion, grid.issue, grid.asker_id, grid.maker_id) for suggestion, grid in found]


def written(values: Mapping[Any, Any]) -> str:
    """Choices and results as they are stored."""
    return json.dumps(values, ensure_ascii=False)
