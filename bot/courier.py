"""The only sender: what the outbox holds goes to Telegram, at its pace and in its order; what went is written down."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot

from bot import calls
from bot.aftermath import LONGEST_PAUSE, Aftermath, Tellers
from bot.clock import Clock
from bot.easel import Easel
from bot.marks import Marks
from bot.outcomes import Outcome, classify
from bot.pace import BETWEEN_EDITS, Pace
from storage import outbox
from storage.database import Database, Session
from storage.outbox import OutboxRow, Recipient

log = logging.getLogger(__name__)

MOST_AT_ONCE = 40
AHEAD = 3  # of what is said at most once: the next, and those whose pictures are drawn meanwhile
LEAST_SET_BACK = timedelta(seconds=5)  # less is a clock that keeps itself right
STOP_WITHIN = 1.5  # seconds for the answers still to come
_LOUDNESS = {Outcome.BROKEN: logging.ERROR, Outcome.DEAD: logging.WARNING}


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


class Courier:
    """Sends what is due until stopped; one call at a time to each recipient, so that their order holds."""

    def __init__(  # the composition root hands over all it needs
        self,
        bot: Bot,
        database: Database,
        clock: Clock,
        pace: Pace | None,
        marks: Marks,
        tellers: Tellers,
        easel: Easel,
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._pace = pace
        self._marks = marks
        self._aftermath = Aftermath(database, clock, pace, tellers)
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
        """Send a toast, reaction or typing mark at once; it is worth nothing after a crash, so it is not remembered."""
        task = asyncio.create_task(self._send_quickly(method, fields))
        self._quick.add(task)
        task.add_done_callback(self._quick.discard)

    async def run(self) -> None:
        """Send until stopped; raises TokenRefusedError."""
        await self._aftermath.settle_doubts()
        self._settled = True
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
        if in_hand := {*self._busy.values(), *self._quick}:
            _, hanging = await asyncio.wait(in_hand, timeout=STOP_WITHIN)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*in_hand, return_exceptions=True)

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
            self._easel.begin(calls.pictures([row for row, _ in self._next_once]))
            due += self._next_once
        return sorted(due, key=lambda found: (found[0].priority, found[0].id))

    def _start(self, row: OutboxRow, recipient: Recipient, now: datetime) -> None:
        to, lane = _To.of(row), _WORDLESS if row.is_wordless else _MESSAGES
        waits = to in self._busy or to in self._resting or lane in self._resting
        waits = waits or (row.once and self._in_hand_once is not None)
        if self._stopping or waits or len(self._busy) >= MOST_AT_ONCE:
            return
        if row.good_until and row.good_until < now:  # takes no place from what is still worth saying
            self._begin(to, self._aftermath.end(row, "its time had passed"), None)
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

    async def _deliver(self, row: OutboxRow, recipient: Recipient, claim: asyncio.Task[bool] | None = None) -> None:
        if row.once and not await (asyncio.shield(claim) if claim else self._claim(row)):
            return
        try:
            message_ref = await calls.make(self._bot, self._easel, row, recipient)
        except Exception as error:  # noqa: BLE001  # whatever it is, the row must not be tried for ever
            await self._failed(row, recipient, error)
            return
        self._failures.pop(_To.of(row), None)
        if row.slot and message_ref:
            self._marks.add(recipient.external_id, message_ref)
        if row.once:
            await self._sent_once(row, message_ref)
        else:
            await self._sent(row, message_ref, edited=recipient.standing is not None)

    async def _claim(self, row: OutboxRow) -> bool:
        async with self._database.writing() as session:
            return await outbox.claim_row(session, row.id or 0)

    async def _sent(self, row: OutboxRow, message_ref: str | None, *, edited: bool) -> None:
        """Written down. A live card rests after each edit; the first one after it was posted comes at once."""
        now = self._clock.now()
        until = now + BETWEEN_EDITS if self._pace and edited and row.priority == outbox.CARD else None
        async with self._database.writing() as session:
            await outbox.set_sent(session, row, now, message_ref, edited=edited, rests_until=until)

    async def _sent_once(self, row: OutboxRow, message_ref: str | None) -> None:
        """Written down; the next of its kind is claimed in the same commit, and its call waits for that."""
        now = self._clock.now()
        following = self._choose_next(now)
        noted = asyncio.create_task(self._note_once(row, message_ref, now, following[0] if following else None))
        if following:
            self._in_hand_once = _To.of(following[0])
            self._begin(self._in_hand_once, self._deliver(*following, claim=noted), following[1])
        await noted

    async def _note_once(
        self, row: OutboxRow, message_ref: str | None, now: datetime, following: OutboxRow | None
    ) -> bool:
        """Whether the following one is ours to send."""
        async with self._database.writing() as session:
            await outbox.set_sent(session, row, now, message_ref)
            return following is not None and await outbox.claim_row(session, following.id or 0)

    def _choose_next(self, now: datetime) -> tuple[OutboxRow, Recipient] | None:
        """The next of what is said at most once, if it may go now, and then counts as gone."""
        while self._next_once and not self._stopping and _MESSAGES not in self._resting:
            row, recipient = self._next_once.pop(0)
            to = _To.of(row)
            if to in self._busy or to in self._resting or (row.good_until and row.good_until < now):
                continue
            return (row, recipient) if self._may_go(to, _MESSAGES, recipient, now) else None
        return None

    async def _failed(self, row: OutboxRow, recipient: Recipient, error: Exception) -> None:
        """Sort the failure and see to what follows; who is refused for now rests."""
        to, verdict = _To.of(row), classify(error)
        ours = error if verdict.outcome is Outcome.BROKEN else None
        level = _LOUDNESS.get(verdict.outcome, logging.INFO)
        log.log(level, "%s %s to %s: %s", row.method, row.id, recipient.external_id, verdict.reason, exc_info=ours)
        if verdict.outcome is Outcome.TOKEN:
            raise TokenRefusedError(verdict.reason)
        if verdict.outcome is Outcome.DONE:
            await self._sent(row, None, edited=True)
            return
        failures = self._failures.get(to, 0) + 1
        if until := await self._aftermath.settle(row, recipient, verdict, failures):
            self._failures[to], self._resting[to] = failures, until

    async def _send_quickly(self, method: str, fields: dict[str, object]) -> None:
        try:
            await self._bot(calls.METHODS[method](**fields))
        except Exception as error:  # noqa: BLE001  # it is worth nothing by now, whatever went wrong
            log.info("%s was lost: %s", method, classify(error).reason)
