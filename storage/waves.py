"""Waves: the plan by which a circle grows, and each week's proposal of who gets how many codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, case, func, insert, update
from sqlalchemy import select as columns
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.invitations import CLAIMED, ISSUED, REVOKED, USED, Invitation, InvitationEvent
from storage.members import Member

PROPOSED, ACCEPTED, DECLINED = "proposed", "accepted", "declined"


class WavePlan(SQLModel, table=True):
    """The sizes a community means to grow to, one after the other."""

    __tablename__ = "wave_plan"

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    steps: str  # such as "100 200 400 800"
    by_id: int = Field(foreign_key="person.id")
    begun_at: datetime
    due_at: datetime = Field(index=True)  # when the next proposal is made

    @property
    def sizes(self) -> list[int]:
        return [int(size) for size in self.steps.split()]


class Proposal(SQLModel, table=True):
    """One week's: how many there are, how many are wanted, how many codes that takes."""

    __tablename__ = "wave_proposal"
    __table_args__ = (CheckConstraint("state IN ('proposed', 'accepted', 'declined')", name="state_known"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    stayed: int
    goal: int
    percent: int  # of the codes handed out, those whose person stayed
    state: str = PROPOSED
    made_at: datetime
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")


class Share(SQLModel, table=True):
    """So many codes for one person, if the proposal is accepted."""

    __tablename__ = "wave_share"

    proposal_id: int = Field(foreign_key="wave_proposal.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    codes: int


@dataclass(frozen=True)
class Door:
    """What became of the codes of one touchpoint and campaign."""

    touchpoint: str
    campaign: str
    issued: int  # ever made
    used: int
    stayed: int  # of those who used one, still here
    kept: int  # as well, and came so long ago that it tells something
    decided: int  # codes that tell: expired, old and unused, or used by somebody who left or came so long ago
    opened: int = 0  # codes somebody claimed at least once


@dataclass(frozen=True)
class Arrival:
    """Somebody who came in with a code, by which door, and how long they stayed."""

    touchpoint: str
    campaign: str
    person_id: int
    used_at: datetime
    left_at: datetime | None


async def get_plan(session: Session, community_id: int) -> WavePlan | None:
    return (await session.exec(select(WavePlan).where(WavePlan.community_id == community_id))).first()


async def list_plans_due(session: Session, now: datetime) -> list[WavePlan]:
    return list(await session.exec(select(WavePlan).where(WavePlan.due_at <= now).order_by(col(WavePlan.due_at))))


async def get_proposal(session: Session, community_id: int, proposal_id: int) -> Proposal | None:
    query = select(Proposal).where(Proposal.community_id == community_id, Proposal.id == proposal_id)
    return (await session.exec(query)).first()


async def list_proposals(session: Session, community_id: int) -> list[Proposal]:
    """Every week's, the oldest first."""
    query = select(Proposal).where(Proposal.community_id == community_id).order_by(col(Proposal.id))
    return list(await session.exec(query))


async def list_shares(session: Session, proposal_id: int) -> dict[int, int]:
    """Codes by person."""
    query = select(Share).where(Share.proposal_id == proposal_id).order_by(col(Share.person_id))
    return {share.person_id: share.codes for share in await session.exec(query)}


async def count_stayed(session: Session, community_id: int, *, gated: bool) -> int:
    """How many are in now: with a seat, or where there is no gate at all."""
    query = select(func.count()).where(Member.community_id == community_id, col(Member.present))
    return int((await session.exec(query.where(Member.role != "member") if gated else query)).one())


async def list_doors(session: Session, community_id: int, now: datetime, old: datetime) -> list[Door]:
    """Every door codes were made for, the most used first; what happened before `old` can tell."""
    used = case((col(Invitation.state) == USED, 1), else_=0)
    here = case((col(Member.present).is_(True), 1), else_=0)
    is_open = col(Invitation.state).in_((ISSUED, CLAIMED)) & (col(Invitation.expires_at) > now)
    came_lately = (used == 1) & (here == 1) & (col(Invitation.used_at) > old)
    untold = (col(Invitation.state) == REVOKED) | came_lately | (is_open & (col(Invitation.issued_at) > old))
    decided = case((untold, 0), else_=1)
    claimed = select(InvitationEvent.id).where(
        InvitationEvent.invitation_id == Invitation.id, InvitationEvent.what == CLAIMED
    )
    opened = case((claimed.exists(), 1), else_=0)
    sums = (
        func.count(),
        func.sum(used),
        func.sum(used * here),
        func.sum(used * here * decided),
        func.sum(decided),
        func.sum(opened),
    )
    query = (
        columns(col(Invitation.touchpoint), col(Invitation.campaign), *sums)
        .outerjoin(
            Member,
            (col(Member.community_id) == community_id) & (col(Member.person_id) == col(Invitation.redeemer_id)),
        )
        .where(col(Invitation.community_id) == community_id)
        .group_by(col(Invitation.touchpoint), col(Invitation.campaign))
        .order_by(func.sum(used).desc(), func.count().desc(), col(Invitation.campaign))
    )
    found = await (await session.connection()).execute(query)  # SQLModel types four columns at most
    return [Door(*row) for row in found]


async def list_arrivals(session: Session, community_id: int) -> list[Arrival]:
    """Everybody who came in with a code, the first one first."""
    query = (
        columns(
            col(Invitation.touchpoint),
            col(Invitation.campaign),
            col(Member.person_id),
            col(Invitation.used_at),
            col(Member.left_at),
        )
        .join(
            Member,
            (col(Member.community_id) == community_id) & (col(Member.person_id) == col(Invitation.redeemer_id)),
        )
        .where(col(Invitation.community_id) == community_id, col(Invitation.state) == USED)
        .order_by(col(Invitation.used_at), col(Invitation.id))
    )
    found = await (await session.connection()).execute(query)  # as above
    return [
        Arrival(touchpoint, campaign, who, used_at, left_at)
        for touchpoint, campaign, who, used_at, left_at in found
        if used_at is not None
    ]


async def set_plan(session: Session, plan: WavePlan) -> None:
    await session.merge(plan)
    await session.flush()


async def add_proposal(session: Session, proposal: Proposal, shares: Mapping[int, int]) -> Proposal:
    session.add(proposal)
    await session.flush()
    rows = [{"proposal_id": proposal.id, "person_id": who, "codes": codes} for who, codes in shares.items()]
    if rows:
        await session.exec(insert(Share), params=rows)
    return proposal


async def set_overtaken(session: Session, community_id: int, now: datetime) -> None:
    """Proposals that nobody has decided on are the past: a new one is made from how things stand now."""
    undecided = update(Proposal).where(col(Proposal.community_id) == community_id, col(Proposal.state) == PROPOSED)
    await session.exec(undecided.values(state=DECLINED, decided_at=now))


async def claim_decision(session: Session, proposal_id: int, state: str, by_id: int, now: datetime) -> bool:
    """True for the one decision that counts."""
    decide = update(Proposal).where(col(Proposal.id) == proposal_id, col(Proposal.state) == PROPOSED)
    return (await session.exec(decide.values(state=state, decided_by_id=by_id, decided_at=now))).rowcount == 1
