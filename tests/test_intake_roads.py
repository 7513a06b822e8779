"""Ways in beside `/suggest`: a community's own words, pictures, plain words in private; and how much of it."""

import pytest
from sqlmodel import col, select

from bot.sandbox.model import Chat
from storage.suggestions import Offer, Suggestion
from tests.town import Town


async def asked(town: Town) -> list[tuple[int, str]]:
    async with town.database.reading() as look:
        rows = await look.exec(select(Suggestion).order_by(col(Suggestion.community_id), col(Suggestion.number)))
        return [(row.community_id, row.text) for row in rows]


async def photos(town: Town) -> list[str | None]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Suggestion.photo).order_by(col(Suggestion.number))))


# -- a community's own words -----------------------------------------------------------------------------------------


async def wished(town: Town) -> Chat:
    """A group whose community says 许愿 and wish."""
    group = town.group()
    await town.say("yutong", group, "/settings suggest_words 许愿 #Wish")
    return group


@pytest.mark.parametrize(
    "said", ["许愿 夜间模式", "许愿：夜间模式", "#许愿 夜间模式", "/许愿 夜间模式", "wish: 夜间模式", "#WISH 夜间模式"]
)
async def test_a_community_has_words_of_its_own(town: Town, said: str) -> None:
    group = await wished(town)
    await town.say("xiaoman", group, said)
    assert await asked(town) == [(1, "夜间模式")]


@pytest.mark.parametrize("said", ["许愿池在哪", "许愿", "wish you were here", "wishes: many", "我许愿 夜间模式"])
async def test_ordinary_talk_with_such_a_word_is_none(town: Town, said: str) -> None:
    group = await wished(town)
    await town.say("xiaoman", group, said)
    assert await asked(town) == []


async def test_its_word_in_reply_captures_and_works_in_private_and_after_a_restart(town: Town) -> None:
    group = await wished(town)
    await town.restart()
    wish = await town.say("ahe", group, "要是锁屏能看到日程就好了")
    await town.say("xiaoman", group, "许愿", reply_to=wish)
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, "许愿 夜间模式")
    assert await asked(town) == [(1, "要是锁屏能看到日程就好了"), (1, "夜间模式")]


async def test_another_community_does_not_know_the_word(town: Town) -> None:
    await wished(town)
    other = town.group("别的产品", "sam")
    await town.say("sam", other, "许愿 夜间模式")
    assert await asked(town) == []
    await town.say("sam", other, "/settings suggest_words 心愿")
    await town.say("sam", other, "心愿 夜间模式")
    assert await asked(town) == [(2, "夜间模式")]


async def test_a_chat_that_joins_a_community_learns_its_words(town: Town) -> None:
    await wished(town)
    second = town.group("种子群")
    await town.settle()
    await town.press("tang", town.last(second), "谷雨 OS")
    await town.say("xiaoman", second, "许愿 夜间模式")
    assert await asked(town) == [(1, "夜间模式")]


async def test_a_word_that_is_forgotten_is_ordinary_again(town: Town) -> None:
    group = await wished(town)
    await town.say("yutong", group, "/settings suggest_words default")
    await town.say("xiaoman", group, "许愿 夜间模式")
    assert await asked(town) == []


@pytest.mark.parametrize("word", ["热门", "/ship", "#建议", "HELP"])
async def test_a_commands_word_is_refused(town: Town, word: str) -> None:
    group = town.group()
    await town.say("yutong", group, f"/settings suggest_words 许愿 {word}")
    assert word.strip("/#").lower() in town.last(group).content
    await town.say("xiaoman", group, "许愿 夜间模式")
    assert await asked(town) == []


# -- pictures --------------------------------------------------------------------------------------------------------


async def test_a_picture_with_a_caption(any_town: Town) -> None:
    group = any_town.group()
    shown = any_town.world.send_photo(any_town.person("xiaoman"), group, "建议 状态栏太挤了")
    await any_town.settle()
    assert await asked(any_town) == [(1, "状态栏太挤了")]
    assert shown.photo is not None
    assert await photos(any_town) == [shown.photo.id]
    assert any_town.last(group).reply_to is shown


