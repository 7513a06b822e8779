"""What a search costs where there is much to search: CPU of this process, memory, the loop held.

python -m benchmarks.scale                                        a small one: 20,000 wordings of one community
python -m benchmarks.scale --wordings 100000
python -m benchmarks.scale --wordings 1000000 --communities 1000
"""

import argparse
import asyncio
import gc
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import uvloop
from sqlalchemy import insert

from benchmarks.learn_map import read_texts
from bot.community.similar import Finder
from bot.language.normal import plain
from bot.language.terms import SEGMENTER, load, terms
from bot.language.vectors import find_encoder
from storage import communities, members
from storage.communities import Community
from storage.database import Database, Session
from storage.members import Person
from storage.suggestions import Suggestion
from storage.wordings import EVERYWHERE, TermRow, Wording

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
DISTINCT, VECTOR_BYTES, BATCH, WARM_UP = 10_000, 256, 5_000, 5
SYLLABLES = "安百车单恩发光海家快来没年平期人上天为西一在中多东好机可里明能起然生同问小学要有知自作"


def made_up(count: int, rng: random.Random) -> list[str]:
    """Wordings of our own paraphrases put together by halves, with a rare word in each: a long tail, as in life."""
    texts = read_texts()
    rare = ["".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3, 4)))) for _ in range(max(200, count // 10))]
    return [f"{rng.choice(texts)}，{rng.choice(rare)}{rng.choice(texts)[:12]}" for _ in range(count)]


class Crowd:
    """Communities full of made-up wordings."""

    def __init__(self, database: Database, vector_by: str | None) -> None:
        self._database = database
        self._vector_by = vector_by
        self._rng = random.Random(7)
        self._numbers = np.random.default_rng(7)

    async def fill(self, wordings: int, many: int) -> list[Community]:
        """Write the wordings, a share for each community, in bulk and otherwise as the bot does."""
        texts = made_up(min(wordings, DISTINCT), self._rng)
        indexed = [(text, terms(plain(text))) for text in texts]
        async with self._database.writing() as session:
            await members.add_person(session, Person(external_id="1", name="p", created_at=NOW))
        made, last = [], 0
        for number in range(many):
            size = wordings // many
            async with self._database.writing() as session:
                community = Community(name=f"c{number}", language="en", zone="UTC", digest_due_at=NOW, created_at=NOW)
                await communities.add_community(session, community)
                await self._write(session, community.id or 0, last, self._rng.choices(indexed, k=size))
            made.append(community)
            last += size
        return made

    async def _write(self, session: Session, community_id: int, last: int, rows: list[tuple[str, list[str]]]) -> None:
        counts = Counter(term for _, found in rows for term in (EVERYWHERE, *found))
        numbered = iter(enumerate(rows, last + 1))
        connection = await session.connection()
        common = {"community_id": community_id, "created_at": NOW}
        while batch := list(islice(numbered, BATCH)):
            suggestions = [
                {**common, "id": i, "number": i - last, "author_id": 1, "text": text, "origin": f"o{i}",
                 "status": "open", "reason": ""}
                for i, (text, _) in batch
            ]  # fmt: skip
            wordings = [
                {**common, "id": i, "suggestion_id": i, "person_id": 1, "text": text, "terms_by": SEGMENTER,
                 "terms": " ".join(f"c{community_id}x{term}" for term in found),
                 "vector": self._vector(),
                 "vector_by": self._vector_by}
                for i, (text, found) in batch
            ]  # fmt: skip
            await connection.execute(insert(Suggestion), suggestions)
            await connection.execute(insert(Wording), wordings)
        known = [{"community_id": community_id, "term": term, "wordings": n} for term, n in sorted(counts.items())]
        await connection.execute(insert(TermRow), known)

    def _vector(self) -> bytes | None:
        return self._numbers.normal(0, 8, VECTOR_BYTES).astype(np.int8).tobytes() if self._vector_by else None


class Watch:
    """How long the event loop is held: CPU its thread spends between two looks, and how late the looks come.

    Late may be the machine's doing, which runs others; CPU of all threads meanwhile is what we did ourselves.
    """

    def __init__(self) -> None:
        self.most_cpu = self.most_ours = self.most_late = 0.0

    async def look(self) -> None:
        cpu, ours, at = time.thread_time(), time.process_time(), time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            cpu_now, ours_now, now = time.thread_time(), time.process_time(), time.perf_counter()
            late = now - at - 0.001
            self.most_cpu = max(self.most_cpu, cpu_now - cpu)
            self.most_ours = max(self.most_ours, min(late, ours_now - ours))
            self.most_late = max(self.most_late, late)
            cpu, ours, at = cpu_now, ours_now, now


def megabytes() -> float:
    """Memory of this process that is no file's: what the machine would miss."""
    status = Path("/proc/self/status").read_text(encoding="utf8") if Path("/proc/self/status").exists() else ""
    for line in status.splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def search(database: Database, finder: Finder, community: Community, text: str) -> None:
    """What intake does before its transaction."""
    reading = await finder.read(text)
    async with database.reading() as look:
        await finder.find_similar(look, community, reading)


async def measure(folder: Path, wordings: int, many: int, searches: int, *, meant: bool) -> None:
    load(folder / "jieba")
    encoder = find_encoder() if meant else None
    finder = Finder(encoder)
    database = Database(f"sqlite:///{folder}/scale.db")
    await database.migrate()
    crowd = Crowd(database, encoder.name if encoder else None)
    start = time.process_time()
    places = await crowd.fill(wordings, many)
    print(f"{wordings:,} wordings, {many:,} communities, written in {time.process_time() - start:.0f} s CPU")
    rng = random.Random(11)
    asked = made_up(searches, rng)
    empty = Database(f"sqlite:///{folder}/empty.db")
    await empty.migrate()
    nobody = Community(id=1, name="n", language="en", zone="UTC", digest_due_at=NOW, created_at=NOW)
    for text in asked[:WARM_UP]:
        await search(empty, finder, nobody, text)
    gc.collect()
    gc.freeze()  # as the bot does when it starts
    before, watch = megabytes(), Watch()
    watching = asyncio.create_task(watch.look())
    first, spent = time.perf_counter(), []
    await search(database, finder, places[0], asked[0])
    first = time.perf_counter() - first
    peak = megabytes()
    for text in asked:
        place = rng.choice(places)
        start = time.process_time()
        await search(database, finder, place, text)
        spent.append((time.process_time() - start) * 1e3)
        peak = max(peak, megabytes())
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    cuts = statistics.quantiles(spent, n=20)
    shown = " ".join(f"p{percent} {cuts[percent // 5 - 1]:.1f}" for percent in (5, 50, 95))
    print(f"a search, read and ranked: {shown} ms CPU; the first {first * 1e3:.0f} ms")
    print(f"memory: {peak - before:.0f} MB above an empty database at most")
    held, ours, late = (round(most * 1e3) for most in (watch.most_cpu, watch.most_ours, watch.most_late))
    print(f"event loop: held for {held} ms CPU at most, {late} ms late, of which we computed {ours} at most")
    finder.close()
    await database.close()
    await empty.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordings", type=int, default=20_000)
    parser.add_argument("--communities", type=int, default=1)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--words-alone", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(
            measure(
                Path(folder),
                arguments.wordings,
                arguments.communities,
                arguments.searches,
                meant=not arguments.words_alone,
            )
        )


if __name__ == "__main__":
    main()
