"""Votes: one person, one vote, none for one's own, none from outside, one live card."""

from bot.sandbox.model import Message
from storage import votes
from tests.town import Town


async def a_card(town: Town) -> Message:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    return town.last(group)


async def count(town: Town) -> int:
    async with town.database.reading() as look:
        return await votes.count_voters(look, [1])


async def test_a_vote_counts_once_whatever_the_door(any_town: Town) -> None:
    card = await a_card(any_town)
    await any_town.press("ahe", card, "👍")
    assert await count(any_town) == 1
    await any_town.say("ahe", card.chat, "/vote 1")
    await any_town.say("ahe", card.chat, "顶 1")
    await any_town.say("ahe", card.chat, "頂1")
    assert await count(any_town) == 1
    assert card.buttons[0][0].label == "👍 1"


async def test_pressing_again_takes_the_vote_back(town: Town) -> None:
    card = await a_card(town)
    first = await town.press("ahe", card, "👍")
    second = await town.press("ahe", card, "👍")
    assert first
    assert second
    assert first != second
    assert await count(town) == 0


async def test_no_vote_for_ones_own_and_none_from_outside(town: Town) -> None:
    card = await a_card(town)
    assert await town.press("xiaoman", card, "👍")
    assert await town.press("sam", card, "👍")
    assert await count(town) == 0
    town.world.join(town.person("sam"), card.chat)
    await town.settle()
    await town.press("sam", card, "👍")
    assert await count(town) == 0, "a newcomer's vote waits"
    town.clock.leap(86_400)
    await town.knock()
    assert await count(town) == 1
    town.world.leave(town.person("sam"), card.chat)
    await town.settle()
    await town.press("sam", card, "👍")
    assert await count(town) == 1


async def test_the_card_is_edited_and_never_posted_again(town: Town) -> None:
    card = await a_card(town)
    before = len(town.texts(card.chat))
    for who in ("ahe", "yutong", "tang"):
        await town.press(who, card, "👍")
    assert card.buttons[0][0].label == "👍 3"
    assert len(town.texts(card.chat)) == before


async def test_a_wrong_number_gets_an_answer(town: Town) -> None:
    card = await a_card(town)
    for words in ("", "x", "0", "-3", "99", "1" * 40, "#", "１２３４５６７８９０１"):
        said = len(town.texts(card.chat))
        await town.say("ahe", card.chat, f"/vote {words}")
        assert len(town.texts(card.chat)) == said + 1, words
        assert await count(town) == 0, words
        town.clock.leap(60)  # so that it is no flood


async def test_forged_buttons_change_nothing_and_are_answered(town: Town) -> None:
    card = await a_card(town)
    stranger = town.group("别的群", "sam")
    await town.say("sam", stranger, "/suggest night mode")
    theirs = town.last(stranger)
    for data in (
        "vote:2",
        "vote:",
        "vote:x",
        "vote:-1",
        "vote:1:1",
        "vote:99999999999",
        "join:1:1",
        "new:1",
        "role:0",
        "role:9",
        "language:9",
        "belongs:1",
        "repost:1",
        "arrived:1",
        "nothing",
        ":",
        "vote:١",
    ):
        pressed = town.world.press_data(town.person("sam"), theirs, data)
        await town.settle()
        assert pressed.answer is not None, data
    assert await count(town) == 0
    assert card.buttons[0][0].label == "👍 0"
