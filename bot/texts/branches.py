"""What is said of the invitation tree's branches: the picture, and in words how they fare."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.branches import Branch, Health, Row
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, name, visible
from bot.texts.say import Button, Picture
from storage.communities import Community
from storage.members import Person

LINES_NAME = 32  # UTF-16 units of a name in a caption


def whole(t: Translator, community: Community, rows: Sequence[Row], all_: Health, notable: Sequence[Branch]) -> Picture:
    """For the team: the whole tree, and in at most five lines the best and the worst branches."""
    title = t("Who brought whom in %(community)s", community=name(community.name))
    brought = _brought(t, all_)
    lines = [_standing(t, one) for one in notable]
    if not lines:
        lines = [t("No branch is old enough yet to tell whether people stay.")]
    caption = Markup("\n").join([Markup("<b>{}</b>").format(title), brought, *lines])
    return _picture(t, community, title, brought, rows, caption)


def own(t: Translator, community: Community, rows: Sequence[Row], below: Health, inviter: Person | None) -> Picture:
    """For a member: who is above them, and their own branch."""
    title = t("Your branch in %(community)s", community=name(community.name))
    brought = _brought(t, below)
    above = [t("%(name)s invited you.", name=name(inviter.name))] if inviter else []
    told = [_stayed(t, below)] if below.told else []
    active = [t.count("%(n)s takes part.", "%(n)s take part.", below.active)] if below.active else []
    return _picture(t, community, title, brought, rows, Markup("\n").join([*above, brought, *told, *active]))


def _picture(
    t: Translator, community: Community, title: Markup, subtitle: Markup, rows: Sequence[Row], caption: Markup
) -> Picture:
    ingredients = {
        "language": t.language,
        "title": visible(title),
        "subtitle": visible(subtitle),
        "rows": [_row(t, row) for row in rows],
        "legend": [
            ("active", str(t("take part"))),
            ("stayed", str(t("30 days here"))),
            ("new", str(t("new"))),
            ("left", str(t("left"))),
        ],
    }
    as_text = [[Button(t("As text"), data=f"twigs:{community.id}")]]
    return Picture(caption, as_text, painting="tree", ingredients=ingredients)


def _row(t: Translator, row: Row) -> dict[str, object]:
    figures = {"depth": row.depth, "size": str(row.health.size), "parts": row.health.parts, "mark": row.mark}
    if row.branch is None:
        words = t.count("%(n)s more person", "%(n)s more people", row.health.size)
        return {**figures, "way": None, "words": visible(words), "size": ""}
    who = name(row.branch.name)
    words = t("%(name)s (you)", name=who) if row.mark == "me" else Markup("{}").format(who)
    return {**figures, "way": row.branch.way, "words": visible(words)}


def _brought(t: Translator, health: Health) -> Markup:
    came = t.count("%(n)s person came by invitation", "%(n)s people came by invitation", health.size)
    return Markup("{} · {}").format(came, t.count("%(n)s is here now", "%(n)s are here now", health.here))


def _stayed(t: Translator, health: Health) -> Markup:
    return t("Of %(told)s who came 30 days ago or more, %(kept)s stayed.", told=health.told, kept=health.kept)


def _standing(t: Translator, branch: Branch) -> Markup:
    below = branch.below
    said = t(
        "%(name)s: %(size)s people, %(kept)s of %(told)s stayed 30 days, %(active)s take part",
        name=excerpt(branch.name, LINES_NAME) or "·",
        size=below.size,
        kept=below.kept,
        told=below.told,
        active=below.active,
    )
    return Markup("{} {}").format("🌱" if 2 * below.kept >= below.told else "🍂", said)
