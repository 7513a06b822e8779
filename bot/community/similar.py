"""Finding the suggestions that mean the same as a text, before anything new is made of it."""

import asyncio
from dataclasses import dataclass

from bot.language.matching import overlap, rarest, score, weight
from bot.language.normal import plain
from bot.language.terms import terms
from storage import suggestions, wordings
from storage.communities import Community
from storage.database import Session
from storage.suggestions import Suggestion
from storage.wordings import ROW_BUDGET, Wording

OFFERED_FROM = 0.30  # shared words, weighed by rarity; below it an offer is more often wrong than right
FOUND_FROM = 0.05
MOST_OFFERED = 3
# In a community of a dozen suggestions no count of terms says yet what is rare: until there are this many, it is judged
# as if there were.
MATURE = 1_000


@dataclass(frozen=True)
class Similar:
    """A suggestion that resembles a text, 0 (not at all) to 1 (in the same words)."""

    suggestion: Suggestion
    score: float


async def terms_of(text: str) -> list[str]:
    """The terms a text is found by; made in a worker thread, since segmenting a long text takes a while."""
    return await asyncio.to_thread(lambda: terms(plain(text)))


async def find_similar(
    session: Session, community: Community, words: list[str], *, least: float = OFFERED_FROM, limit: int = MOST_OFFERED
) -> list[Similar]:
    """Suggestions of the community like these terms, the closest first; the best wording of each counts."""
    community_id = community.id or 0
    counts = await wordings.count_terms(session, community_id, words)
    rare = rarest(words, counts, ROW_BUDGET)
    found = await wordings.list_like(session, community_id, rare)
    best = _best_by_suggestion(found, words, counts, total=max(community.last_number, MATURE))
    ranked = sorted(
        ((value, key) for key, value in best.items() if value >= least), key=lambda pair: (-pair[0], pair[1])
    )
    rows = await suggestions.list_suggestions(session, community_id, [key for _, key in ranked[:limit]])
    return [Similar(row, best[row.id or 0]) for row in rows]


def _best_by_suggestion(found: list[Wording], words: list[str], counts: dict[str, int], total: int) -> dict[int, float]:
    weights = {term: weight(term, counts.get(term, 0), total) for term in words}
    best: dict[int, float] = {}
    for wording in found:
        theirs = wordings.terms_of(wording)
        unseen = {term: weight(term, 1, total) for term in theirs if term not in weights}
        value = score(None, overlap(words, theirs, {**unseen, **weights}))
        best[wording.suggestion_id] = max(value, best.get(wording.suggestion_id, 0.0))
    return best
