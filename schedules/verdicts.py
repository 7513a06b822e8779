"""A week after shipping, those who asked are asked whether it works."""

import logging
from datetime import datetime

from bot.community import verdicts
from bot.texts import announce
from bot.texts import verdicts as texts
from bot.texts.say import to_person
from storage import outbox
from storage import verdicts as rows
from storage.database import Database

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500


async def knock(database: Database, now: datetime) -> None:
    """Ask who is due, a transaction for each; looked up first, so that an idle knock keeps no writer."""
    async with database.reading() as look:
        due = await rows.list_people_due(look, now, MOST_AT_ONCE)
    for person_id in due:
        try:
            await _ask(database, person_id, now)
        except Exception:
            log.exception("The question to person %s failed.", person_id)


async def _ask(database: Database, person_id: int, now: datetime) -> None:
    async with database.writing() as session:
        if asked := await verdicts.ask(session, person_id, now):
            t = announce.language_of_person(asked.person, asked.community)
            await outbox.add_rows(session, [to_person(person_id, texts.questions(t, asked), now, key=asked.key)])
