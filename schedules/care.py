"""Owners of suggestions without news are reminded: privately, or in one line in the staff chat."""

from datetime import datetime

from bot.community import care
from bot.texts import announce
from storage import care as rows
from storage import outbox
from storage.care import Nudge
from storage.database import Database


async def knock(database: Database, now: datetime) -> None:
    """Remind who is due, each in a transaction of its own."""
    async with database.reading() as look:
        due = await rows.list_nudges_due(look, now)
    for nudge in due:
        await _remind(database, nudge, now)


async def _remind(database: Database, nudge: Nudge, now: datetime) -> None:
    async with database.writing() as session:
        if quiet := await care.remind(session, nudge, now):
            told = await announce.reminder(session, nudge.community_id, nudge.person_id, quiet, now)
            await outbox.add_rows(session, told)
