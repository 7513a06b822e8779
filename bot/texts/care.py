"""What the team reads while it looks after suggestions: the staff card, the inbox, dates, tags, the weekly reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton
from markupsafe import Markup

from bot.community.search import PAGE
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, safe, shorten
from bot.texts.links import to_message
from bot.texts.say import Button, Keyboard, Rewrite, Say, Whisper
from bot.texts.suggestions import MARKS, UNDECIDED, Around, decision, line, numbers, status_name
from bot.texts.triage import calm
from storage.cards import Counts
from storage.communities import Chat
from storage.suggestions import MERGED, OPEN, PLANNED, STARTED, STATUSES, Suggestion

CARD_LENGTH = 800  # UTF-16 units of a suggestion's text on the team's card
TAGS_LENGTH = 400
VOICES = 3
_LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en"}


@dataclass(frozen=True)
class Kept:
    """All that the team's card shows."""

    suggestion: Suggestion
    author: str
    source: Chat | None
    counts: Counts
    voices: Sequence[tuple[str, str]]  # some of the others': name and own words
    owner: str
    tags: Sequence[str]
    around: Around


def card(t: Translator, kept: Kept) -> Say:
    """A suggestion for the team, with what can be done about it."""
    suggestion = kept.suggestion
    lines = [
        Markup("{} <b>#{}</b> {}").format(
            MARKS[suggestion.status], suggestion.number, safe(shorten(suggestion.text, CARD_LENGTH))
        ),
        _origin(t, kept),
        *(_voice(who, words) for who, words in kept.voices[:VOICES]),
    ]
    if suggestion.status != OPEN:
        lines.append(decision(t, suggestion, kept.around))
    if kept.around.together:
        lines.append(t("🔗 together with %(numbers)s", numbers=numbers(kept.around.together)))
    if cared := _cared(t, kept):
        lines.append(cared)
    return Say("\n".join(lines), _buttons(t, suggestion), reply=False)


def _origin(t: Translator, kept: Kept) -> Markup:
    parts = [Markup("{} · 👍 {}").format(safe(calm(name(kept.author))), kept.counts.votes)]
    if kept.counts.voices:
        parts.append(Markup("💬 {}").format(kept.counts.voices))
    if kept.counts.reserved:
        parts.append(Markup("✋ {}").format(kept.counts.reserved))
    if url := to_message(kept.source, kept.suggestion.source_message, kept.suggestion.topic):
        parts.append(Markup('<a href="{}">{}</a>').format(url, t("where it was said")))
    return Markup("— ") + Markup(" · ").join(parts)


def _voice(who: str, words: str) -> Markup:
    return Markup("<i>{}</i> — {}").format(safe(calm(excerpt(words))), safe(calm(name(who))))


def _cared(t: Translator, kept: Kept) -> Markup:
    """Owner, date and tags, as far as there are any."""
    parts = []
    if kept.owner:
        parts.append(Markup("👤 {}").format(safe(calm(name(kept.owner)))))
    if kept.suggestion.due_on:
        parts.append(Markup("📅 {}").format(day(t, kept.suggestion.due_on)))
    if kept.tags:
        parts.append(Markup("🏷 {}").format(safe(_tags(t, kept.tags))))
    return Markup(" · ").join(parts)


def _buttons(t: Translator, suggestion: Suggestion) -> Keyboard:
    i, status = suggestion.id, suggestion.status
    if status == MERGED:
        return [[Button(t("✂ Split"), data=f"apart:{i}")]]
    names = {OPEN: t("💡 Reopen"), PLANNED: t("🗓 Plan"), STARTED: t("🔨 Start")}
    moves = (PLANNED, STARTED) if status in UNDECIDED else (OPEN,)
    decide = [Button(str(names[to]), data=f"move:{i}:{STATUSES.index(to)}") for to in moves if to != status]
    if status in UNDECIDED:
        decide.append(Button(t("🚫 Decline"), data=f"refuse:{i}"))
    mine = t("👤 Mine / let go") if suggestion.owner_id else t("👤 Mine")
    care = [Button(str(mine), data=f"mine:{i}"), Button(t("📅 Date"), data=f"dates:{i}")]
    if status in UNDECIDED:
        care.insert(0, Button(t("🔗 Merge"), data=f"alike:{i}"))
    seen = [[Button(t("✓ Seen"), data=f"seen:{i}")]] if suggestion.handled_at is None else []
    return [decide, care, *seen]


def day(t: Translator, on: date) -> str:
    """A day in words, such as Fri, Nov 27."""
    return str(format_skeleton("MMMEd", on, locale=_LOCALES[t.language]))


