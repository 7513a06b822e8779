"""What an update costs, as ratios against a bare aiogram bot in the same run: CPU of this process, median of rounds.

python -m benchmarks.updates
"""

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
import uvloop
from aiogram import Bot, Dispatcher, Router
from aiogram.types import Message

from tests.databases import SqliteMaker
from tests.town import Town

ROUNDS, CHATTER, COMMANDS = 7, 2_000, 100


def raw(update_id: int, chat: int, person: int, text: str) -> dict[str, object]:
    """A group message as Telegram sends it, about 500 bytes."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "from": {
                "id": person,
                "is_bot": False,
                "first_name": "小满",
                "username": "xiaoman",
                "language_code": "zh-hans",
            },
            "chat": {"id": chat, "title": "谷雨 OS 公测群", "type": "supergroup", "username": "guyu_os"},
            "date": 1_794_790_800,
            "text": text,
        },
    }


async def cpu(work: Callable[[], Awaitable[None]], count: int) -> float:
    """Microseconds of CPU for each of `count` updates, the median of several rounds."""
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        await work()
        spent.append((time.process_time() - start) / count * 1e6)
    return statistics.median(spent)


def bare() -> tuple[Dispatcher, Bot]:
    """The smallest aiogram bot: one handler that does nothing."""
    dispatcher, router = Dispatcher(), Router()

    async def handle(_: Message) -> None: ...

    router.message.register(handle)
    dispatcher.include_router(router)
    return dispatcher, Bot("42:BENCH")


async def measure(folder: Path) -> None:
    dispatcher, bot = bare()
    lines = [orjson.dumps(raw(n, -100, 7, f"今天的会议改到下午三点了，大家记得带上笔记本 {n}")) for n in range(CHATTER)]

    async def feed_bare() -> None:
        for line in lines:
            await dispatcher.feed_raw_update(bot, orjson.loads(line))

    floor = await cpu(feed_bare, CHATTER)
    maker = await asyncio.to_thread(SqliteMaker, folder)
    async with Town.open(await maker.make(folder), folder) as town:
        group = town.group()
        await town.say("xiaoman", group, "/suggest 夜间模式")
        person = town.person("xiaoman").id
        talk = [
            orjson.dumps(raw(n, group.id, person, f"今天的会议改到下午三点了，大家记得带上笔记本 {n}"))
            for n in range(CHATTER)
        ]

        async def hear_chatter() -> None:
            await town.millet.intake.accept([orjson.loads(line) for line in talk])

        chatter = await cpu(hear_chatter, CHATTER)
        numbers = iter(range(10**9))

        async def answer_commands() -> None:
            updates = [raw(10**8 * 9 + next(numbers), group.id, person, "/top") for _ in range(COMMANDS)]
            await town.millet.intake.accept(updates)
            await town.settle(120)

        command = await cpu(answer_commands, COMMANDS)
    await bot.session.close()
    print(f"{'':34}µs CPU   of bare aiogram")
    for name, value in (
        ("bare aiogram, one empty handler", floor),
        ("chatter", chatter),
        ("/top, stored and answered", command),
    ):
        print(f"{name:34}{value:6.0f}   {value / floor:8.3f}")


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        uvloop.run(measure(Path(temporary)))
