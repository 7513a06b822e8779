"""What is said about suggestions: the live card, the offer of similar ones, lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import EXCERPT_LENGTH, excerpt, name, safe, shorten
from bot.texts.say import Button, Say, Whisper
from storage.communities import Community
from storage.suggestions import DECLINED, MERGED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion

CARD_LENGTH = 500  # UTF-16 units of a suggestion's text on its card, which stands below the whole of it
UNDECIDED = (OPEN, PLANNED, STARTED)
MARKS = {OPEN: "💡", PLANNED: "🗓", STARTED: "🔨", SHIPPED: "✅", DECLINED: "🚫", MERGED: "🔗"}


@dataclass(frozen=True)
class Around:
    """What stands around a suggestion: who decided about it, and what it was merged with."""

    decider: str = ""
    into: int | None = None
    together: Sequence[int] = ()
    loved_in: int | None = None  # the issue whose best-loved change it was


ALONE = Around()


def status_name(t: Translator, status: str) -> Markup:
    """A status in words."""
    names = {
        OPEN: t("open"),
        PLANNED: t("planned"),
        STARTED: t("started"),
        SHIPPED: t("shipped"),
        DECLINED: t("declined"),
        MERGED: t("merged"),
    }
    return names[status]


def card(  # everything a card shows is counted elsewhere
    t: Translator,
    suggestion: Suggestion,
    author: str,
    votes: int,
    voices: int,
    *,
    in_group: bool = True,
    around: Around = ALONE,
) -> Say:
    """The one live message of a suggestion; said again, it is edited. In private nobody but its author could vote."""
    lines = [
        Markup("{} <b>#{}</b> {}").format(
            MARKS[suggestion.status], suggestion.number, safe(shorten(suggestion.text, CARD_LENGTH))
        ),
        _byline(t, author, voices),
    ]
    if around.together:
        lines.append(t("🔗 together with %(numbers)s", numbers=numbers(around.together)))
    if suggestion.status != OPEN:
        lines.append(decision(t, suggestion, around))
    if around.loved_in is not None:
        lines.append(trophy(t, around.loved_in))
    return Say("\n".join(lines), _buttons(t, suggestion, votes, in_group=in_group))


def trophy(t: Translator, issue: int) -> Markup:
    """The best-loved change of an issue says so."""
    return t("🏆 best-loved change of issue %(number)s", number=issue)


def _buttons(t: Translator, suggestion: Suggestion, votes: int, *, in_group: bool) -> list[list[Button]]:
    """A vote on a merged one counts for the other, where the votes are shown."""
    if suggestion.status == MERGED:
        contest = Button(t("Not the same?"), data=f"contest:{suggestion.id}")
        return [[Button("👍", data=f"vote:{suggestion.id}"), contest]] if in_group else [[contest]]
    if not in_group or suggestion.status not in UNDECIDED:
        return []
    vote = Button(f"👍 {votes}", data=f"vote:{suggestion.id}")
    reserve = Button(t("✋ I'll try it first"), data=f"reserve:{suggestion.id}")
    return [[vote] if suggestion.status == OPEN else [vote, reserve]]


def numbers(named: Sequence[int], most: int = 10) -> str:
    """Suggestions by number, in one line."""
    line_of = " ".join(f"#{number}" for number in named[:most])
    return f"{line_of} …" if len(named) > most else line_of


def _byline(t: Translator, author: str, voices: int) -> Markup:
    if not voices:
        return Markup("— {}").format(safe(name(author)))
    return t.count(
        "— %(name)s, and %(n)s more asked for it",
        "— %(name)s, and %(n)s more asked for it",
        voices,
        name=name(author),
    )


def decision(t: Translator, suggestion: Suggestion, around: Around = ALONE) -> Markup:
    """What was decided, why, and by whom."""
    status = status_name(t, suggestion.status)
    by = Markup(" — {}").format(safe(name(around.decider))) if around.decider else ""
    if around.into is not None:
        return t("<b>merged</b>: see #%(number)s", number=around.into) + by
    if not suggestion.reason:
        return Markup("<b>{}</b>").format(status) + by
    return t("<b>%(status)s</b>: %(reason)s", status=status, reason=excerpt(suggestion.reason)) + by


def offer(t: Translator, offer_id: int, similar: Sequence[Suggestion]) -> Whisper:
    """Is it one of these? Every button names one; the last says that it is none."""
    lines = [t("Somebody may have asked for this already. Is it one of these?")]
    lines += [line(suggestion) for suggestion in similar]
    undecided = [s for s in similar if s.status in UNDECIDED]
    keyboard = [[Button(f"👍 +1 #{s.number}", data=f"join:{offer_id}:{s.id}")] for s in undecided]
    keyboard.append([Button(t("Mine is different"), data=f"new:{offer_id}")])
    return Whisper("\n".join(lines), keyboard)


def line(suggestion: Suggestion, votes: int | None = None, length: int = EXCERPT_LENGTH) -> Markup:
    """A suggestion in a list."""
    mark = "" if suggestion.status == OPEN else f"{MARKS[suggestion.status]} "
    count = Markup("· 👍 {}").format(votes) if votes is not None else ""
    text = safe(excerpt(suggestion.text, length))
    return Markup("{}<b>#{}</b> {} {}").format(mark, suggestion.number, text, count)


def joined(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Counted: your words now stand with #%(number)s.", number=suggestion.number)


def yours_already(t: Translator, suggestion: Suggestion) -> Markup:
    return t("That is #%(number)s, which you asked for yourself. It is in good hands.", number=suggestion.number)


def filed(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Noted as #%(number)s.", number=suggestion.number)


def went_wrong(t: Translator) -> Markup:
    return t("Something went wrong on my side. Your message is kept, and the operator has been told.")


def answered_already(t: Translator) -> Markup:
    return t("This question has been answered already.")


def not_your_offer(t: Translator) -> Markup:
    return t("Only the person who asked can answer this.")


def what_of_it(t: Translator) -> Markup:
    return t("What about this picture? Tell me in a few words what you wish for.")


def perhaps(t: Translator, offer_id: int, theirs: Sequence[Community]) -> Say:
    """Are these words a suggestion?"""
    names = [(one, t("Note it for %(community)s", community=name(one.name))) for one in theirs]
    keyboard = [[Button(str(label), data=f"note:{offer_id}:{one.id}")] for one, label in names]
    keyboard.append([Button(t("No, just talking"), data=f"forget:{offer_id}")])
    return Say(t("Shall I note this as a suggestion?"), keyboard)


def forgotten(t: Translator) -> Markup:
    return t("All right, I have kept nothing of it. /help shows what I can do.")


def taken_back(t: Translator, suggestion: Suggestion) -> Say:
    """What becomes of the card of a suggestion whose asker took it back."""
    return Say(
        t("<b>#%(number)s</b> was taken back by who asked for it. Thank you all the same.", number=suggestion.number)
    )


def meant_for(t: Translator, community: Community) -> Markup:
    return t("Noted for %(community)s. /community chooses another.", community=name(community.name))


def most_wanted(t: Translator, ranked: Sequence[tuple[Suggestion, int]]) -> Whisper:
    """What people want most."""
    if not ranked:
        return Whisper(t("Nothing has been suggested yet. Be the first: <code>/suggest …</code>"))
    return Whisper("\n".join([t("<b>Most wanted</b>"), *(line(s, votes) for s, votes in ranked)]))


HELP = (
    Entry(
        "suggest",
        "suggest",
        ("members",),
        lambda t: t("ask for something, or note the message you reply to"),
        lambda t: t(
            "<code>/suggest …</code> or <code>建议 …</code>: ask for something. "
            "In a group, reply with it to note somebody's message; a picture may come with it."
        ),
    ),
    Entry(
        "top",
        "vote",
        ("members",),
        lambda t: t("what people want most"),
        lambda t: t("<code>/top</code>: what people want most."),
    ),
    Entry(
        "search",
        "vote",
        ("members",),
        lambda t: t("is it there already?"),
        lambda t: t("<code>/search …</code>: is it there already?"),
    ),
    Entry(
        "vote",
        "vote",
        ("members",),
        lambda t: t("vote for a suggestion by its number"),
        lambda t: t("<code>/vote 12</code> or <code>顶 12</code>: your voice counts once."),
    ),
    Entry(
        "my",
        "follow",
        ("members",),
        lambda t: t("what I asked and voted for"),
        lambda t: t("<code>/my</code>: what you asked and voted for."),
    ),
)
