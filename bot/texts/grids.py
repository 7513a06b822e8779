"""The four-grid report in words: the question in the group, the ballot that only its reader sees, what came of it."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.community.grids import HAPPY, MOODS, NONE, QUESTIONS, SO_SO, UNHAPPY, Ballot, Line, Report
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, visible
from bot.texts.rituals import issue_number, moment, ritual_name
from bot.texts.say import Button, Keyboard, Picture, Say, Whisper
from bot.texts.triage import calm
from storage.communities import Chat, Community
from storage.grids import AWAITED, LONGEST_WORDS, LOVED, MISSED, MOOD, Grid, Trophy
from storage.suggestions import Suggestion

WORDS, CHOICE = 60, 40  # UTF-16 units of a suggestion in a line, and on a button
WORDS_A_PAGE = 7  # people's words in one message to the team
MOST_TROPHIES = 5
_MARKS = {HAPPY: "😊", SO_SO: "😐", UNHAPPY: "😞"}


def _moods(t: Translator) -> Mapping[int, Markup]:
    return {HAPPY: t("Happy"), SO_SO: t("So-so"), UNHAPPY: t("Unhappy")}


def _headings(t: Translator) -> Mapping[int, Markup]:
    return {MOOD: t("Mood"), LOVED: t("Best-loved"), MISSED: t("Most disappointing"), AWAITED: t("Most awaited")}


def _questions(t: Translator) -> Mapping[int, Markup]:
    return {
        MOOD: t("How do you feel about this update?"),
        LOVED: t("Which change do you love most?"),
        MISSED: t("What disappointed you most?"),
        AWAITED: t("What are you waiting for most?"),
    }


def _title(t: Translator, grid: Grid, community: Community) -> Markup:
    return t("%(ritual)s · issue %(number)s", ritual=ritual_name(t, community.ritual_name), number=grid.issue)


def asked(t: Translator, grid: Grid, community: Community, answered: int) -> Say:
    """To the group: how was it? The answers are given where nobody else sees them."""
    lines = [
        Markup("🗳 <b>{}</b>").format(_title(t, grid, community)),
        t(
            "How was this update? Four taps that nobody else sees; on %(moment)s everybody sees the result.",
            moment=_until(t, grid, community),
        ),
    ]
    if answered:
        lines.append(t.count("<i>%(n)s person has answered.</i>", "<i>%(n)s people have answered.</i>", answered))
    return Say("\n".join(lines), [[Button(t("🗳 Answer"), data=f"grid:{grid.id}")]], reply=False)


def _until(t: Translator, grid: Grid, community: Community) -> str:
    return moment(t, grid.due_at, community.zone) if grid.due_at else ""


def over(t: Translator, report: Report) -> Say:
    """What becomes of the question in the group."""
    title = Markup("🗳 <b>{}</b>").format(_title(t, report.grid, report.community))
    return Say(f"{title}\n{_turnout(t, report)}", reply=False)


def _turnout(t: Translator, report: Report) -> Markup:
    return t("%(n)s of %(members)s answered", n=report.answered, members=report.members)


def step(t: Translator, ballot: Ballot, corner: int) -> Whisper:
    """One of the four questions; the answer given before is ticked."""
    lines = [
        t("<i>%(place)s of %(n)s</i>", place=corner + 1, n=len(QUESTIONS)),
        Markup("<b>{}</b>").format(_questions(t)[corner]),
    ]
    turns = [
        Button(mark, data=f"gridstep:{ballot.grid.id}:{to}") for mark, to in (("‹", corner - 1), ("›", corner + 1))
    ]
    return Whisper("\n".join(lines), [*_choices(t, ballot, corner), turns if corner else turns[1:]])


def _choices(t: Translator, ballot: Ballot, question: int) -> Keyboard:
    if question == MOOD:
        moods = _moods(t)
        return [[_choice(ballot, question, mood, f"{_MARKS[mood]} {moods[mood]}") for mood in MOODS]]
    named = [_choice(ballot, question, one.id or 0, _named(one, CHOICE)) for one in ballot.choices.get(question, ())]
    return [[button] for button in [*named, _choice(ballot, question, NONE, str(_none(t)))]]


def _choice(ballot: Ballot, question: int, choice: int, label: str) -> Button:
    tick = "✓ " if ballot.answers.get(question) == choice else ""
    return Button(f"{tick}{label}", data=f"gridsay:{ballot.grid.id}:{question}:{choice}")


def _none(t: Translator) -> Markup:
    return t("Nothing this time")


def _named(suggestion: Suggestion, length: int) -> str:
    return f"#{suggestion.number} {calm(excerpt(suggestion.text, length))}"


def summary(t: Translator, ballot: Ballot, link: str | None = None) -> Whisper:
    """The four answers, each of which can be changed; a word to the team is said in private, to which `link` leads."""
    headings = _headings(t)
    lines = [t("<b>Thank you!</b> This is what you say:")]
    lines += [t("%(what)s: %(said)s", what=headings[one], said=_answered(t, ballot, one)) for one in QUESTIONS]
    lines.append(t("<i>You can change it until %(moment)s.</i>", moment=_until(t, ballot.grid, ballot.community)))
    change = [Button(headings[one], data=f"gridstep:{ballot.grid.id}:{place}") for place, one in enumerate(QUESTIONS)]
    word = t("✏️ A word to the team")
    say = Button(word, url=link) if link else Button(word, data=f"gridword:{ballot.grid.id}")
    return Whisper("\n".join(lines), [change[:2], change[2:], [say]])


def _answered(t: Translator, ballot: Ballot, question: int) -> Markup:
    choice = ballot.answers.get(question)
    if choice is None:
        return Markup("–")
    if question == MOOD:
        return Markup("{} {}").format(_MARKS.get(choice, ""), _moods(t).get(choice, ""))
    named = {one.id: one for one in ballot.choices.get(question, ())}
    return t("%(text)s", text=_named(named[choice], WORDS)) if choice in named else _none(t)


def not_here(t: Translator) -> Markup:
    """In a group in which nothing can be said to one person alone."""
    return t("Here everybody would see your answers. Send me /grid in our private chat.")


def members_answer(t: Translator, group: Chat | None) -> Markup:
    """To who only reads the channel in which the question stands."""
    if group is None:
        return t("The members of the community answer this. You are welcome to read on.")
    return t("The members of the community answer this. Join @%(group)s, then press again.", group=group.username)


def ask_words(t: Translator) -> Markup:
    """The question for a word to the team."""
    return t(
        "What would you like to tell the team? It goes to them alone, with your name; %(n)s characters at most.",
        n=LONGEST_WORDS,
    )


def words_kept(t: Translator) -> Markup:
    return t("Thank you, the team reads it, and nobody else.")


def words(t: Translator, grid: Grid, said: Sequence[tuple[str, str]]) -> Say:
    """To the team: what people say beside their taps, by name."""
    lines = [t("💬 <b>Said to the team about issue %(number)s</b>", number=grid.issue)]
    lines += [
        t("%(name)s: “%(words)s”", name=calm(name(who)), words=calm(excerpt(what, LONGEST_WORDS)))
        for who, what in said[:WORDS_A_PAGE]
    ]
    return Say("\n".join(lines))


def none_yet(t: Translator) -> Markup:
    return t("I have not asked about an issue yet. I ask a few days after one with something new.")


def picture(t: Translator, report: Report) -> Picture:
    """The result as four corners, with the same in words under it."""
    headings = _headings(t)
    cells = [
        {"heading": str(headings[question]), "lines": [_bar(t, question, line, cell) for line in cell]}
        for question, cell in zip(QUESTIONS, report.cells, strict=False)
    ]
    ingredients = {
        "language": t.language,
        "title": ritual_name(t, report.community.ritual_name),
        "subtitle": " · ".join(
            [issue_number(t, report.grid.issue), visible(_turnout(t, report)), report.community.name]
        ),
        "cells": cells,
    }
    return Picture(results(t, report), painting="grid", ingredients=ingredients, reply=False)


def _bar(t: Translator, question: int, line: Line, cell: Sequence[Line]) -> dict[str, object]:
    whole = sum(one.count for one in cell)
    return {"words": _chosen(t, question, line), "count": line.count, "share": line.count / max(whole, 1)}


def _chosen(t: Translator, question: int, line: Line) -> str:
    if question == MOOD:
        return str(_moods(t).get(line.choice, ""))
    return _named(line.suggestion, WORDS) if line.suggestion else str(_none(t))


def results(t: Translator, report: Report) -> Markup:
    """What came of it, in words."""
    lines = [Markup("🗳 <b>{}</b> · {}").format(_title(t, report.grid, report.community), _turnout(t, report))]
    if report.winner:
        lines.append(_won(t, report, report.winner))
    headings = _headings(t)
    for question, cell in zip(QUESTIONS, report.cells, strict=False):
        shown = cell if question == MOOD else cell[:1]
        said = Markup(" · ").join(_counted(t, question, line) for line in shown[: len(MOODS)])
        lines.append(t("%(what)s: %(said)s", what=headings[question], said=said or "–"))
    return Markup("\n").join(lines)


def _won(t: Translator, report: Report, winner: Suggestion) -> Markup:
    asker = calm(name(report.asker)) if report.asker else t("a member")
    maker = calm(name(report.maker)) if report.maker else t("the team")
    return t(
        "🏆 #%(number)s, asked for by %(asker)s, made by %(maker)s", number=winner.number, asker=asker, maker=maker
    )


def _counted(t: Translator, question: int, line: Line) -> Markup:
    mark = f"{_MARKS.get(line.choice, '')} " if question == MOOD else ""
    return t("%(what)s (%(n)s)", what=mark + _chosen(t, question, line), n=line.count)


def trophies(t: Translator, won: Sequence[Trophy]) -> Markup:
    """What somebody asked for or made that was loved best, the newest first."""
    shown = [f"#{one.suggestion.number}" for one in won[:MOST_TROPHIES]]
    more = ["…"] if len(won) > MOST_TROPHIES else []
    return t("🏆 Best-loved: %(numbers)s", numbers=" ".join([*shown, *more]))


HELP = (
    Entry(
        "grid",
        "follow",
        ("private",),
        lambda t: t("what I say of the last update"),
        lambda t: t("<code>/grid</code>: four taps about the last update, and what came of them."),
    ),
)
