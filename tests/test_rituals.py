"""The ritual's arithmetic: every weekly schedule of every zone through 2026, and what people may write."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.community.errors import RitualUnclear, TextTooLong, UnknownZone
from bot.community.rituals import Ritual, check_ritual, next_moments, ritual_of, set_ritual
from handlers.digests import read_ritual
from storage import communities, digests
from storage.communities import Community
from storage.database import Database
from storage.digests import POSTED, Digest

YEAR_BEGINS, YEAR_ENDS = datetime(2025, 12, 25, tzinfo=UTC), datetime(2027, 1, 8, tzinfo=UTC)
WEEKS = [f"2026-W{week:02d}" for week in range(1, 54)]  # 2026 has 53 ISO weeks
HALF_HOURS = [(hour, minute) for hour in range(24) for minute in (0, 30)]


def offsets(zone: ZoneInfo) -> tuple[tuple[datetime, timedelta | None], ...]:
    """When the zone's clocks change in 2026, to the minute, and to what."""
    changes = [(YEAR_BEGINS, YEAR_BEGINS.astimezone(zone).utcoffset())]
    day = YEAR_BEGINS
    while day < YEAR_ENDS:
        if day.astimezone(zone).utcoffset() != changes[-1][1]:
            earlier, later = day - timedelta(days=1), day
            while later - earlier > timedelta(minutes=1):
                middle = earlier + (later - earlier) / 2
                if middle.astimezone(zone).utcoffset() == changes[-1][1]:
                    earlier = middle
                else:
                    later = middle
            changes.append((later.replace(second=0, microsecond=0), day.astimezone(zone).utcoffset()))
        day += timedelta(days=1)
    return tuple(changes)


def zones_by_behaviour() -> dict[object, list[str]]:
    """All zones, those that are the same in 2026 together."""
    groups: dict[object, list[str]] = defaultdict(list)
    for name in sorted(available_timezones()):
        groups[offsets(ZoneInfo(name))].append(name)
    return groups


def dues(ritual: Ritual, after: datetime, until: datetime) -> Iterator[datetime]:
    due = ritual.next_due(after)
    while due < until:
        yield due
        due = ritual.next_due(due)


def exists(day: date, ritual: Ritual) -> bool:
    """Whether the ritual's wall time is shown by the zone's clocks on that day."""
    wall = datetime(day.year, day.month, day.day, ritual.hour, ritual.minute)  # noqa: DTZ001  # a wall time
    zone = ZoneInfo(ritual.zone)
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def test_every_schedule_of_2026_is_due_exactly_once_a_week() -> None:
    groups = zones_by_behaviour()
    assert len(groups) > 60
    assert sum(len(names) for names in groups.values()) > 400
    for names in groups.values():
        zone = ZoneInfo(names[0])
        for weekday in range(7):
            for hour, minute in HALF_HOURS:
                ritual = Ritual(weekday, hour, minute, names[0])
                periods = []
                for due in dues(ritual, YEAR_BEGINS, YEAR_ENDS):
                    periods.append(ritual.period(due))
                    local = due.astimezone(zone)
                    if (local.weekday(), local.hour, local.minute) != (weekday, hour, minute):
                        assert not exists(ritual.scheduled_day(due), ritual), (ritual, due)
                assert [period for period in periods if period.startswith("2026-")] == WEEKS, ritual


def test_the_last_due_moment_is_the_one_before_the_next() -> None:
    ritual = Ritual(0, 0, 0, "America/Havana")
    for hour in range(24 * 21):
        now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)
        assert ritual.last_due(now) <= now < ritual.next_due(now)
        assert ritual.next_due(ritual.last_due(now)) == ritual.next_due(now)


def test_a_moment_itself_is_not_after_itself() -> None:
    ritual = Ritual(4, 17, 0, "Asia/Shanghai")
    due = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert ritual.next_due(due - timedelta(microseconds=1)) == due
    assert ritual.next_due(due) == due + timedelta(days=7)
    assert ritual.last_due(due) == due


