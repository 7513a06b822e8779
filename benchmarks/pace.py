"""How soon 500 groups have their digest under Telegram's limits, and how long who asks something waits meanwhile.

python -m benchmarks.pace                    500 communities with a week to tell of and a group each
python -m benchmarks.pace --quiet            the same, and nothing has happened in any of them
python -m benchmarks.pace --latency 30       milliseconds that a call to Telegram takes, there and back
python -m benchmarks.pace --groups 100
python -m benchmarks.pace --speed 0.25       all clocks at a quarter: for a machine that is mostly taken by others

The bot is a process of its own, at its usual pace; this one plays Telegram, which enforces its limits, and the
people: every half second somebody asks for the list in one of 19 further groups, and one person asks for it ten times
a second in a twentieth. Counted are the seconds from the knock at which all digests are due until the last of them
has arrived at Telegram, and the bot's own CPU time in between; for each question, the seconds until its answer has
arrived; and the calls that Telegram refused. Drawing up the issues, their pictures and all of the road out are in it.
The drafts were shown to the teams hours ago.
"""

import argparse
import asyncio
import gc
import logging
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

from benchmarks import weeks
from bot.app import Millet, Tempo
from bot.clock import SteerableClock
from bot.sandbox.model import Chat
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Change
from bot.settings import load_settings
from storage.database import Database
from tests.databases import SqliteMaker
from tests.test_intake import environment

TEMPO = Tempo(knock_seconds=3600)  # it knocks when it is told to
ASKING = 20
ASKS_EVERY = 0.5  # seconds between two questions, each in another group
FLOODS_EVERY = 0.1  # seconds between two of one person's in one group
LONGEST, LONGEST_WAIT = 600, 30


def run(environ: Mapping[str, str], ours: Connection) -> None:
    """The bot: knocks at the moment it is told, and says what CPU time it has taken since at the next word."""
    os.environ.clear()
    os.environ.update(environ)
    logging.disable(logging.WARNING)
    gc.freeze()  # as the bot does when it starts
    uvloop.run(_live(ours))


async def _live(ours: Connection) -> None:
    millet = Millet(load_settings(), SteerableClock(*ours.recv()), TEMPO)
    await millet.start()
    await millet.timetable.knock()  # what there is to do for new communities, hours before
    ours.send(None)
    millet.clock.leap(to=await asyncio.to_thread(ours.recv))
    before = time.process_time()
    knocking = asyncio.create_task(millet.timetable.knock())
    await asyncio.to_thread(ours.recv)
    ours.send(time.process_time() - before)
    await knocking
    await millet.stop()


@dataclass
class Watch:
    """What arrives at Telegram, and when."""

    sandbox: Sandbox
    clock: SteerableClock
    due: set[int]
    reached: dict[int, float] = field(default_factory=dict)  # when its issue came, by chat
    asked: dict[int, float] = field(default_factory=dict)  # when a question was asked that is open, by chat
    waits: list[float] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> float:
        return self.clock.now().timestamp()

    def note(self, change: Change) -> None:
        """A call was made."""
        if change.kind != "call" or not self.sandbox.calls:
            return
        call, now = self.sandbox.calls[-1], self.now()
        if not call.ok or not call.method.startswith("send"):
            return
        chat = int(str(call.params["chat_id"]))
        if chat in self.asked:
            self.waits.append(now - self.asked.pop(chat))
        if chat in self.due and weeks.RITUAL in str(call.params.get("caption") or call.params.get("text")):
            self.reached.setdefault(chat, now)
            if len(self.reached) == len(self.due):
                self.done.set()


async def ask(watch: Watch, groups: list[Chat]) -> None:
    """One after the other asks, each in another group, and not again before they have an answer."""
    number, world = 0, watch.sandbox.world
    while True:
        group = groups[number % len(groups)]
        if group.id not in watch.asked:
            watch.asked[group.id] = watch.now()
            world.say(world.people["xiaoman"], group, "/top")
        number += 1
        await watch.clock.sleep(ASKS_EVERY)


