"""Delivery by webhook: each update is posted until the bot answers 2xx, with growing pauses between the attempts."""

import asyncio
import json
from collections.abc import Hashable
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.updates import Clock, Json, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MAX_CONNECTIONS = 40


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed. Its pauses (real seconds) are shorter than Telegram's 1 and 60."""

    queue: UpdateQueue
    clock: Clock
    url: str = ""
    secret: str = ""
    max_connections: int = MAX_CONNECTIONS
    first_pause: float = 0.05
    longest_pause: float = 2.0
    last_error: str = ""
    last_error_at: int = 0
    attempts: int = 0
    _task: asyncio.Task[None] | None = None
    _lanes: dict[Hashable, asyncio.Queue[tuple[int, Json]]] = field(default_factory=dict)
    _workers: set[asyncio.Task[None]] = field(default_factory=set)

    def set(self, url: str, secret: str, max_connections: int) -> None:
        """Start pushing to this address; an empty one stops it."""
        self.stop()
        self.url, self.secret = url, secret
        self.max_connections = max_connections or MAX_CONNECTIONS
        self.last_error, self.last_error_at = "", 0
        self.queue.wake()
        if url:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        for task in [self._task, *self._workers]:
            if task:
                task.cancel()
        self._task = None
        self._workers.clear()
        self._lanes.clear()

    async def _run(self) -> None:
        """Hand new updates to their lanes: a chat's messages stay in order, button presses queue by person."""
        seen = 0
        gate = asyncio.Semaphore(self.max_connections)
        async with aiohttp.ClientSession() as session:
            while True:
                fresh = self.queue.waiting(after=seen)
                for key, update in fresh:
                    seen = key
                    self._lane(update, session, gate).put_nowait((key, update))
                if not fresh:
                    await self.queue.next_arrival()

    def _lane(
        self, update: Json, session: aiohttp.ClientSession, gate: asyncio.Semaphore
    ) -> asyncio.Queue[tuple[int, Json]]:
        name = _lane_name(update)
        if name not in self._lanes:
            self._lanes[name] = asyncio.Queue()
            worker = asyncio.get_running_loop().create_task(self._drain(name, session, gate))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return self._lanes[name]

    async def _drain(self, name: Hashable, session: aiohttp.ClientSession, gate: asyncio.Semaphore) -> None:
        lane = self._lanes[name]
        while not lane.empty():
            key, update = lane.get_nowait()
            pause = self.first_pause
            while not await self._deliver(session, gate, update):
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.longest_pause)
            self.queue.discard(key)
        del self._lanes[name]

    async def _deliver(self, session: aiohttp.ClientSession, gate: asyncio.Semaphore, update: Json) -> bool:
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers[SECRET_HEADER] = self.secret
        async with gate:
            self.attempts += 1
            try:
                async with session.post(self.url, data=json.dumps(update), headers=headers) as answer:
                    if answer.ok:
                        return True
                    problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except (aiohttp.ClientError, TimeoutError) as error:
                problem = f"Connection failed: {type(error).__name__}"
        self.last_error, self.last_error_at = problem, int(self.clock().timestamp())
        return False


def _lane_name(update: Json) -> Hashable:
    for kind, payload in update.items():
        if isinstance(payload, dict):
            key = "from" if kind == "callback_query" else "chat"
            owner = payload.get(key)
            return key, owner.get("id") if isinstance(owner, dict) else None
    return None
