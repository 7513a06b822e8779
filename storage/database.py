"""The engine: one writer at a time, readers beside it, migrations at start. SQLite or PostgreSQL by the URL alone."""

import asyncio
import copy
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, NullPool, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import driver

Session = AsyncSession

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}

# FULL: an update that Telegram was told we have must survive a power cut, not only a kill.
_SQLITE_PRAGMAS = (
    "busy_timeout=10000",  # first: even the others may have to wait
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16384",
    "temp_store=MEMORY",
    "secure_delete=ON",  # what was forgotten, such as a phone number, is not left in the file's free space
)


def database_url(url: str) -> URL:
    """The URL with the async driver named: sqlite:///…, postgres://… and postgresql://… are understood."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))


def insert_into(session: Session, table: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows `on_conflict_…` in the session's dialect."""
    return postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)


class Database:
    """Where Millet remembers. `writing()` is one transaction of the single writer, `reading()` a look beside it."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._writer = self._engine(writing=True)
        self._reader = self._engine(writing=False)
        self._write = async_sessionmaker(self._writer, class_=AsyncSession, expire_on_commit=False)
        self._read = async_sessionmaker(self._reader, class_=AsyncSession, expire_on_commit=False)

    @property
    def file(self) -> Path | None:
        """SQLite's file."""
        named = self.url.database if self.is_sqlite else None
        return Path(named) if named and named != ":memory:" else None

    def with_info(self, **info: object) -> "Database":
        """The same database, whose writing sessions bear this information."""
        told = copy.copy(self)
        sessions = async_sessionmaker(self._writer, class_=AsyncSession, expire_on_commit=False, info=info)
        told._write = sessions  # noqa: SLF001  # our own
        return told

    def engine_apart(self) -> AsyncEngine:
        """PostgreSQL alone: for a connection that stays open, and whose death the server soon notices."""
        alive = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
        return create_async_engine(
            self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"server_settings": alive}
        )

    def _engine(self, *, writing: bool) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(self.url, pool_size=8, max_overflow=0, pool_timeout=60, pool_pre_ping=True)
        # A pool of one is a fair queue for writers; SQLite's own lock wait is not.
        quick = {"async_creator_fn": driver.connect}
        pool = {"pool_size": 1 if writing else 2, "max_overflow": 0, "pool_timeout": 60}
        engine = create_async_engine(self.url, connect_args=quick, **pool)
        _prepare_sqlite(engine.sync_engine, writing=writing)
        return engine

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction, begun at its first statement, committed at the end, rolled back on any error."""
        async with self._write() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent look that cannot change anything."""
        async with self._read() as session:
            yield session

    async def migrate(self) -> None:
        """Bring the schema to the newest revision; safe to call by several processes and at every start."""
        async with self._writer.connect() as connection:
            await self._check_references(connection, on=False)
            await connection.run_sync(_upgrade)
            await connection.commit()
            await self._check_references(connection, on=True)

    async def _check_references(self, connection: AsyncConnection, *, on: bool) -> None:
        """SQLite changes a table's checks by making it anew, and what refers to it must look away meanwhile.

        The switch works outside a transaction only, so it is thrown beneath SQLAlchemy, which would begin one.
        """
        if self.is_sqlite:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None  # noqa: S101  # it has just been connected
            await driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")

    async def revision(self) -> str:
        """The schema's revision in force, or an empty string before the first migration."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(_current_revision)

    async def close(self) -> None:
        await asyncio.gather(self._writer.dispose(), self._reader.dispose())


def _prepare_sqlite(engine: Engine, *, writing: bool) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred; ours is below
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS if writing else (*_SQLITE_PRAGMAS, "query_only=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads first cannot become a writer once another has written.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727201)")  # two processes starting at once
    command.upgrade(_alembic(connection), "head")


def _current_revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""
