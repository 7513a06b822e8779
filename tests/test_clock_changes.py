"""The wall's clock is set back or forward, while running and between two runs: nothing doubled, nothing starved."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from apscheduler.schedulers import base

from bot.clock import SystemClock
from bot.community import rituals
from bot.community.errors import StaffOnly
from bot.community.rituals import Ritual
from bot.courier import LONGEST_PAUSE
from bot.pace import Pace
from bot.texts.catalogues import translator
from bot.texts.errors import explain
from bot.texts.say import Say, to_chat
from schedules import digests as schedule
from schedules import timetable
from schedules.timetable import Timetable
from storage import communities
from storage.database import Database
from storage.outbox import call
from tests.test_chats import row
from tests.test_courier import put
from tests.test_digest_delivery import a_community, posts
from tests.test_digests import FRIDAY, WEEK, at, issues
from tests.test_triage import an_english_group, suggested
from tests.town import Town

HOUR = timedelta(hours=1)


def set_clock(town: Town, moment: datetime) -> None:
    """As NTP or a hand does it; the clock of the tests goes forward only by its own will."""
    town.clock._rebase(moment, town.clock.speed)


async def test_an_hour_back_and_forth_around_the_ritual_makes_one_issue_a_week(town: Town) -> None:
    """One week while the bot runs, and one in which each change falls between two runs."""
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    for weeks, restarted in enumerate((False, True)):
        due = FRIDAY + weeks * WEEK
        for moment in (due - HOUR / 2, due + HOUR / 2, due - HOUR / 2, due + HOUR):
            if restarted:
                await town.millet.stop()
                set_clock(town, moment)
                await town.restart()
            set_clock(town, moment)
            await town.knock()
        assert len(issues(town, group)) == weeks + 1


async def test_what_was_said_an_hour_later_holds_up_nothing(town: Town) -> None:
    """A pause after a refusal, and rows written by the former time; also where the bot was down meanwhile."""
    group = town.group()
    await town.settle()
    chat, now = await row(town, group), town.clock.now() + HOUR
    for restarted in (False, True):
        set_clock(town, now)
        town.sandbox.faults.add("429", retry_after=60)
        await put(town, to_chat(chat.id or 0, Say("refused for now"), now))
        before = len(town.texts(group))
        if restarted:
            await town.millet.stop()
        set_clock(town, now - HOUR)
        if restarted:
            await town.restart()
        await put(town, to_chat(chat.id or 0, Say("written by the former time"), now))
        await put(town, to_chat(chat.id or 0, Say("and by this one"), town.clock.now()))
        town.clock.leap(61)
        await town.settle()
        assert len(town.texts(group)) == before + 3


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_was_put_off_waits_no_longer_than_a_pause_lasts(town: Town, restarted: bool) -> None:
    """Also what was written long before; a call that is to be made at some later moment is not put off."""
    group = town.group()
    await town.settle()
    chat = await row(town, group)
    town.sandbox.faults.add("429", times=None, retry_after=LONGEST_PAUSE)
    await put(town, to_chat(chat.id or 0, Say("of two hours ago"), town.clock.now()))
    town.clock.leap(2 * HOUR.total_seconds())
    await town.settle()
    later = {"chat_id": int(group.id), "text": "of tomorrow"}
    tomorrow = call("sendMessage", later, town.clock.now(), chat_id=chat.id, not_before=town.clock.now() + 24 * HOUR)
    tomorrow.created_at -= 2 * HOUR
    await put(town, tomorrow)
    town.sandbox.faults.clear()
    if restarted:
        await town.millet.stop()
    set_clock(town, town.clock.now() - HOUR)
    if restarted:
        await town.restart()
    await put(town, to_chat(chat.id or 0, Say("of now"), town.clock.now()))
    assert "of now" in town.texts(group)
    town.clock.leap(LONGEST_PAUSE)
    await town.settle()
    assert "of two hours ago" in town.texts(group)
    assert "of tomorrow" not in town.texts(group)


def test_the_pace_remembers_nothing_that_lies_in_the_future() -> None:
    pace = Pace()
    for second in range(20):
        moment = FRIDAY + timedelta(seconds=2 * second)
        if pace.ask("1", group=True, now=moment) is None:
            pace.answered("1", group=True, now=moment)
    assert pace.ask("2", group=False, now=FRIDAY) is None
    earlier = FRIDAY - HOUR
    assert (pace.ask("1", group=True, now=earlier) or timedelta()) > HOUR / 2
    pace.forget_times()
    assert pace.ask("1", group=True, now=earlier) is None
    pace.answered("1", group=True, now=earlier)
    pace.answered("2", group=False, now=earlier)


async def test_a_demotion_is_seen_though_the_clock_was_set_back(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode")
    await town.say("yutong", group, "/status 1 planned")
    set_clock(town, town.clock.now() - HOUR)
    group.members[town.person("yutong").id].status = "member"  # and Telegram's notice of it is lost
    await town.say("yutong", group, "/status 2 planned")
    assert explain(StaffOnly(), translator("en")) in town.texts(group)


class _Wall:
    """The machine's time, some way off."""

    off = timedelta()

    @classmethod
    def now(cls, zone: Any = None) -> datetime:
        return datetime.now(zone) + cls.off


