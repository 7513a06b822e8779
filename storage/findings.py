"""What the finder keeps for a community: when it looks for duplicates next, and what answers have taught it."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Field, SQLModel, col, select

from storage.communities import Community
from storage.database import Session, insert_into
from storage.steps import Question, Steps


class Finding(SQLModel, table=True):
    """One row a community."""

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    due_at: datetime = Field(index=True)  # the next quiet hour
    looked_to: int = 0  # the newest suggestion that was looked at
    offered_from: float | None = None  # certainty from which similar ones are offered, once there are answers enough
    offered_by: str | None = None  # the encoder that holds for
    offered_from_by_terms: float | None = None
    is_rereading: bool = False  # its words have changed, so its wordings are to be read anew


class Thresholds(NamedTuple):
    """From which certainty similar ones are offered, with an encoder and by terms alone; None while that is unknown."""

    offered_from: float | None = None
    offered_by: str | None = None
    offered_from_by_terms: float | None = None


async def get_finding(session: Session, community_id: int) -> Finding | None:
    return (await session.exec(select(Finding).where(Finding.community_id == community_id))).first()


def get_thresholds(community_id: int) -> Steps[Thresholds]:
    """What answers have taught."""
    rows = yield Question(_THRESHOLDS, _THRESHOLDS, (community_id,))
    return Thresholds(*rows[0]) if rows else Thresholds()


async def lock_finding(session: Session, community_id: int) -> Finding:
    """The row, held until the transaction ends."""
    return (await session.exec(select(Finding).where(Finding.community_id == community_id).with_for_update())).one()


async def add_finding(session: Session, finding: Finding) -> None:
    """Begin a community's row, unless it has one."""
    await session.exec(insert_into(session, Finding).values(**finding.model_dump()).on_conflict_do_nothing())


async def list_without(session: Session, limit: int = 100) -> list[Community]:
    """Communities with suggestions that have no row yet."""
    query = select(Community).outerjoin(Finding, col(Finding.community_id) == col(Community.id))
    fresh = query.where(col(Finding.community_id).is_(None), Community.last_number > 0)
    return list(await session.exec(fresh.limit(limit)))


async def list_due(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Communities whose quiet hour has come, the longest waiting first."""
    query = select(Finding.community_id).where(Finding.due_at <= now).order_by(col(Finding.due_at))
    return list(await session.exec(query.limit(limit)))


async def list_rereading(session: Session, limit: int = 10) -> list[int]:
    """Communities whose wordings are to be read anew."""
    return list(await session.exec(select(Finding.community_id).where(col(Finding.is_rereading)).limit(limit)))


_THRESHOLDS = "SELECT offered_from, offered_by, offered_from_by_terms FROM finding WHERE community_id = $1"
