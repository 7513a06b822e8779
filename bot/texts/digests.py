"""The weekly issue in words: a few lines a section, the rest folded, always within one message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_skeleton
from markupsafe import Markup, escape

from bot.community.digests import Issue, Told
from bot.community.notices import Collected
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, units, visible
from bot.texts.questions import promise
from bot.texts.say import Button, Say
from bot.texts.suggestions import status_name
from bot.texts.triage import and_more, asked_by, calm
from bot.texts.verdicts import satisfaction
from storage.communities import Community
from storage.suggestions import STARTED, Suggestion

LONGEST_MESSAGE = 4096  # UTF-16 units, without tags
SHOWN, UNFOLDED = 5, 30  # lines of a section: before the fold, and in it
MOST_NAMES = 5  # in a line
WORDS, REASON, VERSION, NOTE = 80, 90, 24, 60  # UTF-16 units within a line
Row = TypeVar("Row")
_LOCALES = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant", "en": "en"}


@dataclass
class Section:
    """A heading with the first of `total` lines, of which `shown` stand open and `unfolded` more in the fold."""

    heading: Markup
    lines: list[Markup]
    total: int
    shown: int = 0
    unfolded: int = 0

    def draw(self, t: Translator) -> Markup:
        rest = self.total - self.shown
        drawn = [self.heading, *self.lines[: self.shown]]
        if rest:
            drawn.append(self._fold(t, rest))
        return Markup("\n").join(drawn)

    def _fold(self, t: Translator, rest: int) -> Markup:
        more = and_more(t, rest)
        if not self.unfolded:
            return more
        # Plain text: Telegram counts a hundred entities a message and forgets those beyond.
        within = [escape(visible(hidden)) for hidden in self.lines[self.shown : self.shown + self.unfolded]]
        left = [Markup("…")] if self.unfolded < rest else []
        return Markup("<blockquote expandable>{}</blockquote>").format(Markup("\n").join([more, *within, *left]))


def issue(t: Translator, told: Issue) -> Say:
    """The digest as a chat reads it: silent, to nobody in particular."""
    return Say(_compose(t, told, [_title(t, told)]), reply=False)


def preview(t: Translator, told: Issue, community: Community) -> Say:
    """What the team is shown: the next issue as things stand, and when it comes."""
    when = moment(t, community.digest_due_at, community.zone)
    header = t("<i>Preview. The next issue is posted on %(moment)s; as of now it says:</i>", moment=when)
    return Say(_compose(t, told, [header, _title(t, told)]))


def _compose(t: Translator, told: Issue, head: list[Markup]) -> Markup:
    sections = [section for section in _sections(t, told) if section.lines]
    if told.promise:
        sections.append(Section(promise(t, told.promise), [], 0))
    if not told.shipped:
        head = [*head, _no_news(t, told)]
    for section in sections:
        section.shown = min(len(section.lines), SHOWN)
    while not _fits(t, head, sections) and any(section.shown for section in sections):
        max(sections, key=lambda section: section.shown).shown -= 1
    for section in sections:
        _unfold(t, head, sections, section)
    return _join(t, head, sections)


def _unfold(t: Translator, head: list[Markup], sections: list[Section], section: Section) -> None:
    """Put as much of the rest into the fold as the message has room for."""
    while section.shown + section.unfolded < len(section.lines):
        section.unfolded += 1
        if not _fits(t, head, sections):
            section.unfolded -= 1
            return


def _fits(t: Translator, head: list[Markup], sections: list[Section]) -> bool:
    return units(visible(_join(t, head, sections))) <= LONGEST_MESSAGE


def _join(t: Translator, head: list[Markup], sections: list[Section]) -> Markup:
    return Markup("\n\n").join([*head, *(section.draw(t) for section in sections)])


def _title(t: Translator, told: Issue) -> Markup:
    dates = " ".join(format_interval(told.since, told.until, "MMMd", locale=_LOCALES[t.language]).split())
    ritual = calm(name(told.name)) if told.name else t("Weekly digest")
    return t("<b>%(ritual)s</b> · %(dates)s · issue %(number)s", ritual=ritual, dates=dates, number=told.number)


def _no_news(t: Translator, told: Issue) -> Markup:
    if told.on_the_way or told.declined or told.newcomers:
        return t("Nothing shipped this week.")
    if told.wanted:
        return t("A quiet week: nothing shipped this week. What you want most is not forgotten.")
    return t("A quiet week: nothing shipped this week. What would you like? Write <code>/suggest …</code>")


def _sections(t: Translator, told: Issue) -> list[Section]:
    announced: set[int | None] = set()
    return [
        _section(t("<b>You asked, we shipped</b>"), told.shipped, lambda one: _shipped(t, one, announced)),
        _section(t("<b>On the way</b>"), told.on_the_way, lambda one: _on_the_way(t, one)),
        _section(t("<b>Not this time, and why</b>"), told.declined, lambda one: _declined(t, one)),
        _section(
            t("<b>Does it work?</b>"), [told.satisfaction][: told.satisfaction.answers], lambda s: satisfaction(t, s)
        ),
        _section(t("<b>You wanted to know</b>"), told.unreached, lambda found: _unreached(t, found)),
        _section(t("<b>Most wanted</b>"), told.wanted, lambda ranked: _wanted(t, *ranked)),
        _section(t("<b>New faces</b>"), told.newcomers, lambda who: _newcomer(t, *who)),
    ]


def _section(heading: Markup, rows: Sequence[Row], draw: Callable[[Row], Markup]) -> Section:
    return Section(heading, [draw(row) for row in rows[: SHOWN + UNFOLDED]], len(rows))


def _shipped(t: Translator, told: Told, announced: set[int | None]) -> Markup:
    parts = [
        t(
            "✅ <b>#%(number)s</b> “%(words)s” — %(who)s",
            number=told.suggestion.number,
            words=_words(told.suggestion),
            who=asked_by(t, told),
        ),
        Markup("👍 {}").format(told.votes),
        _waited(t, told.suggestion),
    ]
    if release := told.release:
        note = "" if release.id in announced else release.note  # once for all that shipped together
        announced.add(release.id)
        parts += [_named(t, excerpt(text, limit)) for text, limit in ((release.version, VERSION), (note, NOTE)) if text]
    return Markup(" · ").join(parts)


def _waited(t: Translator, suggestion: Suggestion) -> Markup:
    days = ((suggestion.decided_at or suggestion.created_at) - suggestion.created_at).days
    return t.count("after %(n)s day", "after %(n)s days", days) if days > 0 else t("the same day")


def _on_the_way(t: Translator, told: Told) -> Markup:
    mark = "🔨" if told.suggestion.status == STARTED else "🗓"
    line = Markup("{} <b>#{}</b> {}").format(mark, told.suggestion.number, _named(t, _words(told.suggestion)))
    if not told.suggestion.reason:
        return line
    return Markup("{} — {}").format(line, _named(t, excerpt(told.suggestion.reason, REASON)))


def _declined(t: Translator, told: Told) -> Markup:
    return t(
        "🚫 <b>#%(number)s</b> %(words)s — %(reason)s",
        number=told.suggestion.number,
        words=_words(told.suggestion),
        reason=calm(excerpt(told.suggestion.reason, REASON)),
    )


def _unreached(t: Translator, found: Collected) -> Markup:
    """Whom I could not tell privately, with the suggestion they wanted to hear of."""
    shown = found.names[:MOST_NAMES]
    names = t(", ").join(_named(t, name(one)) for one in shown)
    if more := len(found.names) - len(shown) + found.hidden:
        names = (
            t.count("%(name)s and %(n)s other", "%(name)s and %(n)s others", more, name=names)
            if shown
            else t.count("%(n)s person", "%(n)s people", more)
        )
    status = status_name(t, found.suggestion.status)
    return t("📬 %(names)s: #%(number)s is %(status)s", names=names, number=found.suggestion.number, status=status)


def _wanted(t: Translator, suggestion: Suggestion, votes: int) -> Markup:
    return Markup("<b>#{}</b> {} · 👍 {}").format(suggestion.number, _named(t, _words(suggestion)), votes)


def _newcomer(t: Translator, newcomer: str, inviter: str | None) -> Markup:
    if inviter is None:
        return t("🌱 %(name)s", name=calm(name(newcomer)))
    return t("🌱 %(name)s, brought by %(inviter)s", name=calm(name(newcomer)), inviter=calm(name(inviter)))


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


def in_doubt(t: Translator, chat: str, row_id: int) -> Say:
    """To the team: nobody can know whether the digest arrived."""
    buttons = [
        Button(t("Post it again"), data=f"repost:{row_id}"),
        Button(t("It is there"), data=f"arrived:{row_id}"),
    ]
    said = t(
        "I do not know whether the digest reached <b>%(chat)s</b>. I will not post it twice unasked. "
        "Please look there.",
        chat=name(chat),
    )
    return Say(said, [buttons], silent=False)


def message_in_doubt(t: Translator, chat: str) -> Say:
    """As `in_doubt`, for anything that is no digest."""
    return Say(t("I do not know whether a message reached <b>%(chat)s</b>. Please look there.", chat=name(chat)))


def reposted(t: Translator, who: str) -> Markup:
    return t("%(name)s asked for it: the digest is posted again.", name=name(who))


def arrived(t: Translator, who: str) -> Markup:
    return t("%(name)s has looked: the digest is there.", name=name(who))


def settled_already(t: Translator) -> Markup:
    return t("Somebody has settled this already.")


HELP = (
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
