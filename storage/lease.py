"""One program at a time works with a database: what is said once, and Telegram's pace, depend on it.

A second one on the same SQLite file is refused. On PostgreSQL it stands by, and takes over as soon as the first is
gone, however suddenly. The file with SQLite's lock, beside the database, also bears the mark of `storage/epochs.py`.
"""

import asyncio
import fcntl
import logging
import os
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.database import Database
from storage.epochs import Beat

log = logging.getLogger(__name__)

_KEY = 727202  # of PostgreSQL's advisory lock
LOOKS_EVERY = 1.0  # seconds between two looks of who stands by
KEEPS_EVERY = 5.0  # seconds between two signs of life
ANSWERS_WITHIN = 10.0


class AlreadyRunningError(Exception):
    """Another program works with this SQLite file."""


class LeaseLostError(Exception):
    """PostgreSQL has forgotten that the database is ours; somebody else may have begun to work with it."""


class Lease:
    """Ours from `take` to `release`, or to the program's end, however it comes."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._path = Path(f"{database.file}-mark") if database.file else folder / "mark"
        self._file: int | None = None
        self._engine: AsyncEngine | None = None
        self._connection: AsyncConnection | None = None

    async def take(self) -> None:
        """Wait until the database is ours; raises AlreadyRunningError."""
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if self._database.is_sqlite:
            self._lock()
        else:
            await self._stand_by()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file or 0, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(
                f"Another Millet is running on {self._database.file}. Stop that one first: two would say everything "
                "twice. Several processes can stand by on PostgreSQL."
            ) from None

    async def _stand_by(self) -> None:
        self._engine = self._database.engine_apart()
        told = False
        while not await self._try():
            if not told:
                log.warning("Another Millet works with this database; standing by to take over.")
            told = True
            await asyncio.sleep(LOOKS_EVERY)

    async def _try(self) -> bool:
        assert self._engine is not None  # noqa: S101  # made by who calls
        try:
            self._connection = self._connection or await self._engine.connect()
            taken = await self._connection.execute(text(f"SELECT pg_try_advisory_lock({_KEY})"))
            return bool(taken.scalar_one())
        except (SQLAlchemyError, OSError) as error:
            log.warning("The database does not answer; trying again. %s", error)
            await self._disconnect()
            return False

    async def keep(self) -> None:
        """Nothing, as long as the database is ours; raises LeaseLostError."""
        while True:
            await asyncio.sleep(KEEPS_EVERY)
            if self._connection is None:
                continue
            try:
                async with asyncio.timeout(ANSWERS_WITHIN):
                    await self._connection.execute(text("SELECT 1"))
            except (SQLAlchemyError, OSError) as error:
                raise LeaseLostError("The connection to the database is broken. Start anew.") from error

    async def release(self) -> None:
        """Let another take it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        await self._disconnect()
        if self._engine is not None:
            await self._engine.dispose()

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.invalidate()
            await self._connection.close()
            self._connection = None

    def read_mark(self) -> Beat | None:
        """How far the database had come when this program, or an earlier one here, last looked."""
        return Beat.read(os.pread(self._file or 0, 100, 0).decode("ascii", "replace"))

    def write_mark(self, beat: Beat) -> None:
        """In place and always as long, so that a power cut leaves the old one or the new one."""
        os.pwrite(self._file or 0, f"{beat}\n".encode("ascii"), 0)
