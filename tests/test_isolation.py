"""Two communities on one bot: whatever anybody does in the one has no effect on the other and shows nothing of it.

The matrix makes itself: every command, button and prompt that is registered, by five kinds of people, in the group and
in private, with the numbers and ids of the other community, and with numbers that both have.
"""

import json
from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.community import prompts
from bot.community.prompts import Asking
from bot.sandbox.model import Chat, Message
from handlers.commands import Command
from handlers.router import COMMANDS, PRESSES, PROMPTS
from storage import communities, members
from storage.database import Session
from tests.town import Town

ROLES = {"owner": "tang", "moderator": "yutong", "seed": "ahe", "member": "xiaoman", "stranger": "sam"}
CANARY = "金丝雀"
OURS = ("锁屏显示日程", "通话录音", "桌面图标变大", "电池健康", "闹钟渐强")
THEIRS = ("相册按地点整理", "耳机断连自动暂停", "天气预报推送", "深色地图", "离线翻译", "蓝牙自动重连")
FORMS = ("", "5 4", "6 planned 好")  # numbers that both communities have, and one that only the other has
AT_ONCE = 25

Row = tuple[object, ...]


async def two_communities(town: Town) -> tuple[Chat, Chat]:
    """Ours with the cast, and theirs, full of things marked with the canary."""
    ours = town.group()
    await town.settle()
    for number, text in enumerate(OURS):
        await town.say(("xiaoman", "ahe")[number % 2], ours, f"/suggest {text}")
    for key in ("bao", "lin", "qiu"):
        town.world.add_person(key, f"{CANARY}{key}", "zh-hans")
    theirs = town.group(f"{CANARY}群", "bao lin qiu")
    town.world.promote(theirs, town.person("lin"))
    await town.settle()
    for text in THEIRS:
        await town.say("qiu", theirs, f"/suggest {CANARY}{text}")
    await town.say("lin", theirs, "/vote 5")
    await town.say("qiu", theirs, f"/suggest {CANARY}{THEIRS[3]}！")
    await town.say("lin", theirs, f"/status 4 planned {CANARY}")
    await town.say("qiu", theirs, f"希望支持{CANARY}双卡")
    await town.say("qiu", theirs, f"能不能加个{CANARY}模式")
    await town.say("qiu", theirs, f"请问怎么关掉{CANARY}广告？")
    await town.say("qiu", await town.start("qiu"), "/invite")
    return ours, theirs


async def rows_of(session: Session, community_id: int) -> dict[str, set[Row]]:
    """Every row that belongs to the community, by table, however it hangs on it."""
    found: dict[str, set[Row]] = {}
    owned = {"community_id": {community_id}}
    connection = await session.connection()
    for table in SQLModel.metadata.sorted_tables:
        columns = list(table.columns.keys())
        ties = {name: ids for name, ids in owned.items() if name in columns}
        rows = [dict(row) for row in (await connection.execute(select(table))).mappings()]
        if table.name == "community":
            rows = [row for row in rows if row["id"] == community_id]
        elif ties:
            rows = [row for row in rows if any(row[name] in ids for name, ids in ties.items())]
        else:
            rows = []
        found[table.name] = {tuple(str(value) for value in row.values()) for row in rows}
        if "id" in columns and rows:
            owned[f"{table.name}_id"] = {row["id"] for row in rows}
    return found


async def snapshot(town: Town, chat: Chat) -> dict[str, set[Row]]:
    async with town.database.reading() as look:
        row = await communities.get_chat_by_external_id(look, str(chat.id))
        assert row is not None
        return await rows_of(look, row.community_id)


def foreign_ids(snapshot: dict[str, set[Row]]) -> list[int]:
    """The ids by which the other community's things are known, the most shared first, and a number only it has."""
    ids = [int(str(row[0])) for rows in snapshot.values() for row in rows if str(row[0]).isdigit()]
    return [6, *sorted(set(ids), key=lambda one: (-ids.count(one), one))[:2]]


def forms(command: Command) -> tuple[str, ...]:
    """What stands after it; the foreign number only where a command asks for words."""
    return FORMS if command.takes != "nothing" else FORMS[:2]


def presses(ids: list[int]) -> Iterable[str]:
    for press in PRESSES.values():
        for one in ids if press.takes else ids[:1]:
            yield ":".join([press.name, *[str(one)] * press.takes])
            if press.takes == 2:
                yield f"{press.name}:{one}:6"


@pytest.mark.parametrize("role", ROLES)
async def test_nothing_reaches_into_another_community(town: Town, role: str) -> None:
    ours, theirs = await two_communities(town)
    who = ROLES[role]
    private = await town.start(who)
    await town.say(who, private, "/help")
    before, said_before = await snapshot(town, theirs), len(town.sandbox.calls)
    ids = foreign_ids(before)
    acts = [
        (chat, f"/{command.name} {form}") for command in COMMANDS for form in forms(command) for chat in (ours, private)
    ]
    for number, (chat, text) in enumerate(acts):
        if chat is private or town.world.may_write(town.person(who), chat):
            town.world.say(town.person(who), chat, text)
        await _breathe(town, number)
    await town.settle()
    buttons = [(message, data) for message in (card(town, ours), town.last(private)) for data in presses(ids)]
    for number, (message, data) in enumerate(buttons):
        town.world.press_data(town.person(who), message, data)
        await _breathe(town, number)
    await town.settle()
    await answer_prompts(town, who, private, ids)
    assert await snapshot(town, theirs) == before
    told = [json.dumps(call.params, ensure_ascii=False, default=str) for call in town.sandbox.calls[said_before:]]
    assert not [call for call in told if CANARY in call]


async def answer_prompts(town: Town, who: str, private: Chat, ids: list[int]) -> None:
    """Answers to questions that were never asked so: even a row that names a foreign id opens nothing."""
    for name in PROMPTS:
        for one in ids:
            async with town.database.writing() as session:
                person = await members.get_person_by_external_id(session, str(town.person(who).id))
                assert person is not None
                await prompts.ask(session, Asking(name, (one, one), person.id or 0, None, None), town.clock.now())
            await town.say(who, private, "换个说法 5")


def card(town: Town, chat: Chat) -> Message:
    return next(message for message in town.public(chat) if message.button("vote:1"))


async def _breathe(town: Town, number: int) -> None:
    if number % AT_ONCE == AT_ONCE - 1:
        await town.settle()
        town.clock.leap(timedelta(hours=2).total_seconds())
