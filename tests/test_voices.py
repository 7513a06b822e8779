"""One's own words: an edited message, `/edit` and `/withdraw` change them, for whoever said them and nobody else."""

import pytest
from sqlmodel import col, select

from bot.sandbox.model import Chat
from storage import inbox
from storage.follows import Follow
from storage.inbox import InboxRow
from storage.suggestions import Offer, Suggestion
from storage.votes import Vote
from storage.wordings import TermRow, Wording
from tests.town import Town


async def asked(town: Town) -> list[tuple[int, str]]:
    async with town.database.reading() as look:
        rows = await look.exec(select(Suggestion).order_by(col(Suggestion.number)))
        return [(row.number, row.text) for row in rows]


async def voices(town: Town) -> list[str]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Wording.text).order_by(col(Wording.id))))


async def heard(town: Town) -> int:
    async with town.database.reading() as look:
        return len((await look.exec(select(InboxRow))).all())


async def joined(town: Town, group: Chat) -> None:
    """小满 asks for something, and 阿禾 joins with words of her own."""
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "建议 支援深色模式")
    await town.press("ahe", town.last(group), "+1")


async def edited(town: Town, who: str, said: object, text: str) -> None:
    town.world.edit(town.person(who), said, text)  # type: ignore[arg-type]
    await town.settle()


@pytest.mark.parametrize("now_it_says", ["/suggest 夜间模式跟随日落", "建议 夜间模式跟随日落", "夜间模式跟随日落"])
async def test_an_edited_message_changes_suggestion_card_and_index(any_town: Town, now_it_says: str) -> None:
    group = any_town.group()
    said = await any_town.say("xiaoman", group, "/suggest 夜间模式")
    card, before = any_town.last(group), len(any_town.said(group))
    await edited(any_town, "xiaoman", said, now_it_says)
    assert await asked(any_town) == [(1, "夜间模式跟随日落")]
    assert "夜间模式跟随日落" in card.content
    assert len(any_town.said(group)) == before, "the card says it"
    await any_town.say("ahe", group, "/search 日落")
    assert "#1" in any_town.last(group).content


