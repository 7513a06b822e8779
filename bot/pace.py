"""Telegram's published sending limits, kept with a margin.

30 messages a second over all, 1 a second in a chat, 20 a minute in a group, edits counted:
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from datetime import datetime, timedelta

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

OVER_ALL = Rate(25, Duration.SECOND)
IN_A_GROUP = Rate(18, Duration.MINUTE)
BETWEEN_TWO = timedelta(seconds=1.05)  # counted from Telegram's answer: its own clock starts when it got the first


class Pace:
    """Says when the next call may go; `asked` before a call, `answered` after it."""

    def __init__(self) -> None:
        self._over_all = InMemoryBucket([OVER_ALL])
        self._groups: dict[str, InMemoryBucket] = {}
        self._rested: dict[str, datetime] = {}

    def asked(self, chat: str, *, group: bool, now: datetime) -> timedelta | None:
        """None when the call may go now, and is counted; otherwise how long to wait for it."""
        rest = self._rested.get(chat, now) - now
        if rest > timedelta():
            return rest
        stamp = RateItem(chat, int(now.timestamp() * 1000))
        if wait := _try(self._over_all, stamp):
            return wait
        return _try(self._groups.setdefault(chat, InMemoryBucket([IN_A_GROUP])), stamp) if group else None

    def answered(self, chat: str, now: datetime) -> None:
        """The chat rests from now on for the time between two messages."""
        self._rested[chat] = now + BETWEEN_TWO
        if len(self._rested) > 10_000:
            self._forget(now)

    def hold(self, chat: str, until: datetime) -> None:
        """Telegram named a time before which nothing may be sent to the chat."""
        self._rested[chat] = until

    def _forget(self, now: datetime) -> None:
        self._rested = {chat: until for chat, until in self._rested.items() if until > now}
        minute_ago = int((now - timedelta(minutes=1)).timestamp() * 1000)
        self._groups = {
            chat: bucket for chat, bucket in self._groups.items() if bucket.items[-1].timestamp > minute_ago
        }


def _try(bucket: InMemoryBucket, stamp: RateItem) -> timedelta | None:
    bucket.leak(stamp.timestamp)
    if bucket.put(stamp):
        return None
    wait = bucket.waiting(stamp)
    return timedelta(milliseconds=max(wait if isinstance(wait, int) else 0, 1))
