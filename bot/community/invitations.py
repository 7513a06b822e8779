"""Invitations: a scarce number for each, handed out one by one; a code opens the gated chat for exactly one person."""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

from bot.community import codes, guesses, phones, quota, tree
from bot.community.errors import BarredFromInviting, CodesHeld, NoCommunity
from bot.community.quota import Quota
from storage import bars, claims, communities, doors, members, seals
from storage import invitations as rows
from storage.bars import ENTRY
from storage.communities import Chat
from storage.database import Session
from storage.doors import JoinRequest
from storage.invitations import CLAIMED, ISSUED, USED, Invitation
from storage.members import Member

GOOD_FOR = timedelta(days=30)
HELD_FOR = timedelta(minutes=30)  # how long a claimed code waits for its claimant to come in, and no longer
MOST_CLAIMS = 5  # of one code by one person, who would otherwise keep it from everybody else for ever


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
    until: datetime | None  # so long it is kept; None without a door


@dataclass(frozen=True)
class PhoneWanted:
    """A seat is kept for the person, who has to show a phone number before they come in."""

    until: datetime


@dataclass(frozen=True)
class PhoneTaken:
    """The number is bound to another account; the code has gone back."""


Outcome = Missed | Paused | Own | Seated | Admitted | PhoneWanted | PhoneTaken


async def hand_out(session: Session, community_id: int, person_id: int, standing: str, now: datetime) -> Hand:
    """One new code, if the member's quota has one left, and all they hold. Raises NoCommunity, BarredFromInviting."""
    if await rows.claim_member(session, community_id, person_id) is None:
        raise NoCommunity
    await require_unbarred(session, community_id, person_id)
    theirs = await quota.count(session, community_id, person_id, standing, now)
    if theirs.left and not theirs.is_full:
        await mint(session, Draft(community_id, person_id), person_id, now)
        theirs = replace(theirs, in_hand=theirs.in_hand + 1)
    return Hand(await rows.list_in_hand(session, community_id, person_id, now), theirs)


async def require_unbarred(session: Session, community_id: int, person_id: int) -> None:
    """Raises BarredFromInviting, also for who was banned from one of the chats and is still in another."""
    if await bars.get_bar(session, community_id, person_id, ENTRY):
        raise BarredFromInviting("")
    if bar := await bars.get_bar_above(session, community_id, person_id):
        raise BarredFromInviting(bar.reason if bar.person_id == person_id else "")


@dataclass(frozen=True)
class Draft:
    """Whose a code is to be, and what for."""

    community_id: int
    holder_id: int
    is_gift: bool = False
    is_pooled: bool = False
    kept_for_id: int | None = None
    touchpoint: str = "user"
    campaign: str = ""


async def mint(session: Session, draft: Draft, by_id: int, now: datetime, note: str = "") -> Invitation:
    """Make the code that was drafted."""
    code = codes.mint()
    (seal,) = await seals.seal(session, [code])
    made = Invitation(**asdict(draft), code=code, seal=seal, issued_at=now, expires_at=now + GOOD_FOR)
    return await rows.add_invitation(session, made, by_id, note)


async def show(session: Session, invitation_id: int, holder_id: int, now: datetime) -> Invitation | None:
    """One of somebody's own codes, to be given away; None when it cannot be. Raises BarredFromInviting, CodesHeld."""
    theirs = await rows.get_unused(session, invitation_id, holder_id, now)
    if theirs is not None:
        await require_unbarred(session, theirs.community_id, holder_id)
        if await rows.is_held(session, theirs):
            raise CodesHeld
    return theirs


async def redeem(session: Session, person_id: int, typed: list[str], now: datetime, *, inside: bool = False) -> Outcome:
    """Open the first of the typed codes that exists; `inside` says that the person is in the gated chat already.

    Raises CodesHeld.
    """
    await rows.claim_person(session, person_id)
    if until := await guesses.paused_until(session, person_id, now):
        return Paused(until)
    await claims.set_returned(session, now - HELD_FOR, now, of=person_id)
    outcome = await _open(session, person_id, typed, now, inside=inside)
    if isinstance(outcome, Missed):
        await guesses.missed(session, person_id, now)
    return outcome


async def find(session: Session, person_id: int, typed: list[str], now: datetime) -> Invitation | None:
    """The code somebody may learn something of: one that opens for them, their own, or the one they came in with.

    Of all others nothing can be learnt, not even by how long an answer takes.
    """
    invitation = await rows.get_first(session, typed)
    if invitation is None or await guesses.paused_until(session, person_id, now):
        return None
    if person_id in (invitation.holder_id, invitation.redeemer_id):
        return invitation
    return invitation if await _is_live(session, invitation, person_id, now) else None


async def _open(session: Session, person_id: int, typed: list[str], now: datetime, *, inside: bool) -> Outcome:
    invitation = await rows.get_first(session, typed)
    if invitation is None or await bars.get_bar(session, invitation.community_id, person_id, ENTRY):
        return Missed()
    if invitation.holder_id == person_id:
        return Own(invitation)
    theirs = await rows.get_invitation_of(session, invitation.community_id, person_id)
    is_live = await _is_live(session, invitation, person_id, now)
    if inside or (theirs and theirs.state == USED) or await _has_seat(session, invitation.community_id, person_id):
        return Seated() if is_live or theirs == invitation else Missed()
    if theirs != invitation and not is_live:
        return Missed()
    # Who holds a claim already comes in with that one, and the other code stays good.
    if theirs is None and not await claims.claim_invitation(session, invitation.id or 0, person_id, now):
        return Missed()
    return await _admit(session, theirs or invitation, person_id, now)