async def test_a_picture_that_is_captured(town: Town) -> None:
    group = town.group()
    shown = town.world.send_photo(town.person("ahe"), group, "状态栏太挤了")
    await town.say("xiaoman", group, "/suggest", reply_to=shown)
    assert await asked(town) == [(1, "状态栏太挤了")]
    assert "阿禾" in town.last(group).content
    await town.say("yutong", group, "/suggest 字体可以换吗", reply_to=shown)
    assert shown.photo is not None
    assert await photos(town) == [shown.photo.id] * 2
    assert town.last(group).reply_to is shown


async def test_a_picture_without_words_is_asked_about(town: Town) -> None:
    group = town.group()
    shown = town.world.send_photo(town.person("ahe"), group, "")
    await town.say("xiaoman", group, "/suggest", reply_to=shown)
    await town.say("xiaoman", group, "状态栏太挤了", reply_to=town.last(group))
    assert await asked(town) == [(1, "状态栏太挤了")]
    assert shown.photo is not None
    assert await photos(town) == [shown.photo.id]
    assert town.last(group).reply_to is shown


async def test_a_picture_in_private(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/top")
    private = await town.start("xiaoman")
    town.world.send_photo(town.person("xiaoman"), private, "")
    await town.settle()
    await town.say("xiaoman", private, "状态栏太挤了")
    assert await asked(town) == [(1, "状态栏太挤了")]
    assert None not in await photos(town)


async def test_an_album_is_one_suggestion_and_its_other_pictures_ask_nothing(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/top")
    private = await town.start("xiaoman")
    before = len(town.said(private))
    author = town.person("xiaoman")
    size = {"file_unique_id": "u", "width": 90, "height": 90}
    for n, caption in enumerate(("建议 状态栏太挤了", None, None)):
        raw = {
            "message_id": 900 + n,
            "date": 1_700_000_000,
            "chat": {"id": private.id, "type": "private", "first_name": author.name},
            "from": {"id": author.id, "is_bot": False, "first_name": author.name, "language_code": "zh-hans"},
            "media_group_id": "7",
            "photo": [size | {"file_id": f"small-{n}"}, size | {"file_id": f"large-{n}"}],
        }
        town.sandbox.inject({"message": raw | ({"caption": caption} if caption else {})})
    await town.settle()
    assert await photos(town) == ["large-0"]
    assert len(town.said(private)) == before + 1


# -- plain words in private ------------------------------------------------------------------------------------------


async def test_plain_words_in_private_are_asked_about(any_town: Town) -> None:
    group = any_town.group()
    await any_town.say("xiaoman", group, "/top")
    private = await any_town.start("xiaoman")
    await any_town.say("xiaoman", private, "希望锁屏能看到日程")
    assert await asked(any_town) == []
    await any_town.press("xiaoman", any_town.last(private), "谷雨 OS")
    assert await asked(any_town) == [(1, "希望锁屏能看到日程")]


async def test_they_are_forgotten_when_they_were_only_said(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/top")
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, "今天天气不错呀")
    question = town.last(private)
    await town.press("xiaoman", question, question.buttons[-1][0].label)
    await town.say("xiaoman", private, "明天也会不错吧")
    town.clock.leap(13 * 3600)
    await town.knock()
    assert await asked(town) == []
    async with town.database.reading() as look:
        assert not (await look.exec(select(Offer))).all()


async def test_who_is_in_several_communities_says_for_which(town: Town) -> None:
    first = town.group("甲")
    await town.settle()
    second = town.group("乙", "sam ahe")
    await town.say("ahe", first, "/suggest 希望支持深色模式")
    await town.say("ahe", second, "/top")
    private = await town.start("ahe")
    await town.say("ahe", private, "支援深色模式吧")
    question = town.last(private)
    assert await town.press("sam", question, "甲")
    await town.press("ahe", question, "甲")
    assert "#1" in town.last(private).content, "it was asked there already"
    await town.press("ahe", town.last(private), town.last(private).buttons[-1][0].label)
    assert await asked(town) == [(1, "希望支持深色模式"), (1, "支援深色模式吧")]
    assert "甲" in town.last(private).content


async def test_a_forged_button_notes_nothing_for_a_strange_community(town: Town) -> None:
    group = town.group()
    await town.settle()
    other = town.group("别的产品", "sam")
    await town.say("sam", other, "/top")
    await town.say("xiaoman", group, "/top")
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, "希望锁屏能看到日程")
    town.world.press_data(town.person("xiaoman"), town.last(private), "note:1:2")
    town.world.press_data(town.person("sam"), town.last(private), "note:1:1")
    town.world.press_data(town.person("sam"), town.last(private), "forget:1")
    await town.settle()
    assert await asked(town) == []


# -- how much --------------------------------------------------------------------------------------------------------


async def test_a_community_sets_how_often_a_day(any_town: Town) -> None:
    group = any_town.group()
    await any_town.say("yutong", group, "/settings daily_suggestions 2")
    wishes = ["夜间模式", "通话录音", "锁屏日程"]
    for wish in wishes:
        await any_town.say("xiaoman", group, f"/suggest {wish}")
    assert [text for _, text in await asked(any_town)] == wishes[:2]
    assert "2" in any_town.last(group).content
    assert any_town.last(group) not in any_town.public(group)
    await any_town.say("yutong", group, "/suggest 团队的事不算")
    any_town.clock.leap(14 * 3600 + 59 * 60)
    await any_town.say("xiaoman", group, "/suggest 锁屏日程")
    assert len(await asked(any_town)) == 3, "nine in the morning in Shanghai, and one minute to midnight"
    any_town.clock.leap(60)
    await any_town.say("xiaoman", group, "/suggest 锁屏日程")
    assert len(await asked(any_town)) == 4


async def test_noting_others_words_counts_as_ones_own(town: Town) -> None:
    group = town.group()
    await town.say("yutong", group, "/settings daily_suggestions 1")
    for wish in ("要是锁屏能看到日程就好了", "希望通话能自动录音"):
        await town.say("xiaoman", group, "/suggest", reply_to=await town.say("ahe", group, wish))
    assert len(await asked(town)) == 1
    await town.say("ahe", group, "/suggest 夜间模式")
    assert len(await asked(town)) == 2


async def test_a_community_sets_how_long_and_how_soon(town: Town) -> None:
    group = town.group(members="tang yutong ahe")
    await town.say("yutong", group, "/settings newcomer_hours 3")
    await town.say("yutong", group, "/settings longest_suggestion 20")
    town.world.join(town.person("xiaoman"), group)
    await town.settle()
    town.clock.leap(3600)
    await town.say("xiaoman", group, "/suggest 夜间模式")
    assert "2" in town.last(group).content
    await town.say("ahe", group, "/suggest " + "长" * 21)
    assert "20" in town.last(group).content
    assert await asked(town) == []
    await town.say("ahe", group, "/suggest 夜间模式")
    town.clock.leap(2 * 3600)
    await town.say("xiaoman", group, "/suggest 通话录音")
    assert len(await asked(town)) == 2


async def test_a_flood_is_stored_to_the_limit_and_answered_a_few_times(town: Town) -> None:
    group = town.group()
    await town.say("yutong", group, "/settings daily_suggestions 5")
    before = len(town.said(group))
    for n in range(150):
        town.world.say(town.person("xiaoman"), group, f"/suggest {chr(0x4E00 + 7 * n) * 3} {n}")
    await town.settle(60)
    stored = len(await asked(town))
    assert stored <= 5
    assert len(town.said(group)) - before <= 5 + 6
    town.clock.leap(61)
    await town.say("xiaoman", group, "/suggest 夜间模式")
    assert len(town.said(group)) - before <= 5 + 7
    await town.say("ahe", group, "/suggest 夜间模式")
    assert f"#{stored + 1}" in town.last(group).content
