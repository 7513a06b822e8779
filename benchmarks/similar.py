"""Finders for the duplicate benchmark: the one shape both `factory` (vectors when installed) and `words` have.

OPENBLAS_NUM_THREADS=1 python bench.py benchmarks.similar:factory
OPENBLAS_NUM_THREADS=1 python bench.py benchmarks.similar:words
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections import defaultdict
from heapq import nlargest
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from bot.language.matching import certainty, overlap, rarest, score, weight
from bot.language.normal import plain
from bot.language.terms import load, terms
from bot.language.vectors import Encoder, cosines, find_encoder, pack

ROW_BUDGET = 30_000
CANDIDATES = 50

Docs = list[tuple[str, str]]
Hits = list[tuple[str, float]]


class Finder:
    """All wordings in memory: candidates by rare terms and by cosine, one score, the best wording of each document."""

    def __init__(self, docs: Docs, encoder: Encoder | None) -> None:
        load(Path(gettempdir()) / f"millet-jieba-{os.getuid()}")
        forms = [plain(text) for _, text in docs]
        self._ids = [doc_id for doc_id, _ in docs]
        self._terms = [terms(form) for form in forms]
        self._rows_of: dict[str, list[int]] = defaultdict(list)
        for row, found in enumerate(self._terms):
            for term in found:
                self._rows_of[term].append(row)
        self._df = {term: len(rows) for term, rows in self._rows_of.items()}
        self._encoder = encoder
        self._packed = pack(encoder.encode(forms)) if encoder else None

    def search(self, text: str, k: int) -> Hits:
        form = plain(text)
        asked = terms(form)
        near = self._cosines(form)
        weights = self._weights(asked)
        best: dict[str, float] = {}
        for row in self._by_terms(asked, weights) | self._by_cosine(near):
            weights.update(self._weights(self._terms[row]))
            found = score(None if near is None else float(near[row]), overlap(asked, self._terms[row], weights))
            best[self._ids[row]] = max(found, best.get(self._ids[row], -1.0))
        hits = sorted(best.items(), key=lambda hit: -hit[1])[: max(k, 10)]
        crowd = hits[0][1] - certainty([found for _, found in hits]) if hits else 0.0
        return [(doc_id, found - crowd) for doc_id, found in hits[:k]]

    def _weights(self, found: list[str]) -> dict[str, float]:
        return {term: weight(term, self._df.get(term, 0), len(self._ids)) for term in found}

    def _cosines(self, form: str) -> "np.ndarray[tuple[int], np.dtype[np.float32]] | None":
        if self._encoder is None or self._packed is None:
            return None
        return cosines(self._packed, self._encoder.encode([form])[0])

    def _by_terms(self, asked: list[str], weights: dict[str, float]) -> set[int]:
        shared: dict[int, float] = defaultdict(float)
        for term in rarest(asked, self._df, ROW_BUDGET):
            for row in self._rows_of[term]:
                shared[row] += weights[term]
        return set(nlargest(CANDIDATES, shared, key=shared.__getitem__))

    def _by_cosine(self, near: "np.ndarray[tuple[int], np.dtype[np.float32]] | None") -> set[int]:
        if near is None:
            return set()
        return set(np.argpartition(-near, min(CANDIDATES, len(near) - 1))[:CANDIDATES].tolist())


def factory(docs: Docs) -> Finder:
    """Terms, and vectors where the `semantic` extra is installed."""
    return Finder(docs, find_encoder())


def words(docs: Docs) -> Finder:
    """Terms alone."""
    return Finder(docs, None)
