"""What is said about trying a suggestion first."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import name
from bot.texts.triage import and_more, calm
from storage.suggestions import Suggestion

LISTED = 50


def reserved(t: Translator, suggestion: Suggestion) -> Markup:
    return t("You will be among the first to try #%(number)s. Once more gives it up.", number=suggestion.number)


def given_up(t: Translator, suggestion: Suggestion) -> Markup:
    return t("#%(number)s: you are no longer among the first to try it.", number=suggestion.number)


def listed(t: Translator, suggestion: Suggestion, people: Sequence[str]) -> Markup:
    """Who wants to try it first, the first first."""
    if not people:
        return t("Nobody has asked yet to try #%(number)s first.", number=suggestion.number)
    title = t.count(
        "<b>#%(number)s: %(n)s person tries it first</b>",
        "<b>#%(number)s: %(n)s people try it first</b>",
        len(people),
        number=suggestion.number,
    )
    lines = [title, *(Markup("· {}").format(calm(name(person))) for person in people[:LISTED])]
    if len(people) > LISTED:
        lines.append(and_more(t, len(people) - LISTED))
    return Markup("\n").join(lines)


HELP = (
    Entry(
        "reserve",
        "vote",
        ("private",),
        lambda t: t("be among the first to try something planned"),
        lambda t: t("<code>/reserve 12</code>: be among the first to try what is planned."),
    ),
    Entry(
        "reservations",
        "triage",
        ("team",),
        lambda t: t("who wants to try it first"),
        lambda t: t("<code>/reservations 12</code>: who wants to try it first."),
    ),
)
