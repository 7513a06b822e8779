"""At a quiet hour likely duplicates are proposed to the team, a few a day, and never again once kept apart."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.community import triage
from bot.community.proposals import MOST_A_DAY, next_quiet_hour
from bot.community.triage import Decision
from bot.sandbox.model import Chat, Message
from storage import suggestions
from storage.communities import Community
from storage.judgements import Judgement
from tests.town import Town

PAIRS = [
    ("希望支持深色模式", "夜間請給一個深色模式"),
    ("希望可以屏蔽陌生来电", "please block calls from unknown numbers"),
    ("相册可以批量删除照片", "相簿希望能夠批次刪除照片"),
    ("聊天记录导出成文件", "匯出聊天記錄"),
]
UNLIKE = [("消息定时发送", "消息自动翻译"), ("键盘换肤", "键盘震动可以关掉")]


async def a_team(town: Town) -> tuple[Chat, Chat]:
    """A group, and the team's room of the same community."""
    group = town.group()
    await town.settle()
    room = town.group("团队", "tang yutong")
    await town.settle()
    welcome = town.last(room)
    await town.press("tang", welcome, "谷雨 OS 公测群")
    await town.press("tang", welcome, "团队")
    return group, room


async def ask_twice(town: Town, group: Chat, pairs: list[tuple[str, str]]) -> None:
    """Both are suggested, the second by somebody who does not answer what is offered."""
    for first, second in pairs:
        await town.say("xiaoman", group, f"/suggest {first}")
        await town.say("ahe", group, f"/suggest {second}")
    town.clock.leap(timedelta(hours=12, minutes=5).total_seconds())
    await town.knock()


async def a_night(town: Town) -> None:
    town.clock.leap(timedelta(hours=24).total_seconds())
    await town.knock()


def proposed(town: Town, room: Chat) -> list[Message]:
    return [
        message for message in town.public(room) if any("merge:" in str(b.data) for row in message.buttons for b in row)
    ]


@pytest.mark.parametrize(
    ("zone", "now", "quiet"),
    [
        ("Asia/Shanghai", datetime(2026, 11, 16, 1, tzinfo=UTC), datetime(2026, 11, 16, 20, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 11, 16, 20, tzinfo=UTC), datetime(2026, 11, 17, 20, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)),
    ],
)
def test_the_quiet_hour_is_the_communitys(zone: str, now: datetime, quiet: datetime) -> None:
    community = Community(name="c", language="en", zone=zone, digest_due_at=now, created_at=now)
    assert next_quiet_hour(community, now) == quiet


async def test_a_few_a_day_both_texts_who_asked_and_two_buttons(any_town: Town) -> None:
    town = any_town
    group, room = await a_team(town)
    await ask_twice(town, group, PAIRS)
    assert proposed(town, room) == []
    await a_night(town)
    first = proposed(town, room)
    assert len(first) == MOST_A_DAY
    await a_night(town)
    cards = proposed(town, room)
    assert len(cards) == len(PAIRS), "what was left over comes the next night, and nothing twice"
    dark = next(card for card in cards if "深色" in card.content)
    assert all(words in dark.content for words in (*PAIRS[0], "小满", "阿禾", "👍 0"))
    merge, differ = [button.data or "" for button in dark.buttons[0]]
    assert (merge.split(":")[0], differ.split(":")[0]) == ("merge", "differ")
    named = await numbers(town, [int(i) for i in merge.split(":")[1:]])
    assert all(f"#{number} " in dark.content for number in named)
    await a_night(town)
    assert len(proposed(town, room)) == len(PAIRS)


async def numbers(town: Town, ids: list[int]) -> list[int]:
    async with town.database.reading() as look:
        return [one.number for one in await suggestions.list_suggestions(look, 1, ids)]


async def test_kept_apart_by_the_team_for_good(town: Town) -> None:
    group, room = await a_team(town)
    await ask_twice(town, group, PAIRS[:1])
    await a_night(town)
    (card,) = proposed(town, room)
    town.world.join(town.person("sam"), room)
    await town.settle()
    await town.press("sam", card, "不是一回事")
    assert card.buttons, "who is not of the team decides nothing"
    await town.press("tang", card, "不是一回事")
    assert not card.buttons
    assert "各归各" in card.content
    async with town.database.writing() as session:
        (row,) = list(await session.exec(select(Judgement)))
        assert (row.is_same, row.judged_by_id is not None) == (False, True)
    await a_night(town)
    assert proposed(town, room) == []


async def test_what_an_author_called_different_or_is_decided_is_not_proposed(town: Town) -> None:
    group, room = await a_team(town)
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "/suggest 支援深色模式")
    offer = town.last(group)
    await town.press("ahe", offer, offer.buttons[-1][0].label)
    await ask_twice(town, group, PAIRS[1:2])
    async with town.database.writing() as session:
        await triage.decide(session, 1, 3, Decision("planned", "", 1), town.clock.now())
    await a_night(town)
    assert proposed(town, room) == []


async def test_without_a_teams_room_nobody_is_troubled(town: Town) -> None:
    group = town.group()
    await ask_twice(town, group, PAIRS[:1])
    before = len(town.texts(group))
    await a_night(town)
    assert len(town.texts(group)) == before


async def test_a_card_that_was_overtaken_says_so(town: Town) -> None:
    group, room = await a_team(town)
    await ask_twice(town, group, PAIRS[:3])
    await a_night(town)
    cards = {pair: next(card for card in proposed(town, room) if pair[0] in card.content) for pair in PAIRS[:3]}
    dark, calls, photos = cards.values()
    pressed = {card: [button.data or "" for button in card.buttons[0]] for card in cards.values()}
    await town.press("yutong", dark, "并入")
    await town.press("yutong", town.last(room), "合并")
    await town.say("yutong", room, f"/decline {number_of(calls, PAIRS[1][1])} 做不到")
    await town.say("xiaoman", group, f"/withdraw {number_of(photos, PAIRS[2][0])}")
    await town.press("xiaoman", town.last(group), "收回")
    for card, words in ((dark, "合并"), (calls, "暂不做"), (photos, "收回")):
        assert words in card.content
        assert not card.buttons
        for data in pressed[card]:
            answer = town.world.press_data(town.person("yutong"), card, data)
            await town.settle()
            assert answer.answer is not None
            assert answer.answer.text, "it says why not"
    async with town.database.reading() as look:
        assert [row.is_same for row in await look.exec(select(Judgement).order_by(col(Judgement.id)))].count(False) == 0


def number_of(card: Message, words: str) -> int:
    """The number of one of the two that a card shows."""
    line = next(line for line in card.content.splitlines() if words in line)
    return int(line.split()[0].lstrip("#"))


async def test_what_only_sounds_alike_is_not_proposed(town: Town) -> None:
    group, room = await a_team(town)
    await ask_twice(town, group, UNLIKE)
    await a_night(town)
    assert proposed(town, room) == []