@pytest.mark.parametrize(
    ("ritual", "day", "due"),
    [
        # Clocks go from 02:00 to 03:00: half past two is read with the old offset.
        (Ritual(6, 2, 30, "Europe/Berlin"), date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # Clocks go back from 03:00 to 02:00: the first of the two.
        (Ritual(6, 2, 30, "Europe/Berlin"), date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Greenland's clocks skip the last hour of Saturday: it becomes Sunday, and stays Saturday's.
        (Ritual(5, 23, 30, "America/Scoresbysund"), date(2026, 3, 28), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # Samoa had no 30 December 2011 at all.
        (Ritual(4, 17, 0, "Pacific/Apia"), date(2011, 12, 30), datetime(2011, 12, 31, 3, 0, tzinfo=UTC)),
        # Kwajalein had no 21 August 1993.
        (Ritual(5, 9, 0, "Pacific/Kwajalein"), date(1993, 8, 21), datetime(1993, 8, 21, 21, 0, tzinfo=UTC)),
    ],
)
def test_gaps_folds_and_lost_days(ritual: Ritual, day: date, due: datetime) -> None:
    assert ritual.due_on(day) == due
    assert ritual.scheduled_day(due) == day
    assert ritual.next_due(due - timedelta(days=6)) == due
    assert ritual.next_due(due - timedelta(seconds=1)) == due
    around = dues(ritual, due - timedelta(days=30), due + timedelta(days=30))
    days = [ritual.scheduled_day(moment) for moment in around]
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(days))
    assert day in days


def test_the_period_is_the_scheduled_weeks_even_at_the_turn_of_the_year() -> None:
    ritual = Ritual(4, 17, 0, "Asia/Shanghai")
    assert ritual.period(ritual.due_on(date(2027, 1, 1))) == "2026-W53"
    assert ritual.period(ritual.due_on(date(2027, 1, 8))) == "2027-W01"


async def a_community(database: Database, now: datetime, **fields: object) -> Community:
    async with database.writing() as session:
        community = Community(name="谷雨", language="zh-hans", zone="Asia/Shanghai", created_at=now, digest_due_at=now)
        for name, value in fields.items():
            setattr(community, name, value)
        community.digest_due_at = ritual_of(community).next_due(now)
        return await communities.add_community(session, community)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Scoresbysund", "Africa/Casablanca", "Australia/Lord_Howe"])
async def test_a_due_moment_keeps_its_period_through_the_database(database: Database, zone: str) -> None:
    now = datetime(2026, 3, 27, 12, tzinfo=ZoneInfo(zone))
    made = await a_community(database, now, zone=zone, ritual_weekday=5, ritual_hour=23, ritual_minute=30)
    async with database.reading() as look:
        read = await communities.get_community(look, made.id or 0)
    assert read.digest_due_at == made.digest_due_at
    assert read.digest_due_at.utcoffset() == timedelta(0)
    assert ritual_of(read).period(read.digest_due_at) == "2026-W13"


async def test_a_new_ritual_moves_the_due_moment(database: Database) -> None:
    now = datetime(2026, 11, 16, 1, tzinfo=UTC)
    made = await a_community(database, now)
    async with database.writing() as session:
        wanted = check_ritual(1, 9, 30, "europe/berlin")
        await set_ritual(session, made.id or 0, "橙色星期二", wanted, now)
    async with database.reading() as look:
        community = await communities.get_community(look, made.id or 0)
    assert (community.ritual_name, community.zone) == ("橙色星期二", "Europe/Berlin")
    assert next_moments(community, 3) == [datetime(2026, 11, day, 8, 30, tzinfo=UTC) for day in (17, 24)] + [
        datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    ]


async def test_a_week_that_had_its_digest_gets_no_second_by_a_new_ritual(database: Database) -> None:
    now = datetime(2026, 11, 17, 1, tzinfo=UTC)
    made = await a_community(database, now)
    async with database.writing() as session:
        digest = Digest(community_id=made.id or 0, period="2026-W47", state=POSTED, published_at=now)
        await digests.add_digest(session, digest)
        wanted = check_ritual(6, 17, 0, "Asia/Shanghai")
        community = await set_ritual(session, made.id or 0, "", wanted, now)
    assert community.digest_due_at == datetime(2026, 11, 29, 9, tzinfo=UTC)


async def test_a_ritual_name_that_is_a_novel_is_refused(database: Database) -> None:
    now = datetime(2026, 11, 17, 1, tzinfo=UTC)
    made = await a_community(database, now)
    with pytest.raises(TextTooLong):
        async with database.writing() as session:
            await set_ritual(session, made.id or 0, "长" * 65, check_ritual(6, 17, 0, "Asia/Shanghai"), now)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("橙色星期五 fri 17:00", ("橙色星期五", 4, 17, 0, "")),
        ("橙色星期五 17:00", ("橙色星期五", 4, 17, 0, "")),
        ("周五17：30", ("", 4, 17, 30, "")),
        ("Orange Friday FRIDAY 9:05 Asia/Tokyo", ("Orange Friday", 4, 9, 5, "Asia/Tokyo")),
        ("小滿日 禮拜天 08:00 (Asia/Taipei)", ("小滿日", 6, 8, 0, "Asia/Taipei")),
        ("7:00 club mon 7:00", ("7:00 club", 0, 7, 0, "")),
    ],
)
def test_how_a_ritual_is_written(words: str, read: tuple[str, int, int, int, str]) -> None:
    assert read_ritual(words) == read


@pytest.mark.parametrize("words", ["fri", "17:00", "橙色 17:00", "fri 17", "fri 17:00 Asia/Tokyo please", "0 17 * * 5"])
def test_what_is_no_ritual(words: str) -> None:
    with pytest.raises(RitualUnclear):
        read_ritual(words)


def test_impossible_times_and_zones_are_refused() -> None:
    with pytest.raises(RitualUnclear):
        check_ritual(4, 24, 0, "Asia/Shanghai")
    with pytest.raises(RitualUnclear):
        check_ritual(4, 23, 60, "Asia/Shanghai")
    for zone in ("Asia/Beijing", "../etc/passwd", "UTC+8", ""):
        with pytest.raises(UnknownZone):
            check_ritual(4, 17, 0, zone)
