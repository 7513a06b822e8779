"""What somebody may not do, who said so and why; a bar that is lifted stays written down."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.members import Member

INVITING, BRANCH, ENTRY, CREDIT = "inviting", "branch", "entry", "credit"
LONGEST_REASON = 512


class Bar(SQLModel, table=True):
    """A person may not invite, nor may their branch; may not come in; or brings their inviter no credit."""

    __tablename__ = "invitation_bar"
    __table_args__ = (
        CheckConstraint("kind IN ('inviting', 'branch', 'entry', 'credit')", name="kind_known"),
        CheckConstraint("length(reason) <= 512", name="reason_length"),
        Index(
            "invitation_bar_in_force",
            "community_id",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    reason: str = ""
    by_id: int | None = Field(default=None, foreign_key="person.id")
    since: datetime
    lifted_at: datetime | None = None
    lifted_by_id: int | None = Field(default=None, foreign_key="person.id")


async def get_bar(session: Session, community_id: int, person_id: int, kind: str) -> Bar | None:
    """The bar of that kind in force for a person."""
    query = select(Bar).where(
        Bar.community_id == community_id, Bar.person_id == person_id, Bar.kind == kind, col(Bar.lifted_at).is_(None)
    )
    return (await session.exec(query)).first()


async def get_bar_above(session: Session, community_id: int, person_id: int) -> Bar | None:
    """What keeps a person from inviting: a bar of their own, or a paused branch they stand in."""
    own = select(Member.person_id, Member.inviter_id).where(
        Member.community_id == community_id, Member.person_id == person_id
    )
    line = own.cte("line", recursive=True)
    above = (
        select(Member.person_id, Member.inviter_id)
        .join(line, col(Member.person_id) == line.c.inviter_id)
        .where(Member.community_id == community_id)
    )
    line = line.union(above)
    query = select(Bar).where(Bar.community_id == community_id, col(Bar.lifted_at).is_(None))
    own_bar = (col(Bar.person_id) == person_id) & (col(Bar.kind) == INVITING)
    branch_bar = col(Bar.person_id).in_(select(line.c.person_id)) & (col(Bar.kind) == BRANCH)
    return (await session.exec(query.where(own_bar | branch_bar).order_by(col(Bar.id)))).first()


async def list_bars(session: Session, community_id: int) -> list[Bar]:
    """All bars in force, the newest first."""
    query = select(Bar).where(Bar.community_id == community_id, col(Bar.lifted_at).is_(None))
    return list(await session.exec(query.order_by(col(Bar.id).desc())))


async def add_bar(session: Session, bar: Bar) -> Bar:
    session.add(bar)
    await session.flush()
    return bar


async def set_lifted(
    session: Session, community_id: int, person_id: int, kind: str, by_id: int | None, now: datetime
) -> bool:
    """Lift a bar; False when there is none."""
    lift = update(Bar).where(
        col(Bar.community_id) == community_id,
        col(Bar.person_id) == person_id,
        col(Bar.kind) == kind,
        col(Bar.lifted_at).is_(None),
    )
    return (await session.exec(lift.values(lifted_at=now, lifted_by_id=by_id))).rowcount > 0
