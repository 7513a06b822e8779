"""Claims: a code reserved for one person until they are in, or until its time is over and it goes home."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlmodel import col, select

from storage.database import Session
from storage.holds import Hold
from storage.invitations import CLAIMED, ISSUED, RETURNED, USED, Invitation, InvitationEvent, change


async def list_claimed(session: Session, person_id: int) -> list[Invitation]:
    """The codes this person has claimed, in any community, and has not come in with yet; the last claimed first."""
    query = select(Invitation).where(Invitation.redeemer_id == person_id, Invitation.state == CLAIMED)
    return list(await session.exec(query.order_by(col(Invitation.claimed_at).desc(), col(Invitation.id).desc())))


async def count_claims(session: Session, invitation_id: int, person_id: int) -> int:
    """How often this person has claimed the code."""
    query = select(func.count()).where(
        InvitationEvent.invitation_id == invitation_id,
        InvitationEvent.what == CLAIMED,
        InvitationEvent.actor_id == person_id,
    )
    return int((await session.exec(query)).one())


async def claim_invitation(session: Session, invitation_id: int, redeemer_id: int, now: datetime) -> bool:
    """Reserve a code for one person; of a hundred at once exactly one gets True."""
    free = and_(
        col(Invitation.id) == invitation_id,
        col(Invitation.state) == ISSUED,
        col(Invitation.expires_at) > now,
        col(Invitation.holder_id) != redeemer_id,
        or_(col(Invitation.kept_for_id).is_(None), col(Invitation.kept_for_id) == redeemer_id),
    )
    values = {"state": CLAIMED, "redeemer_id": redeemer_id, "claimed_at": now, "returned_from_id": None}
    return bool(await change(session, free, values, CLAIMED, redeemer_id, now))


async def set_used(session: Session, community_id: int, redeemer_id: int, now: datetime) -> int | None:
    """Spend the code its claimant came in with; its holder, or None when there was none waiting."""
    return await _spend(session, _claimed_by(community_id, redeemer_id), redeemer_id, now)


async def set_used_late(session: Session, community_id: int, redeemer_id: int, now: datetime) -> int | None:
    """As `set_used`, for a claim that had gone home before we heard that the person is in.

    Not if anybody has taken it since, or was promised it.
    """
    went_home = select(func.min(Invitation.id)).where(
        Invitation.community_id == community_id,
        Invitation.returned_from_id == redeemer_id,
        Invitation.state == ISSUED,
        or_(col(Invitation.kept_for_id).is_(None), col(Invitation.kept_for_id) == redeemer_id),
    )
    late = and_(col(Invitation.id) == went_home.scalar_subquery(), col(Invitation.state) == ISSUED)
    return await _spend(session, late, redeemer_id, now)


async def _spend(session: Session, which: ColumnElement[bool], redeemer_id: int, now: datetime) -> int | None:
    values = {"state": USED, "code": None, "used_at": now, "redeemer_id": redeemer_id, "returned_from_id": None}
    spent = await change(session, which, values, USED, redeemer_id, now)
    return spent[0].holder_id if spent else None


async def has_due(session: Session, now: datetime, claimed_before: datetime) -> bool:
    """Whether a code waits to come home."""
    due = or_(
        _overdue(claimed_before),
        and_(col(Invitation.state) == ISSUED, col(Invitation.expires_at) <= now),
    )
    return (await session.exec(select(Invitation.id).where(due).limit(1))).first() is not None


async def set_returned(session: Session, claimed_before: datetime, now: datetime, *, of: int | None = None) -> None:
    """Give back codes whose claimant, anybody or the one named, never came in; they can be handed on as before."""
    values = {"state": ISSUED, "redeemer_id": None, "claimed_at": None, "returned_from_id": Invitation.redeemer_id}
    theirs = true() if of is None else col(Invitation.redeemer_id) == of
    await change(session, and_(theirs, _overdue(claimed_before)), values, RETURNED, None, now)


def _overdue(claimed_before: datetime) -> ColumnElement[bool]:
    """Claims whose time is over; in a copy that was put back they may have been used since."""
    waiting = select(Hold.community_id).where(col(Hold.codes))
    return and_(
        col(Invitation.state) == CLAIMED,
        col(Invitation.claimed_at) < claimed_before,
        col(Invitation.community_id).not_in(waiting),
    )


async def set_returned_by(session: Session, community_id: int, redeemer_id: int, by_id: int, now: datetime) -> int:
    """Give back the code that somebody has claimed who is not to come in; if they come all the same, it stays good."""
    values = {"state": ISSUED, "redeemer_id": None, "claimed_at": None}
    return len(await change(session, _claimed_by(community_id, redeemer_id), values, RETURNED, by_id, now))


def _claimed_by(community_id: int, redeemer_id: int) -> ColumnElement[bool]:
    return and_(
        col(Invitation.community_id) == community_id,
        col(Invitation.redeemer_id) == redeemer_id,
        col(Invitation.state) == CLAIMED,
    )
