"""One program at a time works with a database: a second is refused on SQLite, and stands by on PostgreSQL."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.model import Chat
from storage.lease import AlreadyRunningError
from tests import killable
from tests.databases import PostgresMaker
from tests.test_digests import FRIDAY, at, issues, outbox_rows
from tests.test_intake import environment, texts
from tests.test_triage import an_english_group
from tests.town import Town

WISHES = ("夜间模式", "离线翻译", "相册按地点整理", "耳机断连自动暂停")


async def test_a_second_program_on_the_same_file_is_refused(town: Town) -> None:
    second = town._millet()
    with pytest.raises(AlreadyRunningError, match="Stop that one first"):
        await second.start()
    await second.stop()
    group = await an_english_group(town)
    await at(town, FRIDAY)
    assert len(issues(town, group)) == 1, "the first one goes on"
    await town.restart()


@pytest.mark.postgres
async def test_on_postgresql_a_second_stands_by_and_takes_over(postgresql: PostgresMaker, tmp_path: Path) -> None:
    async with Town.open(await postgresql.make(tmp_path), tmp_path) as town:
        group = await an_english_group(town)
        second = town._millet()
        standing_by = asyncio.create_task(second.start())
        await at(town, FRIDAY)
        await asyncio.sleep(0.1)
        assert not standing_by.done()
        first, town.millet = town.millet, second
        await first.stop()
        await asyncio.wait_for(standing_by, 20)
        for _ in range(2):
            await town.knock()
        assert len(issues(town, group)) == 1
        assert len(await outbox_rows(town)) == 1
        await town.say("xiaoman", group, "/suggest dark mode")
        assert "dark mode" in town.last(group).content


@pytest.mark.postgres
async def test_killed_it_is_followed_by_one_that_stood_by(postgresql: PostgresMaker, tmp_path: Path) -> None:
    async with Town.open(await postgresql.make(tmp_path), tmp_path) as town:
        group = await an_english_group(town)
        await town.millet.stop()
        env = environment(town.sandbox, tmp_path, DATABASE_URL=town.url, LOG_LEVEL="error")
        programs = [killable.start(env)]
        await answers(town, group, WISHES[0])
        programs += [killable.start(env), killable.start(env)]
        await answers(town, group, WISHES[1])
        spoke = sum(call.method == "getMe" for call in town.sandbox.calls)
        for text in WISHES[2:]:
            died = programs.pop(0)  # at first the one at work; then it may be, or may have stood by
            died.kill()
            await asyncio.to_thread(died.join, 30)
            await answers(town, group, text)
        assert 1 <= sum(call.method == "getMe" for call in town.sandbox.calls) - spoke <= 2
        programs[0].kill()
        await asyncio.to_thread(programs[0].join, 30)
        town.millet = town._millet()
        await town.millet.start()
        assert await texts(town) == list(WISHES), "each is kept once, whoever was killed"


async def answers(town: Town, group: Chat, text: str) -> None:
    """Somebody is at work."""
    town.world.say(town.person("xiaoman"), group, f"/suggest {text}")
    await town.sandbox.until(lambda: any(text in said for said in town.texts(group)), 60)
