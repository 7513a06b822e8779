"""Newcomers' votes whose time has come: counted, and shown on the card."""

from datetime import datetime

from bot.community import votes as rules
from bot.community.suggestions import access_suggestion
from bot.texts import announce
from storage import merges, outbox, votes
from storage.database import Database


async def knock(database: Database, now: datetime) -> None:
    """Count what is due, a suggestion at a time."""
    async with database.reading() as look:
        due = await votes.list_with_due(look, now)
    for community_id, number in due:
        async with database.writing() as session:
            suggestion = await access_suggestion(session, community_id, number)
            await rules.count_due(session, suggestion, now)
            shown = await merges.get_root(session, suggestion)
            await outbox.add_rows(session, [await announce.card(session, shown, now)])