def ask_reason(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Why is #%(number)s declined? Everyone can read the reason.", number=suggestion.number)


def dates(t: Translator, suggestion: Suggestion, ends: Sequence[date]) -> Whisper:
    """Until when? The last button lets the day be typed."""
    names = (t("this week"), t("next week"), t("this month"), t("next month"))
    i = suggestion.id
    offered = [
        Button(str(t("%(what)s (%(n)s)", what=label, n=day(t, end))), data=f"due:{i}:{end:%Y%m%d}")
        for label, end in zip(names, ends, strict=False)
    ]
    last = [Button(t("another day"), data=f"when:{i}"), Button(t("no date"), data=f"due:{i}:0")]
    asked = t("Until when should #%(number)s be there?", number=suggestion.number)
    return Whisper(asked, [offered[:2], offered[2:], last])


def ask_day(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Which day? For example 2026-12-01 or 12-01. It is about #%(number)s.", number=suggestion.number)


def due(t: Translator, suggestion: Suggestion) -> Markup:
    if suggestion.due_on is None:
        return t("#%(number)s has no date any more.", number=suggestion.number)
    return t("#%(number)s should be there by %(day)s.", number=suggestion.number, day=day(t, suggestion.due_on))


def assigned(t: Translator, suggestion: Suggestion, owner: str | None) -> Markup:
    if owner is None:
        return t("Nobody looks after #%(number)s any more.", number=suggestion.number)
    return t("%(name)s looks after #%(number)s now.", name=calm(name(owner)), number=suggestion.number)


def tagged(t: Translator, suggestion: Suggestion, tags: Sequence[str]) -> Markup:
    if not tags:
        return t("#%(number)s has no tags any more.", number=suggestion.number)
    return t("#%(number)s is tagged: %(tags)s", number=suggestion.number, tags=_tags(t, tags))


def _tags(t: Translator, tags: Sequence[str]) -> str:
    return calm(excerpt(str(t(", ")).join(tags), TAGS_LENGTH))


def seen(t: Translator, suggestion: Suggestion) -> Markup:
    return t("#%(number)s is looked at and stays open.", number=suggestion.number)


def moved(t: Translator, suggestion: Suggestion) -> Markup:
    """The short word for who pressed the button."""
    return t("#%(number)s: %(status)s", number=suggestion.number, status=status_name(t, suggestion.status))


def inbox(t: Translator, unseen: Sequence[Suggestion], total: int, offset: int) -> Whisper:
    """What nobody has looked at; a number opens its card."""
    if not unseen:
        return Whisper(t("Somebody has looked at everything. Well done!"))
    title = t.count("<b>%(n)s waits for a first look</b>", "<b>%(n)s wait for a first look</b>", total)
    opens = [Button(f"#{one.number}", data=f"open:{one.id}") for one in unseen]
    rows = [opens[n : n + 5] for n in range(0, len(opens), 5)]
    return Whisper("\n".join([title, *map(line, unseen)]), [*rows, *pages("inbox", offset, len(unseen), total)])


def pages(press: str, offset: int, shown: int, total: int) -> list[list[Button]]:
    """The buttons that turn to the page before and after; data is the press, what it is about, and an offset."""
    row = []
    if offset > 0:
        row.append(Button("←", data=f"{press}:{max(0, offset - PAGE)}"))
    if offset + shown < total:
        row.append(Button("→", data=f"{press}:{offset + shown}"))
    return [row] if row else []


def rewritten(said: Say | Whisper) -> Rewrite:
    """The same in place of the message whose button was pressed."""
    return Rewrite(said.text, said.keyboard)


def reminder(t: Translator, community: str, quiet: Sequence[Suggestion]) -> Say:
    """For an owner, privately: which of theirs had no news for a week."""
    lines = [t("<b>%(community)s</b>: yours without news for a week", community=name(community))]
    lines += [_waiting(t, one) for one in quiet]
    lines.append(t("A word on the card is enough: another date, another status. Next reminder in a week at most."))
    return Say("\n".join(lines), reply=False)


def _waiting(t: Translator, suggestion: Suggestion) -> Markup:
    if suggestion.due_on is None:
        return line(suggestion)
    return Markup("{}· 📅 {}").format(line(suggestion), day(t, suggestion.due_on))


def reminder_aloud(t: Translator, owner: str, quiet: Sequence[Suggestion]) -> Say:
    """The same for the staff chat, in one line, where the owner cannot be written to."""
    said = t(
        "👤 %(name)s: no news for a week of %(numbers)s.",
        name=calm(name(owner)),
        numbers=numbers([one.number for one in quiet]),
    )
    return Say(said, reply=False)


HELP = (
    Entry(
        "mine",
        "triage",
        ("team",),
        lambda t: t("look after a suggestion yourself"),
        lambda t: t("<code>/mine 12</code>: from now on you look after it."),
    ),
    Entry(
        "inbox",
        "triage",
        ("team",),
        lambda t: t("what nobody has looked at yet"),
        lambda t: t("<code>/inbox</code>: what nobody has looked at, the oldest first."),
    ),
    Entry(
        "assign",
        "triage",
        ("team",),
        lambda t: t("who looks after a suggestion"),
        lambda t: t("<code>/assign 12 @name</code>: who looks after it."),
    ),
    Entry(
        "tag",
        "triage",
        ("team",),
        lambda t: t("tag a suggestion"),
        lambda t: t("<code>/tag 12 camera</code>: add a tag."),
    ),
    Entry(
        "untag",
        "triage",
        ("team",),
        lambda t: t("take a tag away"),
        lambda t: t("<code>/untag 12 camera</code>: take a tag away."),
    ),
    Entry(
        "due",
        "triage",
        ("team",),
        lambda t: t("until when it should be there"),
        lambda t: t("<code>/due 12 12-01</code>: until when it should be there."),
    ),
)
