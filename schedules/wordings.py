"""Wordings read by an older segmenter, other words or another encoder are read anew, a few at a time."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.community.similar import Finder
from bot.language.terms import segmenter
from bot.language.vectors import EncoderAway
from storage import findings, wordings, words
from storage.database import Database

log = logging.getLogger(__name__)

BATCHES = 10  # a knock: some seconds of one thread, seldom


def reindexing(finder: Finder) -> Callable[[Database, datetime], Awaitable[None]]:
    """A job over all wordings at the start and after an encoder was away; over a community's when its words change."""
    everyone: int | None = 0
    reached: dict[int, int] = {}

    async def knock(database: Database, _: datetime) -> None:
        nonlocal everyone
        if everyone is None and finder.missed:
            everyone, finder.missed = 0, False
        try:
            for _batch in range(BATCHES):
                if everyone is not None:
                    everyone = await finder.reindex_outdated(database, everyone) or None
            for community_id in await _list_rereading(database):
                await _reread(finder, database, community_id, reached)
        except EncoderAway as error:
            log.info("Wordings wait to be read anew. %s", error)

    return knock


async def _list_rereading(database: Database) -> list[int]:
    async with database.reading() as look:
        return await findings.list_rereading(look)


async def _reread(finder: Finder, database: Database, community_id: int, reached: dict[int, int]) -> None:
    for _batch in range(BATCHES):
        reached[community_id] = await finder.reindex_outdated(database, reached.get(community_id, 0), community_id)
        if not reached[community_id]:
            return await _end(database, community_id)
    return None


async def _end(database: Database, community_id: int) -> None:
    """Done, unless the words have changed once more meanwhile: then it begins anew at the next knock."""
    async with database.writing() as session:
        finding = await findings.lock_finding(session, community_id)
        own = await words.list_forms(session, community_id)
        left = await wordings.list_outdated(session, segmenter(own), None, 0, 1, community_id)
        finding.is_rereading = bool(left)
