"""What became of it, said to one person: a few lines, one a suggestion; and how they want to hear such things."""

from collections.abc import Callable
from dataclasses import replace

from markupsafe import Markup

from bot.community.notices import WAYS, Item, Letter, News
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.pages import Section
from bot.texts.say import Button, Keyboard, Say
from bot.texts.suggestions import status_name
from storage.communities import Community
from storage.members import IN_DIGEST, NOT_AT_ALL, PRIVATELY, Member, Person
from storage.suggestions import DECLINED, PLANNED, STARTED, STATUSES, Suggestion

SHOWN, UNFOLDED = 7, 9  # lines that stand open, and more in the fold: together with the rest always one message
WORDS, REASON = 60, 90  # UTF-16 units within a line
IN_A_ROW = 2  # buttons


def letter(t: Translator, written: Letter) -> Say:
    """A person's one message of the day."""
    lines = [_line(t, item, named=written.names_communities) for item in written.items[: SHOWN + UNFOLDED]]
    heading = t("📬 <b>News of what you asked for or follow</b>")
    unfolded = max(min(len(lines) - SHOWN, UNFOLDED), 0)
    section = Section(heading, lines, len(written.items), min(len(lines), SHOWN), unfolded)
    return Say(section.draw(t) + Markup("\n\n") + t("How I tell you such things: /notices"), _contests(t, written))


def _line(t: Translator, item: Item, *, named: bool) -> Markup:
    mark, says = KINDS[item.news.kind]
    line = t(
        "%(mark)s <b>#%(number)s</b> %(words)s — %(news)s",
        mark=mark,
        number=item.suggestion.number,
        words=excerpt(item.suggestion.text, WORDS),
        news=says(t, replace(item.news, words=excerpt(item.news.words, REASON))),
    )
    return t("%(line)s · <i>%(community)s</i>", line=line, community=name(item.community.name)) if named else line


def _status(status: str) -> Callable[[Translator, News], Markup]:
    return lambda t, news: _with_reason(t, status_name(t, status), news.words)


def _with_reason(t: Translator, what: Markup, reason: str) -> Markup:
    return t("%(what)s: %(reason)s", what=what, reason=reason) if reason else what


def _shipped(t: Translator, news: News) -> Markup:
    return t("shipped in %(version)s", version=news.words) if news.words else t("shipped")


def _early(t: Translator, news: News) -> Markup:
    return t("%(shipped)s; you wanted to try it first", shipped=_shipped(t, news))


def _undone(t: Translator, news: News) -> Markup:
    names = {status: status_name(t, status) for status in STATUSES}
    was, status = (names.get(one, one) for one in news.words.partition(" ")[::2])
    return t("“%(was)s” was taken back; it is %(status)s, as before", was=was, status=status)


# What is said of each kind of news, after a mark: "#12 a faster camera — …".
KINDS: dict[str, tuple[str, Callable[[Translator, News], Markup]]] = {
    "planned": ("🗓", _status(PLANNED)),
    "started": ("🔨", _status(STARTED)),
    "declined": ("🚫", _status(DECLINED)),
    "shipped": ("✅", _shipped),
    "early": ("🎁", _early),
    "reopened": ("💡", lambda t, news: _with_reason(t, t("open again"), news.words)),
    "undone": ("↩️", _undone),
    "merged": ("🔗", lambda t, news: t("joined to #%(other)s, which asks for the same", other=news.words)),
    "split": ("💡", lambda t, news: t("stands alone again, apart from #%(other)s", other=news.words)),
    "captured": ("📌", lambda t, _: t("somebody noted your message, and you are its author")),
    "feedback": ("💬", lambda t, news: t("“%(words)s”, says one who asked for it", words=news.words)),
}


def _contests(t: Translator, written: Letter) -> Keyboard:
    """Whose suggestion was joined to another, or got another joined to it, may say that the two differ."""
    told = written.items[: SHOWN + UNFOLDED]
    buttons = [_contest(t, one.suggestion, written.person) for one in told if one.news.kind == "merged"]
    return [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]


def _contest(t: Translator, merged: Suggestion, reader: Person) -> Button:
    label = t("Mine is different") if merged.author_id == reader.id else t("Not the same?")
    return Button(f"#{merged.number}: {label}", data=f"contest:{merged.id}")


def choice(t: Translator, community: Community, member: Member) -> Say:
    """How the person hears of things in a community, with a button for each other way."""
    lines = [
        t("How shall I tell you what becomes of what you asked for or follow in %(name)s?", name=name(community.name)),
        _explained(t, member),
    ]
    ways = {
        PRIVATELY: t("Privately, one message a day at most"),
        IN_DIGEST: t("In the weekly digest only"),
        NOT_AT_ALL: t("Not at all"),
    }
    rows = [[Button(_ticked(ways[way], member.hears == way), f"hear:{community.id}:{n}")] for n, way in enumerate(WAYS)]
    rows.append(
        [Button(_ticked(t("The digest may name me"), member.named), f"named:{community.id}:{not member.named:d}")]
    )
    return Say("\n\n".join(lines), rows)


def _ticked(label: Markup, chosen: bool) -> str:
    return f"✓ {label}" if chosen else str(label)


def _explained(t: Translator, member: Member) -> Markup:
    if member.hears == PRIVATELY:
        return t("I write to you here, silently, and never at night. Whom I cannot reach is named in the digest.")
    if member.hears == IN_DIGEST:
        return t("I write nothing to you. The digest in the group says what is new.")
    return t("I write nothing to you, and the digest does not address you. Everything stands in /my.")


HELP = (
    Entry(
        "notices",
        "follow",
        ("private",),
        lambda t: t("how I tell you what is new"),
        lambda t: t("<code>/notices</code>: how I tell you what became of what you follow."),
    ),
)
