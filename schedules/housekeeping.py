"""Forgetting what nobody needs any more."""

from datetime import datetime

from storage import inbox, outbox, repositories
from storage.database import Database


async def knock(database: Database, now: datetime) -> None:
    """Drop ids of updates Telegram cannot repeat, and what was said long ago."""
    async with database.writing() as session:
        await inbox.delete_done(session, now)
        await outbox.delete_sent(session, now)
        await repositories.delete_deliveries(session, now)
