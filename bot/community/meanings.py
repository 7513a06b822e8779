"""The vectors of busy communities, kept at hand and topped up before each search."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
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
        late = known.ids[np.searchsorted(known.ids, after, "right") :]
        portions = [portion async for portion in self._read(session, community_id, after, _written(late))]
        kept = await self._apart(lambda: _joined(known, portions)) if portions else known
        if len(kept.ids):
            self._keep(community_id, kept)
        return kept

    def forget(self, community_id: int) -> None:
        """Read the community afresh next time: its vectors were made anew."""
        self._kept.pop(community_id, None)

    async def _read(self, session: Session, community_id: int, after: int, known: str) -> AsyncIterator[Meanings]:
        """What follows an id, a portion at a time; nothing where it is what is known."""
        more = True
        while more:
            ids, vectors = await index.list_vectors(session, community_id, self._vector_by, after, _PORTION)
            if ids and ids != known:
                yield await self._apart(partial(_unpacked, ids, vectors))
            more = ids.count(",") + 1 == _PORTION
            after = int(ids.rpartition(",")[2] or after)

    def _keep(self, community_id: int, kept: Meanings) -> None:
        self._kept[community_id] = kept
        self._kept.move_to_end(community_id)
        while sum(each.nbytes for each in self._kept.values()) > self._most_bytes:
            self._kept.popitem(last=False)


def _unpacked(joined: str, vectors: str | bytes) -> Meanings:
    ids = numbers(joined)
    raw = bytes.fromhex(vectors) if isinstance(vectors, str) else vectors
    packed = np.frombuffer(raw, np.int8).reshape(len(ids), -1)
    return Meanings(ids, packed, signs(packed))


def _joined(known: Meanings, portions: Sequence[Meanings]) -> Meanings:
    new = _one_after_another(portions)
    is_new = ~np.isin(new.ids, known.ids[-2 * _LATE :])
    if not len(known.ids) or not is_new.any():
        return known if len(known.ids) else new
    both = _one_after_another([known, _chosen(new, is_new)])
    return both if (np.diff(both.ids) > 0).all() else _chosen(both, np.argsort(both.ids, kind="stable"))


def _one_after_another(parts: Sequence[Meanings]) -> Meanings:
    ids, packed, signed = ([getattr(part, name) for part in parts] for name in ("ids", "packed", "signs"))
    return Meanings(np.concatenate(ids), np.concatenate(packed), np.concatenate(signed))


def _chosen(meanings: Meanings, which: NDArray[np.bool_] | NDArray[np.intp]) -> Meanings:
    return Meanings(meanings.ids[which], meanings.packed[which], meanings.signs[which])


def _written(ids: Ids) -> str:
    return ",".join(map(str, ids.tolist()))


def numbers(joined: str) -> Ids:
    """Numbers from how they were joined by commas."""
    return np.fromstring(joined, np.int64, sep=",")
