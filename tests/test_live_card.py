"""One live card: a hundred votes are a few edits; when many ask at once, one message stands for several cards."""

import asyncio
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from bot.app import Tempo
from bot.community.roundups import MOST_CARDS, MOST_IN_ONE
from bot.community.similar import Finder
from bot.courier import _MESSAGES, _To
from bot.sandbox.model import Chat, Message
from bot.sandbox.people import Person
from storage import outbox
from tests.databases import SqliteMaker
from tests.test_chats import forum
from tests.town import Town

PACED = Tempo(poll_seconds=20, call_seconds=5, knock_seconds=3600, paced=True)


def edits(town: Town) -> list[float]:
    """When cards were edited, in seconds since the first time."""
    at = [call.at for call in town.sandbox.calls if call.method == "editMessageText"]
    return [(moment - at[0]).total_seconds() for moment in at]


async def step(town: Town, seconds: float) -> None:
    """Let the bot deal with what was said, then move the clock on; what it must not send yet stays."""
    async with asyncio.timeout(30):
        while len(town.world.queue) or not await is_done(town):  # noqa: ASYNC110  # nothing tells of silence
            await asyncio.sleep(0.003)
    town.clock.leap(seconds)
    town.millet.courier.wake()  # it may have been reckoning with the time before


async def is_done(town: Town) -> bool:
    """Whether nothing is in hand, and all that is due rests for Telegram's limits."""
    drain, courier, now = town.millet._drain, town.millet.courier, town.clock.now()
    if drain is None or not drain.is_idle or not courier.is_idle:
        return False
    async with town.database.reading() as look:
        due = await outbox.list_due(look, now)
    return all(max(courier._resting.get(to, now) for to in (_To.of(row), _MESSAGES)) > now for row, _ in due)


async def crowded(town: Town, many: int) -> tuple[Chat, list[Person]]:
    """A group with many members, none of them new."""
    group = town.group()
    people = [town.world.add_person(f"v{n}", f"v{n}") for n in range(many)]
    for person in people:
        town.world.join(person, group)
    await step(town, 86_400)
    return group, people


async def a_card(town: Town, group: Chat) -> Message:
    town.world.say(town.person("xiaoman"), group, "/suggest 夜间模式")
    return await town.sandbox.until(
        lambda: next((message for message in town.public(group) if message.button("vote:1")), None), 30
    )


async def test_a_hundred_votes_in_a_minute_are_a_few_edits(sqlite: SqliteMaker, tmp_path: Path) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path, PACED, enforce_limits=True) as town:
        group, voters = await crowded(town, 100)
        card = await a_card(town, group)
        for voter in voters:
            town.world.press(voter, card, "vote:1")
            await step(town, 0.6)
        for _ in range(15):
            await step(town, 1)
        assert card.buttons[0][0].label == "👍 100"
        at = edits(town)
        assert 2 <= len(at) <= 6
        assert all(later - earlier >= 15 for earlier, later in pairwise(at))
        assert town.sandbox.limits.refused == 0
        assert len([message for message in town.public(group) if "夜间模式" in message.content]) == 1


async def test_the_first_edit_comes_at_once_and_the_last_state_always_arrives(
    sqlite: SqliteMaker, tmp_path: Path
) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path, PACED) as town:
        group, _ = await crowded(town, 0)
        card = await a_card(town, group)
        await step(town, 2)  # a chat is written to once a second
        for who in ("ahe", "yutong", "tang"):
            town.world.press(town.person(who), card, "vote:1")
            await step(town, 2)
        assert card.buttons[0][0].label == "👍 1"
        await step(town, 15)
        await step(town, 0)
        assert card.buttons[0][0].label == "👍 3"
        assert len(edits(town)) == 2


@pytest.fixture(autouse=True)
def nothing_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wish here is one of its own, so none is offered another instead."""

    async def none_alike(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(Finder, "find_similar", none_alike)


async def test_sixty_wishes_in_a_minute_are_all_acknowledged_within_telegrams_limits(
    sqlite: SqliteMaker, tmp_path: Path
) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path, PACED, enforce_limits=True) as town:
        group, people = await crowded(town, 60)
        before, began = len(town.public(group)), town.clock.now()
        for wish, person in enumerate(people):
            town.world.say(person, group, f"/suggest 第 {wish} 个愿望")
            await step(town, 1)
        while len(shown(group)) < 60 and (town.clock.now() - began).total_seconds() < 300:
            await step(town, 1)
        took = (town.clock.now() - began).total_seconds()
        said = len(town.public(group)) - before
        assert took <= 90, f"{said} messages, {len(edits(town))} edits, {took} s"
        assert town.sandbox.limits.refused == 0
        assert said <= MOST_CARDS + 60 // MOST_IN_ONE + 1


def shown(group: Chat) -> set[str]:
    """Numbers of the suggestions that the bot's messages show."""
    said = "\n".join(message.content for message in group.messages.values() if message.sender.is_bot)
    return set(re.findall(r"#(\d+)", said))


async def crowd(town: Town, many: int = 30) -> Chat:
    group = town.group()
    await town.settle()
    for n in range(many):
        town.world.say(town.person(("xiaoman", "ahe")[n % 2]), group, f"/suggest 第 {n} 个愿望")
    await town.settle(60)
    return group


async def test_a_round_up_stays_the_card_of_those_in_it(any_town: Town) -> None:
    town = any_town
    group = await crowd(town)
    said = town.public(group)
    counts = Counter(len(re.findall(r"#\d+", message.content)) for message in said)
    assert counts[1] >= MOST_CARDS
    roundup = next(message for message in said if len(re.findall(r"#\d+", message.content)) == MOST_IN_ONE)
    number = int(re.findall(r"#(\d+)", roundup.content)[3])
    assert sum(len(row) for row in roundup.buttons) == MOST_IN_ONE
    await town.press("yutong", roundup, f"#{number} ")
    assert f"#{number} 👍 1" in [button.label for row in roundup.buttons for button in row]
    await town.say("yutong", group, f"/decline {number} 不做")
    assert f"🚫 #{number} " in roundup.content
    assert sum(len(row) for row in roundup.buttons) == MOST_IN_ONE - 1
    assert len([message for message in town.public(group) if f"#{number} " in message.content]) == 2, "and the answer"


async def test_after_the_rush_everybody_gets_a_card_again(town: Town) -> None:
    group = await crowd(town, 10)
    town.clock.leap(61)
    await town.say("xiaoman", group, "/suggest 键盘换肤")
    assert town.public(group)[-1].content.startswith("💡 #11 键盘换肤")


async def test_each_topic_has_its_own_round_up(town: Town) -> None:
    chat = await forum(town)
    ideas, bugs = (town.world.add_topic(town.person("tang"), chat, title) for title in ("点子", "问题"))
    for n in range(MOST_CARDS + 6):
        topic = (ideas, bugs, None)[n % 3]
        town.world.say(town.person("xiaoman"), chat, f"/suggest 第 {n} 个愿望", topic=topic)
    await town.settle(60)
    said = [message for message in town.public(chat) if "#" in message.content]
    wanted = {str(n + 1): (ideas.id, bugs.id, None)[n % 3] for n in range(MOST_CARDS + 6)}
    assert {number: one.topic for one in said for number in re.findall(r"#(\d+)", one.content)} == wanted
    assert len(said) == MOST_CARDS + 3
