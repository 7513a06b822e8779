"""The ground: many writers at once, migrations that match the tables, settings of the engine."""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, func, select

from storage import members
from storage.communities import Community
from storage.database import Database, database_url
from storage.driver import connect
from storage.members import Person
from storage.steps import Question, Steps, take
from tests.databases import Maker

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)


def person(n: int) -> Person:
    return Person(external_id=str(n), name=f"No. {n}", created_at=NOW)


async def test_fifty_writers_at_once_are_all_served(database: Database) -> None:
    async def write(n: int) -> None:
        async with database.writing() as session:
            await members.get_person_by_external_id(session, str(n))  # a read first: the way to "database is locked"
            await members.add_person(session, person(n))

    await asyncio.gather(*(write(n) for n in range(50)))
    async with database.reading() as look:
        assert (await look.exec(select(func.count()).select_from(Person))).one() == 50


async def test_a_second_process_may_write_too(maker: Maker, tmp_path: Path) -> None:
    url = await maker.make(tmp_path)
    first, second = Database(url), Database(url)

    async def write(database: Database, n: int) -> None:
        async with database.writing() as session:
            await members.add_person(session, person(n))

    await asyncio.gather(*(write(database, n) for n, database in enumerate([first, second] * 25)))
    async with first.reading() as look:
        assert (await look.exec(select(func.count()).select_from(Person))).one() == 50
    await first.close()
    await second.close()


async def test_an_error_rolls_everything_back(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as session:
            await members.add_person(session, person(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as look:
        assert not (await look.exec(select(Person))).all()


async def test_who_is_cut_short_leaves_no_transaction_open(database: Database) -> None:
    async def write(statements: int) -> None:
        async with database.writing() as session:
            for n in range(statements):
                await members.add_person(session, person(n))
            await asyncio.sleep(3600)

    for statements in (0, 1, 2):
        for turns in range(6):  # cut at each of the first waits: before BEGIN, in a statement, after it
            task = asyncio.create_task(write(statements))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    async with database.writing() as session:
        await members.add_person(session, person(7))
    async with database.reading() as look:
        assert [row.name for row in await look.exec(select(Person))] == ["No. 7"]


async def test_a_look_at_sqlite_sees_one_state_from_its_first_statement_on(sqlite: Maker, tmp_path: Path) -> None:
    database = Database(await sqlite.make(tmp_path))
    async with database.reading() as look:
        assert not (await look.exec(select(Person))).all()
        async with database.writing() as session:
            await members.add_person(session, person(1))
        assert not (await look.exec(select(Person))).all()
    async with database.reading() as look:
        assert (await look.exec(select(Person))).all()
    await database.close()


async def test_steps_go_on_with_each_answer_and_fail_where_they_would(database: Database) -> None:
    def doubled(number: int, times: int) -> Steps[int]:
        for _ in range(times):
            statement = "SELECT 2 * CAST($1 AS integer)"
            [(number,)] = yield Question(statement, statement, (number,))
        return number

    def failing(statement: str) -> Steps[None]:
        yield Question(statement, statement, ())
        raise ValueError("after the answer")

    async with database.reading() as look:
        assert await take(look, doubled(3, 0)) == 3
        assert await take(look, doubled(3, 4)) == 48
        with pytest.raises(ValueError, match="after the answer"):
            await take(look, failing("SELECT 1"))
        with pytest.raises(Exception, match="nowhere"):
            await take(look, failing("SELECT 1 FROM nowhere"))
        assert await take(look, doubled(1, 1)) == 2


async def test_what_is_not_allowed_is_refused_by_the_database(database: Database) -> None:
    moment = {"digest_due_at": NOW, "created_at": NOW}
    for wrong in ({"language": "fr"}, {"ritual_weekday": 7}, {"ritual_hour": 24}, {"name": ""}):
        values = {"name": "x", "language": "en", "zone": "UTC", **moment, **wrong}
        with pytest.raises(IntegrityError):
            async with database.writing() as session:
                await session.exec(insert(Community).values(**values))


async def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    async with database.writing() as session:
        await members.add_person(session, person(1))
    async with database.reading() as look:
        created = (await look.exec(select(Person.created_at))).one()
    assert created == NOW
    assert created.utcoffset() is not None


async def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        return list(compare_metadata(context, SQLModel.metadata))

    async with database._writer.connect() as connection:
        assert await connection.run_sync(differences) == []


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """The full-text index is made by hand, since no table class can describe it."""
    return not (kind in ("table", "index") and (name or "").startswith("wording_index"))


async def test_processes_that_migrate_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    migrate = (sys.executable, "-m", "bot", "migrate")
    processes = [await asyncio.create_subprocess_exec(*migrate, env=env) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]


async def test_sqlite_is_durable_and_checks_references(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    found = {}
    async with database._writer.connect() as connection:
        for pragma in ("journal_mode", "synchronous", "foreign_keys"):
            found[pragma] = (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one()
    await database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///data/millet.db", "sqlite+aiosqlite"),
        ("postgres://u:p@host/db", "postgresql+asyncpg"),
        ("postgresql://u:p@host/db", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u:p@host/db", "postgresql+asyncpg"),
    ],
)
def test_urls_as_people_write_them(given: str, driver: str) -> None:
    assert database_url(given).drivername == driver


async def test_a_connection_that_was_given_up_closes_once_and_nobody_waits_for_its_thread(tmp_path: Path) -> None:
    """SQLAlchemy stops the thread when a closing is cancelled; the closing that is under way still ends."""
    connection = await connect(str(tmp_path / "any.db"))
    closing = asyncio.ensure_future(connection.close())
    await asyncio.sleep(0)
    connection.stop()
    async with asyncio.timeout(30):
        await closing
        await connection.close()
