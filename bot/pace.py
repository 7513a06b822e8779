"""Telegram's published sending limits, kept with a margin.

30 messages a second over all, 1 a second in a chat, 20 a minute in a group, edits counted:
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

Telegram counts a call when it arrives, which we know only to lie between asking and its answer. So a call takes its
place in a window for the whole time it is in flight, and its stamp there is that of the answer.
"""

from datetime import datetime, timedelta

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

OVER_ALL = Rate(28, Duration.SECOND)
# Letting people in is no message, and Telegram publishes no limit for it: as many as it lets us say in a second, with
# a wider margin, beside what is said.
WORDLESS = Rate(20, Duration.SECOND)
IN_A_GROUP = Rate(18, Duration.MINUTE)
BETWEEN_TWO = timedelta(seconds=1.05)
BETWEEN_EDITS = timedelta(seconds=15)  # of one live card: nobody reads a number that changes faster
SOON = timedelta(milliseconds=50)


class _Window:
    """How many calls were answered within a time, and how many are in flight."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._answered = InMemoryBucket([rate])
        self._in_flight = 0

    def wait(self, now: datetime) -> timedelta | None:
        """None when one more fits in; otherwise how long until it may."""
        self._answered.leak(_milliseconds(now))
        held = self._answered.count()
        if held + self._in_flight < self._rate.limit:
            return None
        oldest = self._answered.peek(held - 1) if held else None
        if oldest is None:
            return SOON
        return max(timedelta(milliseconds=oldest.timestamp + self._rate.interval - _milliseconds(now)), SOON)

    def ask(self) -> None:
        self._in_flight += 1

    def answer(self, now: datetime) -> None:
        self._in_flight -= 1
        self._answered.put(RateItem("", _milliseconds(now)))

    def forget_times(self) -> None:
        self._answered.flush()

    def is_empty(self, now: datetime) -> bool:
        self._answered.leak(_milliseconds(now))
        return self._in_flight == 0 and self._answered.count() == 0


class Pace:
    """Says when the next call may go: `ask` before each, `answered` after it."""

    def __init__(self) -> None:
        self._over_all = _Window(OVER_ALL)
        self._wordless = _Window(WORDLESS)
        self._wordless_rests: datetime | None = None
        self._groups: dict[str, _Window] = {}
        self._rested: dict[str, datetime] = {}

    def ask(self, chat: str, *, group: bool, now: datetime) -> timedelta | None:
        """None when the call may go now, which then counts as gone; otherwise how long to wait for it."""
        windows = [self._over_all, *([self._groups.setdefault(chat, _Window(IN_A_GROUP))] if group else [])]
        waits = [wait for window in windows if (wait := window.wait(now))]
        if (rested := self._rested.get(chat, now)) > now:
            waits.append(rested - now)
        if waits:
            return max(waits)
        for window in windows:
            window.ask()
        return None

    def answered(self, chat: str, *, group: bool, now: datetime) -> None:
        """The answer has come; the chat rests from now on for the time between two messages."""
        self._over_all.answer(now)
        if group:
            self._groups[chat].answer(now)
        self._rested[chat] = max(self._rested.get(chat, now), now + BETWEEN_TWO)
        if len(self._rested) > 10_000:
            self._forget(now)

    def wait_for_all(self, now: datetime) -> timedelta | None:
        """How long nothing may be said to anybody; None when something may."""
        return self._over_all.wait(now)

    def ask_wordless(self, now: datetime) -> timedelta | None:
        """As `ask`, for a call that puts no message into its chat."""
        wait = self._wordless.wait(now)
        if self._wordless_rests and self._wordless_rests > now:
            wait = max(wait or SOON, self._wordless_rests - now)
        if wait is None:
            self._wordless.ask()
        return wait

    def answered_wordless(self, now: datetime) -> None:
        self._wordless.answer(now)

    def hold_wordless(self, until: datetime) -> None:
        """Telegram named a time before which nobody may be let in."""
        self._wordless_rests = until

    def hold(self, chat: str, until: datetime) -> None:
        """Telegram named a time before which nothing may be sent to the chat."""
        self._rested[chat] = until

    def forget_times(self) -> None:
        """The clock was set back: what is remembered lies in the future, and would hold up everything until then."""
        for window in (self._over_all, self._wordless, *self._groups.values()):
            window.forget_times()
        self._wordless_rests = None
        self._rested.clear()

    def _forget(self, now: datetime) -> None:
        self._rested = {chat: until for chat, until in self._rested.items() if until > now}
        self._groups = {chat: window for chat, window in self._groups.items() if not window.is_empty(now)}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
