"""What the story is told with: people who speak and press, a clock that glides from scene to scene, buttons to skip."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app import Millet
from bot.clock import SteerableClock
from bot.demo.crowd import Crowd
from bot.sandbox.model import Chat, Message
from bot.sandbox.people import Person
from bot.sandbox.play import Control
from bot.sandbox.server import Sandbox
from storage import communities

ZONE = ZoneInfo("Asia/Shanghai")
IN_A_SCENE = 10  # how fast the clock runs while people talk, so that the pace of sending bores nobody
UNSEEN = 60  # and where the visitor skips it
MOST_PATIENCE = 8  # seconds for one answer
SCENES = 40  # about how many pauses share the story's seconds
_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
Caption = tuple[str, str, str]  # English, Simplified, Traditional


class Stage:
    """Waits between scenes while the visitor looks; with no seconds left it plays on at once."""

    def __init__(
        self, sandbox: Sandbox, clock: SteerableClock, millet: Millet, seconds: float, *, skip: bool = False
    ) -> None:
        self.sandbox = sandbox
        self._millet = millet
        self.world = sandbox.world
        self.again = asyncio.Event()
        self.snowball = asyncio.Event()  # the visitor wants to see the circle double
        self._clock = clock
        self._pause = seconds / SCENES
        self._skipped = asyncio.Event()
        if skip:
            self._skipped.set()
        self._show_story_controls()

    def person(self, key: str) -> Person:
        return self.world.people[key]

    async def scene(self, weekday: int, hour: int, minute: int, caption: Caption) -> None:
        """Move to a moment of the week (Monday is 0) and say what happens then."""
        self.sandbox.narrate(_by_language(caption))
        await self._glide(self._moment(weekday, hour, minute))

    async def say(self, who: str, chat: Chat, text: str, reply_to: Message | None = None) -> Message:
        """Somebody says something; the bot has its time to answer."""
        message = self.world.say(self.person(who), chat, text, reply_to=reply_to)
        await self.breathe()
        return message

    async def press(self, who: str, message: Message | None, data: str) -> None:
        """Somebody presses the button whose data begins so; one that is not there is passed over."""
        every = [button for row in message.buttons for button in row] if message else []
        buttons = [button for button in every if button.data and button.data.startswith(data)]
        if message and buttons:
            self.world.press(self.person(who), message, buttons[0].data or "")
        await self.breathe()

    async def press_through(self, who: str, message: Message | None, pages: Sequence[str]) -> None:
        """Somebody presses a button on each of the pages that a message turns to, knowing what they want."""
        for data in pages:
            if message:
                self.world.press_data(self.person(who), message, data)
        await self.breathe()

    async def start(self, who: str, payload: str | None = None) -> Chat:
        """Somebody opens the bot."""
        self.world.start(self.person(who), payload)
        await self.breathe()
        return self.world.private(self.person(who))

    async def open(self, who: str, url: str) -> None:
        """Somebody follows a link."""
        self.world.open_link(self.person(who), url)
        await self.breathe()

    async def later(self, days: int, hour: int, caption: Caption) -> None:
        """Some days pass, until an hour of the last one."""
        self.sandbox.narrate(_by_language(caption))
        day = self._clock.now().astimezone(ZONE) + timedelta(days=days)
        await self._glide(day.replace(hour=hour, minute=0, second=0, microsecond=0))

    def crowd(self, door: Chat) -> Crowd:
        """Everybody who will come through this door."""
        return Crowd(self._millet.database, self._clock, self.world, door)

    async def proposal(self, team: Chat) -> Message | None:
        """The week's proposal of codes, if there is one to be accepted."""
        with suppress(AssertionError):
            await self.sandbox.until(lambda: self._proposed(team), timeout=MOST_PATIENCE)
        await self.breathe()
        return self._proposed(team)

    def _proposed(self, team: Chat) -> Message | None:
        said = (m for m in reversed(self.world.messages(team)) if m.sender.is_bot)
        return next(
            (m for m in said if any((b.data or "").startswith("wave:") for row in m.buttons for b in row)), None
        )

    def code_in(self, chat: Chat) -> str | None:
        """The invitation code the bot has just told somebody privately."""
        found = [_CODE.search(message.content) for message in reversed(self.world.messages(chat))]
        return next((match.group(0).replace("-", "") for match in found if match), None)

    async def knock(self, who: str, chat: Chat) -> None:
        """Somebody asks to be let into a chat that approves newcomers."""
        if not chat.member(self.person(who)):
            self.world.request_join(self.person(who), chat)
        await self.breathe()

    async def wait_for(self, chat: Chat, sign: str, after: Message | None = None) -> Message | None:
        """What the bot posts by itself in a chat, known by how it begins; the timetable knocks within a second.

        `after` is an earlier one that begins alike.
        """
        with suppress(AssertionError):
            await self.sandbox.until(lambda: self._posted(chat, sign) not in (None, after), timeout=MOST_PATIENCE)
        await self.breathe()
        return self._posted(chat, sign)

    def _posted(self, chat: Chat, sign: str) -> Message | None:
        said = reversed(self.world.messages(chat))
        return next((m for m in said if m.sender.is_bot and m.content.startswith(sign)), None)

    async def react(self, who: str, message: Message | None, emoji: str) -> None:
        """Somebody reacts to a message."""
        if message:
            self.world.react(self.person(who), message, emoji)
        await self.breathe()

    def last(self, chat: Chat) -> Message | None:
        """The bot's last message in a chat for all to see."""
        return next((m for m in reversed(self.world.messages(chat)) if m.sender.is_bot), None)

    def whispered(self, who: str, chat: Chat) -> Message | None:
        """What the bot has last said in a chat to this person only."""
        theirs = (m for m in reversed(chat.whispers.values()) if m.receiver is self.person(who))
        return next(theirs, None)

    def card(self, chat: Chat, number: int) -> Message | None:
        """The live card of a suggestion, as members see it."""
        found = self._about(chat, number)
        return next((m for m in found if m.button(f"vote:{number}") or "✅" in m.content), None)

    def team_card(self, chat: Chat, number: int) -> Message | None:
        """The card of a suggestion with the team's buttons."""
        buttons = ((m, b.data or "") for m in self._about(chat, number) for row in m.buttons for b in row)
        return next((message for message, data in buttons if data.startswith("mine:")), None)

    async def question(self, chat: Chat, number: int) -> Message | None:
        """What the bot asks about a suggestion, to be answered in words; other messages may come in between."""
        with suppress(AssertionError):
            await self.sandbox.until(lambda: self._asked(chat, number) is not None, timeout=5)
        return self._asked(chat, number)

    def _asked(self, chat: Chat, number: int) -> Message | None:
        said = (m for m in reversed(self.world.messages(chat)) if m.sender.is_bot and not m.buttons)
        return next((m for m in said if f"#{number}？" in m.content), None)

    def _about(self, chat: Chat, number: int) -> Iterator[Message]:
        """What the bot has said of a suggestion, the latest first."""
        said = reversed(self.world.messages(chat))
        return (m for m in said if m.sender.is_bot and f"#{number} " in m.content)

    async def hand_over(self, caption: Caption) -> None:
        """The story is over: the clock goes on by the second, and the visitor decides."""
        self._clock.run_at(1)
        self.sandbox.narrate(_by_language(caption))
        self.sandbox.controls = [
            Control("day", _by_language(("Next day", "过一天", "過一天")), self._next_day),
            Control("digest", _by_language(("To the next digest", "跳到下次周报", "跳到下次週報")), self._to_digest),
            *([] if self.snowball.is_set() else [self._rolls()]),
            Control("again", _by_language(("Play the week again", "重看这一周", "重看這一週")), self._play_again),
        ]

    def _rolls(self) -> Control:
        labels = _by_language(("100 → 800: watch it double", "100 → 800：看圈子翻倍", "100 → 800：看圈子翻倍"))
        return Control("snowball", labels, self._roll)

    async def _roll(self) -> None:
        self.snowball.set()

    def second_act(self) -> None:
        """The snowball begins, whether or not the week was skipped."""
        self.snowball.set()
        self._skipped.clear()
        self._show_story_controls()

    def _show_story_controls(self) -> None:
        self.sandbox.controls = [Control("skip", _by_language(("Skip the story", "跳过故事", "跳過故事")), self._skip)]

    async def _glide(self, moment: datetime) -> None:
        """Let the time until the moment pass before the visitor's eyes."""
        left = (moment - self._clock.now()).total_seconds()
        if left > 0 and self._is_watched:
            self._clock.run_at(max(left / self._pause, 1))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._skipped.wait(), self._pause)
        self._clock.run_at(IN_A_SCENE if self._is_watched else UNSEEN)
        self._clock.leap(to=moment)
        await self.breathe()

    @property
    def _is_watched(self) -> bool:
        return self._pause > 0 and not self._skipped.is_set()

    async def breathe(self) -> None:
        """Until the bot has answered, and a moment more so that one can read it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(MOST_PATIENCE):
                while self.world.queue or not await self._millet.is_idle():  # noqa: ASYNC110  # nothing tells of silence
                    await asyncio.sleep(0.05)
        if self._is_watched:
            await asyncio.sleep(min(self._pause / 4, 1))

    def _moment(self, weekday: int, hour: int, minute: int) -> datetime:
        now = self._clock.now().astimezone(ZONE)
        monday = now - timedelta(days=now.weekday())
        return (monday + timedelta(days=weekday)).replace(hour=hour, minute=minute, second=0, microsecond=0)

    async def _skip(self) -> None:
        self._skipped.set()

    async def _next_day(self) -> None:
        self._clock.leap(timedelta(days=1).total_seconds())

    async def _to_digest(self) -> None:
        async with self._millet.database.reading() as look:
            due = await communities.get_next_due(look)
        self._clock.leap(to=due)

    async def _play_again(self) -> None:
        self.again.set()


def _by_language(caption: Caption) -> dict[str, str]:
    return dict(zip(("en", "zh-hans", "zh-hant"), caption, strict=True))
