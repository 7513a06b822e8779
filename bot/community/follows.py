"""Following: who asked, voted or reserved hears what becomes of it, until they mute it or let go."""

from datetime import datetime

from bot.community.followers import family_of
from storage import follows, members
from storage.database import Session
from storage.suggestions import Suggestion


async def follow(session: Session, suggestion: Suggestion, person_id: int, now: datetime) -> None:
    """From now on the person hears of it; who has muted it stays muted."""
    await follows.add_follow(session, suggestion.id or 0, person_id, now)


async def let_go(session: Session, suggestion: Suggestion, person_id: int) -> None:
    """A vote or a reservation was taken back: if nothing else ties the person to it, they hear of it no more.

    Who muted it stays muted, should they come back.
    """
    await follows.delete_untied(session, await family_of(session, suggestion), person_id)


async def leave(session: Session, suggestion: Suggestion, person_id: int) -> bool:
    """The person hears of it no more, whatever else ties them to it; False for who did not follow it."""
    return await follows.delete_follows(session, await family_of(session, suggestion), person_id)


async def toggle_follow(session: Session, suggestion: Suggestion, person_id: int, now: datetime) -> bool:
    """Follow, or no more; True when they follow now."""
    if await leave(session, suggestion, person_id):
        return False
    return await follows.add_follow(session, suggestion.id or 0, person_id, now)


async def set_muted(session: Session, suggestion: Suggestion, person_id: int, *, muted: bool) -> bool:
    """Hear nothing of it any more, or again; False for who does not follow it."""
    return await follows.set_muted(session, await family_of(session, suggestion), person_id, muted=muted)


async def set_hearing(session: Session, suggestion: Suggestion, person_id: int, now: datetime, *, hears: bool) -> None:
    """The person hears of the suggestion from now on, or no more."""
    await follow(session, suggestion, person_id, now)
    await set_muted(session, suggestion, person_id, muted=not hears)


async def begin(session: Session, community_id: int, person_id: int, now: datetime) -> bool:
    """True the one time that the person is to be told in this community that a vote follows, and how to mute."""
    return await members.claim_mute_hint(session, community_id, person_id, now)
