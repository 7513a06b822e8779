"""One score for every wording worth comparing, the best of each suggestion, and how far the first stands out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from bot.community.meanings import Meanings, numbers
from bot.language.matching import overlap, rarity, score, share
from bot.language.vectors import cosines, nearest
from storage import wordings
from storage.index import CANDIDATES, Candidate
from storage.wordings import Indexed

# In a community of a dozen suggestions no count of terms says yet what is rare: until there are this many, it is judged
# as if there were.
MATURE = 1_000
PROMISING = 30


@dataclass(frozen=True)
class Match:
    """A suggestion's wording most like a text, and how like it is; a merged one's stands for the surviving one."""

    suggestion_id: int
    wording: Candidate
    score: float
    shared: float
    cosine: float | None


class Compared(NamedTuple):
    """A wording beside a text: its terms taken apart, and the cosine where both have a vector."""

    wording: Candidate
    terms: frozenset[str]
    cosine: float | None


@dataclass(frozen=True)
class Census:
    """How many wordings a community has, and in how many of them each term occurs."""

    community_id: int
    total: int
    counts: Mapping[str, int]

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """What terms count here."""
        total, counts = max(self.total, MATURE), self.counts
        known = {df: rarity(df, total) for df in {0, *counts.values()}}
        return {term: share(term) * known[counts.get(term, 0)] for term in terms}


def sharing_terms(listed: Sequence[tuple[str, str]], census: Census) -> list[int]:
    """Ids of the wordings that share the heaviest terms, from each term's ids; the same on every database."""
    if not listed:
        return []
    listed = sorted(listed)  # sums of the same weights in the same order are the same
    by_term = [numbers(ids) for _, ids in listed]
    weights = np.repeat(list(census.weights(term for term, _ in listed).values()), [len(ids) for ids in by_term])
    ids, places = np.unique(np.concatenate(by_term), return_inverse=True)
    best = np.lexsort((ids, -np.bincount(places, weights)))[:CANDIDATES]
    return [int(i) for i in ids[best]]


def close_in_meaning(meanings: Meanings, vector: bytes) -> list[int]:
    """Ids of the wordings whose vectors are nearest."""
    best = nearest(meanings.packed, meanings.signs, np.frombuffer(vector, np.int8), CANDIDATES)
    return [int(i) for i in meanings.ids[best]]


def ranked(asked: Indexed, rows: Sequence[Compared], census: Census) -> list[Match]:
    """The best wording of each suggestion, the closest first, equal ones by age."""
    weights = census.weights({*asked.terms, *census.counts, *chain(*(row.terms for row in rows))})
    best: dict[int, Match] = {}
    for wording, terms, cosine in rows:
        shared = overlap(asked.terms, terms, weights)
        match = Match(wording.suggestion_id, wording, score(cosine, shared), shared, cosine)
        if match.suggestion_id not in best or match.score > best[match.suggestion_id].score:
            best[match.suggestion_id] = match
    return sorted(best.values(), key=lambda match: (-match.score, match.suggestion_id))


def surviving(matches: Sequence[Match], roots: Mapping[int, int]) -> list[Match]:
    """What was merged counts as the one it was merged into, which is found by whichever wording is closer."""
    best: dict[int, Match] = {}
    for match in matches:
        root = roots.get(match.suggestion_id, match.suggestion_id)
        best.setdefault(root, replace(match, suggestion_id=root))
    return list(best.values())


def promising(asked: Indexed, found: Sequence[Candidate], census: Census) -> list[Compared]:
    """Those that could come first if all their other words weighed nothing: only of them all words are counted."""
    cosines = _cosines(asked, found)
    rows = [
        Compared(row, frozenset(wordings.terms_of(census.community_id, row.terms)), cosine)
        for row, cosine in zip(found, cosines, strict=True)
    ]
    if len(rows) <= PROMISING:
        return rows
    weights = census.weights(asked.terms)
    bounds = [score(row.cosine, overlap(asked.terms, weights.keys() & row.terms, weights)) for row in rows]
    best = sorted(range(len(rows)), key=lambda place: (-bounds[place], place))[:PROMISING]
    return [rows[place] for place in sorted(best)]


def uncounted(rows: Sequence[Compared], census: Census) -> Collection[str]:
    """Terms of the rows that the census does not know yet."""
    return frozenset().union(*(row.terms for row in rows)) - census.counts.keys()


def _cosines(asked: Indexed, rows: Sequence[Candidate]) -> list[float] | list[None]:
    """Cosine of each row; none at all while one of them has no vector yet, for the two scales do not compare."""
    vectors = [row.vector for row in rows if row.vector is not None and row.vector_by == asked.vector_by]
    if asked.vector is None or not rows or len(vectors) < len(rows):
        return [None] * len(rows)
    packed = np.frombuffer(b"".join(vectors), np.int8).reshape(len(rows), -1)
    row = np.frombuffer(asked.vector, np.int8).astype(np.float32) / np.float32(127)
    return [float(cosine) for cosine in cosines(packed, row)]
