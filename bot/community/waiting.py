"""The waiting list: an honest place in it, codes donated to it, and members who sponsor somebody from it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.community import quota
from bot.community.errors import NoCodeToGive, NotWaiting
from bot.community.invitations import Draft, draft_like, mint, require_unbarred
from storage import bars, waiting
from storage import invitations as rows
from storage.database import Session
from storage.invitations import Invitation

SERVED_WITHIN = timedelta(days=30)  # what "lately" means when somebody asks how fast the list moves


@dataclass(frozen=True)
class Place:
    """Where somebody stands."""

    position: int
    of: int
    served_lately: int


@dataclass(frozen=True)
class Turn:
    """Somebody's turn has come: a code is kept for them, and for nobody else."""

    person_id: int
    invitation: Invitation


async def join(session: Session, community_id: int, person_id: int, now: datetime) -> Place:
    """On the list; pressed again, it keeps one's place."""
    await waiting.add_waiting(session, community_id, person_id, now)
    place = await find(session, community_id, person_id, now)
    assert place is not None  # noqa: S101  # it was just written
    return place


async def find(session: Session, community_id: int, person_id: int, now: datetime) -> Place | None:
    """Somebody's place; None when they do not wait."""
    row = await waiting.get_waiting(session, community_id, person_id)
    if row is None:
        return None
    return Place(
        await waiting.count_before(session, row) + 1,
        await waiting.count_waiting(session, community_id),
        await waiting.count_served(session, community_id, now - SERVED_WITHIN),
    )


async def sponsor(
    session: Session, community_id: int, holder_id: int, person_id: int, standing: str, now: datetime
) -> Turn:
    """Keep one of the holder's codes for somebody who waits; who uses it was brought by the holder.

    Raises NotWaiting, NoCodeToGive, BarredFromInviting.
    """
    code = await _spare(session, community_id, holder_id, standing, now)
    if not await waiting.claim_turn(session, community_id, person_id, now):
        raise NotWaiting
    if not await waiting.claim_for(session, code.id or 0, person_id, pooled=False):
        raise NoCodeToGive  # somebody has opened it at this very moment
    return Turn(person_id, code)


async def donate(
    session: Session, community_id: int, holder_id: int, standing: str, now: datetime
) -> tuple[Invitation, Turn | None]:
    """Give one code to the list: which, and whose turn it is, None when nobody waits yet. Raises as `sponsor`."""
    code = await _spare(session, community_id, holder_id, standing, now)
    if not await waiting.set_pooled(session, code.id or 0):
        raise NoCodeToGive
    return code, await serve(session, community_id, now)


async def serve(session: Session, community_id: int, now: datetime) -> Turn | None:
    """Keep the oldest donated code for who has waited longest, but nobody's own; None when there is no such pair.

    The place first, as whoever leaves the list holds it; a code that is opened at this very moment takes no turn.
    """
    barred: set[int] = set()  # whose codes open nothing for now
    while pair := await waiting.get_first_pair(session, community_id, now, barred):
        who, code = pair
        if await bars.get_bar_above(session, community_id, code.holder_id):
            barred.add(code.holder_id)
        elif await waiting.claim_turn(session, community_id, who, now):
            if await waiting.claim_for(session, code.id or 0, who, pooled=True):
                return Turn(who, code)
            await waiting.set_unserved(session, community_id, who)
    return None


async def leave(session: Session, community_id: int, person_id: int, why: str, by_id: int, now: datetime) -> None:
    """Somebody waits no more, being in or banned: a code kept for them is exchanged for one they do not know."""
    await waiting.delete_waiting(session, community_id, person_id)
    for kept in await waiting.list_kept_for(session, community_id, person_id, now):
        if await rows.set_revoked(session, kept.id or 0, by_id, now, why):
            anew = replace(draft_like(kept), kept_for_id=None)
            await mint(session, anew, by_id, now, f"instead of {kept.id}")


async def require_code(session: Session, community_id: int, holder_id: int, standing: str, now: datetime) -> None:
    """Raises NoCodeToGive for who has none in hand and none to come, BarredFromInviting."""
    await _look(session, community_id, holder_id, standing, now)


async def _look(
    session: Session, community_id: int, holder_id: int, standing: str, now: datetime
) -> tuple[list[Invitation], int]:
    """What is in somebody's hand, and how many more are theirs."""
    await require_unbarred(session, community_id, holder_id)
    in_hand = await rows.list_in_hand(session, community_id, holder_id, now)
    left = (await quota.count(session, community_id, holder_id, standing, now)).left
    if not in_hand and not left:
        raise NoCodeToGive
    return in_hand, left


async def _spare(session: Session, community_id: int, holder_id: int, standing: str, now: datetime) -> Invitation:
    """A code the holder can give away: a new one, since those in hand may be with friends; else the newest in hand."""
    await rows.claim_member(session, community_id, holder_id)
    in_hand, left = await _look(session, community_id, holder_id, standing, now)
    return await mint(session, Draft(community_id, holder_id), holder_id, now) if left else in_hand[-1]
