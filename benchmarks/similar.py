"""Finders for the duplicate benchmark: the project's own storage and finder on a temporary SQLite database.

python bench.py benchmarks.similar:factory     with the `semantic` extra where it is installed
python bench.py benchmarks.similar:words       as where it is not
python bench.py benchmarks.similar:endpoint    with the endpoint that EMBEDDINGS_URL and EMBEDDINGS_MODEL name
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from bot.clock import SystemClock
from bot.community.similar import Finder, Reading
from bot.community.suggestions import Ask, submit
from bot.embeddings import Endpoint
from bot.language.matching import crowd
from bot.language.terms import load
from bot.language.vectors import find_encoder
from storage import communities, members, wordings
from storage.communities import Community
from storage.database import Database, Session
from storage.members import Person
from storage.suggestions import Suggestion
from storage.wordings import Wording

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
RANKED, BATCH = 10, 64

Docs = list[tuple[str, str]]
Hits = list[tuple[str, float]]


class Search:
    """A community of these documents; a document's later wordings are voices of other people."""

    def __init__(self, finder: Finder) -> None:
        load(Path(gettempdir()) / f"millet-jieba-{os.getuid()}")
        self._folder = TemporaryDirectory()
        self._database = Database(f"sqlite:///{self._folder.name}/bench.db")
        self._finder = finder
        self._ids: dict[int, str] = {}

    async def fill(self, docs: Docs) -> None:
        """Write all documents down, each wording as the bot does."""
        await self._database.migrate()
        texts = [text for _, text in docs]
        batches = [await self._finder.read_all(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        readings = [reading for batch in batches for reading in batch]
        async with self._database.writing() as session:
            self._community = await communities.add_community(
                session, Community(name="bench", language="en", zone="UTC", digest_due_at=NOW, created_at=NOW)
            )
            made: dict[str, Suggestion] = {}
            for at, ((doc_id, text), reading) in enumerate(zip(docs, readings, strict=True)):
                await self._write(session, made, at, doc_id, text, reading)

    async def search(self, text: str, k: int) -> Hits:
        """The documents like a text; every score is lowered alike, so that the first one is its certainty."""
        reading = await self._finder.read(text)
        async with self._database.reading() as look:
            found = await self._finder.rank(look, self._community, reading)
        taken = crowd([match.score for match in found[:RANKED]])
        return [(self._ids[match.wording.suggestion_id], match.score - taken) for match in found[:k]]

    def close(self) -> None:
        """Leave nothing behind."""
        self._finder.close()
        asyncio.run(self._database.close())
        self._folder.cleanup()

    async def _write(
        self, session: Session, made: dict[str, Suggestion], at: int, doc_id: str, text: str, reading: Reading
    ) -> None:
        person = await members.add_person(session, Person(external_id=str(at), name="p", created_at=NOW))
        person_id, community_id = person.id or 0, self._community.id or 0
        if doc_id not in made:
            ask = Ask(community_id, person_id, text, f"bench/{at}")
            made[doc_id] = await submit(session, ask, reading.indexed, NOW)
            self._ids[made[doc_id].id or 0] = doc_id
            return
        wording = Wording(
            community_id=community_id,
            suggestion_id=made[doc_id].id or 0,
            person_id=person_id,
            text=text,
            terms="",
            terms_by="",
            created_at=NOW,
        )
        await wordings.add_wording(session, wording, reading.indexed)


async def factory(docs: Docs) -> Search:
    """Terms, and vectors where the `semantic` extra is installed."""
    return await _filled(docs, Finder(find_encoder()))


async def words(docs: Docs) -> Search:
    """Terms alone."""
    return await _filled(docs, Finder(None))


async def endpoint(docs: Docs) -> Search:
    """Terms, and vectors of an endpoint."""
    there = Endpoint(os.environ["EMBEDDINGS_URL"], os.environ["EMBEDDINGS_MODEL"], None, SystemClock())
    return await _filled(docs, Finder(there))


async def _filled(docs: Docs, finder: Finder) -> Search:
    search = Search(finder)
    await search.fill(docs)
    return search
