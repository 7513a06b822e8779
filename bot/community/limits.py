"""How much, and how soon, a member may suggest: the community's own bounds."""

from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from bot.community.errors import EnoughToday, TooFast, TooNew
from bot.community.settings import Settings
from storage import suggestions
from storage.communities import Community
from storage.database import Session
from storage.members import Member

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MOST_AT_ONCE = 5  # in a minute; more where a community allows many a day


async def check(
    session: Session,
    community: Community,
    member: Member | None,
    person_id: int,
    settings: Settings,
    now: datetime,
    *,
    meant: bool,
) -> None:
    """Whether they may ask once more, beside what they asked, or only what they `meant`; raises TooNew, EnoughToday."""
    if member is not None and member.arrived_at is not None:
        left = member.arrived_at + settings.newcomer_hours * HOUR - now
        if left > timedelta(0):
            raise TooNew(ceil(left / HOUR))
    today = day_begins(community.zone, now)
    asked = await suggestions.count_asked(session, community.id or 0, person_id, today, meant=meant)
    if asked >= settings.daily_suggestions:
        raise EnoughToday(settings.daily_suggestions)
    at_once = await suggestions.count_asked(session, community.id or 0, person_id, now - MINUTE, meant=meant)
    if at_once >= max(MOST_AT_ONCE, settings.daily_suggestions // 4):
        raise TooFast


def day_begins(zone: str, now: datetime) -> datetime:
    """The midnight with which the community's present day began."""
    local = now.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(now.tzinfo)
