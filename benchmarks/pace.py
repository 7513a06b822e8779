"""How soon 500 groups have their digest under Telegram's limits, and how long who asks something waits meanwhile.

python -m benchmarks.pace                    500 communities with a group each, people asking, one of them flooding
python -m benchmarks.pace --groups 100
"""

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import uvloop

from bot.app import Tempo
from bot.sandbox.model import Chat
from storage import communities
from storage.communities import Chat as ChatRow
from storage.communities import Community
from tests.databases import SqliteMaker
from tests.town import Town

TEMPO = Tempo(poll_seconds=20, knock_seconds=3600, paced=True)
ASKS_EVERY = 0.5  # seconds between two questions, each in another group
FLOODS_EVERY = 0.1  # seconds between two of one person's in one group
LONGEST, LONGEST_WAIT = 600, 30


async def settle_in(town: Town, groups: int) -> tuple[list[Chat], list[Chat]]:
    """Groups whose digests are due, each of a community of its own, and others in which people ask."""
    now = town.clock.now()
    due, asking = [], []
    async with town.database.writing() as session:
        for number in range(groups + 20):
            chat = town.world.add_chat(f"群 {number}", owner=town.person("tang"))
            for who in ("xiaoman", "ahe"):
                town.world.join(town.person(who), chat)
            town.world.add_bot(chat, town.person("tang"), admin=True)
            is_due = number < groups
            made = Community(name=chat.title, language="zh-hans", zone="UTC", created_at=now, digest_due_at=now)
            made.digest_due_at = now + timedelta(seconds=1 if is_due else 10**6)
            community = await communities.add_community(session, made)
            row = ChatRow(community_id=community.id or 0, external_id=str(chat.id), kind="supergroup", title=chat.title)
            row.status = "administrator"
            await communities.add_chat(session, row)
            (due if is_due else asking).append(chat)
    town.world.queue.drop_all()
    await town.restart()
    return due, asking


async def ask(town: Town, groups: list[Chat], over: asyncio.Event) -> list[float]:
    """Seconds until each question was answered."""
    waits: list[asyncio.Task[float]] = []
    number = 0
    while not over.is_set():
        waits.append(asyncio.create_task(_ask_once(town, groups[1 + number % (len(groups) - 1)])))
        number += 1
        await asyncio.sleep(ASKS_EVERY)
    return await asyncio.gather(*waits)


async def _ask_once(town: Town, group: Chat) -> float:
    before, started = len(town.said(group)), time.monotonic()
    town.world.say(town.person("xiaoman"), group, "/top")
    while len(town.said(group)) == before and time.monotonic() - started < LONGEST_WAIT:  # noqa: ASYNC110  # as below
        await asyncio.sleep(0.005)
    return time.monotonic() - started


async def flood(town: Town, group: Chat, over: asyncio.Event) -> None:
    while not over.is_set():
        town.world.say(town.person("ahe"), group, "/top")
        await asyncio.sleep(FLOODS_EVERY)


async def measure(folder: Path, groups: int) -> None:
    maker = await asyncio.to_thread(SqliteMaker, folder)
    async with Town.open(await maker.make(folder), folder, TEMPO, speed=1, enforce_limits=True) as town:
        due, asking = await settle_in(town, groups)
        over = asyncio.Event()
        await asyncio.sleep(1)
        asked = asyncio.create_task(ask(town, asking, over))
        flooding = asyncio.create_task(flood(town, asking[0], over))
        started, cpu = time.monotonic(), time.process_time()
        knocking = asyncio.create_task(town.millet.timetable.knock())
        while any(not town.public(group) for group in due) and time.monotonic() - started < LONGEST:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        took, spent = time.monotonic() - started, time.process_time() - cpu
        over.set()
        await flooding
        waits = sorted(await asked)
        await knocking
        told = sum(len(town.public(group)) for group in due)
        p95 = waits[int(len(waits) * 0.95)]
        print(f"{told} digests to {len(due)} groups in {took:.1f} s ({spent:.1f} s CPU, Telegram's side included)")
        shown = f"median {statistics.median(waits):.2f} s, p95 {p95:.2f} s, longest {waits[-1]:.2f} s"
        print(f"{len(waits)} answers meanwhile: {shown}")
        print(f"refused by Telegram for going too fast: {town.sandbox.limits.refused}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, default=500)
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        uvloop.run(measure(Path(temporary), parser.parse_args().groups))
