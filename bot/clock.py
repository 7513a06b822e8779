"""What time it is, for the whole program: one object, so the demo runs a week in a minute and a test picks its day."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of aware UTC time that can also be waited on."""

    def now(self) -> datetime:
        """The present moment (aware, UTC)."""

    async def sleep(self, seconds: float) -> None:
        """Wait until so many of this clock's seconds have passed."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))


class SteerableClock:
    """A clock that starts where it is told, runs at a chosen speed (0 stands still) and can leap forward."""

    def __init__(self, start: datetime, speed: float = 0.0) -> None:
        self._base = start.astimezone(UTC)
        self._since = time.monotonic()
        self._speed = speed
        self._steered = asyncio.Event()

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def run_at(self, speed: float) -> None:
        """Change the speed: program seconds in a real second."""
        self._rebase(self.now(), speed)

    def leap(self, seconds: float = 0.0, *, to: datetime | None = None) -> None:
        """Move forward by so many seconds, or to a moment; never back: what was done on time would be due again."""
        target = to or self.now() + timedelta(seconds=seconds)
        self._rebase(max(self.now(), target.astimezone(UTC)), self._speed)

    async def sleep(self, seconds: float) -> None:
        deadline = self.now() + timedelta(seconds=seconds)
        while (left := (deadline - self.now()).total_seconds()) > 0:
            steered = self._steered
            try:
                await asyncio.wait_for(steered.wait(), left / self._speed if self._speed else None)
            except TimeoutError:
                continue

    def _rebase(self, base: datetime, speed: float) -> None:
        self._base, self._since, self._speed = base, time.monotonic(), speed
        self._steered.set()
        self._steered = asyncio.Event()
