"""Tables made anew have their rows, references, checks and indexes, and terms their counts, on both databases."""

import re
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, TextClause, inspect, text
from sqlalchemy.exc import IntegrityError

from storage.database import Database, _alembic
from tests.databases import Maker, PostgresMaker

AT = "'2026-11-16 01:00:00+00:00'"
ROWS = (
    """INSERT INTO community (id, name, language, zone, ritual_name, ritual_weekday, ritual_hour, ritual_minute,
     digest_due_at, last_number, created_at) VALUES (1, 'x', 'en', 'UTC', '', 4, 17, 0, AT, 2, AT)""",
    """INSERT INTO person (id, network, external_id, name, locale, reachable, created_at)
     VALUES (1, 'telegram', '7', 'A', '', false, AT)""",
    """INSERT INTO suggestion
     (id, community_id, number, author_id, text, status, reason, origin, created_at, decided_at)
     VALUES (1, 1, 1, 1, 'night mode', 'open', '', 'o/1', AT, NULL),
     (2, 1, 2, 1, 'louder', 'planned', 'soon', 'o/2', AT, AT)""",
    "INSERT INTO vote (suggestion_id, person_id, created_at) VALUES (1, 1, AT)",
    """INSERT INTO wording (community_id, suggestion_id, person_id, text, terms, terms_by, created_at)
     VALUES (1, 1, 1, 'night mode', 'c1xnight c1xmode', '', AT), (1, 2, 1, 'mode', 'c1xmode', '', AT)""",
    "INSERT INTO term (community_id, term, wordings) VALUES (1, 'before an edit', 1)",
    "INSERT INTO follow (suggestion_id, person_id, muted, created_at) VALUES (2, 1, false, AT)",
)


def said(statement: str) -> TextClause:
    return text(re.sub(r"\bAT\b", AT, statement))


async def before(maker: Maker, folder: Path) -> Database:
    """A database with rows, of the revision before."""
    url = f"sqlite:///{folder / 'old.db'}"
    if isinstance(maker, PostgresMaker):
        await maker._create("old_triage")
        url = maker._url("old_triage")
    database = Database(url)

    def fill(connection: Connection) -> None:
        command.upgrade(_alembic(connection), "0002")
        for row in ROWS:
            connection.execute(said(row))

    async with database._writer.connect() as connection:
        await connection.run_sync(fill)
        await connection.commit()
    return database


async def test_rows_references_checks_and_indexes_are_kept(maker: Maker, tmp_path: Path) -> None:
    database = await before(maker, tmp_path)
    await database.migrate()

    def look(connection: Connection) -> tuple[set[str], set[str], int]:
        seen = inspect(connection)
        checks = [str(one["name"]) for one in seen.get_check_constraints("suggestion")]
        assert len(checks) == len(set(checks))
        indexes = {str(one["name"]) for one in seen.get_indexes("suggestion")}
        return set(checks), indexes, len(seen.get_foreign_keys("suggestion"))

    async with database._writer.connect() as connection:
        checks, indexes, references = await connection.run_sync(look)
        assert {"status_known", "merged_into_one", "text_length", "declined_with_reason"} <= checks
        assert {"ix_suggestion_author_id", "ix_suggestion_merged_into_id", "ix_suggestion_owner_id"} <= indexes
        assert references >= 9
        kept = (await connection.execute(text("SELECT number, status, handled_at IS NULL FROM suggestion"))).all()
        assert {(row[0], row[1], bool(row[2])) for row in kept} == {(1, "open", True), (2, "planned", False)}
        assert (await connection.execute(text("SELECT count(*) FROM vote"))).scalar_one() == 1
        terms = (await connection.execute(text("SELECT term, wordings FROM term WHERE community_id = 1"))).all()
        assert {(row[0], row[1]) for row in terms} == {("", 2), ("mode", 2), ("night", 1)}
    await refuses(database, "UPDATE suggestion SET status = 'merged' WHERE id = 1")
    await refuses(database, "UPDATE suggestion SET status = 'gone' WHERE id = 1")
    await refuses(database, "UPDATE suggestion SET number = 2 WHERE id = 1")
    await refuses(database, "INSERT INTO vote (suggestion_id, person_id, created_at) VALUES (9, 1, AT)")
    async with database.writing() as session:
        await (await session.connection()).execute(
            text("UPDATE suggestion SET status = 'merged', merged_into_id = 2 WHERE id = 1")
        )
    await database.close()


async def refuses(database: Database, statement: str) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await (await session.connection()).execute(said(statement))
