"""Invitations: a scarce number for each, handed out one by one; a code opens the gated chat for exactly one person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.community import codes, tree
from bot.community.errors import NoCommunity
from storage import communities, members
from storage import invitations as rows
from storage.communities import Chat
from storage.database import Session
from storage.invitations import ISSUED, USED, Invitation, JoinRequest
from storage.members import Member

STARTS_WITH = {"member": 0, "seed": 3, "moderator": 5, "owner": 10}  # codes by standing
PER_SHIPPED = 1  # codes for each own suggestion that shipped
MOST_IN_HAND = 5  # unused codes at a time
GOOD_FOR = timedelta(days=30)
HELD_FOR = timedelta(minutes=30)  # how long a claimed code waits for its claimant to come in
MOST_MISSES = 5
MISSES_COUNT_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Quota:
    """How many codes a member may hand out, and why."""

    start: int  # by standing
    shipped: int  # own suggestions that shipped
    in_hand: int  # codes not used yet; expired and revoked ones came home and count no more
    spent: int  # codes somebody came in with, or is about to

    @property
    def total(self) -> int:
        return self.start + PER_SHIPPED * self.shipped

    @property
    def left(self) -> int:
        """Codes that may still be made, now or once others are used."""
        return max(self.total - self.in_hand - self.spent, 0)

    @property
    def is_full(self) -> bool:
        """Whether there are so many unused codes that some have to be handed on first."""
        return self.in_hand >= MOST_IN_HAND


@dataclass(frozen=True)
class Hand:
    """What a member can give away, and what they may still ask for."""

    invitations: list[Invitation]
    quota: Quota


@dataclass(frozen=True)
class Missed:
    """The code opens nothing: unknown, used or expired, which is not told."""


@dataclass(frozen=True)
class Paused:
    """Too many codes that open nothing; `until` then none is looked at."""

    until: datetime


@dataclass(frozen=True)
class Own:
    """Somebody opened a code they hold themselves."""

    invitation: Invitation


@dataclass(frozen=True)
class Seated:
    """The person has a seat already; the code is as good as before."""


@dataclass(frozen=True)
class Admitted:
    """A seat is kept for the person, or theirs if there is no door; `waiting_at` are the chats they knocked at."""

    inviter_id: int
    waiting_at: list[int]
    through_door: bool


Outcome = Missed | Paused | Own | Seated | Admitted


async def hand_out(session: Session, community_id: int, person_id: int, standing: str, now: datetime) -> Hand:
    """One new code, if the member's quota has one left, and all they hold. Raises NoCommunity."""
    if await rows.claim_member(session, community_id, person_id) is None:
        raise NoCommunity
    quota = await count_quota(session, community_id, person_id, standing, now)
    if quota.left and not quota.is_full:
        await _mint(session, community_id, person_id, now)
        quota = await count_quota(session, community_id, person_id, standing, now)
    return Hand(await rows.list_in_hand(session, community_id, person_id, now), quota)


async def count_quota(session: Session, community_id: int, person_id: int, standing: str, now: datetime) -> Quota:
    """A member's quota by standing, contribution and what they have handed out."""
    return Quota(
        start=STARTS_WITH[standing],
        shipped=await rows.count_shipped(session, community_id, person_id),
        in_hand=len(await rows.list_in_hand(session, community_id, person_id, now)),
        spent=await rows.count_spent(session, community_id, person_id),
    )


async def _mint(session: Session, community_id: int, holder_id: int, now: datetime) -> Invitation:
    invitation = Invitation(
        community_id=community_id, code=codes.mint(), holder_id=holder_id, issued_at=now, expires_at=now + GOOD_FOR
    )
    return await rows.add_invitation(session, invitation)


async def redeem(session: Session, person_id: int, typed: list[str], now: datetime, *, inside: bool = False) -> Outcome:
    """Open the first of the typed codes that exists; `inside` says that the person is in the gated chat already."""
    await rows.claim_person(session, person_id)
    misses = await rows.list_misses(session, person_id, now - MISSES_COUNT_FOR)
    if len(misses) >= MOST_MISSES:
        return Paused(misses[MOST_MISSES - 1] + MISSES_COUNT_FOR)
    outcome = await _open(session, person_id, typed, now, inside=inside)
    if isinstance(outcome, Missed):
        await rows.add_miss(session, person_id, now)
    return outcome


