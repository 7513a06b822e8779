"""Who is of two communities does in private what each button was made for, and reads which one a list is about."""

from datetime import timedelta

from sqlmodel import select

from bot.community import gifts
from bot.sandbox.model import Chat, Message
from storage import settings as setting_rows
from storage import waiting
from storage.grants import Grant
from storage.invitations import Invitation
from storage.members import get_person_by_external_id
from storage.questions import Question
from storage.suggestions import Suggestion
from storage.wishes import Wish
from tests.town import Town

DAY = timedelta(days=1).total_seconds()


async def a_team_of_two(town: Town) -> tuple[Chat, Chat]:
    """Two groups that the bot cannot whisper in, moderated by Yutong, who gets their lists privately."""
    town.world.privacy = False
    groups = []
    for title, owner in TITLES:
        groups.append(town.group(title, f"{owner} yutong ahe xiaoman", admin=False))
        await town.settle()
    await town.start("yutong")
    for group in groups:
        await town.say("xiaoman", group, f"/suggest 锁屏显示{group.title}日程")
        await town.say("yutong", group, "/status 1 planned")
    return groups[0], groups[1]


TITLES = (("谷雨", "tang"), ("白露", "sam"))


async def speaks_of(town: Town, group: Chat, who: str = "yutong") -> None:
    """From now on the private words of Yutong, or somebody else, are about that group's community."""
    town.clock.leap(3600)
    await town.say(who, group, "/top")


def lists(town: Town, words: str) -> list[Message]:
    return [message for message in town.said(town.private("yutong")) if words in message.content]


async def suggested_in(town: Town) -> dict[str, int]:
    async with town.database.reading() as look:
        return {one.text: one.community_id for one in await look.exec(select(Suggestion).where(Suggestion.number > 1))}


async def test_the_teams_private_lists_act_where_they_were_made(town: Town) -> None:
    first, second = await a_team_of_two(town)
    for group in (first, second):
        await town.say("ahe", group, f"希望支持{group.title}双卡")
        await town.say("ahe", group, f"请问怎么关掉{group.title}广告？")
    town.clock.leap(2 * DAY)
    await town.knock()
    for group in (first, second):
        [wishes] = lists(town, f"希望支持{group.title}双卡")
        [questions] = lists(town, f"请问怎么关掉{group.title}广告")
        for said in (wishes, questions):
            assert said.content.startswith(group.title), "it says which community it is about"
    for group, other in ((first, second), (second, first)):
        await speaks_of(town, other)
        [wishes] = lists(town, f"希望支持{group.title}双卡")
        [questions] = lists(town, f"请问怎么关掉{group.title}广告")
        await town.press("yutong", wishes, "✍️ 1")
        await town.press("yutong", questions, "✓ 1")
        assert wishes.content.startswith(group.title)
        assert questions.content.startswith(group.title)
    assert await suggested_in(town) == {"希望支持谷雨双卡": 1, "希望支持白露双卡": 2}
    async with town.database.reading() as look:
        assert {one.state for one in await look.exec(select(Wish))} == {"noted"}
        assert {one.state for one in await look.exec(select(Question))} == {"dismissed"}


async def test_plain_words_keep_to_the_limits_of_the_chosen_community(town: Town) -> None:
    first, second = await a_team_of_two(town)
    await town.start("ahe")
    async with town.database.writing() as session:
        await setting_rows.set_setting(session, 2, "longest_suggestion", "20")
    for group in (first, second):
        await town.say("ahe", group, "/top")
    await town.say("ahe", town.private("ahe"), "想要一个可以自己改颜色的桌面小时钟，越大越好")
    asked = town.last(town.private("ahe"))
    assert [first.title in row[0].label for row in asked.buttons] == [True, False], "the other takes no such length"
    await town.say("ahe", town.private("ahe"), "夜间模式")
    both = town.last(town.private("ahe"))
    async with town.database.writing() as session:
        await setting_rows.set_setting(session, 1, "daily_suggestions", "1")
    await town.press("ahe", asked, first.title)
    assert len(await suggested_in(town)) == 1
    assert "1" in await town.press("ahe", both, first.title), "one a day is the most there"
    await town.press("ahe", both, second.title)
    assert await suggested_in(town) == {"想要一个可以自己改颜色的桌面小时钟，越大越好": 1, "夜间模式": 2}


async def test_codes_are_given_where_they_were_asked_for(town: Town) -> None:
    """A round is previewed, and somebody who waits is shown, in the one; then one speaks in the other, and presses."""
    first = town.group("谷雨", "tang ahe")
    await town.settle()
    second = town.group("白露", "tang ahe")
    await town.settle()
    for who, group in (("tang", first), ("ahe", first), ("tang", second), ("ahe", second)):
        await town.say(who, group, "/top")
    async with town.database.writing() as session:
        ahe, tang = [await get_person_by_external_id(session, str(town.person(who).id)) for who in ("ahe", "tang")]
        assert ahe
        assert tang
        for community_id in (1, 2):
            await gifts.give(session, community_id, ahe.id or 0, 1, tang.id or 0, town.clock.now())
        await waiting.add_waiting(session, 1, tang.id or 0, town.clock.now())
    for who, said in (("tang", "/round 2"), ("ahe", "/sponsor")):
        await town.start(who)
        await speaks_of(town, first, who)
        await town.say(who, town.private(who), said)
        shown = town.last(town.private(who))
        await speaks_of(town, second, who)
        await town.press(who, shown, shown.buttons[0][0].label)
    async with town.database.reading() as look:
        assert {one.community_id for one in await look.exec(select(Grant))} == {1}
        kept = {one.community_id: one.kept_for_id for one in await look.exec(select(Invitation))}
    assert kept == {1: tang.id, 2: None}
