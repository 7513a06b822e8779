"""Who brought whom, written down."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.tree import Twig
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import name
from bot.texts.say import Say
from bot.texts.triage import and_more
from storage.communities import Community
from storage.members import Person

SHOWN = 40  # lines
DEEPEST = 8  # steps of indentation


def branch(t: Translator, twigs: Sequence[Twig], inviter: Person | None) -> Say:
    """Whom a member has brought, and who brought them."""
    lines = [t("%(name)s invited you.", name=name(inviter.name))] if inviter else []
    if len(twigs) < 2:
        return Say("\n".join([*lines, t("You have not brought anybody yet. /invite shows what you can give away.")]))
    return Say("\n".join([*lines, t("<b>Whom you have brought</b>"), *_drawn(t, twigs)]))


def tree(t: Translator, community: Community, twigs: Sequence[Twig], others: int) -> Say:
    """Who brought whom in the whole community; `others` neither were brought nor brought anybody."""
    if not twigs:
        return Say(t("Nobody has brought anybody yet. /invite hands out codes."))
    lines = [t("<b>Who brought whom in %(community)s</b>", community=name(community.name)), *_drawn(t, twigs)]
    if others:
        lines.append(t.count("%(n)s more came on their own.", "%(n)s more came on their own.", others))
    return Say("\n".join(lines))


def _drawn(t: Translator, twigs: Sequence[Twig]) -> list[Markup]:
    lines = [_twig(t, twig) for twig in twigs[:SHOWN]]
    return [*lines, and_more(t, len(twigs) - SHOWN)] if len(twigs) > SHOWN else lines


def _twig(t: Translator, twig: Twig) -> Markup:
    who = t("%(name)s", name=name(twig.name))
    brought = Markup(" · {}").format(twig.brought) if twig.brought else ""
    if not twig.depth:
        return Markup("🌱 {}{}").format(who, brought)
    # The ideographic space keeps its width in every font.
    return Markup("{}└ {}{}").format("\u3000" * (min(twig.depth, DEEPEST) - 1), who, brought)


HELP = (
    Entry(
        "tree",
        "invite",
        ("private",),
        lambda t: t("who brought whom"),
        lambda t: t("<code>/tree</code>: who brought whom."),
    ),
)
