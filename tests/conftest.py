"""Fixtures: databases of both kinds, and the town, which is a running bot on a Telegram of its own."""

import functools
import gc
import ssl
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import settings
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

from storage.database import Database
from tests.databases import Maker, PostgresMaker, SqliteMaker, postgres_or_skip
from tests.town import Town

# The same examples on every machine, and none that fails because the machine is busy.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

# A town opens a thousand times: what each would read or compile anew is kept for the next.
setattr(ssl, "create_default_context", functools.lru_cache(ssl.create_default_context))  # noqa: B010  # as mypy wants
_compiled = LRUCache[Any, Any](5_000)
_dialects: dict[str, Dialect] = {}


@event.listens_for(Engine, "engine_connect")
def _share_what_is_compiled(connection: Connection) -> None:
    """Statements are kept by dialect, so those of one kind pass for one."""
    engine = connection.engine
    if engine.dialect.name == "sqlite" and engine._compiled_cache is not _compiled:
        engine.dialect = connection.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
        engine._compiled_cache = _compiled


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], AbstractEventLoop]]:
    """The loop that the bot runs on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_finish() -> None:
    """What was imported stays, as in the bot itself: full collections over it would be a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteMaker:
    return SqliteMaker(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresMaker]:
    server = postgres_or_skip()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def maker(request: pytest.FixtureRequest) -> Maker:
    """Each backend in turn."""
    made: Maker = request.getfixturevalue(request.param)
    return made


@pytest.fixture
async def database(maker: Maker, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty, migrated database, on SQLite and on PostgreSQL."""
    opened = Database(await maker.make(tmp_path))
    yield opened
    await opened.close()


@pytest.fixture
async def town(sqlite: SqliteMaker, tmp_path: Path) -> AsyncIterator[Town]:
    """The bot, running on SQLite, in a Telegram with the cast."""
    async with Town.open(await sqlite.make(tmp_path), tmp_path) as opened:
        yield opened


@pytest.fixture
async def any_town(maker: Maker, tmp_path: Path) -> AsyncIterator[Town]:
    """As `town`, on each backend in turn."""
    async with Town.open(await maker.make(tmp_path), tmp_path) as opened:
        yield opened
