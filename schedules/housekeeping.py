"""Forgetting what nobody needs any more."""

from datetime import datetime, timedelta

from storage import inbox, outbox, searches
from storage.database import Database

SEARCHES_KEPT = timedelta(days=7)  # who turns a page later searches again


async def knock(database: Database, now: datetime) -> None:
    """Drop ids of updates Telegram cannot repeat, and what was said long ago."""
    async with database.writing() as session:
        await inbox.delete_done(session, now)
        await outbox.delete_sent(session, now)
        await searches.delete_searches(session, now - SEARCHES_KEPT)
