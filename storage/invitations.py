"""The ledger of invitation codes: what each is now, and every change with who and when."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, case, func, insert, or_, text, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.holds import Hold
from storage.members import Member, Person
from storage.seals import seal

ISSUED, CLAIMED, USED, EXPIRED, REVOKED = "issued", "claimed", "used", "expired", "revoked"
RETURNED = "returned"  # a change only: a code whose claimant never came is issued again
TOUCHPOINTS = ("user", "employee", "partner", "supplier")
LONGEST_CAMPAIGN = 64


class Invitation(SQLModel, table=True):
    """One code: one holder, one redeemer, one life. It is readable only while somebody may still be shown it."""

    __table_args__ = (
        CheckConstraint("state IN ('issued', 'claimed', 'used', 'expired', 'revoked')", name="state_known"),
        CheckConstraint("length(code) = 12", name="code_length"),
        CheckConstraint("(state IN ('issued', 'claimed')) = (code IS NOT NULL)", name="readable_while_good"),
        CheckConstraint("(state IN ('claimed', 'used')) = (redeemer_id IS NOT NULL)", name="redeemer_when_taken"),
        CheckConstraint("redeemer_id <> holder_id", name="nobody_invites_themselves"),
        CheckConstraint("touchpoint IN ('user', 'employee', 'partner', 'supplier')", name="touchpoint_known"),
        CheckConstraint("length(campaign) <= 64", name="campaign_length"),
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
    code: str | None = Field(default=None, unique=True)
    seal: str = Field(unique=True)  # the code's keyed hash, by which it is found
    holder_id: int = Field(foreign_key="person.id", index=True)
    redeemer_id: int | None = Field(default=None, foreign_key="person.id")
    returned_from_id: int | None = Field(default=None, foreign_key="person.id", index=True)  # held a claim too long
    kept_for_id: int | None = Field(default=None, foreign_key="person.id", index=True)  # opens for nobody else
    is_gift: bool = False  # from the team, outside the holder's quota
    is_pooled: bool = False  # given to the waiting list
    touchpoint: str = "user"  # how its holder touches the product
    campaign: str = ""
    state: str = ISSUED
    issued_at: datetime
    expires_at: datetime
    claimed_at: datetime | None = None
    used_at: datetime | None = None


class InvitationEvent(SQLModel, table=True):
    """One change of a code."""

    __tablename__ = "invitation_event"
    __table_args__ = (
        CheckConstraint(
            "what IN ('issued', 'claimed', 'returned', 'used', 'expired', 'revoked')",
            name="what_known",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    invitation_id: int = Field(foreign_key="invitation.id", index=True)
    what: str
    actor_id: int | None = Field(default=None, foreign_key="person.id")  # None: time did it
    note: str = ""
    at: datetime


@dataclass(frozen=True)
class Changed:
    """A code that was changed, and whose it is."""

    id: int
    holder_id: int


async def get_first(session: Session, codes: Sequence[str]) -> Invitation | None:
    """The first of these codes that was ever issued."""
    seals = await seal(session, codes)
    found = await session.exec(select(Invitation).where(col(Invitation.seal).in_(seals)))
    return min(found, key=lambda invitation: seals.index(invitation.seal), default=None)


async def list_good(session: Session, codes: Sequence[str], now: datetime) -> list[Invitation]:
    """Those of these codes that anybody could open, or could if whoever is opening them does not come in."""
    query = select(Invitation).where(col(Invitation.code).in_(codes), Invitation.expires_at > now)
    return list(await session.exec(query.order_by(col(Invitation.id))))


async def list_invitations(session: Session, community_id: int, ids: Sequence[int]) -> list[Invitation]:
    """These codes, whatever became of them."""
    query = select(Invitation).where(Invitation.community_id == community_id, col(Invitation.id).in_(ids))
    return list(await session.exec(query.order_by(col(Invitation.id))))


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
        col(Invitation.is_pooled).is_(False),
        col(Invitation.kept_for_id).is_(None),
    )
    return list(await session.exec(query.order_by(col(Invitation.id))))


async def get_unused(session: Session, invitation_id: int, holder_id: int, now: datetime) -> Invitation | None:
    """One of somebody's own codes that they can still give away; None when it is another's, or good no more."""
    query = select(Invitation).where(
        Invitation.id == invitation_id,
        Invitation.holder_id == holder_id,
        Invitation.state == ISSUED,
        Invitation.expires_at > now,
        col(Invitation.is_pooled).is_(False),
        col(Invitation.kept_for_id).is_(None),
    )
    return (await session.exec(query)).first()


async def count_by_state(session: Session, community_id: int, holder_id: int, now: datetime) -> dict[str, int]:
    """How many of a holder's own codes (no gifts) stand in each state, what is promised to somebody as claimed.

    What is past its day has come home.
    """
    given = or_(col(Invitation.is_pooled).is_(True), col(Invitation.kept_for_id).is_not(None))
    state = case((and_(col(Invitation.state) == ISSUED, given), CLAIMED), else_=col(Invitation.state))
    query = select(state).where(
        Invitation.community_id == community_id,
        Invitation.holder_id == holder_id,
        col(Invitation.is_gift).is_(False),
        or_(col(Invitation.state) != ISSUED, col(Invitation.expires_at) > now),
    )
    return dict(Counter(await session.exec(query)))


async def count_held(session: Session, community_id: int, now: datetime) -> dict[int, int]:
    """Unused codes by holder."""
    query = (
        select(Invitation.holder_id, func.count())
        .where(Invitation.community_id == community_id, Invitation.state == ISSUED, Invitation.expires_at > now)
        .group_by(col(Invitation.holder_id))
    )
    return {holder: int(count) for holder, count in await session.exec(query)}


async def add_invitation(session: Session, invitation: Invitation, by_id: int | None, note: str = "") -> Invitation:
    """A new code, and the first row of its history."""
    session.add(invitation)
    await session.flush()
    await _record(session, ISSUED, [invitation.id or 0], by_id, invitation.issued_at, note)
    return invitation


async def claim_member(session: Session, community_id: int, person_id: int) -> Member | None:
    """The membership, held by this transaction until it ends: whoever else wants it waits."""
    query = select(Member).where(Member.community_id == community_id, Member.person_id == person_id)
    return (await session.exec(query.with_for_update(key_share=True))).first()


async def claim_person(session: Session, person_id: int) -> None:
    """Hold the person until the transaction ends: what they send at once is answered one by one."""
    await session.exec(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


async def is_held(session: Session, invitation: Invitation) -> bool:
    """Whether the code comes from a copy that was put back, and nobody has said yet that it is still good."""
    held = select(Hold).where(Hold.community_id == invitation.community_id, col(Hold.codes))
    return (await session.exec(held.where(Hold.found_at >= invitation.issued_at))).first() is not None


async def count_open(session: Session, community_id: int, before: datetime) -> int:
    """Codes issued by then that are neither used nor over."""
    query = select(func.count()).where(*_open_before(community_id, before))
    return int((await session.exec(query)).one())


async def set_open_revoked(
    session: Session, community_id: int, before: datetime, by_id: int | None, now: datetime
) -> list[Changed]:
    """Take out of the world all that may have been used without our knowing: their holders can have new ones."""
    which = and_(*_open_before(community_id, before))
    values = {"state": REVOKED, "code": None, "redeemer_id": None, "claimed_at": None}
    return await change(session, which, values, REVOKED, by_id, now, "put back")


def _open_before(community_id: int, before: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Invitation.community_id) == community_id,
        col(Invitation.issued_at) <= before,
        col(Invitation.state).in_((ISSUED, CLAIMED)),
    )


async def set_expired(session: Session, now: datetime) -> int:
    """Codes past their day come home to their holder."""
    past = and_(col(Invitation.state) == ISSUED, col(Invitation.expires_at) <= now)
    return len(await change(session, past, {"state": EXPIRED, "code": None}, EXPIRED, None, now))


async def set_revoked(session: Session, invitation_id: int, by_id: int | None, now: datetime, note: str) -> bool:
    """Take one unused code out of the world; it comes home to its holder. False when it is unused no more."""
    unused = and_(col(Invitation.id) == invitation_id, col(Invitation.state) == ISSUED)
    return bool(await change(session, unused, {"state": REVOKED, "code": None}, REVOKED, by_id, now, note))


async def set_last_claim(session: Session, invitation_id: int, now: datetime) -> None:
    """Whoever is opening the code may still come in; if they do not, it is past its day, and nobody else can."""
    last = update(Invitation).where(col(Invitation.id) == invitation_id, col(Invitation.state) == CLAIMED)
    await session.exec(last.values(expires_at=now))


async def set_all_revoked(
    session: Session, community_id: int, holder_ids: Sequence[int], by_id: int | None, now: datetime, note: str
) -> list[Changed]:
    """Take all unused codes of these holders out of the world."""
    unused = and_(
        col(Invitation.community_id) == community_id,
        col(Invitation.holder_id).in_(holder_ids),
        col(Invitation.state) == ISSUED,
    )
    return await change(session, unused, {"state": REVOKED, "code": None}, REVOKED, by_id, now, note)


async def set_inviter(session: Session, community_id: int, person_id: int, inviter_id: int) -> None:
    """Bind a member to who brought them, once and for ever."""
    bind = update(Member).where(
        col(Member.community_id) == community_id, col(Member.person_id) == person_id, col(Member.inviter_id).is_(None)
    )
    await session.exec(bind.values(inviter_id=inviter_id))


async def list_events(session: Session, invitation_id: int) -> list[InvitationEvent]:
    """A code's history."""
    query = select(InvitationEvent).where(InvitationEvent.invitation_id == invitation_id)
    return list(await session.exec(query.order_by(col(InvitationEvent.id))))


async def change(  # one door for every change, so that none goes unrecorded
    session: Session,
    which: ColumnElement[bool],
    values: Mapping[str, object],
    what: str,
    by_id: int | None,
    now: datetime,
    note: str = "",
) -> list[Changed]:
    """Change these codes in one conditional statement, and write down that it was done."""
    change = (
        update(Invitation)
        .where(which)
        .values(**values)
        .returning(col(Invitation.id), col(Invitation.holder_id))
        .execution_options(synchronize_session=False)
    )
    changed = [Changed(*row) for row in await session.exec(change)]
    await _record(session, what, [row.id for row in changed], by_id, now, note)
    return changed


async def _record(
    session: Session, what: str, invitation_ids: Iterable[int], by_id: int | None, now: datetime, note: str = ""
) -> None:
    rows = [{"invitation_id": i, "what": what, "actor_id": by_id, "at": now, "note": note} for i in invitation_ids]
    if rows:
        await session.exec(insert(InvitationEvent), params=rows)
