"""A town to test in: the real bot over HTTP on a loopback Telegram, a real database, a clock that moves when told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.app import Millet, Tempo
from bot.clock import SteerableClock
from bot.sandbox.model import Chat, Message
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from storage.database import Database

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # nine in the morning in Shanghai
# An answer is waited for long enough that a machine that stands still for a moment is not taken for a lost one.
TEMPO = Tempo(poll_seconds=20, call_seconds=15, knock_seconds=3600, paced=False)


class Town:
    """People say things in chats; `settle` waits until the bot has answered everything."""

    def __init__(self, sandbox: Sandbox, clock: SteerableClock, url: str, folder: Path, tempo: Tempo = TEMPO) -> None:
        self.tempo = tempo
        self.sandbox = sandbox
        self.world = sandbox.world
        self.clock = clock
        self.url = url
        self.folder = folder
        self.millet = self._millet()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, folder: Path, tempo: Tempo = TEMPO, *, speed: float = 0, enforce_limits: bool = False
    ) -> AsyncIterator["Town"]:
        """Monday morning; the clock stands still unless it is given a speed."""
        clock = SteerableClock(MONDAY, speed)
        sandbox = Sandbox(clock=clock.now, enforce_limits=enforce_limits)
        await sandbox.start()
        town = cls(sandbox, clock, url, folder, tempo)
        try:
            await town.millet.start()
            yield town
        finally:
            await town.millet.stop()
            await sandbox.stop()

    @property
    def database(self) -> Database:
        return self.millet.database

    def person(self, key: str) -> Person:
        return self.world.people[key]

    def _millet(self, **more: object) -> Millet:
        values = {
            "bot_token": self.sandbox.token,
            "bot_api_url": self.sandbox.url,
            "database_url": self.url,
            "data_dir": self.folder / "data",
        }
        settings = Settings.model_validate({**values, **more})
        return Millet(settings, self.clock, self.tempo)

    async def restart(self, **settings: object) -> None:
        """Stop the bot in an orderly way and start it anew on the same database, perhaps with other settings."""
        await self.millet.stop()
        self.millet = self._millet(**settings)
        await self.millet.start()

    def group(
        self, title: str = "谷雨 OS 公测群", members: str = "tang yutong ahe xiaoman", *, admin: bool = True
    ) -> Chat:
        """A supergroup of the first one named, with Yutong as moderator and the bot in it, as administrator or not."""
        owner, *others = members.split()
        chat = self.world.add_chat(title, owner=self.person(owner), username=f"group_{len(self.world.chats)}")
        for key in others:
            self.world.join(self.person(key), chat)
        if "yutong" in others:
            self.world.promote(chat, self.person("yutong"))
        self.world.add_bot(chat, self.person(owner), admin=admin)
        return chat

    def private(self, who: str) -> Chat:
        """Somebody's private chat with the bot."""
        return self.world.private(self.person(who))

    async def start(self, who: str, payload: str | None = None) -> Chat:
        """Somebody presses Start, or follows a link to the bot."""
        self.world.start(self.person(who), payload)
        await self.settle()
        return self.private(who)

    async def say(self, who: str, chat: Chat, text: str, reply_to: Message | None = None) -> Message:
        """Somebody says something, and the bot has done with it."""
        message = self.world.say(self.person(who), chat, text, reply_to=reply_to)
        await self.settle()
        return message

    async def press(self, who: str, message: Message, label: str) -> str:
        """Somebody presses a button, found by (a part of) its label; returns the toast."""
        button = next(button for row in message.buttons for button in row if label in button.label)
        pressed = self.world.press(self.person(who), message, button.data or "")
        await self.settle()
        return (pressed.answer.text or "") if pressed.answer else ""

    def said(self, chat: Chat) -> list[Message]:
        """All that the bot has said in a chat, whispers to one person too, oldest first."""
        all_said = [*self.public(chat), *chat.whispers.values()]
        return sorted(all_said, key=lambda message: (message.id or message.after, message.ephemeral_id))

    def public(self, chat: Chat) -> list[Message]:
        """What the bot has said in a chat for everybody to see."""
        return [message for message in self.world.messages(chat) if message.sender is self.world.bot]

    def texts(self, chat: Chat) -> list[str]:
        """The words of all that the bot has said in a chat, oldest first."""
        return [message.content for message in self.said(chat)]

    def last(self, chat: Chat) -> Message:
        """The bot's last message in a chat."""
        return self.said(chat)[-1]

    async def knock(self) -> None:
        """Let the timetable do what is due at the clock's present moment, and the courier carry it out."""
        await self.millet.timetable.knock()
        await self.settle()

    async def settle(self, seconds: float = 20.0) -> None:
        """Wait until Telegram has nothing more for the bot, and the bot nothing more to do or say at this moment."""
        async with asyncio.timeout(seconds):  # polled, since what is awaited is that nothing happens any more
            while len(self.world.queue) or not await self.millet.is_idle():  # noqa: ASYNC110  # nothing tells of silence
                await asyncio.sleep(0.01)
