"""One contract for both databases: the same wordings are compared and rank alike, to the last digit and tie."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from bot.community.similar import Finder
from bot.language.terms import load
from bot.language.vectors import find_encoder
from storage import communities, index, members, suggestions, wordings
from storage.communities import Community
from storage.database import Database
from storage.members import Person
from storage.steps import take
from storage.suggestions import Suggestion
from storage.wordings import Wording
from tests.databases import PostgresMaker, SqliteMaker
from tests.sentences import thousand

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
HOSTILE = ["'; DROP TABLE wording; --", "夜 | !夜 & (夜:*) <-> \\", "a'b\"c", "%_{}[]$1 :terms ?"]

Ranking = list[tuple[int, int, float, float, float | None]]


async def fill(database: Database, texts: list[str], finder: Finder) -> None:
    """Every text twice, by two people, so that there are ties to break; a neighbour has the same words."""
    readings = await finder.read_all(texts)
    async with database.writing() as session:
        await members.add_person(session, Person(external_id="1", name="p", created_at=NOW))
        for number in (1, 2):
            made = Community(name="c", language="en", zone="UTC", created_at=NOW, digest_due_at=NOW)
            await communities.add_community(session, made)
            for n, (text, reading) in enumerate(zip(2 * texts, 2 * readings, strict=True), 1):
                one = Suggestion(
                    community_id=number, number=n, author_id=1, text=text, origin=f"{number}/{n}", created_at=NOW
                )
                await suggestions.add_suggestion(session, one)
                wording = Wording(
                    community_id=number,
                    suggestion_id=one.id or 0,
                    person_id=1,
                    text=text,
                    terms="",
                    terms_by="",
                    created_at=NOW,
                )
                await wordings.add_wording(session, wording, reading.indexed)


async def rank(database: Database, finder: Finder, asked: list[str]) -> list[Ranking]:
    found = []
    async with database.reading() as look:
        community = await look.get_one(Community, 2)
        for text in asked:
            matches = await finder.rank(look, community, await finder.read(text))
            found.append([(m.wording.id, m.wording.suggestion_id, m.score, m.shared, m.cosine) for m in matches])
    return found


@pytest.mark.postgres
@pytest.mark.parametrize("meant", [True, False], ids=["vectors", "terms"])
async def test_both_databases_rank_alike(
    sqlite: SqliteMaker, postgresql: PostgresMaker, tmp_path: Path, *, meant: bool
) -> None:
    load(tmp_path)
    encoder = find_encoder() if meant else None
    texts = [*thousand()[:40], *HOSTILE]
    asked = [*texts[::9], *thousand()[40:50], *HOSTILE]
    rankings = []
    for maker in (sqlite, postgresql):
        database, finder = Database(await maker.make(tmp_path)), Finder(encoder)
        await fill(database, texts, finder)
        rankings.append(await rank(database, finder, asked))
        finder.close()
        await database.close()
    assert rankings[0] == rankings[1]
    assert sum(len(ranking) > 10 for ranking in rankings[0]) > len(asked) // 2
    for text, ranking in zip(asked[: len(texts[::9])], rankings[0], strict=False):
        first = 2 * len(texts) + 1 + texts.index(text)
        assert [match[1] for match in ranking[:2]] == [first, first + len(texts)], "of equals the older comes first"


async def test_only_the_rarest_terms_within_the_budget_are_read(database: Database, tmp_path: Path) -> None:
    load(tmp_path)
    finder = Finder(None)
    await fill(database, ["夜间模式", "夜间拍照", "夜间闹钟"], finder)
    asked = ["夜间", "拍照", "没有", "' OR 1"]
    for budget, told in (
        (8, {"拍照": [2, 5], "夜间": [1, 2, 3, 4, 5, 6]}),
        (7, {"拍照": [2, 5]}),
        (1, {"拍照": [2, 5]}),
    ):
        async with database.reading() as look:
            assert await take(look, index.count_terms(1, asked)) == {"夜间": 6, "拍照": 2}
            listed = await take(look, index.list_terms(1, asked, budget))
        assert {one.term: one.wordings for one in listed} == {"夜间": 6, "拍照": 2, "": 6}
        assert {one.term: sorted(map(int, one.ids.split(","))) for one in listed if one.ids} == told
    async with database.reading() as look:
        assert len(list(await look.exec(select(Wording.id)))) == 12
