"""Four-grid reports that are due: opened at their hour, and closed at theirs."""

import logging
from datetime import datetime

from bot.community import grids
from bot.texts import posting
from storage import grids as rows
from storage import outbox
from storage.database import Database

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200


async def knock(database: Database, now: datetime) -> None:
    """A transaction for each; looked up first, so that an idle knock keeps no writer."""
    async with database.reading() as look:
        due = await rows.list_due(look, now, MOST_AT_ONCE)
    for grid_id in due:
        try:
            await _step(database, grid_id, now)
        except Exception:
            log.exception("The report %s failed.", grid_id)


async def _step(database: Database, grid_id: int, now: datetime) -> None:
    async with database.writing() as session:
        if opened := await grids.open_grid(session, grid_id, now):
            await outbox.add_rows(session, await posting.grid_opened(session, *opened, now))
        elif report := await grids.close_grid(session, grid_id, now):
            await outbox.add_rows(session, await posting.grid_closed(session, report, now))
