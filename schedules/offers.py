"""Offers nobody answered: after half a day the text becomes a suggestion of its own, so that nothing is lost."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.community import learning, suggestions
from bot.community.similar import Finder
from bot.texts import announce
from storage import outbox, words
from storage import suggestions as rows
from storage.database import Database


def filing(finder: Finder) -> Callable[[Database, datetime], Awaitable[None]]:
    """A job that files what has waited too long, each in a transaction of its own."""

    async def knock(database: Database, now: datetime) -> None:
        async with database.reading() as look:
            waiting = await rows.list_unanswered_offers(look, now - suggestions.ANSWER_EXPECTED_WITHIN)
        for offered in waiting:
            async with database.reading() as look:
                own = await words.list_forms(look, offered.community_id)
            reading = await finder.read(offered.text, own)
            async with database.writing() as session:
                if ask := await suggestions.take_offer(session, offered, now):
                    suggestion = await suggestions.submit(session, ask, reading.indexed, now)
                    await learning.learn_different(session, offered.id or 0, suggestion, None, now)
                    await outbox.add_rows(session, [await announce.card(session, suggestion, now)])

    return knock
