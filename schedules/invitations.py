"""Codes whose claimant never came in go back to their holder, and so do those past their day."""

from datetime import datetime

from bot.community import invitations
from storage.database import Database


async def knock(database: Database, now: datetime) -> None:
    """Bring home what is due; looked up first, so that an idle knock does not keep the writer."""
    async with database.reading() as look:
        if not await invitations.is_due(look, now):
            return
    async with database.writing() as session:
        await invitations.bring_home(session, now)
