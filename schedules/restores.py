"""The team is asked, once, what is to become of what a database that was put back would send."""

import logging
from datetime import datetime
from functools import partial

from bot.community import restores
from bot.texts import announce
from bot.texts import restores as texts
from storage import communities, holds, outbox
from storage.database import Database, Session
from storage.holds import Hold

log = logging.getLogger(__name__)


async def knock(database: Database, now: datetime) -> None:
    """When all jobs have written what they have to say; looked up first, so that an idle knock keeps no writer."""
    async with database.reading() as look:
        untold = [hold.community_id for hold in await holds.list_holds(look) if hold.told_at is None]
    for community_id in untold:
        async with database.writing() as session:
            if (hold := await holds.get_hold(session, community_id)) and hold.told_at is None:
                await _ask(session, hold, now)


async def _ask(session: Session, hold: Hold, now: datetime) -> None:
    held = await restores.look(session, hold)
    if await restores.let_go(session, held):
        return
    community = await communities.get_community(session, hold.community_id)
    key = f"held:{hold.community_id}:{hold.found_at.isoformat()}"
    asked = await announce.to_team(session, community, partial(texts.question, held=held), now, key=key)
    if not asked:
        log.warning("There is nobody to ask in community %s. Decide with `restored --send` or --drop.", community.id)
    await outbox.add_rows(session, asked)
    await holds.set_told(session, hold.community_id, now)
