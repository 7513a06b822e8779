"""Proofs of phone numbers, of which only a keyed hash is kept: one phone has one seat in a community."""

from datetime import datetime

from sqlalchemy import ColumnElement, UniqueConstraint, and_, delete, exists, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, select

from storage.bars import ENTRY, Bar
from storage.communities import Chat
from storage.database import Session, insert_into
from storage.invitations import ISSUED, Invitation
from storage.members import Member, Person


class PhoneProof(SQLModel, table=True):
    """A person has shown a number of their own to this community."""

    __tablename__ = "phone_proof"
    __table_args__ = (UniqueConstraint("community_id", "seal"),)

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    seal: str
    proved_at: datetime


class PhoneRefusal(SQLModel, table=True):
    """A person has shown a number that is bound to somebody else."""

    __tablename__ = "phone_refusal"

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    holder_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    refused_at: datetime


async def has_proof(session: Session, community_id: int, person_id: int) -> bool:
    query = select(PhoneProof.person_id).where(
        PhoneProof.community_id == community_id, PhoneProof.person_id == person_id
    )
    return (await session.exec(query)).first() is not None


async def get_holder(session: Session, community_id: int, seal: str) -> int | None:
    """Whose number that is in the community."""
    query = select(PhoneProof.person_id).where(PhoneProof.community_id == community_id, PhoneProof.seal == seal)
    return (await session.exec(query)).first()


async def claim_phone(session: Session, proof: PhoneProof) -> int:
    """Whose the number is from now on: the person's, unless somebody has their place by it."""
    theirs = and_(col(PhoneProof.community_id) == proof.community_id, col(PhoneProof.seal) == proof.seal)
    await session.exec(delete(PhoneProof).where(theirs, _is_free()).execution_options(synchronize_session=False))
    insert = insert_into(session, PhoneProof).values(**proof.model_dump())
    await session.exec(insert.on_conflict_do_nothing())
    return await get_holder(session, proof.community_id, proof.seal) or proof.person_id


async def delete_proof(session: Session, community_id: int, person_id: int) -> bool:
    """Forget the number somebody has shown; False when there was none."""
    theirs = (col(PhoneProof.community_id) == community_id, col(PhoneProof.person_id) == person_id)
    return (await session.exec(delete(PhoneProof).where(*theirs))).rowcount == 1


async def delete_free(session: Session) -> None:
    """Forget the numbers of all who neither came in nor are about to."""
    await session.exec(delete(PhoneProof).where(_is_free()).execution_options(synchronize_session=False))


def _is_free() -> ColumnElement[bool]:
    """Whether a number keeps nobody's place: no code claimed or used, no seat, and no ban that it upholds.

    A code that went home still gives its claimant the seat if we hear too late that they are in (`set_used_late`).
    """
    community_id, person_id = col(PhoneProof.community_id), col(PhoneProof.person_id)
    late = and_(col(Invitation.returned_from_id) == person_id, col(Invitation.state) == ISSUED)
    code = exists().where(
        col(Invitation.community_id) == community_id, or_(col(Invitation.redeemer_id) == person_id, late)
    )
    is_gated = exists().where(col(Chat.community_id) == community_id, col(Chat.is_seed))
    seat = exists().where(
        col(Member.community_id) == community_id,
        col(Member.person_id) == person_id,
        or_(col(Member.role) != "member", not_(is_gated)),
    )
    ban = exists().where(
        col(Bar.community_id) == community_id,
        col(Bar.person_id) == person_id,
        col(Bar.kind) == ENTRY,
        col(Bar.lifted_at).is_(None),
    )
    return not_(or_(code, seat, ban))


async def add_refusal(session: Session, refusal: PhoneRefusal) -> None:
    insert = insert_into(session, PhoneRefusal).values(**refusal.model_dump())
    await session.exec(insert.on_conflict_do_nothing())


async def list_refusals(session: Session, community_id: int) -> list[tuple[int, int]]:
    """Who showed a number of whose."""
    query = select(PhoneRefusal.person_id, PhoneRefusal.holder_id).where(PhoneRefusal.community_id == community_id)
    return list(await session.exec(query.order_by(col(PhoneRefusal.refused_at))))


async def list_kept_out(session: Session, community_id: int) -> list[tuple[Person, Person]]:
    """Whoever showed a number that keeps somebody else's place, and whose that is; the latest first."""
    refused, holder = aliased(Person), aliased(Person)
    keeps = exists().where(
        col(PhoneProof.community_id) == community_id, col(PhoneProof.person_id) == col(PhoneRefusal.holder_id)
    )
    query = (
        select(refused, holder)
        .select_from(PhoneRefusal)
        .join(refused, col(refused.id) == col(PhoneRefusal.person_id))
        .join(holder, col(holder.id) == col(PhoneRefusal.holder_id))
        .where(PhoneRefusal.community_id == community_id, keeps)
    )
    return list(await session.exec(query.order_by(col(PhoneRefusal.refused_at).desc())))


async def delete_refusals(session: Session, community_id: int, holder_id: int) -> list[int]:
    """The number they were refused for is free: who they were."""
    these = (col(PhoneRefusal.community_id) == community_id, col(PhoneRefusal.holder_id) == holder_id)
    gone = delete(PhoneRefusal).where(*these).returning(col(PhoneRefusal.person_id))
    return list((await session.exec(gone)).scalars())
