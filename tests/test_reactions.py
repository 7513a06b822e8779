"""Reactions as votes: on the card and on the source, by people only; those to anything else cost next to nothing."""

import re
from pathlib import Path
from typing import Any

import pytest

import handlers
from bot.ears import Ears
from bot.marks import Marks
from bot.sandbox.model import Message
from bot.sandbox.reactions import known_reaction
from bot.texts.say import React
from handlers.commands import CommandTable
from handlers.gate import Gate
from handlers.overhearing import Overhearing
from handlers.reactions import VOTING
from handlers.router import COMMANDS
from storage import votes
from tests.town import Town


async def count(town: Town, suggestion: int = 1) -> int:
    async with town.database.reading() as look:
        return await votes.count_voters(look, [suggestion])


async def react(town: Town, who: str, message: Message, emoji: str | None) -> None:
    town.world.react(town.person(who), message, emoji)
    await town.settle()


async def asked(town: Town) -> tuple[Message, Message]:
    """What 小满 said in the group, and the card that came of it."""
    group = town.group()
    source = await town.say("xiaoman", group, "/suggest 夜间模式")
    return source, town.public(group)[-1]


async def test_a_reaction_to_card_or_source_is_a_vote_and_the_last_one_taken_away_ends_it(any_town: Town) -> None:
    source, card = await asked(any_town)
    await react(any_town, "ahe", source, "❤")
    await react(any_town, "ahe", card, "🔥")
    assert await count(any_town) == 1
    assert card.buttons[0][0].label == "👍 1"
    await react(any_town, "ahe", source, None)
    assert await count(any_town) == 1, "the card still has one"
    await react(any_town, "ahe", card, "🎉")
    assert await count(any_town) == 0, "a reaction that is no vote took its place"
    assert card.buttons[0][0].label == "👍 0"


async def test_what_the_reaction_did_not_make_it_does_not_take_back(town: Town) -> None:
    source, card = await asked(town)
    await town.press("ahe", card, "👍")
    await react(town, "ahe", source, "👍")
    await react(town, "ahe", source, None)
    assert await count(town) == 1
    await react(town, "ahe", source, "👍")
    await town.press("ahe", card, "👍")
    assert await count(town) == 0, "the button takes the vote back, whatever held it"
    await react(town, "ahe", source, None)
    assert await count(town) == 0


async def test_the_heart_counts_with_its_variation_selector_too(town: Town) -> None:
    source, _ = await asked(town)
    heart = [{"type": "emoji", "emoji": "❤\ufe0f"}]
    town.sandbox.inject({"message_reaction": update(source, town.person("ahe").id, heart)})
    await town.settle()
    assert await count(town) == 1


def update(message: Message, person: int, new: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "chat": {"id": message.chat.id, "type": "supergroup", "title": message.chat.title},
        "message_id": message.id,
        "date": 1_700_000_000,
        "user": {"id": person, "is_bot": False, "first_name": "阿禾", "language_code": "zh-hans"},
        "old_reaction": [],
        "new_reaction": new,
    }


async def test_who_has_no_face_no_place_or_asked_themselves_has_no_vote(town: Town) -> None:
    source, card = await asked(town)
    thumb = [{"type": "emoji", "emoji": "👍"}]
    await react(town, "xiaoman", source, "👍")
    await react(town, "xiaoman", card, "👍")
    town.sandbox.inject({"message_reaction": update(card, town.person("sam").id, thumb)})
    channel = update(card, 1, thumb)
    del channel["user"]
    channel["actor_chat"] = {"id": -1001, "type": "channel", "title": "a channel"}
    town.sandbox.inject({"message_reaction": channel})
    town.world.promote(card.chat, town.person("yutong"), anonymous=True)
    await react(town, "yutong", card, "👍")
    await react(town, "tang", card, "🤔")
    assert await count(town) == 0
    assert len(town.said(card.chat)) == 2, "and nobody is told anything"


async def test_what_is_settled_takes_no_votes_and_a_reaction_elsewhere_is_none(town: Town) -> None:
    source, card = await asked(town)
    stranger = town.group("别的群", "sam tang")
    await react(town, "sam", await town.say("sam", stranger, "hello"), "👍")
    await react(town, "ahe", await town.say("tang", card.chat, "大家好"), "👍")
    await town.say("yutong", card.chat, "/decline 1 不做")
    await react(town, "ahe", source, "👍")
    assert await count(town) == 0


