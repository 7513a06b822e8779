"""How alike two texts are: shared terms weighed by rarity, and meaning where vectors are at hand."""

from collections.abc import Collection, Iterable, Mapping
from math import log

WORD_SHARE = 0.2
"""Weight of shared words beside the cosine of the meanings."""


def rarity(df: int, total: int) -> float:
    """Weight of a term found in `df` of `total` wordings: high when rare, never under zero."""
    return log(1 + (total - min(df, total) + 0.5) / (df + 0.5))


def overlap(a: Iterable[str], b: Iterable[str], weight: Mapping[str, float]) -> float:
    """Weighted Jaccard of two sets of terms, 0 to 1; terms without a weight count as nothing."""
    left, right = set(a), set(b)
    union = sum(weight.get(term, 0.0) for term in left | right)
    return sum(weight.get(term, 0.0) for term in left & right) / union if union else 0.0


def score(cosine: float | None, shared: float) -> float:
    """One figure to rank by; without vectors (`None`) the shared words alone."""
    return shared if cosine is None else cosine + WORD_SHARE * shared


def rarest(terms: Collection[str], df: Mapping[str, int], budget: int) -> list[str]:
    """The rarest known terms whose lists are together at most `budget` rows long, at least one; rarest first.

    Terms no wording has are left out: they find nothing.
    """
    known = sorted((df[term], term) for term in set(terms) if df.get(term))
    chosen, rows = [], 0
    for count, term in known:
        if chosen and rows + count > budget:
            break
        rows += count
        chosen.append(term)
    return chosen
