"""What a person asked, voted for and follows, as they read it alone."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.community.reservations import RESERVABLE
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.grids import trophies
from bot.texts.say import Button, Keyboard, Say
from bot.texts.suggestions import CARD_LENGTH, UNDECIDED, Around, decision, line
from storage.follows import Mine
from storage.grids import Trophy
from storage.suggestions import OPEN, Suggestion

ON_A_PAGE, IN_A_ROW = 8, 4


def listed(
    t: Translator,
    found: Sequence[Mine],
    votes: Mapping[int, int],
    page: int,
    *,
    more: bool,
    won: Sequence[Trophy] = (),
) -> Say:
    """One page; each number opens what it stands for. Above them, what was loved best."""
    if not found and not won:
        return Say(t("You have not asked or voted for anything yet. Start with <code>/suggest …</code>"))
    lines = [*([trophies(t, won)] if won else []), t("<b>Yours, the newest first</b>")]
    for mine in found:
        lines += [line(mine.suggestion, votes.get(mine.suggestion.id or 0, 0)), ties(t, mine)]
    opening = [_button(f"#{mine.suggestion.number}", "myopen", mine, page) for mine in found]
    rows = [opening[start : start + IN_A_ROW] for start in range(0, len(opening), IN_A_ROW)]
    turning = [Button("‹", data=f"my:{page - 1}")] if page else []
    turning += [Button("›", data=f"my:{page + 1}")] if more else []
    return Say("\n".join(lines), [*rows, turning] if turning else rows)


def detail(t: Translator, mine: Mine, votes: int, page: int, into: int | None = None) -> Say:
    """One suggestion with what one can do about it."""
    suggestion = mine.suggestion
    lines = [line(suggestion, votes, CARD_LENGTH)]
    if suggestion.status != OPEN:
        lines.append(decision(t, suggestion, Around(into=into)))
    return Say("\n".join([*lines, ties(t, mine)]), _doing(t, mine, page))


def _doing(t: Translator, mine: Mine, page: int) -> Keyboard:
    rows = [_deciding(t, mine, page), _following(t, mine, page), [Button(t("‹ Back"), data=f"my:{page}")]]
    return [row for row in rows if row]


def _deciding(t: Translator, mine: Mine, page: int) -> list[Button]:
    buttons, status = [], mine.suggestion.status
    if status in UNDECIDED and not mine.asked:
        buttons.append(_button(t("Take my vote back") if mine.vote else t("👍 Vote"), "myvote", mine, page))
    if status in RESERVABLE:
        first = t("Leave it to others") if mine.reserved else t("✋ I'll try it first")
        buttons.append(_button(first, "myfirst", mine, page))
    return buttons


def _following(t: Translator, mine: Mine, page: int) -> list[Button]:
    if mine.follow is None:
        return [_button(t("🔔 Follow"), "myfollow", mine, page)]
    mute = t("🔔 Unmute") if mine.follow.muted else t("🔕 Mute")
    return [_button(mute, "mymute", mine, page), _button(t("Unfollow"), "myfollow", mine, page)]


def _button(label: str, name: str, mine: Mine, page: int) -> Button:
    return Button(label, data=f"{name}:{mine.suggestion.id}:{page}")


def ties(t: Translator, mine: Mine) -> Markup:
    """What ties a person to a suggestion."""
    said = [t("you asked")] if mine.asked else []
    if mine.vote:
        said.append(t("your vote is kept until it counts") if mine.vote.held_until else t("you voted"))
    if mine.reserved:
        said.append(t("you try it first"))
    if mine.follow is None:
        said.append(t("you do not follow it"))
    else:
        said.append(t("muted") if mine.follow.muted else t("you follow it"))
    return Markup("<i>{}</i>").format(Markup(" · ").join(said))


def muted(t: Translator, suggestion: Suggestion) -> Markup:
    return t("You hear no more of #%(number)s. <code>/unmute %(number)s</code> changes that.", number=suggestion.number)


def unmuted(t: Translator, suggestion: Suggestion) -> Markup:
    return t("You hear again what becomes of #%(number)s.", number=suggestion.number)


def not_followed(t: Translator, suggestion: Suggestion) -> Markup:
    return t("You do not follow #%(number)s, so you hear nothing of it.", number=suggestion.number)


HELP = (
    Entry(
        "mute",
        "follow",
        ("private",),
        lambda t: t("hear no more of a suggestion"),
        lambda t: t("<code>/mute 12</code>: hear no more of it."),
    ),
    Entry(
        "unmute",
        "follow",
        ("private",),
        lambda t: t("hear of a suggestion again"),
        lambda t: t("<code>/unmute 12</code>: hear of it again."),
    ),
)
