"""Questions that wait longer than promised: the team is told in one message a day, and old ones are forgotten."""

from datetime import datetime

from bot.community import questions
from bot.texts import announce
from bot.texts import questions as texts
from storage import communities, outbox
from storage import questions as rows
from storage.database import Database, Session


async def knock(database: Database, now: datetime) -> None:
    """Looked up first, so that an idle knock does not keep the writer."""
    async with database.reading() as look:
        waiting = await rows.list_to_tell(look, now)
        old = await rows.has_older(look, now - questions.KEPT)
    if not waiting and not old:
        return
    async with database.writing() as session:
        await rows.delete_older(session, now - questions.KEPT)
        for community_id in waiting:
            await _tell(session, community_id, now)


async def _tell(session: Session, community_id: int, now: datetime) -> None:
    oldest, total = await questions.list_unanswered(session, community_id, now)
    if not oldest:
        return  # answered meanwhile
    await rows.set_told(session, community_id, now)
    community = await communities.get_community(session, community_id)
    around = await announce.known(session, community_id, [one.person_id for one in oldest if one.person_id])
    key = f"unanswered:{community_id}:{now.isoformat()}"
    said = await announce.to_team(
        session, community, lambda t: texts.unanswered(t, oldest, total, around, now), now, key=key
    )
    await outbox.add_rows(session, said)
