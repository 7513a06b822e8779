"""Does it work? The question to those who asked for it, and what the team hears of their answers."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.verdicts import Questions, Satisfaction
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, name
from bot.texts.say import Button, Keyboard, Say
from storage.releases import Release
from storage.suggestions import Suggestion
from storage.verdicts import ANSWERS, NO, PARTLY, WORKS, Asked

WORDS, SAID, VERSION = 80, 200, 24  # UTF-16 units within a line
MOST_SHOWN = 10  # suggestions, and people's words, in what the team reads
_MARKS = {WORKS: "👍", PARTLY: "🤔", NO: "👎"}


def _names(t: Translator) -> dict[str, Markup]:
    return {WORKS: t("Works"), PARTLY: t("Partly"), NO: t("No")}


def questions(t: Translator, asked: Questions) -> Say:
    """Shipped a week ago: does it work? Answered, it shows the answers."""
    lines = [t("Shipped a week ago, and you asked for it. Does it work for you?")]
    lines += [_line(t, one, asked.names.get(one.verdict.community_id)) for one in asked.asked]
    if any(one.verdict.answer for one in asked.asked):
        lines.append(t("Thank you! You can change your answer for a week."))
    return Say("\n".join(lines), _buttons(t, asked.asked))


def _line(t: Translator, one: Asked, community: str | None) -> Markup:
    parts = [Markup("<b>#{}</b> {}").format(one.suggestion.number, _plain(t, excerpt(one.suggestion.text, WORDS)))]
    if one.release.version:
        parts.append(_plain(t, excerpt(one.release.version, VERSION)))
    if community:
        parts.append(Markup("<i>{}</i>").format(_plain(t, name(community))))
    return Markup(" · ").join(parts)


def _plain(t: Translator, text: str) -> Markup:
    return t("%(text)s", text=text)


def _buttons(t: Translator, asked: Sequence[Asked]) -> Keyboard:
    rows, names, more = [], _names(t), t("Tell the team more")
    for one in asked:
        number = f"#{one.suggestion.number} " if len(asked) > 1 else ""
        rows.append(
            [
                Button(f"{'✓ ' if one.verdict.answer == said else ''}{number}{_MARKS[said]} {names[said]}", data)
                for said, data in ((said, f"verdict:{one.verdict.id}:{n}") for n, said in enumerate(ANSWERS))
            ]
        )
        if one.verdict.answer in (PARTLY, NO):
            rows.append([Button(f"✏️ {number}{more}", f"why:{one.verdict.id}")])
    return rows


def why(t: Translator, one: Asked) -> Markup:
    """The question for words."""
    return t(
        "What is missing or wrong with #%(number)s? Your next message goes to the team, with your name.",
        number=one.suggestion.number,
    )


def words_kept(t: Translator) -> Markup:
    return t("Thank you, the team reads it.")


def reason(t: Translator, said: Satisfaction) -> Markup:
    """Why it is open again."""
    return t("did not work for %(no)s of %(answers)s", no=said.no, answers=said.answers)


def reopened(t: Translator, suggestion: Suggestion, said: Satisfaction) -> Say:
    """To the team: enough of those who asked say that it does not work."""
    words = excerpt(suggestion.text, WORDS)
    line = t(
        "👎 <b>#%(number)s</b> %(words)s — did not work for %(no)s of %(answers)s who answered, so it is open again.",
        number=suggestion.number,
        words=words,
        no=said.no,
        answers=said.answers,
    )
    return Say(line)


def report(t: Translator, release: Release, answered: Sequence[Asked]) -> Say:
    """To the team: the answers about a release, and the words with them; one live message a release."""
    title = t("<b>How %(version)s works for those who asked</b>", version=excerpt(release.version, VERSION) or "✅")
    about = {one.suggestion.number: one.suggestion for one in answered}
    lines = [title, *(_counted(t, about[number], answered) for number in sorted(about)[:MOST_SHOWN])]
    lines += [_said(t, one) for one in answered if one.verdict.words][:MOST_SHOWN]
    return Say("\n".join(lines))


def _counted(t: Translator, suggestion: Suggestion, answered: Sequence[Asked]) -> Markup:
    said = [one.verdict.answer for one in answered if one.suggestion.id == suggestion.id]
    counts = Satisfaction(said.count(WORKS), said.count(PARTLY), said.count(NO))
    words = _plain(t, excerpt(suggestion.text, WORDS))
    return Markup("<b>#{}</b> {} · {}").format(suggestion.number, words, _figures(counts))


def _figures(said: Satisfaction) -> str:
    return f"👍 {said.works} · 🤔 {said.partly} · 👎 {said.no}"


def _said(t: Translator, one: Asked) -> Markup:
    return t(
        "%(mark)s #%(number)s %(name)s: “%(words)s”",
        mark=_MARKS[one.verdict.answer or PARTLY],
        number=one.suggestion.number,
        name=name(one.person.name),
        words=excerpt(one.verdict.words, SAID),
    )


def satisfaction(t: Translator, said: Satisfaction) -> Markup:
    """The digest's line: how what was shipped works for those who asked."""
    parts = [
        (said.works, t("👍 %(n)s works", n=said.works)),
        (said.partly, t("🤔 %(n)s partly", n=said.partly)),
        (said.no, t("👎 %(n)s no", n=said.no)),
    ]
    return Markup(" · ").join(words for count, words in parts if count)
