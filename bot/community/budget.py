"""The personal budget: unasked, a person gets one message a day from us, over all communities, and none at night.

Whoever has something to say to one person unasked takes their day first: what became of a suggestion, a question
about what was shipped, a nudge. What is an answer to them costs nothing.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.community import settings
from bot.community.settings import Settings
from storage import communities, members
from storage.communities import Community
from storage.database import Session


async def take_day(session: Session, community_id: int, person_id: int, now: datetime) -> datetime:
    """`now`, and the person's one message of the day may be written; or else the moment from which to ask again.

    Quiet hours are those of the community that speaks; a person's day is that of the community they met us in.
    """
    community = await communities.get_community(session, community_id)
    rules = await settings.load(session, community_id)
    if (awake := awake_from(now, community, rules)) > now:
        return awake
    home = await members.get_home(session, person_id) or community
    if await members.claim_day(session, person_id, _midnight(now, home.zone), now):
        return now
    return awake_from(_midnight(now, home.zone, days=1), community, rules)


def awake_from(at: datetime, community: Community, rules: Settings) -> datetime:
    """That moment, or the end of the community's quiet hours if it falls into them."""
    zone = ZoneInfo(community.zone)
    local = at.astimezone(zone)
    if not _is_quiet(local.hour, rules):
        return at
    wakes = datetime.combine(local.date(), time(rules.quiet_until), zone).astimezone(at.tzinfo)
    if wakes > at:
        return wakes
    next_day = local.date() + timedelta(days=1)
    return datetime.combine(next_day, time(rules.quiet_until), zone).astimezone(at.tzinfo)


def _is_quiet(hour: int, rules: Settings) -> bool:
    if rules.quiet_from <= rules.quiet_until:
        return rules.quiet_from <= hour < rules.quiet_until
    return hour >= rules.quiet_from or hour < rules.quiet_until


def _midnight(at: datetime, zone: str, days: int = 0) -> datetime:
    """When the day began by that clock, or begins so many days later."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date() + timedelta(days=days), time(), ZoneInfo(zone)).astimezone(at.tzinfo)
