"""How alike two texts are: shared terms weighed by rarity, and meaning where vectors are at hand."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import fsum, log
from statistics import fmean

from bot.language.terms import is_idea

WORD_SHARE = 0.6
"""Weight of shared terms beside the cosine of the meanings."""

# What the project's own paraphrases and the development half of the benchmark agree on; see docs/finding.md.
_IDEA_WEIGHT = 1.75
_COMPOUND_WEIGHT = 0.5
_OF_QUERY = 0.8
_CROWD = slice(3, 10)
_CROWD_SHARE = 0.5


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


def overlap(asked: Collection[str], said: Collection[str], weights: Mapping[str, float]) -> float:
    """Weight of the shared terms against all, 0 to 1; what the text asked about has alone counts most (Tversky).

    Sums are exact, so that no order of terms changes which of two equals comes first.
    """
    ours, theirs = set(asked), set(said)
    shared = fsum(map(weights.__getitem__, ours & theirs))
    missed = fsum(map(weights.__getitem__, ours)) - shared
    beyond = fsum(map(weights.__getitem__, theirs)) - shared
    return balance(shared, missed, beyond)


def balance(shared: float, missed: float, beyond: float) -> float:
    """The overlap of two texts by what their terms weigh: shared, asked for in vain, and said besides."""
    whole = shared + _OF_QUERY * missed + (1 - _OF_QUERY) * beyond
    return shared / whole if whole else 0.0


def score(cosine: float | None, shared: float) -> float:
    """One figure to rank by; without vectors (`None`) the shared terms alone."""
    return shared if cosine is None else cosine + WORD_SHARE * shared


def crowd(scores: Sequence[float]) -> float:
    """What a score owes to the text resembling many; `scores` are the ten best, one a suggestion.

    A sentence that resembles many says little by resembling one: half the mean of the fourth to tenth.
    """
    others = scores[_CROWD]
    return _CROWD_SHARE * (fmean(others) if others else 0.0)
