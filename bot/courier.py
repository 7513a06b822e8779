"""The only sender: what the outbox holds goes to Telegram, at its pace, and each answer is sorted and written down."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot, methods
from aiogram.methods import Response, TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.clock import Clock
from bot.easel import Easel
from bot.marks import Marks
from bot.outcomes import Outcome, Verdict, classify
from bot.pace import BETWEEN_EDITS, Pace
from storage import communities, members, moves, outbox
from storage.database import Database, Session
from storage.outbox import OutboxRow, Recipient
from storage.suggestions import Suggestion

log = logging.getLogger(__name__)

METHODS: Mapping[str, type[TelegramMethod[object]]] = {
    method.__api_method__: method
    for method in vars(methods).values()
    if isinstance(method, type) and issubclass(method, TelegramMethod) and method is not TelegramMethod
}
# pydantic forgets a parametrised model that nobody holds, and aiogram then builds it anew for each answer: 10 ms.
_FREQUENT_ANSWERS = (Response[Message], Response[Message | bool], Response[bool])
MOST_TRIES = 10
MOST_AT_ONCE = 40
AHEAD = 3  # of what is said at most once: the next, and those whose pictures are drawn meanwhile
LONGEST_PAUSE = 300  # seconds between two tries of what Telegram refuses for now
LEAST_SET_BACK = timedelta(seconds=5)  # less is a clock that keeps itself right
STOP_WITHIN = 1.5  # seconds for the answers still to come

# What to tell when nobody can know whether a message that must not be sent twice has arrived, or its topic is gone.
Teller = Callable[[Session, OutboxRow, datetime], Awaitable[None]]
# Shows suggestions anew that have got other numbers by a move.
Renumbered = Callable[[Session, Sequence[Suggestion], datetime], Awaitable[None]]


class TokenRefusedError(Exception):
    """Telegram refuses BOT_TOKEN; nothing can be done without another one."""


@dataclass(frozen=True)
class _To:
    """Whom a call goes to, one call at a time: a chat, a person, or, of calls that say nothing, each for itself."""

    chat_id: int | None = None
    person_id: int | None = None
    row_id: int | None = None

    @classmethod
    def of(cls, row: OutboxRow) -> "_To":
        return cls(row_id=row.id) if row.is_wordless else cls(row.chat_id, row.person_id)


# What rests as a whole when its pace is used up: all that says nothing, or all that says something.
_WORDLESS, _MESSAGES = _To(row_id=0), _To(chat_id=0, person_id=0)


@dataclass(frozen=True)
class _Quick:
    """A call that is worth nothing after a crash: a toast, a reaction, a typing mark."""

    method: str
    fields: dict[str, object]


class Courier:
    """Sends what is due until stopped; one call at a time to each recipient, so that their order holds."""

    def __init__(  # the composition root hands over all it needs
        self,
        bot: Bot,
        database: Database,
        clock: Clock,
        pace: Pace | None,
        marks: Marks,
        tell_doubt: Teller,
        tell_topic_lost: Teller,
        tell_renumbered: Renumbered,
        easel: Easel,
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._pace = pace
        self._marks = marks
        self._tell_doubt = tell_doubt
        self._tell_topic_lost = tell_topic_lost
        self._tell_renumbered = tell_renumbered
        self._easel = easel
        self._awake = asyncio.Event()
        self._busy: dict[_To, asyncio.Task[None]] = {}
        self._resting: dict[_To, datetime] = {}
        self._failures: dict[_To, int] = {}  # in a row, since the last call that went through
        self._quick: set[asyncio.Task[None]] = set()
        self._in_hand_once: _To | None = None  # never two, so that a kill leaves no more than one in doubt
        self._next_once: list[tuple[OutboxRow, Recipient]] = []  # of what is said at most once
        self._settled = False
        self._last_looked: datetime | None = None
        self._stopping = False
        self._refused: TokenRefusedError | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no call is in hand, and what an earlier run left in doubt has been told."""
        return self._settled and not self._busy and not self._quick

    def wake(self) -> None:
        """Something new stands in the outbox."""
        self._awake.set()

    def quickly(self, method: str, fields: dict[str, object]) -> None:
        """Send a toast, reaction or typing mark at once; whether it arrives is not remembered."""
        task = asyncio.create_task(self._send_quickly(_Quick(method, fields)))
        self._quick.add(task)
        task.add_done_callback(self._quick.discard)

    async def run(self) -> None:
        """Send until stopped; raises TokenRefusedError."""
        await self._settle_doubts()
        try:
            while not self._stopping:
                self._awake.clear()
                await self._follow_clock()
                until = await self._send_due()
                if self._refused:
                    raise self._refused
                await self._rest(until)
        finally:
            self._easel.clear()

    async def stop(self) -> None:
        """Finish the calls that are answered soon; what waits stays in the outbox, and what was cut off in doubt."""
        self._stopping = True
        self.wake()
        if calls := {*self._busy.values(), *self._quick}:
            _, hanging = await asyncio.wait(calls, timeout=STOP_WITHIN)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

    async def _follow_clock(self) -> None:
        """A clock that was set back, also while we were not running, holds nothing up until it has caught up."""
        now = self._clock.now()
        was, self._last_looked = self._last_looked, now
        if was is not None and now > was - LEAST_SET_BACK:
            return
        self._resting.clear()
        if self._pace:
            self._pace.forget_times()
        async with self._database.writing() as session:
            await outbox.pull_back(session, now, BETWEEN_EDITS, timedelta(seconds=LONGEST_PAUSE))

    async def _settle_doubts(self) -> None:
        """Rows left *sending* by a program that ended in the middle: told to staff, not sent again."""
        async with self._database.writing() as session:
            for row in await outbox.set_doubtful(session):
                await self._tell_doubt(session, row, self._clock.now())
        self._settled = True

    async def _send_due(self) -> datetime | None:
        """Start every call that may go now; returns when another may, None when nothing waits."""
        now = self._clock.now()
        self._resting = {to: until for to, until in self._resting.items() if until > now}
        if self._pace and (wait := self._pace.wait_for_all(now)):
            self._resting[_MESSAGES] = now + wait
        if _MESSAGES in self._resting and _WORDLESS in self._resting:
            return min(self._resting[_MESSAGES], self._resting[_WORDLESS])
        async with self._database.reading() as session:
            due = await self._list_due(session, now)
            later = None if due else await outbox.get_next_moment(session, now)
        resting = len(self._resting)
        for row, recipient in due:
            self._start(row, recipient, now)
        if len(self._resting) > resting and _MESSAGES not in self._resting:
            return now  # behind those who have to wait may stand others
        moments = [*self._resting.values(), *([later] if later else [])]
        return min(moments) if moments else None

    async def _list_due(self, session: Session, now: datetime) -> list[tuple[OutboxRow, Recipient]]:
        """What is due but for what is in hand or rests; of what is said at most once, the next few."""
        unready = {*self._busy, *self._resting}
        which: dict[str, Any] = {
            "but_chats": [to.chat_id for to in unready if to.chat_id],
            "but_people": [to.person_id for to in unready if to.person_id],
            "but_rows": [to.row_id for to in unready if to.row_id],
            "only_wordless": True if _MESSAGES in unready else False if _WORDLESS in unready else None,
        }
        due = await outbox.list_due(session, now, **which, once=False)
        if _MESSAGES not in unready:
            self._next_once = await outbox.list_due(session, now, **which, once=True, limit=AHEAD)
            self._easel.begin([order for row, _ in self._next_once if (order := _picture(row.arguments))])
            due += self._next_once
        return sorted(due, key=lambda found: (found[0].priority, found[0].id))

    def _start(self, row: OutboxRow, recipient: Recipient, now: datetime) -> None:
        to, lane = _To.of(row), _WORDLESS if row.is_wordless else _MESSAGES
        waits = to in self._busy or to in self._resting or lane in self._resting
        waits = waits or (row.once and self._in_hand_once is not None)
        if self._stopping or waits or len(self._busy) >= MOST_AT_ONCE:
            return
        if row.good_until and row.good_until < now:  # takes no place from what is still worth saying
            self._begin(to, self._end(row, "its time had passed"), None)
        elif self._may_go(to, lane, recipient, now):
            self._in_hand_once = to if row.once else self._in_hand_once
            self._begin(to, self._deliver(row, recipient), recipient)

    def _may_go(self, to: _To, lane: _To, recipient: Recipient, now: datetime) -> bool:
        """Whether a call may go at this moment, which then counts as gone; otherwise what has to rest does."""
        if self._pace is None:
            return True
        if lane is _WORDLESS:
            resting, wait = lane, self._pace.ask_wordless(now)
        elif wait := self._pace.wait_for_all(now):
            resting = lane
        else:
            resting, wait = to, self._pace.ask(recipient.external_id, group=recipient.is_group, now=now)
        if wait:
            self._resting[resting] = now + wait
        return wait is None

    def _begin(self, to: _To, work: Coroutine[None, None, None], recipient: Recipient | None) -> None:
        task = asyncio.create_task(work)
        self._busy[to] = task
        task.add_done_callback(lambda done: self._finished(to, recipient, done))

    def _finished(self, to: _To, recipient: Recipient | None, task: asyncio.Task[None]) -> None:
        del self._busy[to]
        if to == self._in_hand_once:
            self._in_hand_once = None
        if self._pace and recipient and to.row_id is not None:
            self._pace.answered_wordless(self._clock.now())
        elif self._pace and recipient:
            self._pace.answered(recipient.external_id, group=recipient.is_group, now=self._clock.now())
        if not task.cancelled() and (error := task.exception()):
            if isinstance(error, TokenRefusedError):
                self._refused = error
            else:
                log.error("The courier stumbled over a row; it stays in the outbox.", exc_info=error)
                self._resting[to] = self._clock.now() + timedelta(seconds=5)
        self.wake()

    async def _rest(self, until: datetime | None) -> None:
        """Wait until woken, or until that moment of the program's clock."""
        waiters: list[asyncio.Task[object]] = [asyncio.create_task(self._awake.wait())]
        if until is not None:
            waiters.append(asyncio.create_task(self._sleep_until(until)))
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()
                with suppress(asyncio.CancelledError):
                    await waiter

    async def _sleep_until(self, moment: datetime) -> None:
        """A clock that leaps while the wait is being reckoned must not prolong it."""
        while (left := (moment - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(left)

    async def _deliver(self, row: OutboxRow, recipient: Recipient, claimed: asyncio.Future[bool] | None = None) -> None:
        if row.once and not await (claimed or self._claim(row)):
            return
        try:
            message_ref = await self._call(row, recipient)
        except Exception as error:  # noqa: BLE001  # whatever it is, the row must not be tried for ever
            await self._sort(row, recipient, classify(error), error)
        else:
            self._failures.pop(_To.of(row), None)
            if row.slot and message_ref:
                self._marks.add(recipient.external_id, message_ref)
            await self._sent(row, message_ref, edited=recipient.standing is not None)

    async def _claim(self, row: OutboxRow) -> bool:
        async with self._database.writing() as session:
            return await outbox.claim_row(session, row.id or 0)

    async def _call(self, row: OutboxRow, recipient: Recipient) -> str | None:
        """Say it; a live message that stands already is edited. Returns the message's id, if it is one."""
        method, fields = row.method, {**row.arguments, "chat_id": int(recipient.external_id)}
        if recipient.standing:
            method, fields = _as_edit(fields, recipient.standing)
        if order := _picture(fields):
            fields["photo"] = BufferedInputFile(await self._easel.take(order), "picture.png")
        result = await self._bot(METHODS[method](**fields))
        return str(result.message_id) if isinstance(result, Message) else None

    async def _sent(self, row: OutboxRow, message_ref: str | None, *, edited: bool) -> None:
        """Written down. A live card rests after each edit; the first one after it was posted comes at once.

        Of what is said at most once, the next is claimed in the same commit, and goes when that is done.
        """
        now = self._clock.now()
        rests = self._pace is not None and edited and row.priority == outbox.CARD
        claimed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        following = self._begin_next(claimed, now) if row.once else None
        has_claimed = False
        try:
            async with self._database.writing() as session:
                until = now + BETWEEN_EDITS if rests else None
                await outbox.set_sent(session, row, now, message_ref, edited=edited, rests_until=until)
                is_ours = following is not None and await outbox.claim_row(session, following)
            has_claimed = is_ours
        finally:
            if not claimed.done():  # as it is where the next was cut off while it waited
                claimed.set_result(has_claimed)

    def _begin_next(self, claimed: asyncio.Future[bool], now: datetime) -> int | None:
        """Begin with the next of what is said at most once, if it may go now; its call waits for the claim."""
        while self._next_once and not self._stopping and _MESSAGES not in self._resting:
            row, recipient = self._next_once.pop(0)
            to = _To.of(row)
            if to in self._busy or to in self._resting or (row.good_until and row.good_until < now):
                continue
            if not self._may_go(to, _MESSAGES, recipient, now):
                return None
            self._in_hand_once = to
            self._begin(to, self._deliver(row, recipient, claimed), recipient)
            return row.id
        return None

    async def _end(self, row: OutboxRow, reason: str) -> None:
        async with self._database.writing() as session:
            await self._end_within(session, row, reason)

    async def _end_within(self, session: Session, row: OutboxRow, reason: str) -> None:
        """Nothing more is tried; what is said at most once is for staff to look after."""
        await outbox.set_ended(session, row.id or 0, outbox.DOUBTFUL if row.once else outbox.DEAD, reason)
        if row.once:
            await self._tell_doubt(session, row, self._clock.now())

    async def _sort(self, row: OutboxRow, recipient: Recipient, verdict: Verdict, error: Exception) -> None:
        """Write down what follows from a failed call."""
        now = self._clock.now()
        log.info("%s to %s: %s", row.method, recipient.external_id, verdict.reason)
        match verdict.outcome:
            case Outcome.TOKEN:
                raise TokenRefusedError(verdict.reason)
            case Outcome.DONE:
                await self._sent(row, None, edited=True)
            case Outcome.DOUBT if row.once:
                await self._end(row, verdict.reason)
            case Outcome.LATER | Outcome.DOUBT:
                await self._try_later(row, recipient, verdict, now)
            case Outcome.MOVED | Outcome.NO_TOPIC | Outcome.NO_MARKUP | Outcome.NO_PICTURE | Outcome.NO_MESSAGE:
                await self._try_otherwise(row, recipient, verdict)
            case Outcome.GONE:
                await self._mark_gone(row, verdict)
            case Outcome.BROKEN:
                log.error("Row %s (%s) cannot be sent; it is given up.", row.id, row.method, exc_info=error)
                await self._end(row, verdict.reason)
            case Outcome.DEAD:
                log.warning("Not sent, for good: %s %s: %s", row.method, row.id, verdict.reason)
                await self._end(row, verdict.reason)

    async def _try_later(self, row: OutboxRow, recipient: Recipient, verdict: Verdict, now: datetime) -> None:
        """Refused for now: again until it is worth nothing. In doubt: only so often, since each may have arrived."""
        in_doubt = verdict.outcome is Outcome.DOUBT
        if in_doubt and row.attempts >= MOST_TRIES:
            await self._end(row, verdict.reason)
            return
        to = _To.of(row)
        self._failures[to] = failures = self._failures.get(to, 0) + 1
        pause = min(2 ** min(failures - 1, MOST_TRIES), LONGEST_PAUSE)
        wait = timedelta(seconds=pause if verdict.seconds is None else verdict.seconds)
        if self._pace and verdict.seconds is not None and row.is_wordless:
            self._pace.hold_wordless(now + wait)
        elif self._pace and verdict.seconds is not None:
            self._pace.hold(recipient.external_id, now + wait)
        self._resting[to] = now + wait
        async with self._database.writing() as session:
            await outbox.set_later(session, row.id or 0, now + wait, verdict.reason, tried=in_doubt)

    async def _try_otherwise(self, row: OutboxRow, recipient: Recipient, verdict: Verdict) -> None:
        """Mend what Telegram complained of and leave the row waiting; what cannot be mended is over."""
        async with self._database.writing() as session:
            if row.attempts >= MOST_TRIES or not await self._mend(session, row, recipient, verdict):
                await self._end_within(session, row, verdict.reason)

    async def _mend(self, session: Session, row: OutboxRow, recipient: Recipient, verdict: Verdict) -> bool:
        simpler = _simpler(row.arguments, verdict.outcome)
        if verdict.outcome is Outcome.NO_TOPIC:
            await self._tell_topic_lost(session, row, self._clock.now())
        if verdict.outcome is Outcome.NO_MESSAGE and row.slot:
            await outbox.delete_slot(session, row.slot)
        elif verdict.outcome is Outcome.NO_PICTURE and "caption" in row.arguments:
            await outbox.set_arguments(session, row, _in_words(row.arguments), method="sendMessage")
        elif verdict.outcome is not Outcome.MOVED and simpler != row.arguments:
            await outbox.set_arguments(session, row, simpler)
        elif verdict.outcome is not Outcome.MOVED or row.chat_id is None:
            return False
        # Waiting again before the move, which mends all that waits for the chat.
        await outbox.set_later(session, row.id or 0, self._clock.now(), verdict.reason, tried=True)
        if verdict.moved_to:
            moved = await moves.follow(session, recipient.external_id, verdict.moved_to)
            await self._tell_renumbered(session, moved, self._clock.now())
        return True

    async def _mark_gone(self, row: OutboxRow, verdict: Verdict) -> None:
        async with self._database.writing() as session:
            await self._end_within(session, row, verdict.reason)
            if row.person_id is not None:
                await members.set_reachable(session, row.person_id, False)
            elif row.chat_id is not None and row.method in ("sendMessage", "sendPhoto"):
                await communities.set_status(session, row.chat_id, "left")

    async def _send_quickly(self, quick: _Quick) -> None:
        try:
            await self._bot(METHODS[quick.method](**quick.fields))
        except Exception as error:  # noqa: BLE001  # it is worth nothing by now, whatever went wrong
            log.info("%s was lost: %s", quick.method, classify(error).reason)


def _picture(fields: Mapping[str, object]) -> Mapping[str, object] | None:
    """What is still to be drawn of a call."""
    order = fields.get("photo")
    return order if isinstance(order, dict) else None


def _as_edit(fields: dict[str, object], message_ref: str) -> tuple[str, dict[str, object]]:
    kept = {name: value for name, value in fields.items() if name not in _ONLY_FOR_NEW}
    return "editMessageText", {**kept, "message_id": int(message_ref)}


_ONLY_FOR_NEW = {"disable_notification", "reply_parameters", "message_thread_id"}


_TROUBLES = {Outcome.NO_TOPIC: "message_thread_id", Outcome.NO_MARKUP: "parse_mode"}


def _in_words(fields: Mapping[str, object]) -> dict[str, object]:
    """What stood under a picture, without it."""
    kept = {name: value for name, value in fields.items() if name not in ("photo", "caption")}
    return {**kept, "text": fields["caption"]}


def _simpler(fields: dict[str, object], outcome: Outcome) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != _TROUBLES.get(outcome)}
