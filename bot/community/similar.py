"""Finding the suggestions that mean the same as a text, before anything new is made of it."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from bot.community.meanings import Ids, MeaningCache, Meanings, unpacked
from bot.language.matching import certainty, overlap, rarest, score, weight
from bot.language.normal import plain
from bot.language.terms import SEGMENTER, terms
from bot.language.vectors import Encoder, Vectors, cosines, pack
from storage import merges, suggestions, wordings
from storage.communities import Community
from storage.database import Database, Session
from storage.suggestions import Suggestion
from storage.wordings import CANDIDATES, ROW_BUDGET, Indexed, Wording

log = logging.getLogger(__name__)

T = TypeVar("T")

# Certainty from which an offer is more often right than wrong; see docs/finding.md.
OFFERED_FROM = 0.39
OFFERED_FROM_BY_TERMS = 0.20
# A search shows what shares some words, or comes close in meaning.
FOUND_FROM = 0.05
MEANT_FROM = 0.35
MOST_OFFERED = 3
# In a community of a dozen suggestions no count of terms says yet what is rare: until there are this many, it is judged
# as if there were.
MATURE = 1_000
_RANKED = 10
_BATCH = 50


@dataclass(frozen=True)
class Reading:
    """A text as the finder sees it: its normal form, its terms and its meaning."""

    form: str
    indexed: Indexed


@dataclass(frozen=True)
class Similar:
    """A suggestion that resembles a text: by terms from 0 to 1, with meanings up to 1.6."""

    suggestion: Suggestion
    score: float
    same_words: bool


@dataclass(frozen=True)
class Match:
    """A suggestion's wording most like a text, and how like it is; a merged one's stands for the surviving one."""

    suggestion_id: int
    wording: Wording
    score: float
    shared: float
    cosine: float | None


class Finder:
    """Reads texts and finds suggestions like them, by terms alone where there is no encoder.

    Reading and comparing take place in a thread of its own: an encoder is loaded once, by the first text, and texts
    that come at once wait for each other instead of sharing few cores badly.
    """

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder
        self._meanings = MeaningCache(encoder.name) if encoder else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="finder")

    async def read(self, text: str) -> Reading:
        """What a text is found by. It may take a second: to be called before a transaction, not within."""
        return await self._apart(lambda: self._read([text])[0])

    async def find_similar(self, look: Session, community: Community, reading: Reading) -> list[Similar]:
        """Suggestions to offer to who wrote this, the closest first; none when nothing stands out."""
        matches = await self.rank(look, community, reading)
        if not matches:
            return []
        least = OFFERED_FROM_BY_TERMS if matches[0].cosine is None else OFFERED_FROM
        if certainty([match.score for match in matches[:_RANKED]]) < least:
            return []
        return await self._similar(look, community, reading, [m for m in matches if m.score >= least][:MOST_OFFERED])

    async def search(self, look: Session, community: Community, reading: Reading, limit: int) -> list[Similar]:
        """Suggestions that have to do with some words, the closest first."""
        matches = await self.rank(look, community, reading)
        found = [match for match in matches if match.shared >= FOUND_FROM or (match.cosine or 0.0) >= MEANT_FROM]
        return await self._similar(look, community, reading, found[:limit])

    def forget(self, community_id: int) -> None:
        """Some of the community's wordings have changed or gone: their meanings are read afresh."""
        if self._meanings:
            self._meanings.forget(community_id)

    async def reindex_outdated(self, database: Database, after: int) -> int:
        """Index some wordings anew that were read by other means, from an id on; returns the last id, 0 at the end."""
        name = self._encoder.name if self._encoder else None
        async with database.reading() as look:
            outdated = await wordings.list_outdated(look, SEGMENTER, name, after, _BATCH)
        if not outdated:
            return 0
        readings = await self._apart(lambda: self._read([wording.text for wording in outdated]))
        for wording, reading in zip(outdated, readings, strict=True):
            async with database.writing() as session:  # one each, so that nobody waits long
                await wordings.reindex(session, wording, reading.indexed)
        for community_id in {wording.community_id for wording in outdated}:
            self.forget(community_id)
        return outdated[-1].id or 0

    def close(self) -> None:
        """End the thread, without waiting for what it does."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _read(self, texts: list[str]) -> list[Reading]:
        forms = [plain(text) for text in texts]
        if self._encoder is None:
            return [Reading(form, Indexed(terms(form), SEGMENTER)) for form in forms]
        packed = pack(self._encoder.encode(forms))
        return [
            Reading(form, Indexed(terms(form), SEGMENTER, row.tobytes(), self._encoder.name))
            for form, row in zip(forms, packed, strict=True)
        ]

    async def rank(self, look: Session, community: Community, reading: Reading) -> list[Match]:
        """The best wording of each surviving suggestion there is any reason to compare, the closest first."""
        community_id = community.id or 0
        asked = reading.indexed.terms
        counts = await wordings.count_terms(look, community_id, asked)
        ids = set(await wordings.find_like(look, community_id, rarest(asked, counts, ROW_BUDGET)))
        ids.update(await self._nearest(look, community_id, reading))
        rows = await wordings.list_wordings(look, community_id, ids)
        theirs = {term for row in rows for term in wordings.terms_of(row)}
        counts |= await wordings.count_terms(look, community_id, theirs - counts.keys())
        total = max(community.last_number, MATURE)
        matches = await self._apart(lambda: _matches(reading.indexed, rows, counts, total))
        return _surviving(matches, await merges.map_roots(look, [match.suggestion_id for match in matches]))

    async def _nearest(self, look: Session, community_id: int, reading: Reading) -> list[int]:
        vector = reading.indexed.vector
        if self._meanings is None or vector is None:
            return []
        meanings = await self._meanings.fetch(look, community_id)
        return await self._apart(lambda: _nearest(meanings, vector)) if len(meanings.ids) else []

    async def _similar(
        self, look: Session, community: Community, reading: Reading, matches: list[Match]
    ) -> list[Similar]:
        by_id = {match.suggestion_id: match for match in matches}
        letters = _letters(reading.form)
        rows = await suggestions.list_suggestions(look, community.id or 0, list(by_id))
        same = await self._apart(lambda: {i for i, m in by_id.items() if _letters(plain(m.wording.text)) == letters})
        return [Similar(row, by_id[row.id or 0].score, row.id in same) for row in rows]


def _nearest(meanings: Meanings, vector: bytes) -> list[int]:
    near = cosines(meanings.packed, _unit(vector))
    best: Ids = meanings.ids[np.argsort(-near, kind="stable")[:CANDIDATES]]
    return [int(i) for i in best]


def _matches(asked: Indexed, rows: list[Wording], counts: dict[str, int], total: int) -> list[Match]:
    likeness = _cosines(asked, rows)
    weights = {term: weight(term, counts.get(term, 0), total) for term in {*asked.terms, *counts}}
    best: dict[int, Match] = {}
    for row, cosine in zip(rows, likeness, strict=True):
        shared = overlap(asked.terms, wordings.terms_of(row), weights)
        match = Match(row.suggestion_id, row, score(cosine, shared), shared, cosine)
        if row.suggestion_id not in best or match.score > best[row.suggestion_id].score:
            best[row.suggestion_id] = match
    return sorted(best.values(), key=lambda match: (-match.score, match.wording.suggestion_id))


def _surviving(matches: list[Match], roots: dict[int, int]) -> list[Match]:
    """What was merged counts as the one it was merged into, which is found by whichever wording is closer."""
    best: dict[int, Match] = {}
    for match in matches:
        root = roots.get(match.suggestion_id, match.suggestion_id)
        best.setdefault(root, replace(match, suggestion_id=root))
    return list(best.values())


def _cosines(asked: Indexed, rows: list[Wording]) -> list[float] | list[None]:
    """Cosine of each row; none at all while one of them has no vector yet, for the two scales do not compare."""
    vectors = [row.vector for row in rows if row.vector is not None and row.vector_by == asked.vector_by]
    if asked.vector is None or not rows or len(vectors) < len(rows):
        return [None] * len(rows)
    return [float(cosine) for cosine in cosines(unpacked(vectors), _unit(asked.vector))]


def _letters(form: str) -> str:
    """Without blanks: between Han letters they stand where a mark or nothing was, as it pleased the writer."""
    return form.replace(" ", "")


def _unit(vector: bytes) -> Vectors:
    row: Vectors = unpacked([vector])[0].astype(np.float32)
    return row / np.float32(127)
