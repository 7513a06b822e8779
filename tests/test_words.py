"""A community's own words: added by the team, felt in the ranking, kept from every other community."""

import tracemalloc
from pathlib import Path

import jieba
from sqlmodel import col, select

from bot.community.similar import Finder
from bot.language import terms as cutting
from bot.language.terms import SEGMENTER, load, segmenter, terms
from storage import communities, words
from storage.wordings import Wording
from tests.town import Town

LIST = "/words"


async def stored(town: Town) -> list[Wording]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Wording).order_by(col(Wording.id))))


async def ranked(town: Town, text: str) -> list[str]:
    """As a bot without vectors ranks it."""
    finder = Finder(None)
    async with town.database.reading() as look:
        own = await words.list_forms(look, 1)
        reading = await finder.read(text, own)
        matches = await finder.rank(look, await communities.get_community(look, 1), reading)
    finder.close()
    return [match.wording.text for match in matches]


async def test_a_word_is_added_listed_and_taken_out(any_town: Town) -> None:
    town = any_town
    group = town.group()
    await town.say("tang", group, "/words add 小愛同學")
    await town.say("tang", group, "/词库 添加 超级省电")
    await town.say("tang", group, LIST)
    assert "小愛同學、超级省电" in town.last(group).content
    assert town.last(group) not in town.public(group), "it concerns the one who asks"
    await town.say("tang", group, "/words add 小爱同学")
    assert "已经有" in town.last(group).content
    await town.say("tang", group, "/words remove 小爱同学")
    await town.say("tang", group, LIST)
    assert "小愛同學" not in town.last(group).content


async def test_what_is_no_word_and_who_is_not_the_team(town: Town) -> None:
    group = town.group()
    for said in ("add MIUI", "add 字", "add 小爱 同学", "add " + "长" * 33, "remove 没有的词"):
        await town.say("tang", group, f"/words {said}")
        assert "词" in town.last(group).content
    await town.say("xiaoman", group, "/words add 小爱同学")
    await town.say("tang", group, LIST)
    assert "不认识" in town.last(group).content


async def test_a_word_changes_the_order_and_the_wordings_are_read_anew(any_town: Town) -> None:
    town = any_town
    group = town.group()
    apart, together = "小爱和同学一起听不懂", "小爱同学太吵了"
    await town.say("xiaoman", group, f"/suggest {apart}")
    await town.say("ahe", group, f"/suggest {together}")
    await town.press("ahe", town.last(group), "不一样")
    before = await stored(town)
    assert all(row.terms_by == SEGMENTER and "x小爱同学" not in row.terms for row in before)
    assert await ranked(town, "小爱同学关不掉") == [apart, together]
    await town.say("tang", group, "/words add 小爱同学")
    await town.knock()
    after = await stored(town)
    assert {row.terms_by for row in after} == {segmenter(frozenset({"小爱同学"}))}
    assert [row.vector for row in after] == [row.vector for row in before]
    assert await ranked(town, "小爱同学关不掉") == [together, apart]
    await town.say("tang", group, "/words remove 小爱同学")
    await town.knock()
    assert [row.terms for row in await stored(town)] == [row.terms for row in before]


async def test_another_community_does_not_hear_of_it(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 小爱同学音量")
    other = town.group("别的产品", "sam")
    await town.say("sam", other, "/suggest 小爱同学音量")
    await town.say("tang", group, "/words add 小爱同学")
    await town.knock()
    assert ["x小爱同学" in row.terms for row in await stored(town)] == [True, False]
    assert "小爱同学" not in jieba.lcut("小爱同学音量")


def test_a_thousand_dictionaries_cost_little(tmp_path: Path) -> None:
    load(tmp_path)
    cutting._cutter.cache_clear()
    tracemalloc.start()
    for number in range(1_000):
        terms("小爱同学音量", frozenset({f"小爱{chr(0x4E00 + number)}", "同学录"}))
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used < 5_000_000
