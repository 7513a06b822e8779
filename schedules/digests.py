"""Digests that are due: one transaction a community makes the issue, its posts and the next due moment, or nothing."""

import logging
from dataclasses import replace
from datetime import datetime

from bot.community import digests
from bot.community.digests import STALE_AFTER, Published
from bot.texts import announce
from bot.texts import digests as texts
from bot.texts.say import to_chat
from storage import communities, outbox
from storage.database import Database
from storage.outbox import OutboxRow

log = logging.getLogger(__name__)


async def knock(database: Database, now: datetime) -> None:
    """Publish what is due; a community that fails is logged, stays due, and stops no other."""
    async with database.reading() as look:
        due = [community.id or 0 for community in await communities.list_communities_due(look, now)]
    for community_id in due:
        try:
            await _publish(database, community_id, now)
        except Exception:
            log.exception("The digest of community %s failed.", community_id)


async def _publish(database: Database, community_id: int, now: datetime) -> None:
    async with database.writing() as session:
        if published := await digests.publish(session, community_id, now):
            await outbox.add_rows(session, _posts(published, now))


def _posts(published: Published, now: datetime) -> list[OutboxRow]:
    """One post a chat, in its language, at most once, and only while the issue is fresh."""
    community, fresh = published.community, published.due + STALE_AFTER - now
    rows = []
    for chat in published.chats:
        said = texts.issue(announce.language_of_chat(chat, community), published.issue)
        key = f"digest:{community.id}:{published.period}:{chat.id}"
        rows.append(to_chat(chat.id or 0, replace(said, fresh=fresh), now, key=key, once=True, topic=chat.topic))
    return rows
