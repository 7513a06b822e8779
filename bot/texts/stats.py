"""The whole at a glance: the loop in bars, and in words what stands beside it."""

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from bot.community.stats import Stats
from bot.texts.catalogues import Translator
from bot.texts.digest_lines import missing
from bot.texts.entry import Entry
from bot.texts.growth import tells_on
from bot.texts.html import name, visible
from bot.texts.questions import duration
from bot.texts.say import Picture
from bot.texts.verdicts import satisfaction

Bar = dict[str, object]


def words(t: Translator, stats: Stats) -> Markup:
    """Everything in words; what cannot be known yet is left out."""
    lines = [
        t("<b>%(community)s in figures</b>, the last 30 days", community=name(stats.community.name)),
        _loop(t, stats),
        *_opinions(t, stats),
        _growth(t, stats),
    ]
    if stats.funnel.issued:
        lines.append(_funnel(t, stats))
    if stats.absent.voters:
        lines.append(missing(t, stats.absent))
    return Markup("\n").join(lines)


def _loop(t: Translator, stats: Stats) -> Markup:
    asked = t.count("%(n)s suggestion asked for", "%(n)s suggestions asked for", stats.asked)
    waiting = t.count("%(n)s waits for a decision", "%(n)s wait for a decision", stats.waiting)
    parts = [
        asked if stats.asked else t("nobody has suggested anything"),
        waiting if stats.waiting else t("nothing waits for a decision"),
    ]
    if stats.to_answer is not None:
        parts.append(t("half were decided about within %(time)s", time=duration(t, stats.to_answer)))
    if stats.to_ship is not None:
        parts.append(t("half of what shipped was there within %(time)s", time=duration(t, stats.to_ship)))
    if stats.pace.delivered is not None:
        parts.append(_delivered(t, stats.pace.delivered))
    return Markup("🔁 {}").format(t("; ").join(parts))


def _delivered(t: Translator, share: float) -> Markup:
    if not share:
        return t("nothing that was voted for has shipped yet")
    return t("%(share)s of all votes are delivered", share=f"{share:.0%}")


def _opinions(t: Translator, stats: Stats) -> list[Markup]:
    lines = [satisfaction(t, stats.satisfaction)] if stats.satisfaction.answers else []
    if stats.happy is not None and stats.report:
        line = t(
            "😊 %(share)s happy with issue %(number)s (%(n)s of %(members)s answered)",
            share=f"{stats.happy:.0%}",
            number=stats.report.grid.issue,
            n=stats.report.answered,
            members=stats.report.members,
        )
        lines.append(line)
    return lines


def _growth(t: Translator, stats: Stats) -> Markup:
    came = t.count("%(n)s came within the month", "%(n)s came within the month", stats.came)
    parts = [
        t.count("%(n)s member", "%(n)s members", stats.members),
        came if stats.came else t("nobody came within the month"),
    ]
    if stats.outlook:
        seen = stats.outlook
        parts.append(t("%(n)s of the plan's %(goal)s are in", n=seen.stayed, goal=seen.goal))
    return Markup("📈 {}").format(t("; ").join(parts))


def _funnel(t: Translator, stats: Stats) -> Markup:
    codes = stats.funnel
    steps = [
        t.count("%(n)s code", "%(n)s codes", codes.issued),
        t.count("%(n)s came in", "%(n)s came in", codes.joined) if codes.joined else t("nobody has come in yet"),
    ]
    if codes.told:
        asked = t.count("%(n)s suggested something", "%(n)s suggested something", codes.asked)
        steps.append(t("%(stayed)s of %(told)s stayed 30 days", stayed=codes.stayed, told=codes.told))
        steps.append(asked if codes.asked else t("nobody has suggested anything"))
    elif codes.tells_on:
        steps.append(tells_on(t, codes.tells_on, stats.community))
    return Markup("🎟 {}").format(Markup(" → ").join(steps))


def picture(t: Translator, stats: Stats) -> Picture:
    """The loop in bars, with the words under it."""
    found = [
        (t("How long it takes"), _times(t, stats)),
        (t("What comes of it"), _outcomes(t, stats)),
        (t("Who is missing"), _absent(t, stats)),
    ]
    ingredients = {
        "language": t.language,
        "title": stats.community.name,
        "subtitle": visible(t("the last 30 days: medians and shares")),
        "groups": [{"heading": str(heading), "bars": bars} for heading, bars in found if bars],
    }
    return Picture(words(t, stats), painting="stats", ingredients=ingredients)


def _times(t: Translator, stats: Stats) -> list[Bar]:
    """The two times by one measure, so that their bars can be compared."""
    known = [
        (label, time)
        for label, time in (
            (t("from asking to a decision"), stats.to_answer),
            (t("from asking to shipping"), stats.to_ship),
        )
        if time is not None
    ]
    longest = max((time for _, time in known), default=timedelta()) or timedelta(seconds=1)
    return [_bar(label, duration(t, time), time / longest) for label, time in known]


def _outcomes(t: Translator, stats: Stats) -> list[Bar]:
    return _shares(
        [
            (t("votes delivered"), stats.pace.delivered),
            (t("askers for whom it works"), stats.works),
            (t("happy with the last issue"), stats.happy),
        ]
    )


def _absent(t: Translator, stats: Stats) -> list[Bar]:
    figures = stats.absent
    return _shares(
        [
            (t("votes from the busiest tenth"), figures.top_share / 100 if figures.has_tenths else None),
            (t("members who have not spoken up yet"), figures.silent / figures.members if figures.members else None),
        ]
    )


def _shares(known: Sequence[tuple[Markup, float | None]]) -> list[Bar]:
    return [_bar(label, f"{share:.0%}", share) for label, share in known if share is not None]


def _bar(label: Markup, figure: str, share: float) -> Bar:
    return {"label": str(label), "figure": str(figure), "share": share}


HELP = (
    Entry(
        "stats",
        "digest",
        ("team",),
        lambda t: t("the community in figures"),
        lambda t: t(
            "<code>/stats</code>: how fast suggestions are decided and shipped, what comes of it, who is missing."
        ),
    ),
)
