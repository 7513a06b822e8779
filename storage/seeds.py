"""Choosing seeds: calls for applications, the applications, and the numbers seeds bear for ever."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into
from storage.members import Member, Person

DRAFT, APPLIED, ACCEPTED, DECLINED = "draft", "applied", "accepted", "declined"
QUESTIONS, LONGEST_ANSWER = 3, 1000


class SeedCall(SQLModel, table=True):
    """A call for seeds: so many seats, three questions."""

    __tablename__ = "seed_call"
    __table_args__ = (
        CheckConstraint("seats BETWEEN 1 AND 10000", name="seats_in_measure"),
        Index(
            "seed_call_open",
            "community_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    seats: int
    first: str = ""  # the community's own wording of a question; empty: ours
    second: str = ""
    third: str = ""
    by_id: int = Field(foreign_key="person.id")
    opened_at: datetime
    closed_at: datetime | None = None

    @property
    def questions(self) -> tuple[str, str, str]:
        return self.first, self.second, self.third


class Application(SQLModel, table=True):
    """One person's answers to the three questions, and what the team said."""

    __tablename__ = "seed_application"
    __table_args__ = (
        UniqueConstraint("call_id", "person_id"),
        CheckConstraint("state IN ('draft', 'applied', 'accepted', 'declined')", name="state_known"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    call_id: int = Field(foreign_key="seed_call.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    first: str = ""
    second: str = ""
    third: str = ""
    state: str = DRAFT
    began_at: datetime
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")

    @property
    def answers(self) -> tuple[str, str, str]:
        return self.first, self.second, self.third


class SeedNumber(SQLModel, table=True):
    """A seed's number in the community, for ever."""

    __tablename__ = "seed_number"
    __table_args__ = (UniqueConstraint("community_id", "person_id"),)

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    person_id: int = Field(foreign_key="person.id", index=True)
    given_at: datetime


async def get_open_call(session: Session, community_id: int) -> SeedCall | None:
    query = select(SeedCall).where(SeedCall.community_id == community_id, col(SeedCall.closed_at).is_(None))
    return (await session.exec(query)).first()


async def get_last_call(session: Session, community_id: int) -> SeedCall | None:
    query = select(SeedCall).where(SeedCall.community_id == community_id).order_by(col(SeedCall.id).desc())
    return (await session.exec(query.limit(1))).first()


async def get_application(session: Session, community_id: int, application_id: int) -> Application | None:
    query = select(Application).where(Application.community_id == community_id, Application.id == application_id)
    return (await session.exec(query)).first()


async def get_application_of(session: Session, call_id: int, person_id: int) -> Application | None:
    query = select(Application).where(Application.call_id == call_id, Application.person_id == person_id)
    return (await session.exec(query)).first()


async def list_applications(session: Session, community_id: int, state: str) -> list[Application]:
    query = select(Application).where(Application.community_id == community_id, Application.state == state)
    return list(await session.exec(query.order_by(col(Application.id))))


async def count_accepted(session: Session, call_id: int) -> int:
    """How many of a call's seats are taken; who was a seed before it takes none."""
    query = select(func.count()).where(Application.call_id == call_id, Application.state == ACCEPTED)
    return int((await session.exec(query)).one())


async def get_number(session: Session, community_id: int, person_id: int) -> int | None:
    """The person's number, if they bear one."""
    query = select(SeedNumber.number).where(SeedNumber.community_id == community_id, SeedNumber.person_id == person_id)
    return (await session.exec(query)).first()


async def list_seeds(session: Session, community_id: int) -> list[tuple[int, Person]]:
    """Everyone who bears a number, by number."""
    query = (
        select(SeedNumber.number, Person)
        .join(Person, col(Person.id) == col(SeedNumber.person_id))
        .where(SeedNumber.community_id == community_id)
        .order_by(col(SeedNumber.number))
    )
    return list(await session.exec(query))


async def list_founders(session: Session, community_id: int) -> list[int]:
    """Seeds without a number whom nobody brought, in the order they came."""
    numbered = select(SeedNumber.person_id).where(SeedNumber.community_id == community_id)
    query = select(Member.person_id).where(
        Member.community_id == community_id,
        Member.role == "seed",
        col(Member.inviter_id).is_(None),
        col(Member.person_id).not_in(numbered),
    )
    return list(await session.exec(query.order_by(col(Member.joined_at), col(Member.id))))


async def add_call(session: Session, call: SeedCall) -> SeedCall:
    session.add(call)
    await session.flush()
    return call


async def add_application(session: Session, application: Application) -> Application:
    session.add(application)
    await session.flush()
    return application


async def add_number(session: Session, community_id: int, person_id: int, now: datetime) -> int:
    """The person's number: the next one, or the one they have. The caller holds the community."""
    last = select(func.coalesce(func.max(SeedNumber.number), 0)).where(SeedNumber.community_id == community_id)
    number = int((await session.exec(last)).one() or 0) + 1
    values = {"community_id": community_id, "number": number, "person_id": person_id, "given_at": now}
    insert = insert_into(session, SeedNumber).values(**values)
    await session.exec(insert.on_conflict_do_nothing(index_elements=["community_id", "person_id"]))
    theirs = select(SeedNumber.number).where(SeedNumber.community_id == community_id, SeedNumber.person_id == person_id)
    return int((await session.exec(theirs)).one())


async def claim_decision(session: Session, application_id: int, state: str, by_id: int, now: datetime) -> bool:
    """True for the one decision that counts."""
    decide = update(Application).where(col(Application.id) == application_id, col(Application.state) == APPLIED)
    return (await session.exec(decide.values(state=state, decided_by_id=by_id, decided_at=now))).rowcount == 1
