"""The bot's update queue, as Telegram keeps it: ids that grow, a life of a day, gone once a higher offset is asked."""

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice

Json = dict[str, object]
Clock = Callable[[], datetime]

LIFE = timedelta(hours=24)
CALLBACK_LIFE = timedelta(seconds=150)
QUIET_WEEK = timedelta(days=7)
MAX_BATCH = 100
# An offset further ahead than this is not of this queue, and the server ignores it (tdlib, TQueue::get).
FUTURE = 10

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# All that Telegram knows; the world makes only some of them, but a bot may subscribe to any.
_KINDS = (
    "message edited_message channel_post edited_channel_post business_connection business_message "
    "edited_business_message deleted_business_messages message_reaction message_reaction_count inline_query "
    "chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer "
    "my_chat_member chat_member chat_join_request chat_boost removed_chat_boost"
)
KNOWN_KINDS = frozenset(_KINDS.split())
DEFAULT_KINDS = KNOWN_KINDS - NOT_BY_DEFAULT


class UpdateQueue:
    """What has happened and the bot has not confirmed yet; subscriptions filter updates when they arise, not later."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[int, tuple[datetime, Json]] = {}
        self._arrived = asyncio.Event()
        self._random = random.Random(2004)  # noqa: S311 - a repeatable jump of ids, no secret
        self._tail = 100_000_000
        self._last_push = clock()
        self.allowed: list[str] | None = None
        self._kinds = DEFAULT_KINDS

    def subscribe(self, kinds: Iterable[str]) -> None:
        """Remember which kinds of update the bot wants; none that we know restores the default."""
        wanted = [kind for kind in kinds if kind in KNOWN_KINDS]
        self.allowed = wanted or None
        self._kinds = frozenset(wanted) or DEFAULT_KINDS

    def push(self, kind: str, payload: Json) -> None:
        """Queue an update unless the bot has not subscribed to its kind."""
        if kind in self._kinds:
            life = CALLBACK_LIFE if kind == "callback_query" else LIFE
            update_id = self._next_id()
            self._store(update_id, {"update_id": update_id, kind: payload}, life)

    def inject(self, update: Json) -> None:
        """Queue any raw object as it stands, poison included; it gets an id if it has none."""
        update_id = self._next_id()
        self._store(update_id, {"update_id": update_id, **update}, LIFE)

    def take(self, offset: int = 0, limit: int = MAX_BATCH) -> list[Json]:
        """Confirm what lies below the offset (a negative one counts from the end) and show what comes next."""
        if offset < 0:
            self._forget(max(len(self._waiting) + offset, 0))
        elif 0 < offset <= self._tail + FUTURE:
            self._forget(sum(1 for _ in self._below(offset)))
        return [update for _, update in self.waiting(limit)]

    def waiting(self, limit: int = MAX_BATCH, after: int = 0) -> list[tuple[int, Json]]:
        """The next updates past a key, with their keys; what has outlived its time is dropped on the way."""
        now = self._clock()
        taken: list[tuple[int, Json]] = []
        expired: list[int] = []
        for key, (until, update) in self._waiting.items():
            if len(taken) >= min(max(limit, 1), MAX_BATCH):
                break
            if until <= now:
                expired.append(key)
            elif key > after:
                taken.append((key, update))
        for key in expired:
            del self._waiting[key]
        return taken

    def drop_all(self) -> None:
        self._waiting.clear()

    def discard(self, key: int) -> None:
        """Forget one update that a webhook has accepted."""
        self._waiting.pop(key, None)

    def __len__(self) -> int:
        return len(self._waiting)

    def wake(self) -> None:
        """Make those who wait for an arrival look again."""
        self._arrived.set()

    async def next_arrival(self) -> None:
        """Wait until something more is queued, or until woken."""
        self._arrived.clear()
        await self._arrived.wait()

    def _store(self, key: int, update: Json, life: timedelta) -> None:
        self._last_push = self._clock()
        self._waiting[key] = (self._last_push + life, update)
        self._arrived.set()

    def _next_id(self) -> int:
        if self._clock() - self._last_push > QUIET_WEEK and not self._waiting:
            # After a week without updates the next identifier is random, not sequential (Bot API, Update).
            self._tail = self._random.randrange(1_000_000, 900_000_000)
        self._tail += 1
        return self._tail

    def _below(self, offset: int) -> Iterable[int]:
        for key in self._waiting:
            if key >= offset:
                return
            yield key

    def _forget(self, count: int) -> None:
        for key in list(islice(self._waiting, count)):
            del self._waiting[key]
