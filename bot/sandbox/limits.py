"""Telegram's published sending limits (core.telegram.org/bots/faq#my-bot-is-hitting-limits), measured on the clock."""

import math
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.errors import too_many_requests
from bot.sandbox.model import Chat
from bot.sandbox.updates import Clock

OVERALL = 30  # messages in any second
GROUP = 20  # messages in any minute, for each group
BURST = 3  # messages in a row before "one a second" is felt in one chat
MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    tokens: float = float(BURST)
    at: float = 0.0

    def fill(self, now: float) -> float:
        self.tokens = min(self.tokens + max(now - self.at, 0.0), float(BURST))
        self.at = now
        return self.tokens


@dataclass(slots=True)
class Limits:
    """Counts what the bot sends; `enforced` decides whether too much is answered with 429. `refused` counts those."""

    clock: Clock
    enforced: bool = False
    refused: int = 0
    _recent: deque[float] = field(default_factory=deque)
    _buckets: dict[int, _Bucket] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)

    def spend(self, chat: Chat, count: int = 1) -> None:
        """Take `count` messages to this chat out of the allowance, or raise 429 with the seconds to wait."""
        if not self.enforced:
            return
        now = self.clock().timestamp()
        wait = max(self._overall_wait(now), self._chat_wait(chat, now), self._group_wait(chat, now, count))
        if wait > 0:
            self.refused += 1
            raise too_many_requests(max(math.ceil(wait), 1))
        self._recent.extend([now] * count)
        self._buckets[chat.id].tokens -= count
        if chat.kind != "private":
            self._groups[chat.id].extend([now] * count)

    def _overall_wait(self, now: float) -> float:
        return _window_wait(self._recent, now, 1.0, OVERALL, 1)

    def _chat_wait(self, chat: Chat, now: float) -> float:
        # An album may overdraw: it is one sending, and the chat pays it off afterwards.
        return 1.0 - self._buckets.setdefault(chat.id, _Bucket(at=now)).fill(now)

    def _group_wait(self, chat: Chat, now: float, count: int) -> float:
        if chat.kind == "private":
            return 0.0
        return _window_wait(self._groups.setdefault(chat.id, deque()), now, MINUTE, GROUP, count)


def _window_wait(sent: deque[float], now: float, seconds: float, most: int, count: int) -> float:
    """How long until `count` more fit into the sliding window."""
    while sent and sent[0] <= now - seconds:
        sent.popleft()
    excess = len(sent) + count - most
    return sent[min(excess, len(sent)) - 1] + seconds - now if excess > 0 and sent else 0.0