async def _is_live(session: Session, invitation: Invitation, person_id: int, now: datetime) -> bool:
    """Whether the code would open for this person, as far as the code and its holder go."""
    if invitation.state != ISSUED or invitation.expires_at <= now:
        return False
    if invitation.kept_for_id is None:
        if await claims.count_claims(session, invitation.id or 0, person_id) >= MOST_CLAIMS:
            return False
    elif invitation.kept_for_id != person_id:
        return False
    return await bars.get_bar_above(session, invitation.community_id, invitation.holder_id) is None


async def awaiting_phone(session: Session, person_id: int) -> Invitation | None:
    """What somebody claimed last, in any community that still asks for their number."""
    for claimed in await claims.list_claimed(session, person_id):
        if await phones.is_wanted(session, claimed.community_id, person_id):
            return claimed
    return None


async def prove(session: Session, person_id: int, number: str, secret: str, now: datetime) -> Outcome:
    """The person has shown their own number: what waited for it lets them in, unless it is bound already.

    Raises CodesHeld.
    """
    await claims.set_returned(session, now - HELD_FOR, now, of=person_id)
    claimed = await awaiting_phone(session, person_id)
    if claimed is None:
        return Missed()
    if not await phones.prove(session, claimed.community_id, person_id, number, secret, now):
        await claims.set_returned_by(session, claimed.community_id, person_id, person_id, now)
        return PhoneTaken()
    return await _admit(session, claimed, person_id, now)


async def _admit(session: Session, claimed: Invitation, person_id: int, now: datetime) -> Admitted | PhoneWanted:
    """The way in for who has just claimed a code, or sends it again: the time of the claim runs on."""
    if await rows.is_held(session, claimed):
        raise CodesHeld
    community_id = claimed.community_id
    if await phones.is_wanted(session, community_id, person_id):
        return PhoneWanted(_kept_until(claimed, now))
    gated = {chat.id for chat in await communities.list_chats(session, community_id) if chat.is_seed}
    if not gated:
        await claims.set_used(session, community_id, person_id, now)
        await _seat(session, community_id, person_id, "member", now)
        await tree.bind(session, community_id, person_id, claimed.holder_id)
    requests = await doors.list_join_requests(session, person_id)
    waiting_at = [request.chat_id for request in requests if request.chat_id in gated]
    return Admitted(claimed.holder_id, waiting_at, _kept_until(claimed, now) if gated else None)


def _kept_until(theirs: Invitation | None, now: datetime) -> datetime:
    """Until when a door may open: after that, what was claimed may be somebody else's."""
    claimed_at = theirs.claimed_at if theirs is not None and theirs.state == CLAIMED else None
    return (claimed_at or now) + HELD_FOR


async def ask_in(session: Session, chat: Chat, person_id: int, now: datetime) -> datetime | None:
    """Remember who stands at a gated chat's door; until when it may open for them, None when it may not."""
    await doors.add_join_request(session, JoinRequest(chat_id=chat.id or 0, person_id=person_id, asked_at=now))
    if await bars.get_bar(session, chat.community_id, person_id, ENTRY):
        return None
    theirs = await rows.get_invitation_of(session, chat.community_id, person_id)
    until = _kept_until(theirs, now)
    may_enter = until > now and await _may_enter(session, chat.community_id, person_id, theirs)
    return until if may_enter else None


async def _may_enter(session: Session, community_id: int, person_id: int, theirs: Invitation | None) -> bool:
    if theirs is None:
        return await _has_seat(session, community_id, person_id)
    if theirs.state == USED:
        return True
    return not (await rows.is_held(session, theirs) or await phones.is_wanted(session, community_id, person_id))


async def awaits_phone(session: Session, community_id: int, person_id: int, now: datetime) -> datetime | None:
    """Until when the code of somebody at the door waits for their number; None when none does."""
    theirs = await rows.get_invitation_of(session, community_id, person_id)
    if theirs is None or theirs.state != CLAIMED or not await phones.is_wanted(session, community_id, person_id):
        return None
    until = _kept_until(theirs, now)
    return until if until > now else None


def draft_like(invitation: Invitation) -> Draft:
    """The draft of another code like this one."""
    return Draft(**invitation.model_dump(include={field.name for field in fields(Draft)}))


async def enter(session: Session, chat: Chat, person_id: int, now: datetime) -> int | None:
    """Somebody came into a chat: in a gated one their code is spent; its holder, who brought them, or None."""
    if not chat.is_seed:
        return None
    await doors.delete_join_request(session, chat.id or 0, person_id)
    if await bars.get_bar(session, chat.community_id, person_id, ENTRY):
        return None  # somebody let them in all the same; no code is spent on it
    holder_id = await claims.set_used(session, chat.community_id, person_id, now)
    if holder_id is None and not await rows.get_invitation_of(session, chat.community_id, person_id):
        holder_id = await claims.set_used_late(session, chat.community_id, person_id, now)
    if holder_id is not None:
        await _seat(session, chat.community_id, person_id, "seed", now)
        await tree.bind(session, chat.community_id, person_id, holder_id)
    return holder_id


async def is_due(session: Session, now: datetime) -> bool:
    """Whether `bring_home` has anything to do."""
    return await claims.has_due(session, now, now - HELD_FOR) or await guesses.is_due(session, now)


async def bring_home(session: Session, now: datetime) -> None:
    """Give back codes that were claimed but not used in time, take home expired ones, forget old misses."""
    await claims.set_returned(session, now - HELD_FOR, now)
    await rows.set_expired(session, now)
    await phones.forget(session)
    await guesses.forget(session, now)


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
