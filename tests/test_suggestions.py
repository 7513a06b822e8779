"""Suggesting: heard in every way people say it, credited to who said it, offered the similar one, found again."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from storage.suggestions import Offer, Suggestion
from storage.wordings import Wording
from tests.town import Town


async def asked(town: Town) -> list[tuple[int, str]]:
    async with town.database.reading() as look:
        rows = await look.exec(select(Suggestion).order_by(col(Suggestion.number)))
        return [(row.number, row.text) for row in rows]


WAYS = (
    "/suggest 夜间模式",
    "/suggest@millet_demo_bot 夜间模式",
    "/SUGGEST 夜间模式",
    "／suggest 夜间模式",
    "/建议 夜间模式",
    "建议 夜间模式",
    "建议：夜间模式",
    "建議，夜间模式",
    "提议\n夜间模式",
    "#建议 夜间模式",
    "＃建議 夜间模式",
    "#suggest 夜间模式",
    "#idea 夜间模式",
)


async def test_every_way_of_saying_it(town: Town) -> None:
    for number, said in enumerate(WAYS, 1):
        group = town.group()
        await town.say("xiaoman", group, said)
        assert await asked(town) == [(1, "夜间模式")] * number, said
        assert "💡 #1 夜间模式" in town.last(group).content
        assert "小满" in town.last(group).content


ORDINARY = (
    "建议大家别买这个",
    "建议",
    "我的手机坏了",
    "热门话题是什么",
    "顶楼风大",
    "/suggest@another_bot 夜间模式",
    "suggest 夜间模式",
    "邀请你来玩",
    "我建议 夜间模式",
    "上线 3 天了，反馈不错",
    "发布 1 月见",
    "拒绝 2 次了，还打来",
    "发布2.0了吗",
    "状态 1",
    "设置",
    "语言",
    "顶 12 楼的",
    "# suggest 夜间模式",
    "#my review: great",
    "#help 手机开不了机",
    "#status 很差",
)


async def test_ordinary_talk_is_no_command(town: Town) -> None:
    group = town.group()
    await town.settle()
    before = len(town.texts(group))
    for said in ORDINARY:
        await town.say("xiaoman", group, said)
        assert len(town.texts(group)) == before, said
    assert await asked(town) == []


async def test_a_reply_captures_anothers_words_and_credits_them(town: Town) -> None:
    group = town.group()
    wish = await town.say("ahe", group, "要是锁屏能看到日程就好了")
    await town.say("yutong", group, "建議", reply_to=wish)
    card = town.last(group)
    assert "要是锁屏能看到日程就好了" in card.content
    assert "阿禾" in card.content
    assert card.reply_to is wish
    await town.say("xiaoman", group, "/suggest", reply_to=wish)
    assert await asked(town) == [(1, "要是锁屏能看到日程就好了")]
    assert "#1" in town.last(group).content


@pytest.mark.parametrize("said", ["顶", "我的看法一样", "搜索", "拒绝"])
async def test_a_reply_in_ordinary_words_is_no_command(town: Town, said: str) -> None:
    group = town.group()
    wish = await town.say("ahe", group, "要是锁屏能看到日程就好了")
    before = len(town.texts(group))
    await town.say("xiaoman", group, said, reply_to=wish)
    assert len(town.texts(group)) == before


async def test_an_anonymous_administrator_may_capture_a_members_wish(town: Town) -> None:
    group = town.group()
    wish = await town.say("ahe", group, "要是锁屏能看到日程就好了")
    town.world.say_anonymous_admin(group, "/suggest", reply_to=wish)
    await town.settle()
    assert "阿禾" in town.last(group).content


async def test_what_is_settled_can_be_seen_but_not_joined(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("yutong", group, "/decline 1 屏幕不支持")
    await town.say("ahe", group, "建议 支援深色模式")
    offer = town.last(group)
    assert "🚫 #1" in offer.content
    assert len(offer.buttons) == 1
    await town.press("ahe", offer, offer.buttons[0][0].label)
    assert len(await asked(town)) == 2


async def test_in_private_one_answers_for_the_community_one_was_asked_in(town: Town) -> None:
    first = town.group("甲")
    await town.settle()
    second = town.group("乙", "sam ahe")
    await town.say("ahe", first, "/top")
    private = await town.start("ahe")
    await town.say("xiaoman", first, "/suggest 希望支持深色模式")
    await town.say("ahe", private, "建议 支援深色模式")
    offer = town.last(private)
    town.clock.leap(7200)
    await town.say("ahe", second, "/top")
    await town.press("ahe", offer, "+1")
    assert "#1" in town.last(private).content
    async with town.database.reading() as look:
        assert len((await look.exec(select(Wording))).all()) == 2


async def test_who_is_in_several_communities_chooses_one(town: Town) -> None:
    first = town.group("甲")
    await town.settle()
    second = town.group("乙", "sam ahe")
    await town.say("ahe", first, "/suggest 希望支持深色模式")
    await town.say("ahe", second, "/suggest 通话自动录音")
    private = await town.start("ahe")
    for title, theirs in (("甲", "深色"), ("乙", "录音")):
        town.clock.leap(60)
        await town.say("ahe", private, "/community")
        await town.press("ahe", town.last(private), title)
        await town.say("ahe", private, "/top")
        assert theirs in town.last(private).content


async def test_a_reply_to_the_bot_captures_nothing(town: Town) -> None:
    group = town.group()
    await town.settle()
    await town.say("xiaoman", group, "/suggest", reply_to=town.last(group))
    assert await asked(town) == []
    assert "/suggest …" in town.last(group).content


async def test_an_anonymous_administrator_is_told_why_not(town: Town) -> None:
    group = town.group()
    town.world.say_anonymous_admin(group, "/suggest 夜间模式")
    await town.settle()
    assert await asked(town) == []
    assert len(town.texts(group)) == 2


async def test_the_similar_one_is_offered_and_joined_with_ones_own_words(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    card = town.last(group)
    await town.say("ahe", group, "建议 支援深色模式")
    offer = town.last(group)
    assert "#1" in offer.content
    assert await town.press("xiaoman", offer, "+1") != "", "another's offer is not mine to answer"
    await town.press("ahe", offer, "+1")
    async with town.database.reading() as look:
        assert set(await look.exec(select(Wording.text))) == {"希望支持深色模式", "支援深色模式"}
    assert "👍 1" in str(card)
    assert await asked(town) == [(1, "希望支持深色模式")]
    assert not offer.buttons


async def test_mine_is_different_makes_a_new_one(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "建议 支持深色的模式")
    offer = town.last(group)
    assert offer not in town.public(group), "what asks one person is read by nobody else"
    await town.press("ahe", offer, offer.buttons[-1][0].label)
    assert await asked(town) == [(1, "希望支持深色模式"), (2, "支持深色的模式")]
    assert "💡 #2" in town.last(group).content


async def test_an_offer_nobody_answers_is_not_lost(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "建议 支持深色的模式")
    assert town.last(group).buttons
    town.clock.leap(timedelta(hours=11).total_seconds())
    await town.knock()
    assert len(await asked(town)) == 1
    town.clock.leap(timedelta(hours=2).total_seconds())
    await town.knock()
    await town.knock()
    assert await asked(town) == [(1, "希望支持深色模式"), (2, "支持深色的模式")]


async def test_the_same_words_again_are_ones_own(town: Town) -> None:
    group = town.group()
    for _ in range(2):
        await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    assert len(await asked(town)) == 1
    async with town.database.reading() as look:
        assert not (await look.exec(select(Offer))).all()


async def test_communities_know_nothing_of_each_other(any_town: Town) -> None:
    first = any_town.group("甲")
    await any_town.settle()
    second = any_town.group("乙", "sam")
    await any_town.say("xiaoman", first, "/suggest 通话自动录音")
    await any_town.say("sam", second, "/suggest Night mode")
    assert "#1 Night mode" in any_town.last(second).content
    await any_town.say("sam", second, "/search 自动录音")
    assert "#" not in any_town.last(second).content
    await any_town.say("sam", second, "/suggest 通话自动录音")
    assert "#2 通话自动录音" in any_town.last(second).content


async def test_top_search_and_my(any_town: Town) -> None:
    group = any_town.group()
    await any_town.say("xiaoman", group, "热门")
    assert "/suggest" in any_town.last(group).content
    await any_town.say("xiaoman", group, "/suggest 通话自动录音")
    await any_town.say("ahe", group, "/suggest 锁屏显示日程")
    await any_town.say("yutong", group, "/vote 2")
    await any_town.say("yutong", group, "/top")
    assert any_town.last(group).content.index("#2") < any_town.last(group).content.index("#1")
    await any_town.say("yutong", group, "搜索 鎖屏 日程")
    assert "#2" in any_town.last(group).content
    assert "#1" not in any_town.last(group).content
    await any_town.say("yutong", group, "/search 完全没有的东西xyz")
    assert "#" not in any_town.last(group).content.replace("/suggest", "")
    private = await any_town.start("yutong")
    await any_town.say("yutong", private, "我的")
    assert "#2 锁屏显示日程" in any_town.last(private).content


async def test_suggesting_privately(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/top")
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, "建议 夜间模式")
    assert "💡 #1 夜间模式" in town.last(private).content
    sam = await town.start("sam")
    await town.say("sam", sam, "/suggest night mode")
    assert len(await asked(town)) == 1
    assert "invitation code" in town.last(sam).content
