"""The vectors of busy communities, kept at hand and topped up before each search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.language.vectors import Packed
from storage import index
from storage.steps import Steps

Ids: TypeAlias = NDArray[np.int64]

MOST_BYTES = 64 * 2**20
_PORTION = 4_000
# On PostgreSQL a transaction may commit a lower id after a higher one was seen, so the last ones are read again.
_LATE = 100


@dataclass(frozen=True)
class Meanings:
    """Ids of a community's wordings, ascending, with a packed vector for each."""

    ids: Ids
    packed: Packed
    version: int = 0  # of the community's index when they were read

    @property
    def nbytes(self) -> int:
        """Memory they take."""
        return self.ids.nbytes + self.packed.nbytes


NOTHING = Meanings(np.empty(0, np.int64), np.empty((0, 0), np.int8))


class MeaningCache:
    """Meanings by community, the least recently used dropped when they are more than `most_bytes` together."""

    def __init__(self, vector_by: str, most_bytes: int = MOST_BYTES) -> None:
        self._vector_by = vector_by
        self._most_bytes = most_bytes
        self._kept: dict[int, Meanings] = {}  # the least recently used first
        self._bytes = 0
        self._turn = Lock()

    def fetch(self, community_id: int) -> Steps[Meanings]:
        """All meanings of a community; the session must only read, for what it sees is kept."""
        known = self._kept.get(community_id, NOTHING)
        after = int(known.ids[-1]) - _LATE if len(known.ids) else 0
        version, portions = yield from self._read(community_id, after)
        if len(known.ids) and version != known.version:  # some of what is kept was indexed anew, or has gone
            known, after = NOTHING, 0
            version, portions = yield from self._read(community_id, after)
        late = known.ids[np.searchsorted(known.ids, after, "right") :]
        is_known = [ids for ids, _ in portions] == [_written(late)]
        kept = replace(_joined(known, portions), version=version) if portions and not is_known else known
        if len(kept.ids):
            self._keep(community_id, kept)
        return kept

    def _read(self, community_id: int, after: int) -> Steps[tuple[int, list[tuple[str, bytes]]]]:
        """The index's version before, and ids and vectors that follow an id, in portions."""
        first, portions = None, []
        more = True
        while more:
            version, ids, vectors = yield from index.list_vectors(community_id, self._vector_by, after, _PORTION)
            first = version if first is None else first
            if ids:
                portions.append((ids, vectors))
            more = ids.count(",") + 1 == _PORTION
            after = int(ids.rpartition(",")[2] or after)
        return first or 0, portions

    def _keep(self, community_id: int, kept: Meanings) -> None:
        with self._turn:
            self._drop(community_id)
            self._kept[community_id] = kept
            self._bytes += kept.nbytes
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, community_id: int) -> None:
        self._bytes -= self._kept.pop(community_id, NOTHING).nbytes


def _unpacked(joined: str, vectors: bytes) -> Meanings:
    ids = numbers(joined)
    return Meanings(ids, np.frombuffer(vectors, np.int8).reshape(len(ids), -1))


def _joined(known: Meanings, portions: Sequence[tuple[str, bytes]]) -> Meanings:
    new = _one_after_another([_unpacked(*portion) for portion in portions])
    is_new = ~np.isin(new.ids, known.ids[-2 * _LATE :])
    if not len(known.ids) or not is_new.any():
        return known if len(known.ids) else new
    both = _one_after_another([known, _chosen(new, is_new)])
    return both if (np.diff(both.ids) > 0).all() else _chosen(both, np.argsort(both.ids, kind="stable"))


def _one_after_another(parts: Sequence[Meanings]) -> Meanings:
    return Meanings(np.concatenate([part.ids for part in parts]), np.concatenate([part.packed for part in parts]))


def _chosen(meanings: Meanings, which: NDArray[np.bool_] | NDArray[np.intp]) -> Meanings:
    return Meanings(meanings.ids[which], meanings.packed[which])


def _written(ids: Ids) -> str:
    return ",".join(map(str, ids.tolist()))


def numbers(joined: str) -> Ids:
    """Numbers from how they were joined by commas."""
    return np.fromstring(joined, np.int64, sep=",")
