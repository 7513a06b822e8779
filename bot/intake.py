"""The road in: every update is on disk before Telegram is told that we have it, and leaves in order within its chat.

aiogram's own polling confirms updates while their handlers still run and loses them when the program is killed; one
update that it cannot parse blocks it for good. So the loop is ours, and aiogram sees one stored update at a time.
"""

import asyncio
import hmac
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from aiogram import Bot
from aiogram import exceptions as telegram
from aiogram.methods import Response, TelegramMethod
from aiohttp import web
from pydantic import ValidationError

from bot.clock import Clock
from bot.courier import TokenRefusedError
from storage import inbox
from storage.database import Database
from storage.inbox import InboxRow

log = logging.getLogger(__name__)

RawUpdate = Mapping[str, Any]  # JSON as Telegram sent it: any shape, and not always the documented one

ALLOWED_UPDATES = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
]
LARGEST_WEBHOOK_BODY = 1024 * 1024  # bytes
MOST_TRIES = 3
PAUSES = (0, 0.2, 1)  # seconds before each try, real ones: a database that is busy now may not be a moment later
MOST_HELD = 1_000  # updates in memory; beyond that Telegram keeps them for us
LANES_AT_ONCE = 16


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without a model: one update that does not parse must not hide the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = 0
    allowed_updates: list[str] | None = None


_ANSWER = Response[list[dict[str, Any]]]  # held, or pydantic would forget it and aiogram build it anew for each poll


class Drain:
    """Hands stored updates to their handler: in order within a lane, lanes in parallel."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handle: Callable[[RawUpdate], Awaitable[None]],
        apologise: Callable[[RawUpdate], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._apologise = apologise
        self._lanes: dict[str, deque[InboxRow]] = {}
        self._held: set[int] = set()
        self._ended: set[int] = set()  # since the latest refill began to read: what it read of them is out of date
        self._refilling = asyncio.Lock()
        self._workers: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(LANES_AT_ONCE)
        self._room = asyncio.Event()
        self._room.set()
        self._stopping = False

    @property
    def is_idle(self) -> bool:
        """Whether no update is in hand."""
        return not self._held

    def put(self, rows: Sequence[InboxRow]) -> None:
        """Take stored updates in; those already in hand are passed over."""
        for row in rows:
            if row.update_id in self._held or self._stopping:
                continue
            self._held.add(row.update_id)
            if (lane := self._lanes.get(row.lane)) is not None:
                lane.append(row)
            else:
                self._lanes[row.lane] = deque([row])
                worker = asyncio.create_task(self._work(row.lane))
                self._workers.add(worker)
                worker.add_done_callback(self._workers.discard)
        self._note_room()

    async def refill(self) -> None:
        """Take in what waits in the database: left by an earlier run, put back by `inbox --replay`, or let go here."""
        async with self._refilling:
            self._ended.clear()
            async with self._database.reading() as session:
                waiting = await inbox.list_waiting(session, limit=MOST_HELD)
            self.put([row for row in waiting if row.update_id not in self._ended])

    async def room(self) -> None:
        """Wait until there is room for another batch."""
        await self._room.wait()

    async def stop(self, seconds: float) -> None:
        """Finish the updates in hand, each lane's present one, within so many seconds; the rest stays on disk."""
        self._stopping = True
        if self._workers:
            _, unfinished = await asyncio.wait(self._workers, timeout=seconds)
            for worker in unfinished:
                worker.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)  # they hold the database, which closes next

    def _note_room(self) -> None:
        if len(self._held) < MOST_HELD:
            self._room.set()
        else:
            self._room.clear()

    async def _work(self, lane: str) -> None:
        rows = self._lanes[lane]
        try:
            while rows and not self._stopping:
                async with self._slots:
                    await self._handle_row(rows[0])
                ended = rows.popleft().update_id
                self._ended.add(ended)
                self._held.discard(ended)
                self._note_room()
        except Exception:
            log.exception("Chat %s has to wait: its updates stay on disk and are taken up at the next knock.", lane)
        finally:
            del self._lanes[lane]
            self._held.difference_update(row.update_id for row in rows)
            self._note_room()

    async def _handle_row(self, row: InboxRow) -> None:
        for attempt in range(row.attempts + 1, MOST_TRIES + 1):
            await asyncio.sleep(PAUSES[attempt - 1])
            try:
                await self._handle(row.update)
            except Exception as error:
                parked = attempt >= MOST_TRIES or isinstance(error, ValidationError)
                log.exception("Update %s failed (try %s of %s).", row.update_id, attempt, MOST_TRIES)
                await self._note_failure(row, error, attempt, parked=parked)
                if parked:
                    return
            else:
                return

    async def _note_failure(self, row: InboxRow, error: Exception, attempts: int, *, parked: bool) -> None:
        async with self._database.writing() as session:
            reason = f"{type(error).__name__}: {error}"
            await inbox.set_failed(session, row.update_id, reason, attempts=attempts, parked=parked)
        if parked:
            await self._apologise(row.update)


