"""The vectors of busy communities, kept at hand and topped up before each search."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.language.vectors import Packed
from storage import wordings
from storage.database import Session

Ids: TypeAlias = NDArray[np.int64]

MOST_BYTES = 64 * 2**20
# Rows fetched at a time: the event loop is held for some milliseconds by each portion.
_PORTION = 5_000
# On PostgreSQL a transaction may commit a lower id after a higher one was seen, so the last ones are read again.
_LATE = 100


@dataclass(frozen=True)
class Meanings:
    """Ids of a community's wordings, ascending, and a packed vector for each."""

    ids: Ids
    packed: Packed


NOTHING = Meanings(np.empty(0, np.int64), np.empty((0, 0), np.int8))


class MeaningCache:
    """Meanings by community, the least recently used dropped when they are more than `most_bytes` together.

    A wording that is deleted stays until its community is dropped: who searches looks the rows up and misses it.
    """

    def __init__(self, vector_by: str, most_bytes: int = MOST_BYTES) -> None:
        self._vector_by = vector_by
        self._most_bytes = most_bytes
        self._kept: OrderedDict[int, Meanings] = OrderedDict()

    async def fetch(self, session: Session, community_id: int) -> Meanings:
        """All meanings of a community; the session must only read, for what it sees is kept."""
        known = self._kept.get(community_id, NOTHING)
        after = int(known.ids[-1]) - _LATE if len(known.ids) else 0
        new = await self._list_new(session, community_id, after)
        kept = _joined(known, new)
        if len(kept.ids):
            self._keep(community_id, kept)
        return kept

    def forget(self, community_id: int) -> None:
        """Read the community afresh next time: its vectors were made anew."""
        self._kept.pop(community_id, None)

    async def _list_new(self, session: Session, community_id: int, after: int) -> list[tuple[int, bytes]]:
        rows: list[tuple[int, bytes]] = []
        while portion := await wordings.list_vectors(session, community_id, self._vector_by, after, _PORTION):
            rows += portion
            after = portion[-1][0]
            if len(portion) < _PORTION:
                break
        return rows

    def _keep(self, community_id: int, kept: Meanings) -> None:
        self._kept[community_id] = kept
        self._kept.move_to_end(community_id)
        while sum(each.packed.nbytes for each in self._kept.values()) > self._most_bytes:
            self._kept.popitem(last=False)


def _joined(known: Meanings, rows: list[tuple[int, bytes]]) -> Meanings:
    ids = np.array([i for i, _ in rows], np.int64)
    if not len(known.ids):
        return Meanings(ids, unpacked([vector for _, vector in rows])) if rows else NOTHING
    is_new = ~np.isin(ids, known.ids[-2 * _LATE :])
    if not is_new.any():
        return known
    ids = np.concatenate([known.ids, ids[is_new]])
    fresh = unpacked([vector for (_, vector), new in zip(rows, is_new, strict=True) if new])
    packed = np.concatenate([known.packed, fresh])
    order = np.argsort(ids, kind="stable")
    return Meanings(ids[order], packed[order])


def unpacked(vectors: list[bytes]) -> Packed:
    """Stored vectors, all of one encoder, as the rows of a matrix."""
    return np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1)
