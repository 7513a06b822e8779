"""A Telegram to play with, on loopback: the Bot API for a bot, a chat page for people, a world for tests.

sandbox = Sandbox()
await sandbox.start()                       # sandbox.url is the bot's BOT_API_URL
world = sandbox.world
group = world.add_chat("小米内测群", "supergroup", owner=world.people["tang"])
world.add_bot(group, by=world.people["tang"], admin=True)
world.add_member(group, world.people["ahe"])
said = world.say(world.people["ahe"], group, "/suggest 深色模式")
card = await sandbox.until(lambda: world.last(group) if world.last(group) is not said else None)
world.press(world.people["xiaoman"], card, "👍")
await sandbox.stop()
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import TypeVar

from aiohttp import web

from bot.sandbox.api import Api
from bot.sandbox.botapi import BotApi, Call
from bot.sandbox.errors import Texts
from bot.sandbox.faults import Faults
from bot.sandbox.limits import Limits
from bot.sandbox.play import Control, Play, Stage
from bot.sandbox.state import Change, Press
from bot.sandbox.updates import Clock, Json
from bot.sandbox.webhook import Webhook
from bot.sandbox.world import World

__all__ = ["Call", "Control", "Sandbox", "utc_now"]

Found = TypeVar("Found")
MAX_BODY = 64 * 1024 * 1024


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """The server and its world; `clock` (aware UTC) dates everything, `token` is the one bot's.

    `latency` is how many real seconds a call takes there and back.
    """

    def __init__(
        self,
        clock: Clock = utc_now,
        token: str = "42:SANDBOX",  # noqa: S107 - no secret: it opens nothing but this toy
        *,
        enforce_limits: bool = False,
        latency: float = 0.0,
    ) -> None:
        self.token = token
        self.world = World(clock, int(token.partition(":")[0]))
        self.faults = Faults()
        self.limits = Limits(clock, enforce_limits)
        self.webhook = Webhook(self.world.queue, clock)
        api = Api(self.world, self.limits, self.webhook)
        self._botapi = BotApi(api, self.faults, token, latency)
        self._stage = Stage()
        self._play = Play(self.world, self._stage, self.limits, api.account, self._answered)
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.world.listeners.append(self._on_change)

    # -- running -------------------------------------------------------------------------------------------------

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. `url` is set when this returns."""
        app = web.Application(client_max_size=MAX_BODY)
        self._botapi.add_routes(app)
        self._play.add_routes(app)
        # A client that hangs up ends its own long poll, as a dead bot must not eat a live one's updates.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await self._runner.cleanup()
            self._runner = None
            raise
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Send everyone away and close."""
        self.webhook.stop()
        self._botapi.close()
        self._play.events.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    # -- looking -------------------------------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """Every Bot API call so far, oldest first; getUpdates included."""
        return self._botapi.calls

    def inject(self, update: Json) -> None:
        """Put any raw update, poison included, before the bot."""
        self.world.queue.inject(update)

    # -- the stage -----------------------------------------------------------------------------------------------

    @property
    def controls(self) -> list[Control]:
        return self._stage.controls

    @controls.setter
    def controls(self, controls: list[Control]) -> None:
        self._stage.controls = controls
        self._play.events.tell_all({"type": "controls", "controls": self._stage.controls_view()})

    def narrate(self, texts: Texts) -> None:
        """Show a line of the story on the page, by language; {} clears it."""
        self._stage.caption = texts or None
        self._play.events.tell_all({"type": "caption", "caption": self._stage.caption})

    # -- waiting -------------------------------------------------------------------------------------------------

    def until(self, predicate: Callable[[], Found | None], timeout: float = 30.0) -> Coroutine[None, None, Found]:
        """Wait (real seconds) for the world to make this true and return what it gave; else fail showing the chats."""
        return self._until(predicate, timeout)

    async def _until(self, predicate: Callable[[], Found | None], seconds: float) -> Found:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not (found := predicate()):
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), end - loop.time())
            except TimeoutError:
                raise AssertionError(f"nothing of the kind within {seconds} s\n{self.transcript()}") from None
        return found

    async def quiet(self, settle: float = 0.05) -> None:
        """Wait until the bot has confirmed all updates and made no call for `settle` real seconds: a best effort."""
        seen = -1
        while seen != len(self.calls) or self.world.queue:
            seen = len(self.calls)
            await asyncio.sleep(settle)

    def transcript(self, count: int = 10) -> str:
        """The last messages of each chat, to be read by people."""
        return "\n".join(
            f"— {chat.title} ({chat.kind} {chat.id})\n"
            + "\n".join(f"  {message!r}" for message in self.world.messages(chat)[-count:])
            for chat in self.world.chats.values()
        )

    async def _answered(self, press: Press, seconds: float) -> bool:
        try:
            await self._until(lambda: press.answer, seconds)
        except AssertionError:
            return False
        return True

    def _on_change(self, _change: Change) -> None:
        self._changed.set()
