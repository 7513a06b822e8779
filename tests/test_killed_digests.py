"""Many digests with kills at random moments: none twice, none silently missing, at most one in doubt for each kill.

`DIGESTS=300 KILLS=30 make test ARGS=tests/test_killed_digests.py` is the run at its full length.
"""

import asyncio
import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from bot.sandbox.model import Chat
from schedules import digests as schedule
from storage import communities
from storage.communities import Chat as ChatRow
from storage.communities import Community
from storage.database import Database
from storage.outbox import DOUBTFUL, SENT, OutboxRow
from tests import killable
from tests.databases import SqliteMaker
from tests.test_intake import environment
from tests.town import Town

DIGESTS, KILLS = int(os.environ.get("DIGESTS", "12")), int(os.environ.get("KILLS", "2"))
AGAIN = "Post it again: "
ROOMS = 6  # communities, each with a staff room: of the digests of one, twenty in doubt can be shown at once


async def laid_out(town: Town) -> tuple[list[Chat], list[Chat]]:
    """Groups that wait for their digest, due a minute ago by the machine's own clock, and the staff rooms."""
    now = datetime.now(UTC)
    groups: list[Chat] = []
    rooms: list[Chat] = []
    async with town.database.writing() as session:
        for number in range(ROOMS):
            made = Community(name=f"c{number}", language="en", zone="UTC", created_at=now, digest_due_at=now)
            made.digest_due_at = now - timedelta(minutes=1)
            community = await communities.add_community(session, made)
            for place in range(DIGESTS // ROOMS + 1):
                group = town.world.add_chat(f"{number}/{place}", owner=town.person("tang"))
                town.world.add_bot(group, town.person("tang"), admin=True)
                is_staff = place == 0
                row = ChatRow(community_id=community.id or 0, external_id=str(group.id), kind="supergroup")
                row.title, row.is_staff, row.is_open, row.status = group.title, is_staff, not is_staff, "administrator"
                await communities.add_chat(session, row)
                (rooms if is_staff else groups).append(group)
    town.world.queue.drop_all()
    return groups, rooms


async def states(database: Database) -> Counter[str]:
    async with database.reading() as look:
        posts = select(OutboxRow.state).where(col(OutboxRow.key).startswith("digest:"))
        return Counter(await look.exec(posts.where(col(OutboxRow.key).not_like("%:picture"))))


async def has_posted(town: Town, count: int, within: float) -> None:
    """Wait until so many have been accepted by Telegram, or the time is over."""
    try:
        async with asyncio.timeout(within):
            while posted(town) < count:  # noqa: ASYNC110  # another process posts them
                await asyncio.sleep(0.002)
    except TimeoutError:
        pass


def posted(town: Town) -> int:
    return sum(call.method == "sendMessage" for call in town.sandbox.calls)


def shown(town: Town, rooms: list[Chat]) -> set[str]:
    """Of which groups the team is asked whether to send again."""
    buttons = (button for room in rooms for said in town.public(room) for row in said.buttons for button in row)
    return {button.label.removeprefix(AGAIN) for button in buttons if button.label.startswith(AGAIN)}


def copies(town: Town, group: Chat) -> int:
    return sum("issue 1" in message.content for message in town.public(group))


async def test_digests_over_kills(sqlite: SqliteMaker, tmp_path: Path) -> None:
    url = await sqlite.make(tmp_path)
    async with Town.open(url, tmp_path) as town:
        groups, rooms = await laid_out(town)
        await town.millet.stop()
        database = Database(url)
        await schedule.knock(database, datetime.now(UTC))  # a program does so fifteen seconds after its start
        env = environment(town.sandbox, tmp_path, DATABASE_URL=url, LOG_LEVEL="error")
        rng, each = random.Random(7), len(groups) / KILLS  # noqa: S311  # no secret
        for number in range(KILLS):
            process = killable.start(env)
            await has_posted(town, round(each * number + rng.uniform(1, each)), 40)
            await asyncio.sleep(rng.uniform(0, 0.02))
            process.kill()
            await asyncio.to_thread(process.join, 30)
        process = killable.start(env)
        async with asyncio.timeout(120):
            while (await states(database)).keys() - {SENT, DOUBTFUL}:  # noqa: ASYNC110  # another process writes them
                await asyncio.sleep(0.2)
            while len(shown(town, rooms)) < (await states(database))[DOUBTFUL]:  # noqa: ASYNC110  # and tells the team
                await asyncio.sleep(0.2)
        process.kill()
        await asyncio.to_thread(process.join, 30)
        found = await states(database)
        await database.close()
        arrived = [copies(town, group) for group in groups]
        print(f"{len(groups)} digests, {KILLS} kills: {dict(found)}, arrived {dict(Counter(arrived))}")
        assert max(arrived) == 1, "none twice"
        assert found[SENT] + found[DOUBTFUL] == len(groups)
        assert found[DOUBTFUL] <= KILLS
        missing = {group.title for group, count in zip(groups, arrived, strict=True) if not count}
        assert missing <= shown(town, rooms), "none silently missing"
        assert len(shown(town, rooms)) == found[DOUBTFUL], "each with its button"
        town.millet = town._millet()
        await town.millet.start()
