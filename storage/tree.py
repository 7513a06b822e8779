"""Who brought whom, read from the members: each names the one who invited them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy import select as columns
from sqlmodel import col, select

from storage.communities import Community
from storage.database import Session
from storage.invitations import USED, Invitation
from storage.members import Member, Person


@dataclass(frozen=True)
class Kin:
    """A member's place in the tree."""

    person_id: int
    inviter_id: int | None
    name: str


@dataclass(frozen=True)
class Stay:
    """How long a member has been with us: since they came in with their code, or since we met them."""

    kin: Kin
    since: datetime
    left_at: datetime | None
    seated: bool  # behind the gate, where there is one


async def list_kin(session: Session, community_id: int) -> list[Kin]:
    """Every member's place, in the order they came."""
    query = (
        select(Member.person_id, Member.inviter_id, Person.name)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(Member.community_id == community_id)
        .order_by(col(Member.joined_at), col(Member.id))
    )
    return [Kin(*row) for row in await session.exec(query)]


async def list_stays(session: Session, community_id: int) -> list[Stay]:
    """Every member's place and stay, in the order they came."""
    used = (
        (col(Invitation.community_id) == community_id)
        & (col(Invitation.redeemer_id) == col(Member.person_id))
        & (col(Invitation.state) == USED)
    )
    since = func.coalesce(col(Invitation.used_at), col(Member.joined_at))
    kin = (col(Member.person_id), col(Member.inviter_id), col(Person.name))
    query = (
        columns(*kin, since, col(Member.left_at), col(Member.role))
        .join(Person, col(Person.id) == col(Member.person_id))
        .outerjoin(Invitation, used)
        .where(col(Member.community_id) == community_id)
        .order_by(since, col(Member.id))
    )
    found = await (await session.connection()).execute(query)  # SQLModel types four columns at most
    return [Stay(Kin(*row[:3]), row[3], row[4], row[5] != "member") for row in found]


async def list_branch(session: Session, community_id: int, person_id: int) -> list[Kin]:
    """The places of a person and of all they brought, directly or through others, in the order they came."""
    root = select(Member.person_id).where(Member.community_id == community_id, Member.person_id == person_id)
    branch = root.cte("branch", recursive=True)
    brought = (
        select(Member.person_id)
        .join(branch, col(Member.inviter_id) == branch.c.person_id)
        .where(Member.community_id == community_id)
    )
    branch = branch.union(brought)
    query = (
        select(Member.person_id, Member.inviter_id, Person.name)
        .join(branch, col(Member.person_id) == branch.c.person_id)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(Member.community_id == community_id)
        .order_by(col(Member.joined_at), col(Member.id))
    )
    return [Kin(*row) for row in await session.exec(query)]


async def is_brought_by(session: Session, community_id: int, person_id: int, ancestor_id: int) -> bool:
    """Whether the ancestor stands anywhere above the person."""
    parent = select(Member.inviter_id).where(Member.community_id == community_id, Member.person_id == person_id)
    line = parent.cte("line", recursive=True)
    above = (
        select(Member.inviter_id)
        .join(line, col(Member.person_id) == line.c.inviter_id)
        .where(Member.community_id == community_id)
    )
    line = line.union(above)
    return (await session.exec(select(line.c.inviter_id).where(line.c.inviter_id == ancestor_id))).first() is not None


async def claim_tree(session: Session, community_id: int) -> None:
    """Hold the community's tree until the transaction ends: two people cannot become each other's ancestors."""
    await session.exec(select(Community.id).where(Community.id == community_id).with_for_update(key_share=True))


async def set_inviter(session: Session, community_id: int, person_id: int, inviter_id: int | None) -> None:
    """The team has mended the tree; who holds it has seen to it that this closes no circle."""
    moved = update(Member).where(col(Member.community_id) == community_id, col(Member.person_id) == person_id)
    await session.exec(moved.values(inviter_id=inviter_id))