class Intake:
    """Stores what concerns us and passes it on; ordinary chatter is recognised from the raw JSON and never stored."""

    def __init__(
        self, database: Database, clock: Clock, drain: Drain, concerns_us: Callable[[RawUpdate], bool]
    ) -> None:
        self._database = database
        self._clock = clock
        self._drain = drain
        self._concerns_us = concerns_us

    async def accept(self, updates: Sequence[RawUpdate]) -> None:
        """Put a batch on disk. When this returns, Telegram may be told that we have it."""
        now = self._clock.now()
        rows = [
            InboxRow(
                update_id=update["update_id"],
                lane=lane_of(update),
                payload=orjson.dumps(update).decode(),
                received_at=now,
            )
            for update in updates
            if isinstance(update.get("update_id"), int) and self._concerns_us(update)
        ]
        if not rows:
            return
        async with self._database.writing() as session:
            new = await inbox.add_updates(session, rows)
        self._drain.put([row for row in rows if row.update_id in new])

    async def poll(self, bot: Bot, seconds: int = 50) -> None:
        """Ask Telegram for updates until cancelled; raises TokenRefusedError."""
        offset: int | None = None
        failures = 0
        while True:
            try:
                updates = await bot(
                    GetRawUpdates(offset=offset, timeout=seconds, allowed_updates=ALLOWED_UPDATES),
                    request_timeout=seconds + 10,
                )
            except telegram.AiogramError as error:
                failures += 1
                await self._clock.sleep(_pause_after(error, failures))
                continue
            failures = 0
            await self.accept(updates)
            if updates:
                offset = updates[-1]["update_id"] + 1
            await self._drain.room()

    def webhook(self, secret: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The view Telegram calls: 200 means that the update is on disk."""

        async def receive(request: web.Request) -> web.Response:
            shown = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not hmac.compare_digest(shown.encode("utf8", "surrogateescape"), secret.encode()):
                return web.Response(status=401)
            try:
                update = orjson.loads(await request.read())
            except orjson.JSONDecodeError:
                return web.Response(status=400)
            if not isinstance(update, dict):
                return web.Response(status=400)
            await self.accept([update])
            return web.Response()

        return receive


def _pause_after(error: telegram.AiogramError, failures: int) -> float:
    """Seconds until Telegram may be asked again; a refused token is final."""
    match error:
        case telegram.TelegramUnauthorizedError() | telegram.TelegramNotFound():
            raise TokenRefusedError(str(error)) from error
        case telegram.TelegramRetryAfter():
            return float(error.retry_after)
        case telegram.TelegramConflictError():
            log.warning("Another program polls with the same token; waiting for it to end. %s", error)
    return float(min(2 ** min(failures, 5), 30))


def lane_of(update: RawUpdate) -> str:
    """What an update keeps its order with: its chat, or the person where there is none."""
    for kind, content in update.items():
        if kind == "update_id" or not isinstance(content, dict):
            continue
        message = content.get("message") if kind == "callback_query" else content
        for holder, part in ((message, "chat"), (content, "from")):
            found = holder.get(part) if isinstance(holder, dict) else None
            if isinstance(found, dict) and "id" in found:
                return str(found["id"])
    return ""