async def test_a_captured_wish_is_voted_for_where_it_was_said(town: Town) -> None:
    group = town.group()
    wish = await town.say("ahe", group, "要是锁屏上能看到日程就好了")
    await town.say("yutong", group, "/suggest", reply_to=wish)
    await react(town, "xiaoman", wish, "👍")
    assert await count(town) == 1


async def test_votes_survive_restarts_and_moves_and_reactions_are_still_heard(any_town: Town) -> None:
    town = any_town
    group = town.world.add_chat("谷雨 OS", kind="group", owner=town.person("tang"))
    for who in ("xiaoman", "ahe"):
        town.world.join(town.person(who), group)
    town.world.add_bot(group, town.person("tang"), admin=True)
    town.clock.leap(86_400)  # nobody is new any more
    source = await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.restart()
    await react(town, "ahe", source, "👍")
    assert await count(town) == 1
    new = town.world.migrate_to_supergroup(group)
    await town.settle()
    await town.say("tang", new, "/vote 1")
    card = town.public(new)[-1]
    await react(town, "ahe", card, "🔥")
    await react(town, "ahe", card, None)
    assert await count(town) == 2, "what the old message's reaction holds up is not taken back by the new card's"


async def test_the_first_vote_by_reaction_says_once_and_to_the_voter_alone_how_to_mute(town: Town) -> None:
    source, card = await asked(town)
    public = len(town.public(card.chat))
    await react(town, "ahe", source, "👍")
    assert "/mute 1" in town.last(card.chat).content
    assert len(town.public(card.chat)) == public
    said = len(town.said(card.chat))
    await react(town, "ahe", source, None)
    await react(town, "ahe", source, "👍")
    assert len(town.said(card.chat)) == said


async def test_where_a_reaction_is_not_allowed_nothing_breaks(town: Town) -> None:
    group = town.group()
    await town.settle()
    town.sandbox.faults.add("400", method="setMessageReaction", description="Bad Request: REACTION_INVALID")
    await town.say("xiaoman", group, "/suggest 夜间模式")
    assert "夜间模式" in town.last(group).content


def test_every_emoji_the_bot_reacts_with_is_one_that_telegram_takes() -> None:
    code = "".join(path.read_text() for path in [*Path(handlers.__path__[0]).glob("*.py"), Path("bot/here.py")])
    noted = re.findall(r'NOTED = "(.+)"', code)
    used = {*re.findall(r'React\("(.+?)"\)', code), *noted, React().emoji, *VOTING}
    assert len(used) > 4
    assert noted
    assert not [emoji for emoji in used if known_reaction(emoji) != emoji]


GROUP = {"id": -100500, "type": "supergroup", "title": "g"}


@pytest.fixture
def gate() -> Gate:
    table = CommandTable(COMMANDS, "millet_bot")
    return Gate(table, 42, Marks(), Ears(table.words), Overhearing())


def reaction(message: int, **more: object) -> dict[str, Any]:
    return {"message_reaction": {"chat": GROUP, "message_id": message, "user": {"id": 7}, **more}}


def test_reactions_to_other_talk_are_turned_away_at_the_gate(gate: Gate) -> None:
    gate.meet([str(GROUP["id"])])
    assert gate.concerns_us({"message": {"chat": GROUP, "message_id": 5, "text": "/suggest x"}})
    reply = {"message_id": 3, "from": {"id": 7}}
    assert gate.concerns_us({"message": {"chat": GROUP, "message_id": 6, "text": "建议", "reply_to_message": reply}})
    assert not gate.concerns_us({"message": {"chat": GROUP, "message_id": 7, "text": "早"}})
    assert [message for message in range(1, 10) if gate.concerns_us(reaction(message))] == [3, 5, 6]


@pytest.mark.parametrize("odd", [None, [], "x", {}, {"chat": None, "user": {}}, {"user": {}, "chat": {"id": []}}])
def test_odd_reactions_are_turned_away(gate: Gate, odd: object) -> None:
    assert not gate.concerns_us({"message_reaction": odd})


def test_marks_miss_nothing_and_are_seldom_wrong() -> None:
    marks = Marks()
    known = [(-100_000 - chat, message) for chat in range(100) for message in range(0, 2000, 2)]
    for chat, message in known:
        marks.add(chat, message)
    assert all(marks.may_hold(str(chat), str(message)) for chat, message in known)
    wrong = sum(marks.may_hold(chat, message + 1) for chat, message in known)
    assert wrong < len(known) / 50
