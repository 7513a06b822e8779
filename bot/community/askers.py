"""Who asked for what was decided: named with it wherever it is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from storage import digests, merges, releases, votes
from storage.database import Session
from storage.digests import Voice
from storage.releases import Release
from storage.suggestions import Suggestion

CO_ASKERS = 2  # named beside the asker: those of what was merged into it
MOST_VOICES = 2  # named with their words beside the asker


@dataclass(frozen=True)
class Told:
    """A suggestion with those who asked for it."""

    suggestion: Suggestion
    asker: str  # empty where they do not want to be named
    others: int  # further people who asked or voted for it
    votes: int
    release: Release | None
    co_askers: Sequence[str] = ()
    voices: Sequence[Voice] = ()  # people who asked for the same in their own words
    mentions: Mapping[int, str] = field(default_factory=dict)  # the network's ids of who wants to be mentioned
    named: Collection[int] = ()  # whom all this names


async def with_askers(session: Session, community_id: int, decided: Sequence[Suggestion]) -> list[Told]:
    """The suggestions with who asked, the most voted first."""
    if not decided:
        return []
    ids = [suggestion.id or 0 for suggestion in decided]
    counted = await votes.count_votes(session, ids)
    supporters = await digests.count_supporters(session, ids)
    voices = await digests.list_voices(session, ids)
    askers = await merges.list_askers(session, ids)
    asked = [person_id for names in askers.values() for person_id in names]
    voiced = [voice.person_id for said in voices.values() for voice in said]
    nameless, mentions = await digests.list_consents(session, community_id, [*asked, *voiced])
    shipped_in = [suggestion.release_id for suggestion in decided if suggestion.release_id]
    released = await releases.list_releases(session, community_id, shipped_in) if shipped_in else {}
    told = []
    for suggestion, suggestion_id in zip(decided, ids, strict=True):
        asker, *others = askers[suggestion_id].items()
        co_askers = dict([one for one in others if one[0] not in nameless][:CO_ASKERS])
        said = _named(voices.get(suggestion_id, ()), {suggestion.author_id, *nameless})
        told.append(
            Told(
                suggestion,
                asker="" if asker[0] in nameless else asker[1],
                others=max(supporters.get(suggestion_id, 1) - 1 - len(co_askers), 0),
                co_askers=list(co_askers.values()),
                votes=counted.get(suggestion_id, 0),
                release=released.get(suggestion.release_id or 0),
                voices=said,
                mentions=mentions,
                named={asker[0], *co_askers, *(voice.person_id for voice in said)} - nameless,
            )
        )
    return sorted(told, key=lambda one: (-one.votes, one.suggestion.number))


def _named(voices: Sequence[Voice], but: Collection[int]) -> list[Voice]:
    """Voices of others that may be named with their words."""
    return [voice for voice in voices if voice.person_id not in but][:MOST_VOICES]
