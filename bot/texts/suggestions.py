"""What is said about suggestions: the live card, the offer of similar ones, lists."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, name, safe, shorten
from bot.texts.say import Button, Say, Whisper
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion

CARD_LENGTH = 1_500  # UTF-16 units of a suggestion's text on its card
UNDECIDED = (OPEN, PLANNED, STARTED)
_MARKS = {OPEN: "💡", PLANNED: "🗓", STARTED: "🔨", SHIPPED: "✅", DECLINED: "🚫"}


def status_name(t: Translator, status: str) -> Markup:
    """A status in words."""
    names = {
        OPEN: t("open"),
        PLANNED: t("planned"),
        STARTED: t("started"),
        SHIPPED: t("shipped"),
        DECLINED: t("declined"),
    }
    return names[status]


def card(t: Translator, suggestion: Suggestion, author: str, votes: int, voices: int, *, in_group: bool = True) -> Say:
    """The one live message of a suggestion; said again, it is edited. In private nobody but its author could vote."""
    lines = [
        Markup("{} <b>#{}</b> {}").format(
            _MARKS[suggestion.status], suggestion.number, safe(shorten(suggestion.text, CARD_LENGTH))
        ),
        _byline(t, author, voices),
    ]
    if suggestion.status != OPEN:
        lines.append(_decision(t, suggestion))
    votable = in_group and suggestion.status in UNDECIDED
    keyboard = [[Button(f"👍 {votes}", data=f"vote:{suggestion.number}")]] if votable else []
    return Say("\n".join(lines), keyboard)


def _byline(t: Translator, author: str, voices: int) -> Markup:
    if voices < 2:
        return Markup("— {}").format(safe(name(author)))
    return t.count(
        "— %(name)s, and %(n)s more asked for it",
        "— %(name)s, and %(n)s more asked for it",
        voices - 1,
        name=name(author),
    )


def _decision(t: Translator, suggestion: Suggestion) -> Markup:
    status = status_name(t, suggestion.status)
    if not suggestion.reason:
        return Markup("<b>{}</b>").format(status)
    return t("<b>%(status)s</b>: %(reason)s", status=status, reason=excerpt(suggestion.reason))


def offer(t: Translator, offer_id: int, similar: Sequence[Suggestion]) -> Whisper:
    """Is it one of these? Every button names one; the last says that it is none."""
    lines = [t("Somebody may have asked for this already. Is it one of these?")]
    lines += [line(suggestion) for suggestion in similar]
    undecided = [s for s in similar if s.status in UNDECIDED]
    keyboard = [[Button(f"👍 +1 #{s.number}", data=f"join:{offer_id}:{s.number}")] for s in undecided]
    keyboard.append([Button(t("Mine is different"), data=f"new:{offer_id}")])
    return Whisper("\n".join(lines), keyboard)


def line(suggestion: Suggestion, votes: int | None = None) -> Markup:
    """A suggestion in a list."""
    mark = "" if suggestion.status == OPEN else f"{_MARKS[suggestion.status]} "
    count = Markup("· 👍 {}").format(votes) if votes is not None else ""
    text = safe(excerpt(suggestion.text))
    return Markup("{}<b>#{}</b> {} {}").format(mark, suggestion.number, text, count)


def joined(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Counted: your words now stand with #%(number)s.", number=suggestion.number)


def yours_already(t: Translator, suggestion: Suggestion) -> Markup:
    return t("That is #%(number)s, which you asked for yourself. It is in good hands.", number=suggestion.number)


def filed(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Noted as #%(number)s.", number=suggestion.number)


def known_already(t: Translator, suggestion: Suggestion) -> Markup:
    return t("This message is #%(number)s already.", number=suggestion.number)


def went_wrong(t: Translator) -> Markup:
    return t("Something went wrong on my side. Your message is kept, and the operator has been told.")


def answered_already(t: Translator) -> Markup:
    return t("This question has been answered already.")


def not_your_offer(t: Translator) -> Markup:
    return t("Only the person who asked can answer this.")


def counted(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Your vote for #%(number)s is counted.", number=suggestion.number)


def voted(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Your vote for #%(number)s is counted. Press again to take it back.", number=suggestion.number)


def unvoted(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Your vote for #%(number)s is taken back.", number=suggestion.number)


def most_wanted(t: Translator, ranked: Sequence[tuple[Suggestion, int]]) -> Say:
    """What people want most."""
    if not ranked:
        return Say(t("Nothing has been suggested yet. Be the first: <code>/suggest …</code>"))
    return Say("\n".join([t("<b>Most wanted</b>"), *(line(s, votes) for s, votes in ranked)]))


def found(t: Translator, words: str, matches: Sequence[Suggestion], votes: dict[int, int]) -> Say:
    """What a search found."""
    if not matches:
        return Say(t("Nothing like “%(words)s” yet. Suggest it: <code>/suggest …</code>", words=excerpt(words, 60)))
    lines = [t("Found for “%(words)s”:", words=excerpt(words, 60))]
    return Say("\n".join([*lines, *(line(s, votes.get(s.id or 0, 0)) for s in matches)]))


def mine(t: Translator, asked: Sequence[Suggestion], voted_for: Sequence[Suggestion], votes: dict[int, int]) -> Say:
    """What a member asked and voted for."""
    if not asked and not voted_for:
        return Say(t("You have not asked or voted for anything yet. Start with <code>/suggest …</code>"))
    lines: list[Markup] = []
    for title, rows in ((t("<b>You asked</b>"), asked), (t("<b>You voted for</b>"), voted_for)):
        if rows:
            lines += [title, *(line(s, votes.get(s.id or 0, 0)) for s in rows)]
    return Say("\n".join(lines))
