"""The lines of an issue, section by section, as one chat reads them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from bot.community.askers import Told
from bot.community.drafts import LONGEST_LINE
from bot.community.issues import SECTIONS, Issue, Thanked
from bot.community.loop import Missing
from bot.community.notices import Collected
from bot.community.verdicts import Satisfaction
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, name
from bot.texts.questions import promise
from bot.texts.suggestions import numbers, status_name
from bot.texts.triage import calm
from bot.texts.verdicts import satisfaction
from storage.communities import Chat
from storage.digests import Newcomer
from storage.suggestions import STARTED, Suggestion

WORDS, REASON, VERSION, NOTE, VOICE = 80, 90, 24, 60, 60  # UTF-16 units within a line
MOST_NAMES = 5  # in a line
_SUPERGROUP = "-100"  # in front of the id that links to its messages name


@dataclass
class Reader:
    """In what language and chat an issue is read: that decides what can be linked to, and whose phone rings."""

    t: Translator
    chat: Chat | None = None
    sources: Mapping[int, Chat] = field(default_factory=dict)
    mentions_left: int = 0
    announced: set[int | None] = field(default_factory=set)  # releases whose note has been told


def drawn(reader: Reader, told: Issue) -> Iterator[tuple[str, Markup, list[tuple[str, Markup]]]]:
    """Every section that has something to say, with its heading and its lines by key."""
    headings = _headings(reader.t)
    for section in SECTIONS:
        lines = told.lines(section)
        if lines:
            yield section, headings[section], [(key, _line(reader, told, key, item)) for key, item in lines]


def _headings(t: Translator) -> dict[str, Markup]:
    return {
        "shipped": t("<b>You asked, we shipped</b>"),
        "on_the_way": t("<b>On the way</b>"),
        "declined": t("<b>Not this time, and why</b>"),
        "satisfaction": t("<b>Does it work?</b>"),
        "unreached": t("<b>You wanted to know</b>"),
        "wanted": t("<b>Most wanted</b>"),
        "newcomers": t("<b>New faces</b>"),
        "thanks": t("<b>Thank you</b>"),
        "promise": t("<b>Our promise to answer</b>"),
        "missing": t("<b>Who is missing</b>"),
    }


def _line(reader: Reader, told: Issue, key: str, item: Any) -> Markup:  # of any section
    if words := told.changes.words.get(key):
        return _named(reader.t, excerpt(words, LONGEST_LINE) or "·")
    return _DRAW[key.partition(":")[0]](reader, item)


def _shipped(reader: Reader, told: Told) -> Markup:
    t = reader.t
    parts = [
        t(
            "✅ %(number)s “%(words)s” — %(who)s",
            number=_number(reader, told.suggestion),
            words=_words(told.suggestion),
            who=_asked_by(reader, told),
        ),
        *_liked(told.votes),
        _waited(t, told.suggestion),
    ]
    if release := told.release:
        note = "" if release.id in reader.announced else release.note  # once for all that shipped together
        reader.announced.add(release.id)
        parts += [_named(t, excerpt(text, limit)) for text, limit in ((release.version, VERSION), (note, NOTE)) if text]
    return Markup(" · ").join(parts)


def _liked(votes: int) -> list[Markup]:
    """How many voted for it; of nobody nothing is said."""
    return [Markup("👍 {}").format(votes)] if votes else []


def _number(reader: Reader, suggestion: Suggestion) -> Markup:
    """The number, leading to where it was asked."""
    if url := source_link(suggestion, reader.chat, reader.sources):
        return Markup('<a href="{}">#{}</a>').format(url, suggestion.number)
    return Markup("<b>#{}</b>").format(suggestion.number)


def source_link(suggestion: Suggestion, reader: Chat | None, sources: Mapping[int, Chat]) -> str | None:
    """The message in which it was asked, where those who read it can open it: in a public chat, or in their own."""
    source = sources.get(suggestion.source_chat_id or 0)
    if source is None or not suggestion.source_message:
        return None
    if source.username:
        return f"https://t.me/{source.username}/{suggestion.source_message}"
    if reader is None or reader.id != source.id or not source.external_id.startswith(_SUPERGROUP):
        return None
    return f"https://t.me/c/{source.external_id.removeprefix(_SUPERGROUP)}/{suggestion.source_message}"


def _asked_by(reader: Reader, told: Told) -> Markup:
    """The asker, those who asked for the same with their own words, and how many more."""
    t = reader.t
    asker = told.asker or str(t("a member"))
    who = _face(reader, told.suggestion.author_id, asker, told.mentions if told.asker else {})
    who = t(", ").join([who, *(_named(t, name(one)) for one in told.co_askers)])
    for voice in told.voices:
        who = t(
            "%(who)s; “%(words)s” — %(voice)s",
            who=who,
            words=calm(excerpt(voice.words, VOICE)),
            voice=_face(reader, voice.person_id, voice.name, told.mentions),
        )
    others = told.others - len(told.voices)
    return t.count("%(name)s and %(n)s other", "%(name)s and %(n)s others", others, name=who) if others > 0 else who


def _face(reader: Reader, person_id: int, known_as: str, mentions: Mapping[int, str]) -> Markup:
    """A name; with their consent a mention, as long as the message has not rung too many phones."""
    shown = _named(reader.t, name(known_as))
    if person_id not in mentions or reader.mentions_left < 1:
        return shown
    reader.mentions_left -= 1
    return Markup('<a href="tg://user?id={}">{}</a>').format(mentions[person_id], shown)


def _waited(t: Translator, suggestion: Suggestion) -> Markup:
    days = ((suggestion.decided_at or suggestion.created_at) - suggestion.created_at).days
    return t.count("after %(n)s day", "after %(n)s days", days) if days > 0 else t("the same day")


def _on_the_way(reader: Reader, told: Told) -> Markup:
    mark = "🔨" if told.suggestion.status == STARTED else "🗓"
    number, words = _number(reader, told.suggestion), _named(reader.t, _words(told.suggestion))
    line = Markup("{} {} {}").format(mark, number, words)
    if not told.suggestion.reason:
        return line
    return Markup("{} — {}").format(line, _named(reader.t, excerpt(told.suggestion.reason, REASON)))


def _declined(reader: Reader, told: Told) -> Markup:
    return reader.t(
        "🚫 %(number)s %(words)s — %(reason)s",
        number=_number(reader, told.suggestion),
        words=_words(told.suggestion),
        reason=calm(excerpt(told.suggestion.reason, REASON)),
    )


def _satisfied(reader: Reader, said: Satisfaction) -> Markup:
    return satisfaction(reader.t, said)


def _unreached(reader: Reader, found: Collected) -> Markup:
    """Whom I could not tell privately, with the suggestion they wanted to hear of."""
    t = reader.t
    shown = found.names[:MOST_NAMES]
    names = t(", ").join(_named(t, name(one)) for one in shown)
    if more := len(found.names) - len(shown) + found.hidden:
        names = (
            t.count("%(name)s and %(n)s other", "%(name)s and %(n)s others", more, name=names)
            if shown
            else t.count("%(n)s person", "%(n)s people", more)
        )
    number, status = _number(reader, found.suggestion), status_name(t, found.suggestion.status)
    if found.into is not None:
        return t("📬 %(names)s: %(number)s is part of #%(into)s now", names=names, number=number, into=found.into)
    return t("📬 %(names)s: %(number)s is %(status)s", names=names, number=number, status=status)


def _wanted(reader: Reader, ranked: tuple[Suggestion, int]) -> Markup:
    suggestion, votes = ranked
    wanted = Markup("{} {}").format(_number(reader, suggestion), _named(reader.t, _words(suggestion)))
    return Markup(" · ").join([wanted, *_liked(votes)])


def _newcomer(reader: Reader, newcomer: Newcomer) -> Markup:
    t = reader.t
    if newcomer.inviter is None:
        return t("🌱 %(name)s", name=calm(name(newcomer.name)))
    inviter = calm(name(newcomer.inviter))
    return t("🌱 %(name)s, brought by %(inviter)s", name=calm(name(newcomer.name)), inviter=inviter)


def _thanked(reader: Reader, thanked: Thanked) -> Markup:
    t, who = reader.t, calm(name(thanked.name))
    deeds = [t("🏆 best-loved: %(numbers)s", numbers=numbers(thanked.loved))] if thanked.loved else []
    if thanked.brought:
        deeds.append(t.count("brought %(n)s person", "brought %(n)s people", thanked.brought))
    if thanked.decided:
        deeds.append(t.count("looked after %(n)s suggestion", "looked after %(n)s suggestions", thanked.decided))
    return t("🙏 %(name)s: %(deeds)s", name=who, deeds=t(", ").join(deeds))


def missing(t: Translator, figures: Missing) -> Markup:
    """Whom one does not hear."""
    parts = [t.count("%(n)s person voted", "%(n)s people voted", figures.voters)]
    if figures.has_tenths:
        parts.append(t("the busiest tenth gave %(share)s of the votes", share=f"{figures.top_share}%"))
    if figures.first_timers:
        parts.append(
            t.count("%(n)s took part for the first time", "%(n)s took part for the first time", figures.first_timers)
        )
    if figures.silent:
        parts.append(
            t.count(
                "%(n)s of %(members)s has not spoken up yet",
                "%(n)s of %(members)s have not spoken up yet",
                figures.silent,
                members=figures.members,
            )
        )
    return Markup("{} {}").format("🔎", t("; ").join(parts))


_DRAW: Mapping[str, Callable[[Reader, Any], Markup]] = {
    "shipped": _shipped,
    "on_the_way": _on_the_way,
    "declined": _declined,
    "satisfaction": _satisfied,
    "unreached": _unreached,
    "wanted": _wanted,
    "newcomers": _newcomer,
    "thanks": _thanked,
    "promise": lambda reader, kept: promise(reader.t, kept),
    "missing": lambda reader, figures: missing(reader.t, figures),
}


def _words(suggestion: Suggestion) -> str:
    return calm(excerpt(suggestion.text, WORDS))


def _named(t: Translator, text: str) -> Markup:
    return t("%(text)s", text=calm(text))
