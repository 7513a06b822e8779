"""Forgetting what nobody needs any more."""

from datetime import datetime

from bot.community.suggestions import ANSWER_EXPECTED_WITHIN
from storage import inbox, outbox, suggestions
from storage.database import Database


async def knock(database: Database, now: datetime) -> None:
    """Drop ids of updates Telegram cannot repeat, what was said long ago, and words nobody called a suggestion."""
    async with database.writing() as session:
        await inbox.delete_done(session, now)
        await outbox.delete_sent(session, now)
        await suggestions.delete_unsure_offers(session, now - ANSWER_EXPECTED_WITHIN)