async def _open(session: Session, person_id: int, typed: list[str], now: datetime, *, inside: bool) -> Outcome:
    invitation = await rows.get_first(session, typed)
    if invitation is None:
        return Missed()
    if invitation.holder_id == person_id:
        return Own(invitation)
    theirs = await rows.get_invitation_of(session, invitation.community_id, person_id)
    is_live = invitation.state == ISSUED and invitation.expires_at > now
    if inside or (theirs and theirs.state == USED) or await _has_seat(session, invitation.community_id, person_id):
        return Seated() if is_live or theirs == invitation else Missed()
    if theirs != invitation and not is_live:
        return Missed()
    # Who holds a claim already comes in with that one, and the other code stays good.
    if theirs is None and not await rows.claim_invitation(session, invitation.code, person_id, now):
        return Missed()
    return await _admit(session, theirs or invitation, person_id, now)


async def _admit(session: Session, claimed: Invitation, person_id: int, now: datetime) -> Admitted:
    """The way in for who has just claimed a code, or sends it again: the time of the claim starts anew."""
    community_id = claimed.community_id
    await rows.set_claimed_anew(session, community_id, person_id, now)
    gated = {chat.id for chat in await communities.list_chats(session, community_id) if chat.is_seed}
    if not gated:
        await rows.set_used(session, community_id, person_id, now)
        await _seat(session, community_id, person_id, "member", now)
        await tree.bind(session, community_id, person_id, claimed.holder_id)
    requests = await rows.list_join_requests(session, person_id)
    waiting_at = [request.chat_id for request in requests if request.chat_id in gated]
    return Admitted(claimed.holder_id, waiting_at, through_door=bool(gated))


async def ask_in(session: Session, chat: Chat, person_id: int, now: datetime) -> bool:
    """Remember who stands at a gated chat's door; True when they may come in at once."""
    await rows.add_join_request(session, JoinRequest(chat_id=chat.id or 0, person_id=person_id, asked_at=now))
    if await rows.set_claimed_anew(session, chat.community_id, person_id, now):
        return True
    theirs = await rows.get_invitation_of(session, chat.community_id, person_id)
    return (theirs is not None and theirs.state == USED) or await _has_seat(session, chat.community_id, person_id)


async def enter(session: Session, chat: Chat, person_id: int, now: datetime) -> int | None:
    """Somebody came into a chat: in a gated one their code is spent; its holder, who brought them, or None."""
    if not chat.is_seed:
        return None
    await rows.delete_join_request(session, chat.id or 0, person_id)
    holder_id = await rows.set_used(session, chat.community_id, person_id, now)
    if holder_id is None and not await rows.get_invitation_of(session, chat.community_id, person_id):
        holder_id = await rows.set_used_late(session, chat.community_id, person_id, now)
    if holder_id is not None:
        await _seat(session, chat.community_id, person_id, "seed", now)
        await tree.bind(session, chat.community_id, person_id, holder_id)
    return holder_id


async def is_due(session: Session, now: datetime) -> bool:
    """Whether `bring_home` has anything to do."""
    return await rows.has_due(session, now, now - HELD_FOR, now - MISSES_COUNT_FOR)


async def bring_home(session: Session, now: datetime) -> None:
    """Give back codes that were claimed but not used in time, take home expired ones, forget old misses."""
    await rows.set_returned(session, now - HELD_FOR)
    await rows.set_expired(session, now)
    await rows.delete_misses(session, now - MISSES_COUNT_FOR)


async def _has_seat(session: Session, community_id: int, person_id: int) -> bool:
    """Whether a code could give the person nothing more; seats are never taken away."""
    member = await members.get_member(session, community_id, person_id)
    if member is None or member.role != "member":
        return member is not None
    return not any(chat.is_seed for chat in await communities.list_chats(session, community_id))


async def _seat(session: Session, community_id: int, person_id: int, role: str, now: datetime) -> None:
    member = await members.get_member(session, community_id, person_id)
    if member is None:
        new = Member(community_id=community_id, person_id=person_id, role=role, joined_at=now, seen_at=now)
        await members.add_member(session, new)
    elif member.role == "member":
        member.role = role
    await session.flush()