EVERY = 0.05  # seconds between two knocks


class _Counting(Timetable):
    """Counts its knocks instead of doing anything."""

    knocks = 0

    async def knock(self) -> None:
        self.knocks += 1


async def test_the_timetable_goes_on_when_the_clock_is_set_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing() -> None:
        pass

    monkeypatch.setattr(base, "datetime", _Wall)
    monkeypatch.setattr(timetable, "datetime", _Wall)
    table = _Counting(database, SystemClock(), None, nothing, nothing, lambda: None, EVERY)  # type: ignore[arg-type]
    table.start()
    try:
        for off in (timedelta(), -HOUR, -HOUR + timedelta(minutes=1), -2 * HOUR):
            _Wall.off = off
            known, began = table.knocks, time.monotonic()
            async with asyncio.timeout(30):
                while table.knocks - known < 3:  # noqa: ASYNC110  # the timetable rings no bell
                    await asyncio.sleep(EVERY / 2)
            assert table.knocks - known <= (time.monotonic() - began) / EVERY + 3, f"none was made up for at {off}"
    finally:
        _Wall.off = timedelta()
        await table.stop(1)


async def test_a_clock_that_was_years_ahead_leaves_no_community_waiting_for_years(database: Database) -> None:
    await a_community(database, "grain")
    far = FRIDAY + 200 * WEEK
    await schedule.knock(database, far)
    await schedule.knock(database, FRIDAY + HOUR)
    async with database.reading() as look:
        assert (await communities.get_community(look, 1)).digest_due_at == FRIDAY + WEEK
    await schedule.knock(database, FRIDAY + WEEK)
    assert {key.split(":")[2] for key in await posts(database)} == {"2026-W48", "2030-W38"}


async def test_a_ritual_changed_after_its_hour_loses_no_issue(town: Town) -> None:
    """By another zone or hour, between the due moment and the post: the team has not approved yet."""
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    town.clock.leap(to=FRIDAY + timedelta(seconds=5))
    await town.say("yutong", group, "/ritual fri 9:00 Europe/Berlin")
    await town.knock()
    assert len(issues(town, group)) == 1
    await town.say("yutong", group, "/ritual fri 23:30 Pacific/Honolulu")
    await at(town, FRIDAY + timedelta(days=1, hours=4))
    assert len(issues(town, group)) == 1, "the week has had its own"
    await at(town, FRIDAY + timedelta(days=8, hours=4))
    assert len(issues(town, group)) == 2


async def test_on_its_day_before_its_hour_another_zone_moves_it(database: Database) -> None:
    await a_community(database, "grain")
    before = FRIDAY - HOUR
    async with database.writing() as session:
        moved = await rituals.set_ritual(session, 1, "", Ritual(4, 17, 0, "America/New_York"), before)
        assert moved.digest_due_at == FRIDAY + timedelta(hours=13)
        passed = await rituals.set_ritual(session, 1, "", Ritual(4, 17, 0, "Pacific/Auckland"), before)
        assert passed.digest_due_at == FRIDAY + WEEK - timedelta(hours=5)
