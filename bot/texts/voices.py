"""What is said about one's own words: changed, or taken back."""

from markupsafe import Markup

from bot.community.voices import Fate, Voice
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt
from bot.texts.say import Button, Whisper
from storage.suggestions import Suggestion


def what_instead(t: Translator, voice: Voice) -> Markup:
    return t(
        "What shall #%(number)s say instead of “%(words)s”?",
        number=voice.suggestion.number,
        words=excerpt(voice.wording.text),
    )


def reworded(t: Translator, number: int) -> Markup:
    return t("Changed: #%(number)s has your new words.", number=number)


def sure(t: Translator, voice: Voice) -> Whisper:
    """Once more before words are gone."""
    number = voice.suggestion.number
    asked = t("Take your words back from #%(number)s? “%(words)s”", number=number, words=excerpt(voice.wording.text))
    yes, no = t("Take them back"), t("Leave them")
    return Whisper(asked, [[Button(str(yes), data=f"takeback:{voice.suggestion.id}"), Button(str(no), data="stays")]])


def left_alone(t: Translator) -> Markup:
    return t("All right, everything stays as it is.")


def taken_back(t: Translator, suggestion: Suggestion, fate: Fate) -> Markup:
    """What has become of the suggestion."""
    number = suggestion.number
    match fate:
        case Fate.GONE:
            return t("#%(number)s is taken back, and your words are gone. Thank you all the same.", number=number)
        case Fate.HANDED_ON:
            return t("Your words are gone. Others asked for #%(number)s too, so it goes on with theirs.", number=number)
        case Fate.STAYS:
            return t(
                "Others voted for #%(number)s as you worded it, so it stays; you will hear no more of it. "
                "You can still change the words: <code>/edit %(number)s …</code>",
                number=number,
            )
    return t("Your words and your vote are taken back from #%(number)s.", number=number)


HELP = (
    Entry(
        "edit",
        "suggest",
        ("private",),
        lambda t: t("change my words"),
        lambda t: t("<code>/edit 12 …</code>: change your words. Editing your message does the same."),
    ),
    Entry(
        "withdraw",
        "suggest",
        ("private",),
        lambda t: t("take my words back"),
        lambda t: t("<code>/withdraw 12</code>: take your words back. What others joined goes on with theirs."),
    ),
)
