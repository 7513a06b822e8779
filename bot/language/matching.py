"""How alike two texts are: shared terms weighed by rarity, and meaning where vectors are at hand."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import fsum, log
from statistics import fmean
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.language.terms import is_idea

Weight = TypeVar("Weight", float, NDArray[np.float64])

WORD_SHARE = 0.6
"""Weight of shared terms beside the cosine of the meanings."""

# What the project's own paraphrases and the development half of the benchmark agree on; see docs/finding.md.
_IDEA_WEIGHT = 1.75
_COMPOUND_WEIGHT = 0.5
_OF_QUERY = 0.8
_FINE = 2**20  # parts of a weight: sums of whole numbers are exact in any order
_TINY = 1e-300  # instead of nothing, of which there is no share
_CROWD = slice(3, 10)
_CROWD_SHARE = 0.5
_COMPANY = 10
_COMPANY_SHARE, _COMPANY_SHARE_BY_TERMS = 0.4, 0.25


def rarity(df: int, total: int) -> float:
    """What a term counts that `df` of `total` wordings have: its idf squared."""
    return log(1 + (total - min(df, total) + 0.5) / (df + 0.5)) ** 2


@lru_cache(maxsize=2**14)
def share(term: str) -> float:
    """What a term counts beside others as rare: joined letters less, ideas more."""
    if term.isascii():
        return 1.0
    if is_idea(term):
        return _IDEA_WEIGHT
    return _COMPOUND_WEIGHT if len(term) > 1 else 1.0


def overlaps(texts: Sequence[Collection[str]], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Weight of the terms that two texts share against all of theirs, 0 to 1, for each with each.

    A row is what is said, a column what is asked about: what that has alone counts most (Tversky). Sums are exact, so
    that no order of terms changes which of two equals comes first.
    """
    known = {term: place for place, term in enumerate(frozenset().union(*texts))}
    has = np.zeros((len(texts), len(known)))
    for row, terms in zip(has, texts, strict=True):
        row[[known[term] for term in terms]] = 1
    shared = (has * np.rint([_FINE * weights[term] for term in known])) @ has.T
    own = shared.diagonal()
    return balance(shared, own - shared, own[:, None] - shared)


def balance(shared: Weight, missed: Weight, beyond: Weight) -> Weight:
    """The overlap of two texts by what their terms weigh: shared, asked for in vain, and said besides."""
    whole: Weight = np.maximum(shared + _OF_QUERY * missed + (1 - _OF_QUERY) * beyond, _TINY)
    return shared / whole


def score(cosine: Weight | None, shared: Weight) -> Weight:
    """One figure to rank by; without vectors (`None`) the shared terms alone."""
    return shared if cosine is None else cosine + WORD_SHARE * shared


def crowd(scores: Sequence[float]) -> float:
    """What a score owes to the text resembling many; `scores` are the ten best, one a suggestion.

    A sentence that resembles many says little by resembling one: half the mean of the fourth to tenth.
    """
    others = scores[_CROWD]
    return _CROWD_SHARE * (fmean(others) if others else 0.0)


def company(likest: Sequence[float], *, meant: bool) -> float:
    """What a score owes to the wording resembling many; `likest` is how like it each other suggestion is, best first.

    The other half of `crowd`: a wording that is like all the others says little by being like the text as well. Some
    vectors are near to everything (Conneau et al., Word Translation Without Parallel Data, 2018, on hubs).
    """
    share = _COMPANY_SHARE if meant else _COMPANY_SHARE_BY_TERMS
    return share * fsum(likest[:_COMPANY]) / _COMPANY
