"""Following: who asked, voted or reserved hears what becomes of it, until they mute it or let go."""

from datetime import datetime

from storage import follows, members, reservations, votes, wordings
from storage.database import Session
from storage.suggestions import Suggestion


async def follow(session: Session, suggestion: Suggestion, person_id: int, now: datetime) -> None:
    """From now on the person hears of it; who has muted it stays muted."""
    await follows.add_follow(session, suggestion.id or 0, person_id, now)


async def let_go(session: Session, suggestion: Suggestion, person_id: int) -> None:
    """A vote or a reservation was taken back: nothing else ties the person to it, so they hear of it no more.

    Who muted it stays muted, should they come back.
    """
    following = await follows.get_follow(session, suggestion.id or 0, person_id)
    if following and not following.muted and not await _is_tied(session, suggestion, person_id):
        await follows.delete_follow(session, suggestion.id or 0, person_id)


async def toggle_follow(session: Session, suggestion: Suggestion, person_id: int, now: datetime) -> bool:
    """Follow, or no more, whatever else ties the person to it; True when they follow now."""
    if await follows.get_follow(session, suggestion.id or 0, person_id):
        await follows.delete_follow(session, suggestion.id or 0, person_id)
        return False
    return await follows.add_follow(session, suggestion.id or 0, person_id, now)


async def set_muted(session: Session, suggestion: Suggestion, person_id: int, *, muted: bool) -> bool:
    """Hear nothing of it any more, or again; False for who does not follow it."""
    return await follows.set_muted(session, suggestion.id or 0, person_id, muted=muted)


async def toggle_muted(session: Session, suggestion: Suggestion, person_id: int) -> None:
    """Mute what the person follows, or let them hear of it again."""
    if following := await follows.get_follow(session, suggestion.id or 0, person_id):
        await set_muted(session, suggestion, person_id, muted=not following.muted)


async def begin(session: Session, community_id: int, person_id: int, now: datetime) -> bool:
    """True the one time that the person is to be told in this community that a vote follows, and how to mute."""
    return await members.claim_mute_hint(session, community_id, person_id, now)


async def _is_tied(session: Session, suggestion: Suggestion, person_id: int) -> bool:
    """Whether the person asked for it, first or in words that joined, voted for it or reserved it."""
    suggestion_id = suggestion.id or 0
    return (
        suggestion.author_id == person_id
        or await wordings.has_wording(session, suggestion_id, person_id)
        or await votes.get_vote(session, suggestion_id, person_id) is not None
        or await reservations.has_reservation(session, suggestion_id, person_id)
    )
