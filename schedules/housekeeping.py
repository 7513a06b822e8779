"""Forgetting what nobody needs any more."""

from datetime import datetime, timedelta

from bot.community.suggestions import ANSWER_EXPECTED_WITHIN
from storage import inbox, outbox, pictures, repositories, searches, suggestions
from storage.database import Database

SEARCHES_KEPT = timedelta(days=7)  # who turns a page later searches again


async def knock(database: Database, now: datetime) -> None:
    """Drop ids of updates Telegram cannot repeat, what was said long ago, and words nobody called a suggestion."""
    async with database.writing() as session:
        await inbox.delete_done(session, now)
        await outbox.delete_sent(session, now)
        await suggestions.delete_unsure_offers(session, now - ANSWER_EXPECTED_WITHIN)
        await pictures.delete_orphans(session)
        await searches.delete_searches(session, now - SEARCHES_KEPT)
        await repositories.delete_deliveries(session, now)
