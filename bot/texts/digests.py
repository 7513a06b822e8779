"""The weekly issue in words: a few lines a section, the rest folded, in as few messages as it takes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_skeleton
from markupsafe import Markup

from bot.community.digests import SECTIONS, Issue, Thanked, Told
from bot.community.drafts import LONGEST_LINE
from bot.community.loop import Missing
from bot.community.notices import Collected
from bot.community.verdicts import Satisfaction
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, shorten, visible
from bot.texts.pages import SHOWN, UNFOLDED, Section, paginate
from bot.texts.questions import promise
from bot.texts.say import Button, Picture, Say
from bot.texts.suggestions import status_name
from bot.texts.triage import calm
from bot.texts.verdicts import satisfaction
from storage.communities import Chat, Community
from storage.digests import Newcomer
from storage.outbox import OutboxRow
from storage.suggestions import STARTED, Suggestion

WORDS, REASON, VERSION, NOTE, VOICE, BUTTON, SETTLED = 80, 90, 24, 60, 60, 24, 240  # UTF-16 units within a line
MOST_MENTIONS = 5
MOST_NAMES = 5  # in a line
TELEGRAM_SAYS = "Telegram server says - "  # how aiogram begins what Telegram refused with
NOTABLE_STREAK = 3  # weeks
_SUPERGROUP = "-100"  # in front of the id that links to its messages name
_LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en"}


@dataclass
class _Reader:
    """In what language and chat an issue is read: that decides what can be linked to, and whose phone rings."""

    t: Translator
    chat: Chat | None = None
    sources: Mapping[int, Chat] = field(default_factory=dict)
    mentions_left: int = 0
    announced: set[int | None] = field(default_factory=set)  # releases whose note has been told


def issue(t: Translator, told: Issue, chat: Chat | None = None) -> list[Say]:
    """The digest as a chat reads it: silent; who wants to be mentioned is, five at most."""
    reader = _Reader(t, chat, told.sources, MOST_MENTIONS)
    return [Say(page, reply=False) for page in paginate(t, _head(t, told), _sections(reader, told))]


def preview(t: Translator, told: Issue, community: Community, draft_id: int) -> list[Say]:
    """What the team is shown: the next issue as things stand, and when it comes."""
    when = moment(t, community.digest_due_at, community.zone)
    header = t("<i>Preview. The next issue is posted on %(moment)s; as of now it says:</i>", moment=when)
    pages = paginate(t, [header, *_head(t, told)], _sections(_Reader(t, None, told.sources), told))
    edit = [[Button(t("Change, skip or post it"), data=f"draft:{draft_id}")]]
    return [*(Say(page) for page in pages[:-1]), Say(pages[-1], edit)]


def drawn(t: Translator, told: Issue) -> Iterator[tuple[str, Markup, list[tuple[str, Markup]]]]:
    """Every section that has something to say, with its heading and its lines by key."""
    reader = _Reader(t, None, told.sources)
    return _drawn(reader, told)


def picture(t: Translator, told: Issue, community: Community) -> Picture | None:
    """What shipped, how fast, and how the circle grows; a week in which nothing shipped has no picture."""
    shipped = [one for _, one in told.lines("shipped")]
    if not shipped or told.pace is None:
        return None
    tiles = _tiles(t, len(shipped), told)
    growth = t("members, week by week")
    members = told.pace.growth[-1]
    ingredients = {
        "language": t.language,
        "title": visible(t("%(ritual)s · issue %(number)s", ritual=_ritual(t, told), number=told.number)),
        "subtitle": f"{_dates(t, told)} · {community.name}",
        "shipped": [_on_picture(t, one) for one in shipped],
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
        tiles.append({"figure": str(t("%(n)s d", n=days)), "label": str(t("from asking to shipping (median)"))})
    if told.pace and told.pace.delivered is not None:
        share = told.pace.delivered
        tiles.append({"figure": f"{share:.0%}", "label": str(t("of all votes delivered")), "share": share})
    return tiles


def _said(t: Translator, tile: Mapping[str, Any]) -> Markup:
    """A tile in words; a share is read before what it is a share of."""
    if "share" in tile:
        return Markup("{} {}").format(tile["figure"], tile["label"])
    return t("%(label)s: %(figure)s", label=tile["label"], figure=tile["figure"])


def _on_picture(t: Translator, one: Told) -> dict[str, str]:
    who = name(one.asker) if one.asker else str(t("a member"))
    if one.others:
        who = str(t.count("%(name)s and %(n)s other", "%(name)s and %(n)s others", one.others, name=who))
    words = f"#{one.suggestion.number} {excerpt(one.suggestion.text, WORDS)}"
    return {"words": words, "who": f"{who} · {t.count('%(n)s vote', '%(n)s votes', one.votes)}"}


def _head(t: Translator, told: Issue) -> list[Markup]:
    return [_title(t, told), *([] if told.lines("shipped") else [_no_news(t, told)])]


def _title(t: Translator, told: Issue) -> Markup:
    title = t(
        "<b>%(ritual)s</b> · %(dates)s · issue %(number)s",
        ritual=_ritual(t, told),
        dates=_dates(t, told),
        number=told.number,
    )
    if told.streak < NOTABLE_STREAK:
        return title
    return Markup("{} · {}").format(title, t.count("%(n)s week in a row", "%(n)s weeks in a row", told.streak))


def _ritual(t: Translator, told: Issue) -> str:
    return calm(name(told.name)) if told.name else str(t("Weekly digest"))


def _dates(t: Translator, told: Issue) -> str:
    return " ".join(format_interval(told.since, told.until, "MMMd", locale=_LOCALES[t.language]).split())


def _no_news(t: Translator, told: Issue) -> Markup:
    """Nothing shipped: said plainly, with what waits, so that a quiet week does not look like a silent team."""
    if not told.is_quiet:
        return t("Nothing shipped this week.")
    if told.waiting:
        return t.count(
            "A quiet week: nothing shipped, because nothing was decided. %(n)s suggestion waits for its turn.",
            "A quiet week: nothing shipped, because nothing was decided. %(n)s suggestions wait for their turn.",
            told.waiting,
        )
    return t("A quiet week: nothing shipped this week. What would you like? Write <code>/suggest …</code>")


def _sections(reader: _Reader, told: Issue) -> list[Section]:
    sections = []
    for _, heading, lines in _drawn(reader, told):
        sections.append(Section(heading, [line for _, line in lines[: SHOWN + UNFOLDED]], len(lines)))
    return sections


def _drawn(reader: _Reader, told: Issue) -> Iterator[tuple[str, Markup, list[tuple[str, Markup]]]]:
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


def _line(reader: _Reader, told: Issue, key: str, item: Any) -> Markup:  # of any section
    if words := told.changes.words.get(key):
        return _named(reader.t, excerpt(words, LONGEST_LINE) or "·")
    return _DRAW[key.partition(":")[0]](reader, item)


def _shipped(reader: _Reader, told: Told) -> Markup:
    t = reader.t
    parts = [
        t(
            "✅ %(number)s “%(words)s” — %(who)s",
            number=_number(reader, told.suggestion),
            words=_words(told.suggestion),
            who=_asked_by(reader, told),
        ),
        Markup("👍 {}").format(told.votes),
        _waited(t, told.suggestion),
    ]
    if release := told.release:
        note = "" if release.id in reader.announced else release.note  # once for all that shipped together
        reader.announced.add(release.id)
        parts += [_named(t, excerpt(text, limit)) for text, limit in ((release.version, VERSION), (note, NOTE)) if text]
    return Markup(" · ").join(parts)


def _number(reader: _Reader, suggestion: Suggestion) -> Markup:
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


def _asked_by(reader: _Reader, told: Told) -> Markup:
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


def _face(reader: _Reader, person_id: int, known_as: str, mentions: Mapping[int, str]) -> Markup:
    """A name; with their consent a mention, as long as the message has not rung too many phones."""
    shown = _named(reader.t, name(known_as))
    if person_id not in mentions or reader.mentions_left < 1:
        return shown
    reader.mentions_left -= 1
    return Markup('<a href="tg://user?id={}">{}</a>').format(mentions[person_id], shown)


def _waited(t: Translator, suggestion: Suggestion) -> Markup:
    days = ((suggestion.decided_at or suggestion.created_at) - suggestion.created_at).days
    return t.count("after %(n)s day", "after %(n)s days", days) if days > 0 else t("the same day")


def _on_the_way(reader: _Reader, told: Told) -> Markup:
    mark = "🔨" if told.suggestion.status == STARTED else "🗓"
    number, words = _number(reader, told.suggestion), _named(reader.t, _words(told.suggestion))
    line = Markup("{} {} {}").format(mark, number, words)
    if not told.suggestion.reason:
        return line
    return Markup("{} — {}").format(line, _named(reader.t, excerpt(told.suggestion.reason, REASON)))


def _declined(reader: _Reader, told: Told) -> Markup:
    return reader.t(
        "🚫 %(number)s %(words)s — %(reason)s",
        number=_number(reader, told.suggestion),
        words=_words(told.suggestion),
        reason=calm(excerpt(told.suggestion.reason, REASON)),
    )


def _satisfied(reader: _Reader, said: Satisfaction) -> Markup:
    return satisfaction(reader.t, said)


def _unreached(reader: _Reader, found: Collected) -> Markup:
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


def _wanted(reader: _Reader, ranked: tuple[Suggestion, int]) -> Markup:
    suggestion, votes = ranked
    return Markup("{} {} · 👍 {}").format(_number(reader, suggestion), _named(reader.t, _words(suggestion)), votes)


def _newcomer(reader: _Reader, newcomer: Newcomer) -> Markup:
    t = reader.t
    if newcomer.inviter is None:
        return t("🌱 %(name)s", name=calm(name(newcomer.name)))
    inviter = calm(name(newcomer.inviter))
    return t("🌱 %(name)s, brought by %(inviter)s", name=calm(name(newcomer.name)), inviter=inviter)


def _thanked(reader: _Reader, thanked: Thanked) -> Markup:
    t, who = reader.t, calm(name(thanked.name))
    deeds = []
    if thanked.brought:
        deeds.append(t.count("brought %(n)s person", "brought %(n)s people", thanked.brought))
    if thanked.decided:
        deeds.append(t.count("looked after %(n)s suggestion", "looked after %(n)s suggestions", thanked.decided))
    return t("🙏 %(name)s: %(deeds)s", name=who, deeds=t(", ").join(deeds))


def _missing(reader: _Reader, figures: Missing) -> Markup:
    t = reader.t
    parts = [
        t.count(
            "%(n)s person voted; the busiest tenth gave %(share)s of the votes",
            "%(n)s people voted; the busiest tenth gave %(share)s of the votes",
            figures.voters,
            share=f"{figures.top_share}%",
        )
    ]
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


_DRAW: Mapping[str, Callable[[_Reader, Any], Markup]] = {
    "shipped": _shipped,
    "on_the_way": _on_the_way,
    "declined": _declined,
    "satisfaction": _satisfied,
    "unreached": _unreached,
    "wanted": _wanted,
    "newcomers": _newcomer,
    "thanks": _thanked,
    "promise": lambda reader, kept: promise(reader.t, kept),
    "missing": _missing,
}


def _words(suggestion: Suggestion) -> str:
    return calm(excerpt(suggestion.text, WORDS))


def _named(t: Translator, text: str) -> Markup:
    return t("%(text)s", text=calm(text))


def moment(t: Translator, at: datetime, zone: str) -> str:
    """A moment by the clock of a zone, such as Fri, Nov 20 17:00."""
    local = at.astimezone(ZoneInfo(zone))
    locale = _LOCALES[t.language]
    day = format_skeleton("MMMEd", local, tzinfo=local.tzinfo, locale=locale)
    return f"{day} {local:%H:%M}"


def ritual(t: Translator, community: Community, moments: Sequence[datetime]) -> Say:
    """When the digest comes: weekday, hour and zone, and the next times as dates."""
    weekday = format_date(moments[0].astimezone(ZoneInfo(community.zone)), "EEEE", locale=_LOCALES[t.language])
    lines = [
        t(
            "<b>%(ritual)s</b>: every %(weekday)s at %(time)s (%(zone)s). The next three:",
            ritual=name(community.ritual_name) if community.ritual_name else t("Weekly digest"),
            weekday=weekday,
            time=f"{community.ritual_hour:02d}:{community.ritual_minute:02d}",
            zone=community.zone,
        ),
        *(Markup("· {}").format(moment(t, at, community.zone)) for at in moments),
        t("Change it like this: <code>/ritual Orange Friday fri 17:00</code>"),
    ]
    return Say("\n".join(lines))


def in_doubt(t: Translator, lost: Sequence[tuple[OutboxRow, Chat]], settled: Markup | None = None) -> Say:
    """To the team, in one message: the chats that refused the digest, or may not have got it."""
    if not lost:
        return Say(_named(t, excerpt(visible(settled), SETTLED)) if settled else t("Every chat has its digest."))
    says = t(
        "I do not know whether the digest reached these chats. I will not post it twice unasked. Please look there."
    )
    lines = [_lost(t, row, chat) for row, chat in lost]
    buttons = [_settle_buttons(t, row, chat) for row, chat in lost]
    return Say(
        Markup("\n").join([says, *lines, *([_named(t, excerpt(visible(settled), SETTLED))] if settled else [])]),
        buttons,
        silent=False,
    )


def _lost(t: Translator, row: OutboxRow, chat: Chat) -> Markup:
    _, _, reason = (row.error or "").partition(TELEGRAM_SAYS)
    line = t("· <b>%(chat)s</b>", chat=name(chat.title or chat.external_id))
    return Markup("{}: {}").format(line, _named(t, excerpt(reason, REASON))) if reason else line


def _settle_buttons(t: Translator, row: OutboxRow, chat: Chat) -> list[Button]:
    title = shorten(name(chat.title or chat.external_id), BUTTON)
    again = t("Post it again: %(chat)s", chat=title)
    return [
        Button(again, data=f"repost:{row.id}"),
        Button(t("It is there"), data=f"arrived:{row.id}"),
    ]


def mentions(t: Translator, *, wanted: bool) -> Markup:
    """Whether somebody's phone rings when a digest names them."""
    if wanted:
        return t("When a digest names you, it will mention you. Send /mentions again to stop that.")
    return t("Digests name you without a mention. Send /mentions to be mentioned.")


def message_in_doubt(t: Translator, chat: str) -> Say:
    """As `in_doubt`, for anything that is no digest."""
    return Say(t("I do not know whether a message reached <b>%(chat)s</b>. Please look there.", chat=name(chat)))


def reposted(t: Translator, who: str, chat: str) -> Markup:
    return t("%(name)s asked for it: the digest is posted again in %(chat)s.", name=name(who), chat=name(chat))


def arrived(t: Translator, who: str, chat: str) -> Markup:
    return t("%(name)s has looked: the digest is in %(chat)s.", name=name(who), chat=name(chat))


def settled_already(t: Translator) -> Markup:
    return t("Somebody has settled this already.")


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
