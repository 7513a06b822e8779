"""Looking after suggestions: who owns one, until when, under which tags, and what nobody has looked at yet."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.community import audit, budget, settings
from bot.community.audit import Action
from bot.community.errors import AlreadySo, DateUnclear, TagRefused
from bot.community.triage import hold
from storage import care, communities, members
from storage.care import Nudge
from storage.communities import Community
from storage.database import Session
from storage.suggestions import Suggestion

MOST_TAGS, LONGEST_TAG = 10, 32
WITHOUT_NEWS = timedelta(days=7)  # then an owner is reminded
MOST_REMINDED = 10
FARTHEST = timedelta(days=3 * 366)

_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?号?")
_DAY_OF_YEAR = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号號]?")


async def assign(
    session: Session, community_id: int, number: int, owner_id: int | None, actor_id: int, now: datetime
) -> Suggestion:
    """Let somebody look after a suggestion, or nobody. Raises UnknownSuggestion, PartOfAnother, AlreadySo."""
    suggestion = await hold(session, community_id, number)
    if suggestion.owner_id == owner_id:
        raise AlreadySo(number)
    before = audit.standing(suggestion)
    suggestion.owner_id = owner_id
    await audit.record_change(session, suggestion, audit.about(suggestion, actor_id, "assign"), before, now)
    if owner_id is not None:
        community = await communities.get_community(session, community_id)
        await care.add_nudge(session, community_id, owner_id, await _next_nudge(session, community, now))
    return suggestion


async def set_due(
    session: Session, community_id: int, number: int, due: date | None, actor_id: int, now: datetime
) -> Suggestion:
    """Say until which day it should be there. Raises UnknownSuggestion, PartOfAnother, AlreadySo."""
    suggestion = await hold(session, community_id, number)
    if suggestion.due_on == due:
        raise AlreadySo(number)
    before = audit.standing(suggestion)
    suggestion.due_on = due
    await audit.record_change(session, suggestion, audit.about(suggestion, actor_id, "date"), before, now)
    return suggestion


async def see(session: Session, community_id: int, number: int, actor_id: int, now: datetime) -> Suggestion:
    """Somebody of the team has looked, and leaves it as it is. Raises UnknownSuggestion, PartOfAnother, AlreadySo."""
    suggestion = await hold(session, community_id, number)
    if suggestion.handled_at is not None:
        raise AlreadySo(number)
    before = audit.standing(suggestion)
    await audit.record_change(session, suggestion, audit.about(suggestion, actor_id, "seen"), before, now)
    return suggestion


async def tag(
    session: Session, community_id: int, number: int, names: Sequence[str], actor_id: int, now: datetime
) -> Suggestion:
    """Add tags. Raises UnknownSuggestion, PartOfAnother, TagRefused, AlreadySo."""
    suggestion = await hold(session, community_id, number)
    present = await tags_of(session, suggestion)
    wanted = sorted({*present, *names})
    if not names or len(wanted) > MOST_TAGS or any(len(name) > LONGEST_TAG for name in names):
        raise TagRefused(MOST_TAGS, LONGEST_TAG)
    if wanted == present:
        raise AlreadySo(number)
    await put_tags(session, suggestion, wanted, audit.about(suggestion, actor_id, "tag"), now)
    return suggestion


async def untag(
    session: Session, community_id: int, number: int, names: Sequence[str], actor_id: int, now: datetime
) -> Suggestion:
    """Take tags away, all of them when none is named. Raises UnknownSuggestion, PartOfAnother, AlreadySo."""
    suggestion = await hold(session, community_id, number)
    present = await tags_of(session, suggestion)
    kept = [name for name in present if names and name not in names]
    if kept == present:
        raise AlreadySo(number)
    await put_tags(session, suggestion, kept, audit.about(suggestion, actor_id, "tag"), now)
    return suggestion


async def put_tags(
    session: Session, suggestion: Suggestion, names: Sequence[str], action: Action, now: datetime
) -> None:
    """Exactly these tags from now on."""
    before = await tags_of(session, suggestion)
    await care.set_tags(session, suggestion.id or 0, names)
    suggestion.handled_at = now
    await audit.record(session, action, {"tags": before}, {"tags": list(names)}, now)


async def tags_of(session: Session, suggestion: Suggestion) -> list[str]:
    """A suggestion's tags, in the order of the alphabet."""
    return (await care.list_tags(session, [suggestion.id or 0])).get(suggestion.id or 0, [])


def read_tags(words: str) -> list[str]:
    """Tags as somebody types them: with # or without, separated by blanks or commas, each once."""
    return list(
        dict.fromkeys(word.strip("#＃").lower() for word in re.split(r"[\s,，、;；]+", words) if word.strip("#＃"))
    )


def ends_of(today: date) -> list[date]:
    """The last days of this week, the next one, this month, the next one."""
    sunday = today + timedelta(days=6 - today.weekday())
    this_month = _month_after(today) - timedelta(days=1)
    return [sunday, sunday + timedelta(days=7), this_month, _month_after(_month_after(today)) - timedelta(days=1)]


def read_day(words: str, today: date) -> date:
    """A day to come as somebody types it: 2026-12-01, 12-01, 12/1, 12月1日; raises DateUnclear."""
    said = words.strip()
    try:
        if found := _ISO.fullmatch(said):
            day = date(*map(int, found.groups()))
        elif found := _DAY_OF_YEAR.fullmatch(said):
            day = date(today.year, int(found[1]), int(found[2]))
            day = day if day >= today else day.replace(year=today.year + 1)
        else:
            raise DateUnclear
    except ValueError:
        raise DateUnclear from None
    if not today <= day <= today + FARTHEST:
        raise DateUnclear
    return day


def today_in(community: Community, now: datetime) -> date:
    """The community's day."""
    return now.astimezone(ZoneInfo(community.zone)).date()


async def remind(session: Session, nudge: Nudge, now: datetime) -> list[Suggestion]:
    """What an owner is told now; empty when nothing of theirs is without news, it must wait, or another told them."""
    community = await communities.get_community(session, nudge.community_id)
    if not await care.claim_nudge(session, nudge, await _next_nudge(session, community, now)):
        return []
    if not await care.owns_anything(session, nudge.community_id, nudge.person_id):
        await care.delete_nudge(session, nudge.community_id, nudge.person_id)
    before = now - WITHOUT_NEWS
    quiet = await care.list_without_news(session, nudge.community_id, nudge.person_id, before, MOST_REMINDED)
    if quiet and (moment := await _may_remind(session, community, nudge.person_id, now)) > now:
        await care.set_nudge(session, nudge.community_id, nudge.person_id, moment)
        return []
    return quiet


async def _may_remind(session: Session, community: Community, person_id: int, now: datetime) -> datetime:
    """`now`, or from when: privately it is their message of the day, and aloud it lets the room sleep, too."""
    if (await members.get_person(session, person_id)).reachable:
        return await budget.take_day(session, community.id or 0, person_id, now)
    return budget.awake_from(now, community, await settings.load(session, community.id or 0))


async def _next_nudge(session: Session, community: Community, now: datetime) -> datetime:
    """A week from now, on a working day, an hour after the community's quiet ones."""
    day = today_in(community, now) + timedelta(days=7)
    if day.weekday() > 4:
        day += timedelta(days=7 - day.weekday())
    hour = min((await settings.load(session, community.id or 0)).quiet_until + 1, 23)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(community.zone)).astimezone(UTC)


def _month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
