"""Pages of help and the menus after a slash, both made of what each feature says of its commands."""

from collections.abc import Mapping, Sequence
from typing import get_args

from markupsafe import Markup

from bot.texts import (
    audit,
    bars,
    care,
    chats,
    digests,
    follows,
    grids,
    growth,
    invitations,
    merges,
    notices,
    phones,
    questions,
    reattaching,
    repositories,
    reservations,
    rounds,
    seeds,
    settings,
    showing,
    signs,
    stats,
    suggestions,
    tree,
    triage,
    voices,
    waiting,
    waves,
    words,
)
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry, Page
from bot.texts.html import visible
from bot.texts.say import Button, Keyboard, Say, Whisper

FEATURES = (
    suggestions,
    showing,
    voices,
    reservations,
    follows,
    notices,
    invitations,
    tree,
    waiting,
    seeds,
    rounds,
    bars,
    reattaching,
    signs,
    phones,
    waves,
    growth,
    triage,
    care,
    merges,
    audit,
    questions,
    digests,
    grids,
    stats,
    repositories,
    settings,
    words,
    chats,
)
ENTRIES: tuple[Entry, ...] = tuple(entry for feature in FEATURES for entry in feature.HELP)
PAGES: tuple[Page, ...] = get_args(Page)

Menu = Sequence[tuple[str, str]]  # command without its slash, and what it does

# The network's scope, and whose commands it lists.
_SCOPES = {
    "default": {"members"},
    "all_private_chats": {"members", "private"},
    "all_chat_administrators": {"members", "team"},
}


def menus(t: Translator) -> Mapping[str, Menu]:
    """The menus by the network's scope, in one language: few commands for members, more in private, the team's."""
    return {
        scope: [(entry.command, visible(entry.menu(t))) for entry in ENTRIES if listed.intersection(entry.scopes)]
        for scope, listed in _SCOPES.items()
    }


def in_group(t: Translator, *, staff: bool = False) -> Whisper:
    """The shortest help there is; the team's commands for who may use them."""
    said = t(
        "<code>/suggest …</code> ask for something · <code>/top</code> most wanted · <code>/search …</code> find · "
        "<code>/vote 12</code> · <code>/my</code> yours · <code>/invite</code> bring a friend"
    )
    if not staff:
        return Whisper(said)
    team = t(
        "The team: <code>/inbox</code> unseen ones · <code>/status 12 planned</code> · <code>/decline 12 …</code> · "
        "<code>/ship 12 v2.3 …</code> · <code>/digest</code> the coming issue. Send me /help in private for all of it."
    )
    return Whisper(Markup("{}\n\n{}").format(said, team))


def index(t: Translator, *, staff: bool) -> Say:
    """What can be explained."""
    return Say(t("What would you like to know?"), _buttons(t, None, staff=staff))


def page(t: Translator, shown: Page, *, staff: bool) -> Say:
    """One page, with the way to the others."""
    entries = [entry for entry in ENTRIES if entry.page == shown and (staff or entry.is_for_all)]
    title = Markup("<b>{}</b>").format(_titles(t)[shown])
    return Say("\n".join([title, *(entry.line(t) for entry in entries)]), _buttons(t, shown, staff=staff))


def _buttons(t: Translator, shown: Page | None, *, staff: bool) -> Keyboard:
    """Two in a row, in the order of the pages; none for a page on which its reader would find nothing."""
    filled = {entry.page for entry in ENTRIES if staff or entry.is_for_all}
    titles = _titles(t)
    there = [
        Button(f"{'• ' if page == shown else ''}{titles[page]}", data=f"help:{n}")
        for n, page in enumerate(PAGES)
        if page in filled
    ]
    return [there[n : n + 2] for n in range(0, len(there), 2)]


def _titles(t: Translator) -> dict[Page, Markup]:
    return {
        "suggest": t("Suggesting"),
        "vote": t("Finding and voting"),
        "follow": t("What becomes of it"),
        "invite": t("Inviting friends"),
        "triage": t("Deciding (the team)"),
        "digest": t("The digest (the team)"),
        "grow": t("Growing (the team)"),
        "settings": t("Language and settings"),
    }
