"""The ritual in words: its name, its weekday and hour, a moment by its clock."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_skeleton
from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.html import name
from bot.texts.say import Say
from bot.texts.triage import calm
from storage.communities import Community

_LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en"}


def ritual_name(t: Translator, given: str) -> str:
    """The ritual's name, or what it is where the community has given it none."""
    return calm(name(given)) if given else str(t("Weekly digest"))


def issue_number(t: Translator, number: int) -> str:
    """Such as "issue 42", where it must not be cut off with a long name."""
    return str(t("issue %(number)s", number=number))


def days(t: Translator, since: date, until: date) -> str:
    """From one day to another, such as Nov 13 – 20."""
    return " ".join(format_interval(since, until, "MMMd", locale=_LOCALES[t.language]).split())


def moment(t: Translator, at: datetime, zone: str) -> str:
    """A moment by the clock of a zone, such as Fri, Nov 20 17:00."""
    local = at.astimezone(ZoneInfo(zone))
    locale = _LOCALES[t.language]
    day = format_skeleton("MMMEd", local, tzinfo=local.tzinfo, locale=locale)
    return f"{day} {local:%H:%M}"


def ritual(t: Translator, community: Community, moments: Sequence[datetime]) -> Say:
    """When the digest comes: weekday, hour and zone, and the next times as dates."""
    weekday = format_date(moments[0].astimezone(ZoneInfo(community.zone)), "EEEE", locale=_LOCALES[t.language])
    lines = [
        t(
            "<b>%(ritual)s</b>: every %(weekday)s at %(time)s (%(zone)s). The next three:",
            ritual=ritual_name(t, community.ritual_name),
            weekday=weekday,
            time=f"{community.ritual_hour:02d}:{community.ritual_minute:02d}",
            zone=community.zone,
        ),
        *(Markup("· {}").format(moment(t, at, community.zone)) for at in moments),
        t("Change it like this: <code>/ritual Orange Friday fri 17:00</code>"),
    ]
    return Say("\n".join(lines))
