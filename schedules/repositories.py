"""What repositories have told us: each call in a transaction of its own, with all that is said about it."""

import json
import logging
from datetime import datetime

from bot.community import repositories
from bot.texts import announce
from storage import outbox
from storage import repositories as rows
from storage.database import Database
from storage.repositories import Delivery

log = logging.getLogger(__name__)

AT_ONCE = 200


async def knock(database: Database, now: datetime) -> None:
    """Handle what has come; a call that fails is logged and given up, so that it holds up no other."""
    async with database.reading() as look:
        waiting = await rows.list_deliveries(look, AT_ONCE)
    for delivery in waiting:
        try:
            await _handle(database, delivery, now)
        except Exception:
            log.exception("What the repository told in %s could not be handled; it is given up.", delivery.id)
            async with database.writing() as session:
                await rows.claim_delivery(session, delivery.id, now)


async def _handle(database: Database, delivery: Delivery, now: datetime) -> None:
    told = json.loads(delivery.payload)
    async with database.writing() as session:
        repository = await rows.get_repository(session, delivery.repository_id)
        if repository is None or not await rows.claim_delivery(session, delivery.id, now):
            return
        for shipment in await repositories.heard(session, repository, delivery.event, told, now):
            await outbox.add_rows(session, await announce.shipment(session, repository.community_id, shipment, now))
