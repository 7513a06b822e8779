"""The draft as the team sees it: numbered lines, and a button for everything that can be done with one."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from bot.community.digests import SECTIONS, Issue
from bot.community.drafts import LONGEST_LINE
from bot.texts import digests
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, shorten, visible
from bot.texts.rituals import moment, ritual_name
from bot.texts.say import Button, Keyboard, Say
from storage.communities import Community
from storage.drafts import APPROVED, OPEN, POSTED, SKIPPED, Draft

LINES_OF_A_SECTION, LINE = 6, 64  # shown; UTF-16 units of each
BUTTONS_A_ROW = 8


def page(t: Translator, told: Issue, draft: Draft, community: Community) -> Say:
    """The whole draft: what it says in short, when it goes, and what can be done."""
    blocks = [_state(t, told, draft, community)]
    buttons: list[Button] = []
    if draft.state in (OPEN, APPROVED):
        for section, heading, lines in digests.drawn(t, told):
            rows = list(_rows(lines, start=len(buttons) + 1))
            blocks.append(Markup("\n").join([heading, *rows]))
            buttons += [_line_button(draft, section, key, str(len(buttons) + n + 1)) for n, (key, _) in _few(lines)]
    rows_of_buttons = [buttons[place : place + BUTTONS_A_ROW] for place in range(0, len(buttons), BUTTONS_A_ROW)]
    return Say(Markup("\n\n").join(blocks), [*rows_of_buttons, *_whole(t, draft)])


def _few(lines: list[tuple[str, Markup]]) -> Iterator[tuple[int, tuple[str, Markup]]]:
    return enumerate(lines[:LINES_OF_A_SECTION])


def _rows(lines: list[tuple[str, Markup]], start: int) -> Iterator[Markup]:
    for place, (_, line) in _few(lines):
        # Without its markup, so that a cut never leaves half a tag.
        yield Markup("{}. {}").format(start + place, escape(shorten(visible(line), LINE)))
    if (rest := len(lines) - LINES_OF_A_SECTION) > 0:
        yield Markup("… +{}").format(rest)


def _state(t: Translator, told: Issue, draft: Draft, community: Community) -> Markup:
    ritual = ritual_name(t, told.name)
    when = moment(t, community.digest_due_at, community.zone)
    if draft.state == POSTED:
        return t("📝 <b>%(ritual)s</b> is posted.", ritual=ritual)
    if draft.state == SKIPPED:
        return t("📝 <b>%(ritual)s</b> is skipped this week. The next issue tells it all.", ritual=ritual)
    if draft.needs_approval and draft.state == OPEN:
        said = t(
            "📝 Draft of <b>%(ritual)s</b> for %(moment)s. It waits until you approve it.", ritual=ritual, moment=when
        )
    else:
        said = t("📝 Draft of <b>%(ritual)s</b>. It goes out by itself on %(moment)s.", ritual=ritual, moment=when)
    return t("%(first)s %(then)s", first=said, then=t("Press a number to change that line."))


def _whole(t: Translator, draft: Draft) -> Keyboard:
    """What can be done with the issue as a whole."""
    if draft.state == POSTED:
        return []
    if draft.state == SKIPPED:
        return [[_button(draft, t("Do not skip it"), "draftopen")]]
    approve = [_button(draft, t("Approve"), "draftok")] if draft.needs_approval and draft.state == OPEN else []
    return [
        [*approve, _button(draft, t("Post now"), "draftpost"), _button(draft, t("Skip this week"), "draftskip")],
        [_button(draft, t("Read it as posted"), "draftread"), _button(draft, t("Undo my changes"), "draftundo")],
    ]


def line(t: Translator, draft: Draft, section: int, number: int, words: Markup) -> Say:
    """One line of the draft, and what can be done with it."""
    labels = [
        (t("↑ Up"), "lineup"),
        (t("↓ Down"), "linedown"),
        (t("Leave out"), "linedrop"),
        (t("Other words"), "linesay"),
    ]
    about = f"{draft.id}:{section}:{number}"
    buttons = [Button(label, data=f"{act}:{about}") for label, act in labels]
    return Say(
        t("%(text)s", text=excerpt(visible(words), LONGEST_LINE) or "·"),
        [buttons[:2], buttons[2:], [_button(draft, t("Back to the draft"), "draft")]],
    )


def ask_words(t: Translator, words: Markup) -> Markup:
    """The question for other words."""
    return t(
        "How shall it read? Now it says: %(words)s\nWrite the new line; it stands so in every language.",
        words=excerpt(visible(words), LONGEST_LINE),
    )


def _line_button(draft: Draft, section: str, key: str, label: str) -> Button:
    return Button(label, data=f"line:{draft.id}:{SECTIONS.index(section)}:{key.partition(':')[2]}")


def _button(draft: Draft, label: Markup, act: str) -> Button:
    return Button(label, data=f"{act}:{draft.id}")
