"""One score for every wording worth comparing, the best of each suggestion, and how far the first stands out."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import fsum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.community.meanings import NOTHING, Ids, Meanings, numbers
from bot.language.matching import balance, company, overlaps, rarity, score, share
from bot.language.vectors import Packed, cosines, nearest
from storage.index import Candidate, Listed
from storage.wordings import EVERYWHERE, Indexed

# In a community of a dozen suggestions no count of terms says yet what is rare: until there are this many, it is judged
# as if there were.
MATURE = 1_000
CANDIDATES = (100, 1_000, 10_000)  # by their terms, and as many by meaning; more where few suggestions have them all
PROMISING = 30  # of them, which are read and compared word by word
MOST_OF_EACH = 2  # of a suggestion that many have asked for, so that it leaves room for others

Weights: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Match:
    """A suggestion's wording most like a text, and how like it is; a merged one's stands for the surviving one."""

    suggestion_id: int
    wording: Candidate
    score: float
    shared: float
    cosine: float | None


@dataclass(frozen=True)
class Census:
    """In how many of a community's wordings each term occurs; the empty one in all."""

    counts: Mapping[str, int]

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """What terms count here."""
        total, counts = max(self.counts.get(EVERYWHERE, 0), MATURE), self.counts
        known = {df: rarity(df, total) for df in {0, *counts.values()}}
        return {term: share(term) * known[counts.get(term, 0)] for term in terms}

    def with_counts(self, counts: Mapping[str, int]) -> "Census":
        """The same, with terms that were counted since."""
        return Census({**self.counts, **counts})


def promising(
    asked: Indexed, listed: Sequence[Listed], meanings: Meanings, census: Census, reach: int, but: Collection[int] = ()
) -> list[int]:
    """Ids of wordings by how high they could come if all their other words weighed nothing, but for some.

    They are chosen among so many that share the heaviest terms and as many nearest in meaning; the same on every
    database.
    """
    sharing, weights = _shared(listed, census)
    heaviest = sharing[np.argsort(-weights, kind="stable")[:reach]]
    ids = np.setdiff1d(np.union1d(heaviest, _nearest(asked, meanings, reach)), np.fromiter(but, np.int64))
    shared = np.zeros(len(ids))
    places, is_sharing = _places(sharing, ids)
    shared[is_sharing] = weights[places[is_sharing]]
    whole = fsum(census.weights(asked.terms).values())
    overlaps = balance(shared, whole - shared, np.zeros_like(shared))
    bounds = score(_known_cosines(asked, ids, meanings), overlaps)
    return list(ids[np.argsort(-bounds, kind="stable")].tolist())


def few_of_each(found: Sequence[int], suggestions: Mapping[int, int], most: int) -> list[int]:
    """The first of the wordings that were found, so many at most, and of each suggestion only its first ones."""
    taken: Counter[int] = Counter()
    chosen: list[int] = []
    for wording_id in found:
        suggestion_id = suggestions.get(wording_id)  # none where the wording has gone
        if suggestion_id is not None and taken[suggestion_id] < MOST_OF_EACH and len(chosen) < most:
            taken[suggestion_id] += 1
            chosen.append(wording_id)
    return chosen


def uncounted(rows: Sequence[Candidate], census: Census) -> Collection[str]:
    """Terms of the rows that the census does not know yet."""
    return frozenset().union(*(row.terms for row in rows)) - census.counts.keys()


def ranked(asked: Indexed, rows: Sequence[Candidate], census: Census) -> list[Match]:
    """The best wording of each suggestion, the closest first, equal ones by age."""
    if not rows:
        return []
    weights = census.weights({*asked.terms, *chain(*(row.terms for row in rows))})
    cosines = _cosines(asked, rows)
    alike = overlaps([asked.terms, *(row.terms for row in rows)], weights)
    shared = alike[1:, 0]
    scores = score(cosines, shared) - _company(rows, alike[1:, 1:], meant=cosines is not None)
    best: dict[int, Match] = {}
    for place in np.argsort(-scores, kind="stable").tolist():
        cosine = None if cosines is None else float(cosines[place])
        match = Match(rows[place].suggestion_id, rows[place], float(scores[place]), float(shared[place]), cosine)
        best.setdefault(match.suggestion_id, match)
    return sorted(best.values(), key=lambda match: (-match.score, match.suggestion_id))


def _shared(listed: Sequence[Listed], census: Census) -> tuple[Ids, Weights]:
    """Ids of the wordings that have some of the rarest terms, ascending, and what they share weighs."""
    by_term = {one.term: numbers(one.ids) for one in sorted(listed) if one.ids}
    if not by_term:
        return NOTHING.ids, np.empty(0)
    # In the order of the terms: sums of the same weights in the same order are the same.
    weights = np.repeat(list(census.weights(by_term).values()), [len(ids) for ids in by_term.values()])
    ids, places = np.unique(np.concatenate(list(by_term.values())), return_inverse=True)
    return ids, np.bincount(places, weights).astype(np.float64)


def _nearest(asked: Indexed, meanings: Meanings, count: int) -> Ids:
    if asked.vector is None:
        return NOTHING.ids
    return meanings.ids[nearest(meanings.packed, np.frombuffer(asked.vector, np.int8), count)]


def _known_cosines(asked: Indexed, ids: Ids, meanings: Meanings) -> Weights | None:
    """Cosine of each wording; none at all while one has no vector yet, for the two scales do not compare."""
    places, is_known = _places(meanings.ids, ids)
    return _alike(asked.vector, meanings.packed[places]) if asked.vector and is_known.all() else None


def _cosines(asked: Indexed, rows: Sequence[Candidate]) -> Weights | None:
    """The same, of what the database has by now."""
    if asked.vector is None or not all(row.vector and row.vector_by == asked.vector_by for row in rows):
        return None
    return _alike(asked.vector, _packed(rows))


def _company(rows: Sequence[Candidate], alike: Weights, *, meant: bool) -> Weights:
    """What the score of each wording owes to its being like the other suggestions that were found, too."""
    if meant:
        packed = _packed(rows).astype(np.float64)
        alike = score(packed @ packed.T / 127**2, alike)
    suggestions, which = np.unique([row.suggestion_id for row in rows], return_inverse=True)
    likest = np.zeros((len(suggestions), len(rows)))
    np.maximum.at(likest, which, alike)
    likest[which, range(len(rows))] = 0  # many voices for one suggestion do not speak against it
    return np.array([company(others, meant=meant) for others in -np.sort(-likest.T)])


def _packed(rows: Sequence[Candidate]) -> Packed:
    return np.frombuffer(b"".join(row.vector or b"" for row in rows), np.int8).reshape(len(rows), -1)


def _alike(vector: bytes, packed: Packed) -> Weights:
    row = np.frombuffer(vector, np.int8).astype(np.float32) / np.float32(127)
    return cosines(packed, row).astype(np.float64)


def _places(known: Ids, ids: Ids) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where ids stand among the known ones, in ascending order, and which of them do."""
    first, after = np.searchsorted(known, ids, "left"), np.searchsorted(known, ids, "right")
    return first, after > first
