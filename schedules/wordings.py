"""Wordings read by an older segmenter or encoder are read anew, a few at a time."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.community.similar import Finder
from storage.database import Database

BATCHES = 10  # a knock: some seconds of one thread, seldom


def reindexing(finder: Finder) -> Callable[[Database, datetime], Awaitable[None]]:
    """A job that goes once over all wordings, some at each knock; only a new start can bring outdated ones."""
    reached: int | None = 0

    async def knock(database: Database, _: datetime) -> None:
        nonlocal reached
        for _batch in range(BATCHES):
            if reached is not None:
                reached = await finder.reindex_outdated(database, reached) or None

    return knock
