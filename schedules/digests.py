"""Digests that are due, and drafts of those that come: one transaction a community makes it all, or nothing."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.community import digests
from bot.community.settings import Settings
from bot.texts import posting
from storage import communities, drafts, outbox
from storage.communities import Community
from storage.database import Database, Session

log = logging.getLogger(__name__)

LONGEST_AHEAD = timedelta(hours=48)  # no draft is shown earlier


async def knock(database: Database, now: datetime) -> None:
    """Show drafts and publish what is due; a community that fails is logged, stays due, and stops no other."""
    async with database.reading() as look:
        coming = await drafts.list_communities_undrafted(look, now + LONGEST_AHEAD)
    undrafted = [one for one, hours in coming if one.digest_due_at - timedelta(hours=ahead(hours)) <= now]
    await _each(database, undrafted, _draft, now)
    async with database.reading() as look:
        due = await communities.list_communities_due(look, now)
    await _each(database, due, _publish, now)


def ahead(hours: int | None) -> int:
    """So many hours before the digest the team sees its draft."""
    return Settings.draft_hours if hours is None else hours


async def _each(
    database: Database,
    due: Sequence[Community],
    act: Callable[[Session, int, datetime], Awaitable[None]],
    now: datetime,
) -> None:
    for community in due:
        try:
            async with database.writing() as session:
                await act(session, community.id or 0, now)
        except Exception:
            log.exception("The digest of community %s failed.", community.id)


async def _draft(session: Session, community_id: int, now: datetime) -> None:
    if draft := await digests.begin_draft(session, community_id, now):
        await outbox.add_rows(session, await posting.draft(session, draft, now))


async def _publish(session: Session, community_id: int, now: datetime) -> None:
    if published := await digests.publish(session, community_id, now):
        posts = await posting.issue(session, published, now)
        await outbox.add_rows(session, [*posts, *await posting.posted(session, published, now)])
