"""The draft as the team sees it: numbered lines, and a button for everything that can be done with one."""

from dataclasses import replace

from markupsafe import Markup, escape

from bot.community.drafts import LONGEST_LINE
from bot.community.issues import SECTIONS, Issue
from bot.community.rituals import ritual_of
from bot.texts import digests
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, shorten, visible
from bot.texts.rituals import moment, ritual_name
from bot.texts.say import Button, Keyboard, Say
from storage.communities import Community
from storage.drafts import APPROVED, OPEN, POSTED, SKIPPED, Draft

LINES_OF_A_SECTION, LINE = 6, 64  # shown; UTF-16 units of each
BUTTONS_A_ROW = 8
_Part = tuple[list[Markup], list[Button]]  # lines, and what stands under them


def preview(t: Translator, told: Issue, draft: Draft, community: Community) -> list[Say]:
    """The coming issue as things stand, with its picture, and what becomes of it."""
    above = t("%(first)s %(then)s", first=_fate(t, told, draft, community), then=t("As of now it says:"))
    *before, last = digests.issue(t, told, above=visible(above))
    edit = [[_button(draft, t("Change, skip or post it"), "draft")]]
    shown = digests.picture(t, told, community)
    return [*([shown] if shown else []), *before, replace(last, keyboard=edit)]


def page(t: Translator, told: Issue, draft: Draft, community: Community) -> Say:
    """The whole draft: what it says in short, when it goes, and what can be done."""
    if draft.state not in (OPEN, APPROVED):
        return Say(_fate(t, told, draft, community), _whole(t, draft, community))
    press = t("Press a number to change that line.")
    blocks = [t("%(first)s %(then)s", first=_fate(t, told, draft, community), then=press)]
    buttons: list[Button] = []
    numbered = 0
    for section, heading, lines in digests.drawn(t, told):
        drawn, some = _part(draft, SECTIONS.index(section), lines, 0, numbered)
        numbered += min(len(lines), LINES_OF_A_SECTION)
        blocks.append(Markup("\n").join([heading, *drawn]))
        buttons += some
    return Say(Markup("\n\n").join(blocks), [*_in_rows(buttons), *_whole(t, draft, community)])


def more(t: Translator, told: Issue, draft: Draft, section: int, start: int) -> Say:
    """Further lines of a section, each with its number; the first ones where there are none so far down."""
    sections = {SECTIONS.index(name): (heading, lines) for name, heading, lines in digests.drawn(t, told)}
    heading, lines = sections.get(section, (Markup("…"), []))
    start = start if start < len(lines) else 0
    drawn, buttons = _part(draft, section, lines, start, start)
    back = [_button(draft, t("Back to the draft"), "draft")]
    return Say(Markup("\n").join([heading, *drawn]), [*_in_rows(buttons), back])


def _part(draft: Draft, section: int, lines: list[tuple[str, Markup]], start: int, numbered: int) -> _Part:
    """A few lines of a section, numbered on, with a button each and one to the next few."""
    end = start + LINES_OF_A_SECTION
    drawn, buttons = [], []
    for number, (key, words) in enumerate(lines[start:end], numbered + 1):
        # Without its markup, so that a cut never leaves half a tag.
        drawn.append(Markup("{}. {}").format(number, escape(shorten(visible(words), LINE))))
        buttons.append(Button(str(number), data=f"line:{draft.id}:{section}:{key.partition(':')[2]}"))
    if (rest := len(lines) - end) > 0:
        drawn.append(Markup("… +{}").format(rest))
        buttons.append(Button(f"… +{rest}", data=f"draftmore:{draft.id}:{section}:{end}"))
    return drawn, buttons


def _in_rows(buttons: list[Button]) -> Keyboard:
    return [buttons[place : place + BUTTONS_A_ROW] for place in range(0, len(buttons), BUTTONS_A_ROW)]


def _fate(t: Translator, told: Issue, draft: Draft, community: Community) -> Markup:
    """What becomes of it, as things stand."""
    ritual = ritual_name(t, told.name)
    when = moment(t, community.digest_due_at, community.zone)
    if draft.state == POSTED:
        return t("📝 <b>%(ritual)s</b> is posted.", ritual=ritual)
    if draft.state == SKIPPED:
        return t("📝 <b>%(ritual)s</b> is skipped this week. The next issue tells it all.", ritual=ritual)
    if draft.state == OPEN and draft.needs_approval:
        return t(
            "📝 Draft of <b>%(ritual)s</b> for %(moment)s. It waits until you approve it.", ritual=ritual, moment=when
        )
    if draft.state == OPEN and told.keeps_silent:
        return t(
            "📝 Draft of <b>%(ritual)s</b>. The week is quiet: it goes out only if you press “Post now”.", ritual=ritual
        )
    return t("📝 Draft of <b>%(ritual)s</b>. It goes out by itself on %(moment)s.", ritual=ritual, moment=when)


def _whole(t: Translator, draft: Draft, community: Community) -> Keyboard:
    """What can be done with the issue as a whole, while its week is not over."""
    if draft.state == POSTED or ritual_of(community).period(community.digest_due_at) != draft.period:
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


def _button(draft: Draft, label: Markup, act: str) -> Button:
    return Button(label, data=f"{act}:{draft.id}")
