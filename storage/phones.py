"""Proofs of phone numbers, of which only a keyed hash is kept: one phone has one seat in a community."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into


class PhoneProof(SQLModel, table=True):
    """A person has shown a number of their own to this community."""

    __tablename__ = "phone_proof"
    __table_args__ = (UniqueConstraint("community_id", "seal"),)

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    seal: str
    proved_at: datetime


class PhoneRefusal(SQLModel, table=True):
    """A person has shown a number with which somebody else has a seat."""

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
    """Whose the number is from now on: the person's, unless somebody was quicker."""
    insert = insert_into(session, PhoneProof).values(**proof.model_dump())
    await session.exec(insert.on_conflict_do_nothing())
    return await get_holder(session, proof.community_id, proof.seal) or proof.person_id


async def add_refusal(session: Session, refusal: PhoneRefusal) -> None:
    insert = insert_into(session, PhoneRefusal).values(**refusal.model_dump())
    await session.exec(insert.on_conflict_do_nothing())


async def list_refusals(session: Session, community_id: int) -> list[tuple[int, int]]:
    """Who showed a number of whose."""
    query = select(PhoneRefusal.person_id, PhoneRefusal.holder_id).where(PhoneRefusal.community_id == community_id)
    return list(await session.exec(query.order_by(col(PhoneRefusal.refused_at))))
