"""The weekly ritual: weekday, hour, zone. Due moments come from the zone's wall time, never from adding in UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.community.errors import RitualUnclear, TextTooLong, UnknownZone
from storage import communities, digests
from storage.communities import Community
from storage.database import Session

WEEK = timedelta(days=7)
LONGEST_NAME = 64


@dataclass(frozen=True)
class Ritual:
    """When the digest is posted: `weekday` counts from Monday as 0."""

    weekday: int
    hour: int
    minute: int
    zone: str

    def due_on(self, day: date) -> datetime:
        """The moment (UTC) of the ritual's wall time on a day.

        A wall time that the clocks skip in spring is read with the offset before the change, so it falls shortly
        after; one that comes twice in autumn means the first (PEP 495, fold=0). Either way a day has exactly one.
        """
        local = datetime.combine(day, time(self.hour, self.minute), ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def next_due(self, after: datetime) -> datetime:
        """The first due moment (UTC) later than `after`."""
        day = after.astimezone(ZoneInfo(self.zone)).date()
        # The last one may still be to come, where the clocks have carried its wall time over midnight.
        candidate = self._latest_weekday(day)
        while (due := self.due_on(candidate)) <= after:
            candidate += WEEK
        return due

    def last_due(self, now: datetime) -> datetime:
        """The newest due moment (UTC) that has come."""
        return self.due_on(self.scheduled_day(self.next_due(now)) - WEEK)

    def period(self, due: datetime) -> str:
        """The ISO week a due moment stands for, such as 2026-W47: what makes a digest unique."""
        year, week, _ = self.scheduled_day(due).isocalendar()
        return f"{year}-W{week:02d}"

    def scheduled_day(self, due: datetime) -> date:
        """The calendar day the moment was computed from, also where the clocks have carried it over midnight."""
        return self._latest_weekday(due.astimezone(ZoneInfo(self.zone)).date())

    def _latest_weekday(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.weekday) % 7)


def ritual_of(community: Community) -> Ritual:
    """The ritual as the community has set it."""
    return Ritual(community.ritual_weekday, community.ritual_hour, community.ritual_minute, community.zone)


def next_moments(community: Community, count: int) -> list[datetime]:
    """When the next digests are due (UTC), beginning with the one the community waits for."""
    moments = [community.digest_due_at]
    while len(moments) < count:
        moments.append(ritual_of(community).next_due(moments[-1]))
    return moments


def taken_down(community: Community) -> dict[str, object]:
    """The ritual as the audit log keeps it."""
    ritual = ritual_of(community)
    return {"name": community.ritual_name, **{part: getattr(ritual, part) for part in ritual.__dataclass_fields__}}


def next_daily(after: datetime, hour: int, zone: str) -> datetime:
    """The next moment (UTC) later than `after` at which it is that hour in the zone."""
    daily = Ritual(0, hour, 0, zone)
    day = after.astimezone(ZoneInfo(zone)).date()
    due = daily.due_on(day)
    return due if due > after else daily.due_on(day + timedelta(days=1))


def check_ritual(weekday: int, hour: int, minute: int, zone: str) -> Ritual:
    """The ritual people asked for, its zone spelled as the tz database does; raises RitualUnclear, UnknownZone."""
    if hour > 23 or minute > 59:
        raise RitualUnclear
    known = _zones().get(zone.casefold())
    if known is None:
        raise UnknownZone(zone)
    return Ritual(weekday, hour, minute, known)


async def set_ritual(session: Session, community_id: int, name: str, ritual: Ritual, now: datetime) -> Community:
    """Keep a new ritual, and its name where one is given; a week that has had its digest gets no second one."""
    if len(name) > LONGEST_NAME:
        raise TextTooLong(LONGEST_NAME)
    community = await communities.get_community(session, community_id)
    due = await _next_unsettled(session, community, ritual, now)
    community.ritual_name = name or community.ritual_name
    community.ritual_weekday, community.ritual_hour, community.ritual_minute = (
        ritual.weekday,
        ritual.hour,
        ritual.minute,
    )
    community.zone, community.digest_due_at = ritual.zone, due
    await session.flush()
    return community


async def _next_unsettled(session: Session, community: Community, ritual: Ritual, now: datetime) -> datetime:
    """When the next issue is due by a new ritual: one that is due already, or waits for approval, stays so."""
    due = community.digest_due_at
    if due <= now and ritual.period(due) == ritual_of(community).period(due):
        return due
    due = ritual.next_due(now)
    return ritual.next_due(due) if await digests.has_digest(session, community.id or 0, ritual.period(due)) else due


@cache
def _zones() -> dict[str, str]:
    """Every zone's name by the name without regard to case."""
    return {zone.casefold(): zone for zone in available_timezones()}
