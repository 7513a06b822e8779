"""News for people: each gets their one message of the day, or is named in the next digest."""

import logging
from datetime import datetime

from bot.community import notices
from bot.texts import announce
from bot.texts import notices as texts
from bot.texts.say import to_person
from storage import notices as rows
from storage import outbox
from storage.database import Database

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500  # notices a knock; Telegram takes about that many messages in between


async def knock(database: Database, now: datetime) -> None:
    """Bring what is due, a transaction for each person; looked up first, so that an idle knock keeps no writer."""
    async with database.reading() as look:
        ended = await rows.list_ended_letters(look)
    for letter, arrived in ended:
        async with database.writing() as session:
            await notices.settle(session, letter, now, arrived=arrived)
    async with database.reading() as look:
        due = await rows.list_people_due(look, now, MOST_AT_ONCE)
    for person_id in due:
        try:
            await _tell(database, person_id, now)
        except Exception:
            log.exception("The news for person %s failed.", person_id)


async def _tell(database: Database, person_id: int, now: datetime) -> None:
    async with database.writing() as session:
        if letter := await notices.deliver(session, person_id, now):
            t = announce.language_of_person(letter.person, letter.items[0].community)
            row = to_person(person_id, texts.letter(t, letter), now, key=letter.key)
            await outbox.add_rows(session, [row])
