"""Votes of who has just come are kept and count later; many at once are shown to the team; outsiders have none."""

from datetime import timedelta

from bot.sandbox.model import Chat, Message
from storage import votes
from tests.town import Town


async def count(town: Town) -> int:
    async with town.database.reading() as look:
        return await votes.count_voters(look, [1])


async def a_card(town: Town) -> Message:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    return town.public(group)[-1]


async def newcomers(town: Town, chat: Chat, many: int) -> list[str]:
    keys = [f"new{n}" for n in range(many)]
    for key in keys:
        town.world.join(town.world.add_person(key, key), chat)
    await town.settle()
    return keys


async def test_a_newcomers_vote_is_kept_and_counts_when_its_time_has_come(any_town: Town) -> None:
    town, card = any_town, await a_card(any_town)
    await newcomers(town, card.chat, 2)
    town.clock.leap(3_600)
    toast = await town.press("new0", card, "👍")
    assert "23" in toast, "hours that are left"
    assert "/mute 1" in toast
    await town.say("new1", card.chat, "/vote 1")
    assert "23" in town.last(card.chat).content, "a whisper says so"
    assert await count(town) == 0
    assert card.buttons[0][0].label == "👍 0"
    town.world.leave(town.person("new1"), card.chat)
    town.clock.leap(timedelta(hours=23).total_seconds() - 1)
    await town.knock()
    assert await count(town) == 0
    town.clock.leap(2)
    await town.knock()
    assert await count(town) == 1, "who has left has no vote"
    assert card.buttons[0][0].label == "👍 1"
    town.world.join(town.person("new1"), card.chat)
    await town.settle()
    await town.knock()
    assert card.buttons[0][0].label == "👍 2", "until they come back"


async def test_a_kept_vote_can_be_taken_back_and_a_community_may_count_at_once(town: Town) -> None:
    card = await a_card(town)
    await newcomers(town, card.chat, 2)
    await town.press("new0", card, "👍")
    await town.press("new0", card, "👍")
    town.clock.leap(90_000)
    await town.knock()
    assert await count(town) == 0
    await town.say("tang", card.chat, "/settings vote_wait_hours 0")
    await newcomers(town, card.chat, 0)
    town.world.join(town.world.add_person("late", "late"), card.chat)
    await town.settle()
    await town.press("late", card, "👍")
    assert await count(town) == 1


async def test_a_burst_of_newcomers_is_shown_to_the_team_once(town: Town) -> None:
    card = await a_card(town)
    team = town.group("团队", "tang yutong")
    await town.settle()
    await town.press("tang", town.last(team), "谷雨")
    await town.press("tang", town.last(team), "团队")
    for n, key in enumerate(await newcomers(town, card.chat, 50)):
        town.world.press(town.person(key), card, "vote:1")
        if n % 10 == 9:
            await town.settle()
            town.clock.leap(60)
    flags = [text for text in town.texts(team) if "10 位刚进群的人" in text]
    assert len(flags) == 1
    assert "#1" in flags[0]
    assert "夜间模式" in flags[0]
    assert await count(town) == 0


async def test_two_hundred_outsiders_have_no_vote(town: Town) -> None:
    card = await a_card(town)
    for n in range(200):
        town.world.press_data(town.world.add_person(f"out{n}", f"out{n}"), card, "vote:1")
    await town.settle(60)
    assert await count(town) == 0
    async with town.database.reading() as look:
        assert await votes.list_with_due(look, town.clock.now() + timedelta(days=9)) == []


async def test_who_left_votes_neither_privately_nor_with_words_from_before(town: Town) -> None:
    card = await a_card(town)
    await town.say("ahe", card.chat, "/suggest 夜间模式！")
    private = await town.start("ahe")
    town.world.leave(town.person("ahe"), card.chat)
    await town.settle()
    await town.say("ahe", private, "/vote 1")
    assert await count(town) == 0
    assert "#1" not in town.last(private).content
