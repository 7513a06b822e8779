"""Finding the suggestions that mean the same as a text, before anything new is made of it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.community.meanings import NOTHING, MeaningCache
from bot.community.ranking import (
    CANDIDATES,
    PROMISING,
    Census,
    Match,
    few_of_each,
    promising,
    ranked,
    uncounted,
)
from bot.language.matching import crowd
from bot.language.normal import plain
from bot.language.terms import SEGMENTER, segmenter, terms
from bot.language.vectors import Encoder, EncoderAway, pack
from storage import findings, index, suggestions, wordings, words
from storage.communities import Community
from storage.database import Database, Session
from storage.steps import Steps, take
from storage.suggestions import Suggestion
from storage.wordings import Indexed, Wording

log = logging.getLogger(__name__)

T = TypeVar("T")

# Certainty from which an offer is more often right than wrong, until a community's answers say more; docs/finding.md.
OFFERED_FROM = 0.37
OFFERED_FROM_BY_TERMS = 0.20
# A search shows what shares some words, or comes close in meaning.
FOUND_FROM = 0.05
MEANT_FROM = 0.35
MOST_OFFERED = 3
NO_WORDS: frozenset[str] = frozenset()
_RANKED = 10
_BATCH = 50


@dataclass(frozen=True)
class Reading:
    """A text as the finder sees it: its normal form, its terms and its meaning."""

    form: str
    indexed: Indexed


@dataclass(frozen=True)
class Similar:
    """A suggestion that resembles a text, and how certain that is: the scales with and without meaning differ."""

    suggestion: Suggestion
    certainty: float
    same_words: bool
    vector_by: str | None  # the encoder whose vectors had a say


@dataclass(frozen=True)
class Likeness:
    """How certain it is that a suggestion means the same as another."""

    suggestion_id: int
    certainty: float
    vector_by: str | None


class Finder:
    """Reads texts and finds suggestions like them, by terms alone where there is no encoder.

    Texts are cut in a thread of its own, and compared in the one that has the database's connection.
    """

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder
        self._meanings = MeaningCache(encoder.name) if encoder else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="finder")
        self.name = encoder.name if encoder else None
        self.missed = False  # whether a text was read without the encoder, which was away

    async def read(self, text: str, own: frozenset[str] = NO_WORDS) -> Reading:
        """What a text is found by, in a community of these own words. It may take a second: before a transaction."""
        try:
            return (await self.read_all([text], own))[0]
        except EncoderAway as error:
            log.warning("A text is found by its words alone for now. %s", error)
            self.missed = True
            return (await self._cut([text], own))[0]

    async def read_all(self, texts: Sequence[str], own: frozenset[str] = NO_WORDS) -> list[Reading]:
        """Many texts at once; raises EncoderAway."""
        readings = await self._cut(texts, own)
        if self._encoder is None:
            return readings
        packed = pack(await self._encoder.encode([reading.form for reading in readings]))
        return [
            replace(reading, indexed=replace(reading.indexed, vector=row.tobytes(), vector_by=self.name))
            for reading, row in zip(readings, packed, strict=True)
        ]

    async def find_similar(self, look: Session, community: Community, reading: Reading) -> list[Similar]:
        """Suggestions to offer to who wrote this, the closest first; none when nothing stands out."""
        matches = await self.rank(look, community, reading)
        if not matches:
            return []
        least = await self.offered_from(look, community, by_meaning=matches[0].cosine is not None)
        taken = crowd([match.score for match in matches[:_RANKED]])
        if matches[0].score - taken < least:
            return []
        close = [match for match in matches if match.score >= least][:MOST_OFFERED]
        return await self._similar(look, community, reading, close, taken)

    async def search(self, look: Session, community: Community, reading: Reading, limit: int) -> list[Similar]:
        """Suggestions that have to do with some words, the closest first."""
        matches = await self.rank(look, community, reading, most=max(limit, PROMISING))
        found = [match for match in matches if match.shared >= FOUND_FROM or (match.cosine or 0.0) >= MEANT_FROM]
        return await self._similar(look, community, reading, found[:limit], 0.0)

    async def list_alike(
        self, look: Session, community: Community, suggestion: Suggestion, reading: Reading
    ) -> list[Likeness]:
        """Suggestions and how like this one they are, but for its own words, whoever holds those by now.

        It stands there itself where others were merged into it.
        """
        own = await wordings.list_own(look, suggestion.id or 0, suggestion.author_id, suggestion.text)
        matches = await self.rank(look, community, reading, own)
        taken = crowd([match.score for match in matches[:_RANKED]])
        by = reading.indexed.vector_by
        return [
            Likeness(match.suggestion_id, match.score - taken, by if match.cosine is not None else None)
            for match in matches
        ]

    async def offered_from(self, look: Session, community: Community, *, by_meaning: bool) -> float:
        """What the community's answers have taught, with the encoder in use; or what is good elsewhere."""
        learnt = await take(look, findings.get_thresholds(community.id or 0))
        if not by_meaning:
            return learnt.offered_from_by_terms or OFFERED_FROM_BY_TERMS
        return (learnt.offered_by == self.name and learnt.offered_from) or OFFERED_FROM

    async def rank(
        self, look: Session, community: Community, reading: Reading, but: Collection[int] = (), most: int = PROMISING
    ) -> list[Match]:
        """The best wording of each surviving suggestion among so many, the closest first, but for some ids."""
        return await take(look, self._ranked(community.id or 0, reading.indexed, but, most))

    async def reindex_outdated(self, database: Database, after: int, community_id: int | None = None) -> int:
        """Index some wordings anew that were read by other means, from an id on; returns the last id, 0 at the end.

        Of one community, those that were read with other words than it has now. Raises EncoderAway.
        """
        async with database.reading() as look:
            own = await words.list_forms(look, community_id) if community_id else NO_WORDS
            wanted = segmenter(own) if community_id else SEGMENTER
            outdated = await wordings.list_outdated(look, wanted, self.name, after, _BATCH, community_id)
        by_community = defaultdict(list)
        for wording in outdated:
            by_community[wording.community_id].append(wording)
        for number, rows in by_community.items():
            await self._reindex(database, number, rows)
        return outdated[-1].id or 0 if outdated else 0

    def close(self) -> None:
        """End the thread, without waiting for what it does."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _reindex(self, database: Database, community_id: int, rows: Sequence[Wording]) -> None:
        async with database.reading() as look:
            own = await words.list_forms(look, community_id)
        readings = await self.read_all([row.text for row in rows], own)
        for row, reading in zip(rows, readings, strict=True):
            async with database.writing() as session:  # one each, so that nobody waits long
                await wordings.reindex(session, row, reading.indexed)

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _cut(self, texts: Sequence[str], own: frozenset[str]) -> list[Reading]:
        by = segmenter(own)

        def cut(text: str) -> Reading:
            form = plain(text)
            return Reading(form, Indexed(terms(form, own), by))

        return await self._apart(lambda: [cut(text) for text in texts])

    def _ranked(self, community_id: int, asked: Indexed, but: Collection[int], most: int) -> Steps[list[Match]]:
        listed = yield from index.list_terms(community_id, asked.terms)
        census = Census({one.term: one.wordings for one in listed})
        meanings = (yield from self._meanings.fetch(community_id)) if self._meanings and asked.vector else NOTHING
        chosen: list[int] = []
        for reach in CANDIDATES:
            found = promising(asked, listed, meanings, census, reach, but)
            chosen = few_of_each(found, (yield from index.map_suggestions(community_id, found)), most)
            if len(chosen) == most or len(found) < reach:
                break
        rows = yield from index.list_candidates(community_id, chosen)
        more = yield from index.count_terms(community_id, uncounted(rows, census))
        return ranked(asked, rows, census.with_counts(more))

    async def _similar(
        self, look: Session, community: Community, reading: Reading, matches: list[Match], taken: float
    ) -> list[Similar]:
        by_id = {match.suggestion_id: match for match in matches}
        letters = _letters(reading.form)
        rows = await suggestions.list_suggestions(look, community.id or 0, list(by_id))
        same = await self._apart(lambda: {i for i, m in by_id.items() if _letters(plain(m.wording.text)) == letters})
        meant = bool(matches) and matches[0].cosine is not None
        by = reading.indexed.vector_by if meant else None
        return [Similar(row, by_id[row.id or 0].score - taken, row.id in same, by) for row in rows]


def _letters(form: str) -> str:
    """Without blanks: between Han letters they stand where a mark or nothing was, as it pleased the writer."""
    return form.replace(" ", "")
