"""Who asked for a suggestion, and who follows it: the one place that knows whom its fate concerns."""

from collections.abc import Sequence

from storage import follows, merges
from storage.database import Session
from storage.suggestions import Suggestion


async def followers_of(session: Session, suggestion: Suggestion) -> list[int]:
    """Everyone who wants to hear what becomes of it: askers, voters and voices who have not muted it."""
    ids = await _joined(session, suggestion)
    muted = await follows.list_muted(session, ids)
    return [person_id for person_id in await follows.list_followers(session, ids) if person_id not in muted]


async def askers_of(session: Session, suggestion: Suggestion) -> list[int]:
    """Who asked for it in words of their own: the first asker and the voices, not the voters."""
    voices = await merges.list_voices(session, suggestion.id or 0)
    return list(dict.fromkeys([suggestion.author_id, *(voice.person_id for voice in voices)]))


async def has_muted(session: Session, suggestion: Suggestion, person_id: int) -> bool:
    """Whether the person wants to hear nothing more about it."""
    return person_id in await follows.list_muted(session, await _joined(session, suggestion))


async def list_muted_by(session: Session, person_id: int, suggestions: Sequence[Suggestion]) -> set[int]:
    """Those of these suggestions about which the person wants to hear nothing more."""
    theirs = await follows.list_muted_ids(session, person_id)
    return {one.id or 0 for one in suggestions if theirs & set(await _joined(session, one))}


async def _joined(session: Session, suggestion: Suggestion) -> list[int]:
    """The suggestion with all that have been merged into it."""
    return await merges.list_family(session, suggestion.id or 0)
