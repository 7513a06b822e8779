"""The vectors of busy communities, kept at hand and topped up before each search."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.language.vectors import Packed, Signs, signs
from storage import index
from storage.database import Session

Ids: TypeAlias = NDArray[np.int64]

MOST_BYTES = 64 * 2**20
_PORTION = 4_000
# On PostgreSQL a transaction may commit a lower id after a higher one was seen, so the last ones are read again.
_LATE = 100


@dataclass(frozen=True)
class Meanings:
    """Ids of a community's wordings, ascending, with a packed vector for each and the signs of its numbers."""

    ids: Ids
    packed: Packed
    signs: Signs

    @property
    def nbytes(self) -> int:
        """Memory they take."""
        return self.ids.nbytes + self.packed.nbytes + self.signs.nbytes


NOTHING = Meanings(np.empty(0, np.int64), np.empty((0, 0), np.int8), np.empty((0, 0), np.uint64))

Apart: TypeAlias = Callable[[Callable[[], Meanings]], Awaitable[Meanings]]


class MeaningCache:
    """Meanings by community, the least recently used dropped when they are more than `most_bytes` together.

    A wording that is deleted stays until its community is dropped: who searches looks the rows up and misses it.
    """

    def __init__(self, vector_by: str, apart: Apart, most_bytes: int = MOST_BYTES) -> None:
        self._vector_by = vector_by
        self._apart = apart  # runs what would hold the event loop
        self._most_bytes = most_bytes
        self._kept: OrderedDict[int, Meanings] = OrderedDict()

    async def fetch(self, session: Session, community_id: int) -> Meanings:
        """All meanings of a community; the session must only read, for what it sees is kept."""
        known = self._kept.get(community_id, NOTHING)
        after = int(known.ids[-1]) - _LATE if len(known.ids) else 0
        portions = await self._list_new(session, community_id, after)
        kept = await self._apart(lambda: _joined(known, portions)) if portions else known
        if len(kept.ids):
            self._keep(community_id, kept)
        return kept

    def forget(self, community_id: int) -> None:
        """Read the community afresh next time: its vectors were made anew."""
        self._kept.pop(community_id, None)

    async def _list_new(self, session: Session, community_id: int, after: int) -> list[tuple[str, str | bytes]]:
        portions = []
        while True:
            ids, vectors = await index.list_vectors(session, community_id, self._vector_by, after, _PORTION)
            if ids:
                portions.append((ids, vectors))
                after = int(ids.rpartition(",")[2])
            if ids.count(",") + 1 < _PORTION:
                return portions

    def _keep(self, community_id: int, kept: Meanings) -> None:
        self._kept[community_id] = kept
        self._kept.move_to_end(community_id)
        while sum(each.nbytes for each in self._kept.values()) > self._most_bytes:
            self._kept.popitem(last=False)


def _joined(known: Meanings, portions: list[tuple[str, str | bytes]]) -> Meanings:
    ids = np.concatenate([numbers(ids) for ids, _ in portions])
    raw = b"".join(bytes.fromhex(part) if isinstance(part, str) else part for _, part in portions)
    packed = np.frombuffer(raw, np.int8).reshape(len(ids), -1)
    if not len(known.ids):
        return Meanings(ids, packed, signs(packed))
    is_new = ~np.isin(ids, known.ids[-2 * _LATE :])
    if not is_new.any():
        return known
    ids = np.concatenate([known.ids, ids[is_new]])
    order = np.argsort(ids, kind="stable")
    packed = np.concatenate([known.packed, packed[is_new]])[order]
    return Meanings(ids[order], packed, signs(packed))


def numbers(joined: str) -> Ids:
    """Numbers from how they were joined by commas."""
    return np.fromstring(joined, np.int64, sep=",")
