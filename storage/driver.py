"""aiosqlite with one hop to its thread for a statement, where SQLAlchemy takes four: cursor, execute, fetch, close.

A hop costs the loop more than most statements cost SQLite; docs/architecture.md has the figures.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self

import aiosqlite


class Cursor:
    """What SQLAlchemy asks of a cursor; all rows are read in the hop that runs the statement."""

    arraysize = 1

    def __init__(self, hop: Callable[..., Awaitable[None]], connection: sqlite3.Connection) -> None:
        self._hop = hop
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        await self._hop(self._run, sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, many: Iterable[Any]) -> None:
        await self._hop(self._run, sqlite3.Cursor.executemany, statement, many)

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing is open: the thread closed it."""

    def _run(self, how: Callable[..., sqlite3.Cursor], statement: str, parameters: Any) -> None:
        cursor = self._connection.cursor()
        try:
            how(cursor, statement, parameters)
            self._rows = cursor.fetchall()
            # Only now does SQLite know how many rows an UPDATE … RETURNING has changed.
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class Connection(aiosqlite.Connection):
    """An aiosqlite connection with such cursors."""

    def cursor(self) -> Cursor:  # type: ignore[override]  # SQLAlchemy enters it, and asks no more of it
        return Cursor(self._execute, self._conn)


def connect(database: str, **options: Any) -> Connection:
    """To be awaited by SQLAlchemy's dialect (`async_creator_fn`); its thread never keeps the program alive."""
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=1)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does with the connections it makes
    return connection
