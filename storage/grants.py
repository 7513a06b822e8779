"""Codes given by decision rather than earned: rounds for everyone, and shares of a weekly proposal."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, func, insert
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.members import Member

ROUND, WAVE = "round", "wave"


class Grant(SQLModel, table=True):
    """So many more codes for one person, by a round or a wave."""

    __tablename__ = "invitation_grant"
    __table_args__ = (
        CheckConstraint("why IN ('round', 'wave')", name="why_known"),
        CheckConstraint("codes BETWEEN 1 AND 100", name="codes_in_measure"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    why: str
    codes: int
    by_id: int | None = Field(default=None, foreign_key="person.id")
    granted_at: datetime


async def count_granted(session: Session, community_id: int, person_id: int) -> int:
    """How many codes rounds and waves have given somebody."""
    query = select(func.sum(Grant.codes)).where(Grant.community_id == community_id, Grant.person_id == person_id)
    return (await session.exec(query)).one() or 0


async def add_grants(
    session: Session, community_id: int, codes: Mapping[int, int], why: str, by_id: int | None, now: datetime
) -> None:
    """Give each of these people so many codes more."""
    rows = [
        {"community_id": community_id, "person_id": who, "why": why, "codes": n, "by_id": by_id, "granted_at": now}
        for who, n in codes.items()
    ]
    if rows:
        await session.exec(insert(Grant), params=rows)


async def get_last(session: Session, community_id: int) -> int:
    """The number of the community's last grant; 0 before the first."""
    query = select(func.max(Grant.id)).where(Grant.community_id == community_id)
    return (await session.exec(query)).one() or 0


async def list_in_the_round(session: Session, community_id: int, *, gated: bool) -> list[int]:
    """Who takes part in a round: everyone with a seat; where there is no gate, every member."""
    query = select(Member.person_id).where(Member.community_id == community_id, col(Member.present))
    if gated:
        query = query.where(Member.role != "member")
    return list(await session.exec(query.order_by(col(Member.id))))
