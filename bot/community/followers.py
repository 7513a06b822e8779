"""Who asked for a suggestion, and who follows it: the one place that knows whom its fate concerns.

What was merged is one: who follows, mutes or leaves any part of it means the whole.
"""

from collections.abc import Sequence

from storage import follows, merges
from storage.database import Session
from storage.suggestions import Suggestion


async def family_of(session: Session, suggestion: Suggestion) -> list[int]:
    """Ids of the surviving suggestion and of all that have been merged into it."""
    root = await merges.get_root(session, suggestion)
    return await merges.list_family(session, root.id or 0)


async def followers_of(session: Session, suggestion: Suggestion) -> list[int]:
    """Everyone who wants to hear what becomes of it: askers, voters and voices who have not muted it."""
    ids = await family_of(session, suggestion)
    muted = await follows.list_muted(session, ids)
    return [person_id for person_id in await follows.list_followers(session, ids) if person_id not in muted]


async def askers_of(session: Session, suggestion: Suggestion) -> list[int]:
    """Who asked for it in words of their own: the first asker and the voices, not the voters."""
    voices = await merges.list_voices(session, suggestion.id or 0)
    return list(dict.fromkeys([suggestion.author_id, *(voice.person_id for voice in voices)]))


async def list_muted(session: Session, suggestion: Suggestion) -> set[int]:
    """Who wants to hear nothing more about it."""
    return await follows.list_muted(session, await family_of(session, suggestion))


async def map_hearing(session: Session, person_id: int, suggestions: Sequence[Suggestion]) -> dict[int, bool]:
    """Those of these suggestions, by id, that the person follows: whether they hear of it, or have muted it."""
    ids = [one.id or 0 for one in suggestions]
    roots = await merges.map_roots(session, ids)
    hearing = await follows.map_hearing(session, [roots.get(i, i) for i in ids], person_id)
    return {i: hearing[root] for i in ids if (root := roots.get(i, i)) in hearing}
