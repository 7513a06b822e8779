"""What is said of growth: week by week against the plan, and the funnel from codes to people who ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from bot.community.growth import DoorSeen, Funnel, Growth
from bot.texts.catalogues import Translator
from bot.texts.days import day
from bot.texts.entry import Entry
from bot.texts.html import name, visible
from bot.texts.rounds import door_name
from bot.texts.say import Picture
from bot.texts.waves import no_plan, outlook, percent, retention
from storage.communities import Community


def growth(t: Translator, community: Community, seen: Growth, now: datetime) -> Picture:
    """Who was in, week by week, and where the pace of the last weeks leads."""
    title = t("How %(community)s grows", community=name(community.name))
    says = outlook(t, seen.sizes, seen.outlook) if seen.outlook else no_plan(t)
    first = now - timedelta(weeks=len(seen.weekly) - 1)
    weeks = t.count("in %(n)s week", "in %(n)s weeks", len(seen.ahead))
    ingredients = {
        "language": t.language,
        "title": visible(title),
        "subtitle": visible(_plan(t, seen)),
        "figure": str(seen.weekly[-1]),
        "label": visible(_label(t, seen)),
        "values": list(seen.weekly),
        "ahead": seen.ahead,
        "sizes": list(seen.sizes),
        "dates": [day(t, first, community.zone), visible(t("now")), visible(weeks)],
    }
    caption = Markup("<b>{}</b>\n{}\n{}").format(title, _in_words(t, seen), says)
    return Picture(caption, painting="growth", ingredients=ingredients)


def _plan(t: Translator, seen: Growth) -> Markup:
    if not seen.sizes:
        return t("people who are in, week by week")
    return t("The plan: %(sizes)s", sizes=" → ".join(map(str, seen.sizes[:12])))


def _label(t: Translator, seen: Growth) -> Markup:
    """What stands beside the great number."""
    if seen.outlook is None or not seen.outlook.missing:
        return t("people in the circle")
    missing = t("are in; %(n)s more to %(goal)s", n=seen.outlook.missing, goal=seen.outlook.goal)
    if seen.outlook.weeks_left is None:
        return missing
    weeks = t.count("about %(n)s week at this pace", "about %(n)s weeks at this pace", seen.outlook.weeks_left)
    return t("%(missing)s: %(weeks)s", missing=missing, weeks=weeks)


def _in_words(t: Translator, seen: Growth) -> Markup:
    """The line for who cannot see it: the last weeks' numbers."""
    return t("In the circle, week by week: %(numbers)s", numbers=" → ".join(map(str, seen.weekly[-8:])))


def funnel(t: Translator, community: Community, seen: Funnel, doors: Sequence[DoorSeen]) -> Picture:
    """From codes to people who ask, and which door leads how far."""
    title = t("From codes to people who ask")
    steps = _steps(t, seen)
    ingredients = {
        "language": t.language,
        "title": visible(title),
        "subtitle": visible(name(community.name)),
        "steps": [(visible(label), number) for label, number in steps],
        "heading": visible(t("Doors: codes → came in · stayed 30 days")),
        "doors": [_door(t, door) for door in doors],
    }
    said = [t("%(label)s: %(number)s", label=label, number=number) for label, number in steps]
    if seen.tells_on and not seen.told:
        said.append(tells_on(t, seen.tells_on, community))
    caption = Markup("\n").join([Markup("<b>{}</b>").format(title), *said, t("/doors shows every door.")])
    return Picture(caption, painting="funnel", ingredients=ingredients)


def _steps(t: Translator, seen: Funnel) -> list[tuple[Markup, int]]:
    opened, joined = (percent(part, max(seen.issued, 1)) for part in (seen.opened, seen.joined))
    return [
        (t("codes made"), seen.issued),
        (t("opened (%(share)s)", share=opened), seen.opened),
        (t("came in (%(share)s)", share=joined), seen.joined),
        *(_later_steps(t, seen) if seen.told else []),
    ]


def _later_steps(t: Translator, seen: Funnel) -> list[tuple[Markup, int]]:
    return [
        (t("stayed 30 days, of %(told)s so far", told=seen.told), seen.stayed),
        (t("and suggested something"), seen.asked),
    ]


def tells_on(t: Translator, moment: datetime, community: Community) -> Markup:
    """Instead of “0 of 0 stayed”: when the first of them have been here for so long."""
    return t("who stays 30 days can be told from %(day)s on", day=day(t, moment, community.zone))


def _door(t: Translator, seen: DoorSeen) -> dict[str, object]:
    figures = Markup("{} → {}").format(seen.door.issued, seen.door.used)
    if seen.told:
        figures = Markup("{} · {}").format(figures, retention(t, seen))
    share = seen.kept / seen.told if seen.told else None
    words = door_name(t, seen.door.touchpoint, seen.door.campaign)
    return {"words": visible(words), "figures": visible(figures), "share": share}


HELP = (
    Entry(
        "growth",
        "grow",
        ("team",),
        lambda t: t("growth and the way from code to suggestion"),
        lambda t: t("<code>/growth</code>: two pictures: growth against the plan, and what becomes of codes."),
    ),
)
