"""Drafts of digests: what the team has changed about an issue before it is posted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, and_, or_, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Community
from storage.database import Session, insert_into
from storage.settings import SettingRow

OPEN, APPROVED, SKIPPED, POSTED = "open", "approved", "skipped", "posted"


class Draft(SQLModel, table=True):
    """The coming issue of one period: the lines are drawn from what is so when it is posted, the changes stand here."""

    __table_args__ = (
        UniqueConstraint("community_id", "period"),
        CheckConstraint("state IN ('open', 'approved', 'skipped', 'posted')", name="state_known"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    period: str
    state: str = OPEN
    needs_approval: bool = False
    changes: str = "{}"  # JSON
    created_at: datetime


async def list_communities_undrafted(session: Session, until: datetime) -> list[tuple[Community, int | None]]:
    """Communities whose digest is due by then and of which the team has seen no draft, with the hours they have set."""
    hours = and_(col(SettingRow.community_id) == col(Community.id), col(SettingRow.name) == "draft_hours")
    query = (
        select(Community, SettingRow.value)
        .outerjoin(SettingRow, hours)
        .where(
            Community.digest_due_at <= until,
            or_(col(Community.drafted_for).is_(None), col(Community.drafted_for) != col(Community.digest_due_at)),
        )
        .order_by(col(Community.digest_due_at))
    )
    return [(community, int(value) if value else None) for community, value in await session.exec(query)]


async def claim_draft(session: Session, community: Community) -> bool:
    """True for the one who makes the draft of the due moment."""
    claim = update(Community).where(
        col(Community.id) == community.id,
        col(Community.digest_due_at) == community.digest_due_at,
        or_(col(Community.drafted_for).is_(None), col(Community.drafted_for) != col(Community.digest_due_at)),
    )
    return (await session.exec(claim.values(drafted_for=community.digest_due_at))).rowcount == 1


async def add_draft(session: Session, draft: Draft) -> Draft:
    """The period's draft: this one, or the one there was."""
    insert = insert_into(session, Draft).values(**draft.model_dump(exclude={"id"}))
    await session.exec(insert.on_conflict_do_nothing())
    made = select(Draft).where(Draft.community_id == draft.community_id, Draft.period == draft.period)
    return (await session.exec(made)).one()


async def get_draft_of(session: Session, community_id: int, period: str) -> Draft | None:
    query = select(Draft).where(Draft.community_id == community_id, Draft.period == period)
    return (await session.exec(query)).first()


async def get_draft(session: Session, community_id: int, draft_id: int) -> Draft | None:
    query = select(Draft).where(Draft.community_id == community_id, Draft.id == draft_id)
    return (await session.exec(query.with_for_update())).first()