async def test_after_a_restart_edits_are_still_heard(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.restart()
    await edited(town, "xiaoman", said, "/suggest 通话录音")
    assert await asked(town) == [(1, "通话录音")]


async def test_the_author_of_a_captured_message_edits_it(town: Town) -> None:
    group = town.group()
    wish = await town.say("ahe", group, "要是锁屏能看到日程就好了")
    await town.say("yutong", group, "/suggest", reply_to=wish)
    await edited(town, "ahe", wish, "要是锁屏能看到日程和天气就好了")
    assert await asked(town) == [(1, "要是锁屏能看到日程和天气就好了")]


async def test_the_edits_of_chatter_are_not_even_stored(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, "大家好")
    private = await town.start("ahe")
    thanks = await town.say("ahe", private, "谢谢")
    before = await heard(town)
    await edited(town, "xiaoman", said, "大家早上好")
    await edited(town, "xiaoman", said, "/vote 1")
    await edited(town, "ahe", thanks, "谢谢你")
    assert await heard(town) == before


async def test_a_message_that_becomes_a_suggestion_is_one(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, "/suggset 夜间模式")
    await edited(town, "xiaoman", said, "/suggest 夜间模式")
    await edited(town, "xiaoman", said, "/suggest 夜间模式跟随日落")
    assert await asked(town) == [(1, "夜间模式跟随日落")]


@pytest.mark.parametrize(("now_it_says", "hint"), [("/suggest", "…"), ("/suggest " + "长" * 41, "40")])
async def test_an_edit_that_cannot_stand_changes_nothing_and_is_told_to_its_author(
    town: Town, now_it_says: str, hint: str
) -> None:
    group = town.group()
    await town.say("yutong", group, "/settings longest_suggestion 40")
    said = await town.say("xiaoman", group, "/suggest 夜间模式")
    public = len(town.public(group))
    await edited(town, "xiaoman", said, now_it_says)
    assert await asked(town) == [(1, "夜间模式")]
    assert hint in town.last(group).content
    assert len(town.public(group)) == public


async def test_what_is_settled_keeps_its_words(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.say("yutong", group, "/ship 1 v2.3 赶上了")
    await edited(town, "xiaoman", said, "/suggest 别的")
    assert await asked(town) == [(1, "夜间模式")]


async def test_a_voice_edits_its_own_words_only(town: Town) -> None:
    group = town.group()
    await joined(town, group)
    await town.say("ahe", group, "/edit 1 夜里屏幕太亮，想要深色")
    assert await asked(town) == [(1, "希望支持深色模式")]
    assert await voices(town) == ["希望支持深色模式", "夜里屏幕太亮，想要深色"]
    await town.say("yutong", group, "/edit 1 白色模式")
    assert "#1" in town.last(group).content
    assert await voices(town) == ["希望支持深色模式", "夜里屏幕太亮，想要深色"]


async def test_an_edit_while_the_offer_waits(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    said = await town.say("ahe", group, "建议 支援深色模式")
    await edited(town, "ahe", said, "建议 请支援深色模式")
    await town.press("ahe", town.last(group), "+1")
    assert await voices(town) == ["希望支持深色模式", "请支援深色模式"]
    await edited(town, "ahe", said, "建议 请支援深色模式吧")
    assert (await voices(town))[1] == "请支援深色模式吧"


async def test_edit_asks_for_the_words_where_nobody_else_reads_it(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    public = len(town.public(group))
    await town.say("xiaoman", group, "修改 1")
    assert "修改 1 …" in town.last(group).content
    assert len(town.public(group)) == public
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, "修改 1")
    await town.say("xiaoman", private, "通话录音")
    assert await asked(town) == [(1, "通话录音")]


async def take_back(town: Town, who: str, group: Chat, number: int = 1) -> None:
    await town.say(who, group, f"/withdraw {number}")
    await town.press(who, town.last(group), town.last(group).buttons[0][0].label)


async def test_what_nobody_joined_is_gone_kindly(any_town: Town) -> None:
    group = any_town.group()
    await any_town.say("xiaoman", group, "/suggest 夜间模式")
    card = any_town.last(group)
    await take_back(any_town, "xiaoman", group)
    assert "#1" in card.content
    assert "夜间模式" not in card.content
    assert not card.buttons
    for said in ("/top", "/search 夜间模式"):
        await any_town.say("ahe", group, said)
        assert "#1" not in any_town.last(group).content
    for who, said in (("ahe", "/vote 1"), ("yutong", "/status 1 planned"), ("xiaoman", "/edit 1 又来了")):
        await any_town.say(who, group, said)
        assert "#1" in any_town.last(group).content
    assert await asked(any_town) == [(1, "…")]
    async with any_town.database.reading() as look:
        assert not (await look.exec(select(Vote))).all()
        assert not (await look.exec(select(Follow))).all()
        assert not (await look.exec(select(TermRow).where(col(TermRow.wordings) > 0))).all()
        assert "夜间模式" not in str((await look.exec(select(Wording))).all())


async def test_leaving_it_changes_nothing(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.say("xiaoman", group, "/withdraw 1")
    await town.press("xiaoman", town.last(group), town.last(group).buttons[0][1].label)
    assert await asked(town) == [(1, "夜间模式")]


async def test_with_another_voice_it_goes_on_as_theirs(any_town: Town) -> None:
    group = any_town.group()
    await joined(any_town, group)
    card = any_town.public(group)[-1]
    await any_town.say("yutong", group, "/vote 1")
    assert card.buttons[0][0].label == "👍 2"
    await take_back(any_town, "xiaoman", group)
    assert await asked(any_town) == [(1, "支援深色模式")]
    assert await voices(any_town) == ["支援深色模式"]
    assert card.content.startswith("💡 #1 支援深色模式")
    assert "阿禾" in card.content
    assert "小满" not in card.content
    assert card.buttons[0][0].label == "👍 1", "who asks does not vote for it as well"


async def test_what_others_voted_for_stays_as_it_was_worded(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.say("ahe", group, "/vote 1")
    await take_back(town, "xiaoman", group)
    assert await asked(town) == [(1, "夜间模式")]
    async with town.database.reading() as look:
        assert len((await look.exec(select(Follow))).all()) == 1, "only who voted hears of it now"


async def test_a_voice_goes_with_its_vote(town: Town) -> None:
    group = town.group()
    await joined(town, group)
    await take_back(town, "ahe", group)
    assert await voices(town) == ["希望支持深色模式"]
    assert town.public(group)[-1].buttons[0][0].label == "👍 0"


async def test_nobody_takes_back_what_is_anothers(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    town.world.press_data(town.person("yutong"), town.last(group), "takeback:1")
    await town.say("yutong", group, "/withdraw 1")
    assert await asked(town) == [(1, "夜间模式")]


async def test_an_unanswered_offer_is_filed_with_its_edited_words(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    said = await town.say("ahe", group, "建议 支援深色模式")
    await edited(town, "ahe", said, "建议 支援深色模式和浅色模式")
    town.clock.leap(13 * 3600)
    await town.knock()
    assert await asked(town) == [(1, "希望支持深色模式"), (2, "支援深色模式和浅色模式")]
    async with town.database.reading() as look:
        assert all(row.answered_at for row in await look.exec(select(Offer)))
        assert all(row.state == inbox.DONE for row in await look.exec(select(InboxRow)))
