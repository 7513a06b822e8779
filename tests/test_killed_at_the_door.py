"""Killed at every step between a code and a seat: in the end somebody is in if and only if their code is spent."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.sandbox.faults import Kind
from bot.sandbox.model import Chat
from schedules.invitations import knock
from storage.database import Database
from storage.invitations import ISSUED, USED, Invitation
from storage.members import Member, Person
from tests import killable
from tests.databases import SqliteMaker
from tests.test_intake import environment
from tests.test_invitation_stories import gated, invite
from tests.town import Town

STEPS: dict[str, tuple[str, Kind]] = {
    "the code is looked at": ("getChatMember", "timeout"),
    "the code is claimed": ("sendMessage", "timeout"),
    "the door is asked to open": ("approveChatJoinRequest", "timeout"),
    "the door has opened": ("approveChatJoinRequest", "lost_answer"),
}


@pytest.mark.parametrize("step", STEPS)
async def test_killed_when(step: str, sqlite: SqliteMaker, tmp_path: Path) -> None:
    url = await sqlite.make(tmp_path)
    async with Town.open(url, tmp_path) as town:
        chat = await gated(town)
        code = (await invite(town))[0].replace("-", "")
        await town.millet.stop()
        await _kill_at(town, chat, code, *STEPS[step])
        town.sandbox.faults.clear()
        process = killable.start(environment(town.sandbox, tmp_path, DATABASE_URL=url, LOG_LEVEL="error"))
        if town.person("sam") not in town.world.members(chat):
            town.world.request_join(town.person("sam"), chat)
        await town.sandbox.until(lambda: town.person("sam") in town.world.members(chat), 30)
        database = Database(url)
        await _until_used(database)
        process.kill()
        await asyncio.to_thread(process.join, 30)
        assert await _seats(database) == [("阿禾", USED)]
        await database.close()
        town.millet = town._millet()
        await town.millet.start()


async def _kill_at(town: Town, chat: Chat, code: str, method: str, fault: Kind) -> None:
    """Let Sam send the code and knock, and kill the program at the moment it makes the call."""
    hanging = town.sandbox.faults.add(fault, method)
    env = environment(town.sandbox, town.folder, DATABASE_URL=town.url, LOG_LEVEL="error")
    process = killable.start(env)
    town.world.request_join(town.person("sam"), chat)
    town.world.start(town.person("sam"), code)
    await town.sandbox.until(lambda: hanging.struck > 0, 30)
    process.kill()
    await asyncio.to_thread(process.join, 30)


async def _until_used(database: Database) -> None:
    async with asyncio.timeout(30):
        while [state for _, state in await _seats(database)] != [USED]:  # noqa: ASYNC110  # another process writes it
            await asyncio.sleep(0.1)


async def _seats(database: Database) -> list[tuple[str | None, str]]:
    """Who brought Sam, and the state of the one code."""
    async with database.reading() as look:
        sam = (
            select(Member.inviter_id).join(Person, col(Person.id) == col(Member.person_id)).where(Person.name == "Sam")
        )
        inviter = (await look.exec(sam)).first()
        name = (await look.exec(select(Person.name).where(Person.id == inviter))).first()
        return [(name, state) for state in await look.exec(select(Invitation.state))]


async def test_killed_and_never_coming_the_code_is_good_again(sqlite: SqliteMaker, tmp_path: Path) -> None:
    url = await sqlite.make(tmp_path)
    async with Town.open(url, tmp_path) as town:
        chat = await gated(town)
        code = (await invite(town))[0].replace("-", "")
        await town.millet.stop()
        await _kill_at(town, chat, code, "approveChatJoinRequest", "timeout")
        database = Database(url)
        with suppress(TimeoutError):
            await knock(database, datetime.now(town.clock.now().tzinfo) + timedelta(minutes=31))
        assert await _seats(database) == [(None, ISSUED)]
        await database.close()
        town.sandbox.faults.clear()
        town.millet = town._millet()
        await town.millet.start()
