"""All of it without an account: the real bot on a loopback Telegram, a week of a community, a chat page to look at."""

import asyncio
import logging
import signal
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from pydantic import SecretStr

from bot.app import Millet, Tempo
from bot.clock import SteerableClock
from bot.demo.snowball import roll
from bot.demo.stage import Stage
from bot.demo.story import tell
from bot.sandbox.server import Sandbox
from bot.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
TEMPO = Tempo(poll_seconds=10, knock_seconds=0.7)
log = logging.getLogger(__name__)


async def run(port: int, seconds: float, *, skip: bool, snowball: bool = False) -> None:
    """Play the week until Ctrl-C, from the beginning each time the visitor asks for it again."""
    ended = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    again = True
    while again and not ended.is_set():
        again = await _play(port, seconds, ended, skip=skip, snowball=snowball)
        skip = snowball = False


async def _play(port: int, seconds: float, ended: asyncio.Event, *, skip: bool, snowball: bool) -> bool:
    """One showing; True when it is to be shown again."""
    clock = SteerableClock(_monday_morning(), speed=1)
    sandbox = Sandbox(clock=clock.now, enforce_limits=True)
    await _open(sandbox, port)
    with tempfile.TemporaryDirectory(prefix="millet-demo-") as folder:
        millet = Millet(_settings(sandbox, Path(folder)), clock, TEMPO)
        stage = Stage(sandbox, clock, millet, seconds, skip=skip)
        try:
            await millet.start()
            _invite(sandbox.url, is_over=skip and not snowball)
            story = asyncio.create_task(_perform(stage, snowball=snowball))
            story.add_done_callback(_report)
            await _first(ended.wait(), stage.again.wait())
            story.cancel()
        finally:
            await millet.stop()
            await sandbox.stop()
    return stage.again.is_set()


async def _perform(stage: Stage, *, snowball: bool) -> None:
    """The week; then the snowball, at once or when the visitor asks for it."""
    public, seeds, team = await tell(stage)
    if not snowball:
        await stage.snowball.wait()
    stage.second_act()
    await roll(stage, public, seeds, team)


async def _open(sandbox: Sandbox, port: int) -> None:
    try:
        await sandbox.start(port=port)
    except OSError:
        click.echo(f"Port {port} is taken, so the page gets another one.")
        await sandbox.start(port=0)


def _invite(url: str, *, is_over: bool) -> None:
    # As the owner one sees all the rooms of the story; the page lets everybody switch.
    click.echo(f"\n  Millet 小米 is at home. Open  {url}/?as=tang  in your browser.\n")
    lives = "has lived through its week there, and now it is yours" if is_over else "lives there; then it is yours"
    click.echo(f"  A community {lives}: suggest, vote, redeem a code, read the digest.")
    click.echo("  Ctrl-C ends it.\n")


async def _first(*waits: Coroutine[None, None, object]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _report(story: "asyncio.Task[None]") -> None:
    if not story.cancelled() and (error := story.exception()):
        log.error("The story stumbled; the chats are yours all the same.", exc_info=error)


def _settings(sandbox: Sandbox, folder: Path) -> Settings:
    return Settings(
        bot_token=SecretStr(sandbox.token),
        bot_api_url=sandbox.url,
        database_url=SecretStr(f"sqlite:///{folder / 'millet.db'}"),
        data_dir=folder,
        webhook_url=None,
        default_language="zh-hans",
        default_zone=str(ZONE),
    )


def _monday_morning() -> datetime:
    """Nine o'clock on the Monday of this week, where the community lives."""
    today = datetime.now(ZONE).date()
    return datetime.combine(today - timedelta(days=today.weekday()), time(9), ZONE).astimezone(UTC)
