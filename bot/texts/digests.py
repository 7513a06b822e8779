"""The weekly issue: a few lines a section, the rest folded, in as few messages as it takes, with its picture."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import dropwhile
from operator import not_
from typing import Any

from markupsafe import Markup

from bot.community.askers import Told
from bot.community.issues import Issue
from bot.texts.catalogues import Translator
from bot.texts.digest_lines import WORDS, Reader
from bot.texts.digest_lines import drawn as drawn_for
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, units, visible
from bot.texts.pages import SHOWN, UNFOLDED, Section, paginate
from bot.texts.pictures.canvas import drawable
from bot.texts.pictures.digest import MOST_SHIPPED
from bot.texts.rituals import days, ritual_name
from bot.texts.say import LONGEST_CAPTION, Picture, Say
from storage.communities import Chat, Community

MOST_MENTIONS = 5
NOTABLE_STREAK = 3  # weeks
ABOVE = 300  # UTF-16 units


def issue(t: Translator, told: Issue, chat: Chat | None = None, above: str = "") -> list[Say]:
    """The digest as a chat reads it: silent; who wants to be mentioned is, five at most, and outside chats nobody.

    For the team there may be a note above it.
    """
    reader = Reader(t, chat, told.sources, MOST_MENTIONS if chat else 0)
    can_ask = chat is None or not chat.is_channel
    note = [t("%(text)s", text=excerpt(above, ABOVE))] if above else []
    head = [*note, *_head(t, told, can_ask=can_ask)]
    return [Say(page, reply=False) for page in paginate(t, head, _sections(reader, told))]


def posts(t: Translator, told: Issue, chat: Chat, community: Community) -> list[Say]:
    """The messages of an issue in a chat: the picture with the words under it, or above them where they are many."""
    said, shown = issue(t, told, chat), picture(t, told, community)
    if shown is None:
        return [*said]
    for words in (f"{said[0].text}\n\n{shown.text}", said[0].text):
        if len(said) == 1 and units(visible(words)) <= LONGEST_CAPTION:
            return [replace(shown, text=words)]
    return [shown, *said]


def drawn(t: Translator, told: Issue) -> Iterator[tuple[str, Markup, list[tuple[str, Markup]]]]:
    """Every section that has something to say, with its heading and its lines by key."""
    reader = Reader(t, None, told.sources)
    return drawn_for(reader, told)


def picture(t: Translator, told: Issue, community: Community) -> Picture | None:
    """What shipped, how fast, and how the circle grows; a week in which nothing shipped has no picture."""
    shipped = [_on_picture(t, one, told.changes.words.get(key)) for key, one in told.lines("shipped")]
    if not shipped or told.pace is None:
        return None
    tiles = _tiles(t, len(shipped), told)
    growth = t("members, week by week")
    course = [*dropwhile(not_, told.pace.growth)] or [0]
    members = " → ".join(map(str, course))  # for who cannot see the line
    ingredients = {
        "language": t.language,
        "title": visible(t("%(ritual)s · issue %(number)s", ritual=ritual_name(t, told.name), number=told.number)),
        "subtitle": f"{days(t, told.since, told.until)} · {community.name}",
        "shipped": shipped[:MOST_SHIPPED],
        "tiles": tiles,
        "growth": {"label": str(growth), "values": list(told.pace.growth)},
    }
    says = [*(_said(t, tile) for tile in tiles), t("%(label)s: %(figure)s", label=growth, figure=members)]
    caption = t("🖼 %(figures)s", figures=Markup(" · ").join(says))
    return Picture(caption, painting="digest", ingredients=ingredients, reply=False)


def _tiles(t: Translator, shipped: int, told: Issue) -> list[dict[str, Any]]:
    """Figures with what they say; what is not known is left out."""
    tiles: list[dict[str, Any]] = [{"figure": str(shipped), "label": str(t("shipped this time"))}]
    if told.pace and told.pace.days_to_ship is not None:
        days = round(told.pace.days_to_ship)
        figure = visible(t("%(n)s d", n=days or "<1"))
        tiles.append({"figure": figure, "label": str(t("from asking to shipping (median)"))})
    if told.pace and told.pace.delivered:
        share = told.pace.delivered
        tiles.append({"figure": f"{share:.0%}", "label": str(t("of all votes delivered")), "share": share})
    return tiles


def _said(t: Translator, tile: Mapping[str, Any]) -> Markup:
    """A tile in words; a share is read before what it is a share of."""
    if "share" in tile:
        return Markup("{} {}").format(tile["figure"], tile["label"])
    return t("%(label)s: %(figure)s", label=tile["label"], figure=tile["figure"])


def _on_picture(t: Translator, one: Told, reworded: str | None) -> dict[str, str]:
    if reworded is not None:
        return {"words": excerpt(reworded, WORDS), "who": ""}
    who = name(one.asker) if drawable(one.asker).strip("…") else str(t("a member"))
    if one.others:
        who = str(t.count("%(name)s and %(n)s other", "%(name)s and %(n)s others", one.others, name=who))
    words = f"#{one.suggestion.number} {excerpt(one.suggestion.text, WORDS)}"
    votes = [str(t.count("%(n)s vote", "%(n)s votes", one.votes))] if one.votes else []
    return {"words": words, "who": " · ".join([who, *votes])}


def _head(t: Translator, told: Issue, *, can_ask: bool = True) -> list[Markup]:
    return [_title(t, told), *([] if told.lines("shipped") else [_no_news(t, told, can_ask=can_ask)])]


def _title(t: Translator, told: Issue) -> Markup:
    title = t(
        "<b>%(ritual)s</b> · %(dates)s · issue %(number)s",
        ritual=ritual_name(t, told.name),
        dates=days(t, told.since, told.until),
        number=told.number,
    )
    if told.streak < NOTABLE_STREAK:
        return title
    return Markup("{} · {}").format(title, t.count("%(n)s week in a row", "%(n)s weeks in a row", told.streak))


def _no_news(t: Translator, told: Issue, *, can_ask: bool) -> Markup:
    """Nothing shipped: said plainly, with what waits, so that a quiet week does not look like a silent team."""
    if not told.is_quiet or not (told.waiting or can_ask):
        return t("Nothing shipped this week.")
    if told.waiting:
        return t.count(
            "A quiet week: nothing shipped, because nothing was decided. %(n)s suggestion waits for its turn.",
            "A quiet week: nothing shipped, because nothing was decided. %(n)s suggestions wait for their turn.",
            told.waiting,
        )
    return t("A quiet week: nothing shipped this week. What would you like? Write <code>/suggest …</code>")


def _sections(reader: Reader, told: Issue) -> list[Section]:
    sections = []
    for _, heading, lines in drawn_for(reader, told):
        sections.append(Section(heading, [line for _, line in lines[: SHOWN + UNFOLDED]], len(lines)))
    return sections


def mentions(t: Translator, *, wanted: bool) -> Markup:
    """Whether somebody's phone rings when a digest names them."""
    if wanted:
        return t("When a digest names you, it will mention you. Send /mentions again to stop that.")
    return t("Digests name you without a mention. Send /mentions to be mentioned.")


HELP = (
    Entry(
        "mentions",
        "follow",
        ("private",),
        lambda t: t("whether the digest mentions me"),
        lambda t: t("<code>/mentions</code>: whether the digest may ring your phone when it names you."),
    ),
    Entry(
        "digest",
        "digest",
        ("team",),
        lambda t: t("preview the next digest"),
        lambda t: t("<code>/digest</code>: preview the next issue."),
    ),
    Entry(
        "ritual",
        "digest",
        ("team",),
        lambda t: t("when the digest is posted"),
        lambda t: t("<code>/ritual name fri 17:00</code>: when it is posted."),
    ),
)