async def flood(watch: Watch, group: Chat) -> None:
    world = watch.sandbox.world
    while True:
        world.say(world.people["ahe"], group, "/top")
        await watch.clock.sleep(FLOODS_EVERY)


def found(sandbox: Sandbox, number: int) -> Chat:
    """A group with two people and the bot in it."""
    world = sandbox.world
    tang = world.people["tang"]
    chat = world.add_chat(f"群 {number}", owner=tang)
    for who in ("xiaoman", "ahe"):
        world.join(world.people[who], chat)
    world.add_bot(chat, tang, admin=True)
    return chat


async def settle_in(database: Database, due: list[Chat], asking: list[Chat], now: datetime, *, quiet: bool) -> None:
    """A community for each group; the digests of the first ones are due in an hour."""
    minute = now.replace(second=0, microsecond=0) + timedelta(hours=1)
    async with database.writing() as session:
        people = await weeks.add_people(session, now)
        for chat in due:
            community = await weeks.add_community(session, chat, minute, now)
            if not quiet:
                await weeks.live_a_week(session, community, people, now)
        for chat in asking:
            await weeks.add_community(session, chat, minute + weeks.DAY, now)


async def measure(folder: Path, groups: int, latency: float, speed: float, *, quiet: bool) -> None:
    maker = await asyncio.to_thread(SqliteMaker, folder)
    url = await maker.make(folder)
    clock = SteerableClock(datetime.now(UTC), speed)
    sandbox = Sandbox(clock.now, enforce_limits=True, latency=latency / 1000 / speed)
    await sandbox.start()
    due = [found(sandbox, number) for number in range(groups)]
    asking = [found(sandbox, groups + number) for number in range(ASKING)]
    database = Database(url)
    await settle_in(database, due, asking, clock.now(), quiet=quiet)
    await database.close()
    sandbox.world.queue.drop_all()
    theirs, ours = multiprocessing.Pipe()
    env = environment(sandbox, folder, DATABASE_URL=url)
    bot = multiprocessing.get_context("spawn").Process(target=run, args=(env, ours), daemon=True)
    bot.start()
    theirs.send((clock.now(), speed))
    await asyncio.to_thread(theirs.recv)
    watch = Watch(sandbox, clock, {chat.id for chat in due})
    sandbox.world.listeners.append(watch.note)
    clock.leap(3600)
    started = watch.now()
    theirs.send(clock.now())
    people = [asyncio.create_task(ask(watch, asking[1:])), asyncio.create_task(flood(watch, asking[0]))]
    async with asyncio.timeout(LONGEST):
        await watch.done.wait()
    theirs.send("done")
    spent = await asyncio.to_thread(theirs.recv)
    for task in people:
        task.cancel()
    tell(watch, started, spent)
    await asyncio.to_thread(bot.join, LONGEST_WAIT)
    await sandbox.stop()


def tell(watch: Watch, started: float, spent: float) -> None:
    came = sorted(moment - started for moment in watch.reached.values())
    waits = sorted([*watch.waits, *(watch.now() - asked for asked in watch.asked.values())])
    p95 = waits[int(len(waits) * 0.95)]
    half = statistics.median(came)
    shown = f"the first after {came[0]:.1f} s, half after {half:.1f} s, the last after {came[-1]:.1f} s"
    print(f"{len(came)} digests: {shown}")
    print(f"CPU of the bot: {spent:.1f} s, {spent / len(came) * 1000:.0f} ms a digest, everything included")
    shown = f"median {statistics.median(waits):.2f} s, p95 {p95:.2f} s, longest {waits[-1]:.2f} s"
    print(f"{len(waits)} answers meanwhile: {shown}")
    print(f"refused by Telegram for going too fast: {watch.sandbox.limits.refused}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--speed", type=float, default=1)
    parser.add_argument("--quiet", action="store_true")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as temporary:
        uvloop.run(measure(Path(temporary), given.groups, given.latency, given.speed, quiet=given.quiet))
