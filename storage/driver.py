"""aiosqlite with one hop to its thread for a statement, where SQLAlchemy takes four: cursor, execute, fetch, close.

BEGIN goes with the first statement, and what never began needs no end. A hop costs the loop more than most statements
cost SQLite; docs/architecture.md has the figures.
"""

import sqlite3
from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self, TypeVar

import aiosqlite

T = TypeVar("T")


class Cursor:
    """What SQLAlchemy asks of a cursor; all rows are read in the hop that runs the statement."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        if statement.startswith("BEGIN"):
            self._connection.begin = statement
        else:
            await self._connection.hop(self._run, sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, many: Iterable[Any]) -> None:
        await self._connection.hop(self._run, sqlite3.Cursor.executemany, statement, many)

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing is open: the thread closed it."""

    def _run(
        self, opened: sqlite3.Connection, how: Callable[..., sqlite3.Cursor], statement: str, parameters: Any
    ) -> None:
        cursor = opened.cursor()
        try:
            how(cursor, statement, parameters)
            self._rows = cursor.fetchall()
            # Only now does SQLite know how many rows an UPDATE … RETURNING has changed.
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection with such cursors."""

    begin: str | None = None  # waits for the first statement
    _has_begun = False
    _stopping: Future[Any] | None = None

    def cursor(self) -> Cursor:  # type: ignore[override]  # SQLAlchemy enters it, and asks no more of it
        return Cursor(self)

    async def hop(self, run: Callable[..., T], *arguments: Any) -> T:
        """Run a statement in the thread, after the BEGIN that waits for it."""
        begin, self.begin = self.begin, None
        self._has_begun = self._has_begun or begin is not None
        return await self._execute(self._begin_and, begin, run, *arguments)  # type: ignore[no-any-return,no-untyped-call]

    async def commit(self) -> None:
        await self._end(super().commit)

    async def rollback(self) -> None:
        await self._end(super().rollback)

    def stop(self) -> Future[Any] | None:
        """Once is enough: a second word would be left to a thread that has ended, and be waited for without end."""
        if self._running:
            self._stopping = super().stop()
        return self._stopping

    def _begin_and(self, begin: str | None, run: Callable[..., T], *arguments: Any) -> T:
        if begin:
            self._conn.execute(begin)
        return run(self._conn, *arguments)

    async def _end(self, how: Callable[[], Awaitable[None]]) -> None:
        if self._has_begun:
            await how()
        self._has_begun, self.begin = False, None


def connect(database: str, **options: Any) -> Connection:
    """To be awaited by SQLAlchemy's dialect (`async_creator_fn`); its thread never keeps the program alive."""
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=1)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does with the connections it makes
    return connection
