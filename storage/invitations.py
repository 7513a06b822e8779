"""The ledger of invitation codes: issued, claimed, used, or come home; and who waits at a gated chat's door."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, delete, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Chat
from storage.database import Session, insert_into
from storage.members import Member, Person
from storage.suggestions import SHIPPED, Suggestion

ISSUED, CLAIMED, USED, EXPIRED, REVOKED = "issued", "claimed", "used", "expired", "revoked"


class Invitation(SQLModel, table=True):
    """One code: one holder, one redeemer, one life."""

    __table_args__ = (
        CheckConstraint("state IN ('issued', 'claimed', 'used', 'expired', 'revoked')", name="state_known"),
        CheckConstraint("length(code) = 12", name="code_length"),
        CheckConstraint("(state IN ('claimed', 'used')) = (redeemer_id IS NOT NULL)", name="redeemer_when_taken"),
        CheckConstraint("redeemer_id <> holder_id", name="nobody_invites_themselves"),
        Index(
            "invitation_one_per_redeemer",
            "community_id",
            "redeemer_id",
            unique=True,
            sqlite_where=text("redeemer_id IS NOT NULL"),
            postgresql_where=text("redeemer_id IS NOT NULL"),
        ),
        Index("invitation_state", "state", "claimed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    code: str = Field(unique=True)
    holder_id: int = Field(foreign_key="person.id", index=True)
    redeemer_id: int | None = Field(default=None, foreign_key="person.id")
    returned_from_id: int | None = Field(default=None, foreign_key="person.id", index=True)  # held a claim too long
    state: str = ISSUED
    issued_at: datetime
    expires_at: datetime
    claimed_at: datetime | None = None
    used_at: datetime | None = None


class JoinRequest(SQLModel, table=True):
    """Somebody at a gated chat's door, waiting to be let in."""

    __tablename__ = "join_request"

    chat_id: int = Field(foreign_key="chat.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    asked_at: datetime


class Miss(SQLModel, table=True):
    """Somebody sent a code that opens nothing; many in a short time are guesses."""

    __tablename__ = "code_miss"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    missed_at: datetime = Field(index=True)


async def get_first(session: Session, codes: Sequence[str]) -> Invitation | None:
    """The first of these codes that was ever issued."""
    found = await session.exec(select(Invitation).where(col(Invitation.code).in_(codes)))
    return min(found, key=lambda invitation: codes.index(invitation.code), default=None)


async def get_invitation_of(session: Session, community_id: int, redeemer_id: int) -> Invitation | None:
    """The code this person claimed or used in the community."""
    query = select(Invitation).where(Invitation.community_id == community_id, Invitation.redeemer_id == redeemer_id)
    return (await session.exec(query)).first()


async def list_in_hand(session: Session, community_id: int, holder_id: int, now: datetime) -> list[Invitation]:
    """Codes that a holder can still give away, the oldest first."""
    query = select(Invitation).where(
        Invitation.community_id == community_id,
        Invitation.holder_id == holder_id,
        Invitation.state == ISSUED,
        Invitation.expires_at > now,
    )
    return list(await session.exec(query.order_by(col(Invitation.id))))


async def count_spent(session: Session, community_id: int, holder_id: int) -> int:
    """Codes that are on their way in, or were used: these never come back into a holder's quota."""
    query = select(func.count()).where(
        Invitation.community_id == community_id,
        Invitation.holder_id == holder_id,
        col(Invitation.state).in_((CLAIMED, USED)),
    )
    return int((await session.exec(query)).one())


async def count_shipped(session: Session, community_id: int, author_id: int) -> int:
    """How many of somebody's own suggestions have shipped."""
    query = select(func.count()).where(
        Suggestion.community_id == community_id, Suggestion.author_id == author_id, Suggestion.status == SHIPPED
    )
    return int((await session.exec(query)).one())


async def add_invitation(session: Session, invitation: Invitation) -> Invitation:
    session.add(invitation)
    await session.flush()
    return invitation


async def claim_member(session: Session, community_id: int, person_id: int) -> Member | None:
    """The membership, held by this transaction until it ends: whoever else wants it waits."""
    query = select(Member).where(Member.community_id == community_id, Member.person_id == person_id)
    return (await session.exec(query.with_for_update(key_share=True))).first()


async def claim_person(session: Session, person_id: int) -> None:
    """Hold the person until the transaction ends: what they send at once is answered one by one."""
    await session.exec(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


async def claim_invitation(session: Session, code: str, redeemer_id: int, now: datetime) -> bool:
    """Reserve a code for one person; of a hundred at once exactly one gets True."""
    claim = (
        update(Invitation)
        .where(
            col(Invitation.code) == code,
            col(Invitation.state) == ISSUED,
            col(Invitation.expires_at) > now,
            col(Invitation.holder_id) != redeemer_id,
        )
        .values(state=CLAIMED, redeemer_id=redeemer_id, claimed_at=now, returned_from_id=None)
    )
    return (await session.exec(claim)).rowcount == 1


async def set_claimed_anew(session: Session, community_id: int, redeemer_id: int, now: datetime) -> bool:
    """Start the time of a person's claim again; False when they hold none."""
    renew = update(Invitation).where(_claimed_by(community_id, redeemer_id)).values(claimed_at=now)
    return (await session.exec(renew)).rowcount == 1


async def set_used(session: Session, community_id: int, redeemer_id: int, now: datetime) -> int | None:
    """Spend the code its claimant came in with; its holder, or None when there was none waiting."""
    return await _spend(session, _claimed_by(community_id, redeemer_id), redeemer_id, now)


async def set_used_late(session: Session, community_id: int, redeemer_id: int, now: datetime) -> int | None:
    """As `set_used`, for a claim that had gone home before we heard that the person is in, if nobody took it since."""
    went_home = select(func.min(Invitation.id)).where(
        Invitation.community_id == community_id,
        Invitation.returned_from_id == redeemer_id,
        Invitation.state == ISSUED,
    )
    late = and_(col(Invitation.id) == went_home.scalar_subquery(), col(Invitation.state) == ISSUED)
    return await _spend(session, late, redeemer_id, now)


async def _spend(session: Session, which: ColumnElement[bool], redeemer_id: int, now: datetime) -> int | None:
    spend = (
        update(Invitation)
        .where(which)
        .values(state=USED, used_at=now, redeemer_id=redeemer_id, returned_from_id=None)
        .returning(col(Invitation.holder_id))
        .execution_options(synchronize_session=False)
    )
    holder: int | None = (await session.exec(spend)).scalar_one_or_none()
    return holder


async def has_due(session: Session, now: datetime, claimed_before: datetime, missed_before: datetime) -> bool:
    """Whether a code waits to come home, or a miss to be forgotten."""
    codes = or_(
        and_(col(Invitation.state) == CLAIMED, col(Invitation.claimed_at) < claimed_before),
        and_(col(Invitation.state) == ISSUED, col(Invitation.expires_at) <= now),
    )
    misses = select(Miss.id).where(Miss.missed_at <= missed_before)
    return any([(await session.exec(q.limit(1))).first() for q in (select(Invitation.id).where(codes), misses)])


async def set_returned(session: Session, claimed_before: datetime) -> int:
    """Give back codes whose claimant never came in; they can be handed on as if nothing had happened."""
    give_back = (
        update(Invitation)
        .where(col(Invitation.state) == CLAIMED, col(Invitation.claimed_at) < claimed_before)
        .values(state=ISSUED, redeemer_id=None, claimed_at=None, returned_from_id=Invitation.redeemer_id)
    )
    return int((await session.exec(give_back)).rowcount)


async def set_expired(session: Session, now: datetime) -> int:
    """Codes past their day come home to their holder."""
    expire = update(Invitation).where(col(Invitation.state) == ISSUED, col(Invitation.expires_at) <= now)
    return int((await session.exec(expire.values(state=EXPIRED))).rowcount)


async def set_inviter(session: Session, community_id: int, person_id: int, inviter_id: int) -> None:
    """Bind a member to who brought them, once and for ever."""
    bind = update(Member).where(
        col(Member.community_id) == community_id, col(Member.person_id) == person_id, col(Member.inviter_id).is_(None)
    )
    await session.exec(bind.values(inviter_id=inviter_id))


async def set_door_link(session: Session, chat_id: int, link: str) -> None:
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(door_link=link))


async def add_join_request(session: Session, request: JoinRequest) -> None:
    insert = insert_into(session, JoinRequest).values(**request.model_dump())
    keys = ["chat_id", "person_id"]
    await session.exec(insert.on_conflict_do_update(index_elements=keys, set_={"asked_at": request.asked_at}))


async def list_join_requests(session: Session, person_id: int) -> list[JoinRequest]:
    query = select(JoinRequest).where(JoinRequest.person_id == person_id)
    return list(await session.exec(query.order_by(col(JoinRequest.asked_at).desc())))


async def delete_join_request(session: Session, chat_id: int, person_id: int) -> None:
    gone = delete(JoinRequest).where(col(JoinRequest.chat_id) == chat_id, col(JoinRequest.person_id) == person_id)
    await session.exec(gone)


async def list_misses(session: Session, person_id: int, since: datetime) -> list[datetime]:
    """When somebody's codes opened nothing, the newest first."""
    query = select(Miss.missed_at).where(Miss.person_id == person_id, Miss.missed_at > since)
    return list(await session.exec(query.order_by(col(Miss.missed_at).desc())))


async def add_miss(session: Session, person_id: int, now: datetime) -> None:
    session.add(Miss(person_id=person_id, missed_at=now))
    await session.flush()


async def delete_misses(session: Session, before: datetime) -> None:
    await session.exec(delete(Miss).where(col(Miss.missed_at) <= before))


def _claimed_by(community_id: int, redeemer_id: int) -> ColumnElement[bool]:
    return and_(
        col(Invitation.community_id) == community_id,
        col(Invitation.redeemer_id) == redeemer_id,
        col(Invitation.state) == CLAIMED,
    )


async def has_codes(session: Session, community_id: int) -> bool:
    """Whether the community has ever handed out a code."""
    query = select(Invitation.id).where(Invitation.community_id == community_id).limit(1)
    return (await session.exec(query)).first() is not None
