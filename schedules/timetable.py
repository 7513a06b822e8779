"""APScheduler only knocks: what is due is a column, so a knock that comes late, or twice, changes nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.community.similar import Finder
from schedules import (
    care,
    digests,
    grids,
    housekeeping,
    invitations,
    notices,
    offers,
    proposals,
    questions,
    repositories,
    restores,
    verdicts,
    votes,
    waves,
    wishes,
    wordings,
)
from storage.database import Database
from storage.holds import UNASKED

log = logging.getLogger(__name__)

KNOCK = "knock"
NUDGE_EVERY = 0.5  # seconds

Job = Callable[[Database, datetime], Awaitable[None]]

JOBS: tuple[Job, ...] = (
    repositories.knock,
    digests.knock,
    grids.knock,
    invitations.knock,
    votes.knock,
    wishes.knock,
    questions.knock,
    waves.knock,
    # Questions before news: both want the person's one message of the day, and news comes oftener.
    verdicts.knock,
    notices.knock,
    care.knock,
    housekeeping.knock,
)


class Timetable:
    """One interval job that asks every feature what is due."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        finder: Finder,
        before: Callable[[], Awaitable[None]],
        after: Callable[[], Awaitable[None]],
        wake: Callable[[], None],
        every_seconds: float,
    ) -> None:
        self._database = database
        self._unasked = database.with_info(**{UNASKED: True})
        self._clock = clock
        self._jobs = (offers.filing(finder), *JOBS, proposals.looking(finder), wordings.reindexing(finder))
        self._before = before  # at the beginning of each: whether the database is the one it was
        self._after = after  # at the end of each knock: what was put back is taken up, what was written is sent
        self._wake = wake
        self._every = every_seconds
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._knocking = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to knock."""
        self._scheduler.add_job(
            self.knock,
            "interval",
            (),
            id=KNOCK,
            seconds=self._every,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """APScheduler waits for a time on the wall: one that was set back by an hour would let it sleep as long."""
        while True:
            before = datetime.now(UTC)
            await asyncio.sleep(self._every)
            if (now := datetime.now(UTC)) < before:
                log.warning("The clock was set back by %s.", before - now)
                self._scheduler.modify_job(KNOCK, next_run_time=now)

    async def knock(self) -> None:
        """Do everything that is due now; a job that fails is logged and tried again at the next knock."""
        async with self._knocking:
            await self._before()
            nudging = asyncio.create_task(self._nudge())
            for job in self._jobs:
                await self._do(job, self._unasked)
            await self._do(restores.knock, self._database)
            nudging.cancel()
            await self._after()

    async def _nudge(self) -> None:
        """What a long knock has written, such as the first of five hundred digests, need not wait for its end."""
        while True:
            await asyncio.sleep(NUDGE_EVERY)
            self._wake()

    async def _do(self, job: Job, database: Database) -> None:
        try:
            await job(database, self._clock.now())
        except Exception:
            log.exception("The job %s failed.", job.__module__)

    async def stop(self, seconds: float) -> None:
        """No more knocks. The one under way has so many seconds to end: APScheduler would break it off at once."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._watching:
            self._watching.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._knocking:
                pass
        self._scheduler.shutdown(wait=False)
