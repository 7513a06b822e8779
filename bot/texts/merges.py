"""What is said about merging two suggestions, parting them again, and about doubts."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.merges import Pair, Preview
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, safe
from bot.texts.say import Button, Keyboard, Say, Whisper
from bot.texts.suggestions import line
from bot.texts.triage import calm
from storage.suggestions import Suggestion


def offer(t: Translator, suggestion: Suggestion, similar: Sequence[Suggestion]) -> Whisper:
    """Into which one? The similar ones by button, any other by its number."""
    asked = t("Into which one does #%(number)s go?", number=suggestion.number)
    buttons = [[Button(f"#{one.number}", data=f"merge:{suggestion.id}:{one.id}") for one in similar]]
    other = [Button(t("another number"), data=f"into:{suggestion.id}")]
    return Whisper("\n".join([asked, *map(line, similar)]), [*(buttons if similar else []), other])


def ask_number(t: Translator, suggestion: Suggestion) -> Markup:
    return t("Which number does #%(number)s go into?", number=suggestion.number)


def preview(t: Translator, both: Preview) -> Whisper:
    """What the merge would make of the two, before it is done."""
    merged, into = both.pair.merged, both.pair.into
    lines = [
        t("<b>#%(number)s into #%(into)s?</b>", number=merged.number, into=into.number),
        *(
            Markup("#{} {} — {} · 👍 {}").format(one.number, safe(calm(excerpt(one.text))), safe(calm(name(who))), n)
            for one, who, n in zip((merged, into), both.askers, both.votes, strict=True)
        ),
        t(
            "Together: 👍 %(votes)s · 💬 %(voices)s, each person once. Both askers are told and named when it ships.",
            votes=both.votes_together,
            voices=both.voices_together,
        ),
    ]
    confirm = Button(t("🔗 Merge"), data=f"unite:{merged.id}:{into.id}")
    return Whisper("\n".join(lines), [[confirm, Button(t("Leave it"), data="leave")]])


def merged(t: Translator, pair: Pair) -> tuple[Markup, Keyboard]:
    """It is done, and can be undone."""
    said = t("#%(number)s is part of #%(into)s now.", number=pair.merged.number, into=pair.into.number)
    return said, [[Button(t("✂ Split"), data=f"apart:{pair.merged.id}")]]


def left(t: Translator) -> Markup:
    return t("Nothing was merged.")


def split(t: Translator, pair: Pair) -> Markup:
    if pair.merged.withdrawn_at:
        return t(
            "#%(number)s is no longer part of #%(into)s. Its asker took it back, so it stays off the list.",
            number=pair.merged.number,
            into=pair.into.number,
        )
    return t(
        "#%(number)s stands alone again, as before it was merged into #%(into)s.",
        number=pair.merged.number,
        into=pair.into.number,
    )


def contested(t: Translator, pair: Pair, who: str) -> Say:
    """For the team: somebody who wanted one of the two says that they are not the same."""
    lines = [
        t(
            "%(name)s says that #%(number)s and #%(into)s are not the same:",
            name=calm(name(who)),
            number=pair.merged.number,
            into=pair.into.number,
        ),
        *(Markup("#{} {}").format(one.number, safe(calm(excerpt(one.text)))) for one in (pair.merged, pair.into)),
    ]
    i = pair.merged.id
    buttons = [Button(t("✂ Split"), data=f"apart:{i}"), Button(t("Keep together"), data=f"together:{i}")]
    return Say("\n".join(lines), [buttons], reply=False)


def heard(t: Translator) -> Markup:
    return t("Thank you. The team will look at it.")


def kept(t: Translator, pair: Pair, who: str) -> Markup:
    return t(
        "#%(number)s stays with #%(into)s (%(name)s).",
        number=pair.merged.number,
        into=pair.into.number,
        name=calm(name(who)),
    )


HELP = (
    Entry(
        "merge",
        "triage",
        ("team",),
        lambda t: t("merge one suggestion into another"),
        lambda t: t("<code>/merge 12 7</code>: they mean the same; you see first what comes of it."),
    ),
    Entry(
        "split",
        "triage",
        ("team",),
        lambda t: t("part what was merged"),
        lambda t: t("<code>/split 12</code>: part them again."),
    ),
)
