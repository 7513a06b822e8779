"""Overheard wishes: the team's daily list, and forgetting."""

from datetime import datetime

from bot.community import wishes
from bot.texts import announce
from bot.texts import wishes as texts
from storage import communities, outbox
from storage import wishes as rows
from storage.database import Database, Session
from storage.wishes import Wish


async def knock(database: Database, now: datetime) -> None:
    """One list a community and day; looked up first, so that an idle knock does not keep the writer."""
    async with database.reading() as look:
        due = await rows.list_due(look, now, limit=1) or await rows.has_forgettable(look, now)
    if not due:
        return
    async with database.writing() as session:
        await rows.delete_forgotten(session, now)
        for community_id, wanted in (await wishes.take_lists(session, now)).items():
            await _tell(session, community_id, wanted, now)


async def _tell(session: Session, community_id: int, wanted: list[Wish], now: datetime) -> None:
    community = await communities.get_community(session, community_id)
    around = await announce.known(session, community_id, [wish.person_id for wish in wanted])
    key = f"wishes:{community_id}:{now.isoformat()}"
    said = await announce.to_team(session, community, lambda t: texts.listed(t, wanted, around), now, key=key)
    await outbox.add_rows(session, said)
