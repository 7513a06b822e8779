"""What is said about a community's own words."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.words import MOST_WORDS
from bot.language.tokens import LONGEST_WORD
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, safe
from bot.texts.say import Whisper
from storage.words import Word


def listed(t: Translator, known: Sequence[Word]) -> Whisper:
    """The words, and how they are changed."""
    how = t("Add one: <code>/words add 小爱同学</code>. Take one out: <code>/words remove 小爱同学</code>.")
    if not known:
        return Whisper("\n".join([t("I know no words of this product yet, such as the names of its features."), how]))
    row = Markup("、").join(Markup("{}").format(safe(excerpt(word.word, LONGEST_WORD))) for word in known[:MOST_WORDS])
    return Whisper("\n".join([t("<b>Words of this product</b>"), row, how]))


def added(t: Translator, word: str) -> Markup:
    return t(
        "Noted: “%(word)s” is one word here. Within the hour I read the suggestions there are anew.",
        word=excerpt(word, 60),
    )


def known_already(t: Translator, word: str) -> Markup:
    return t("“%(word)s” is among the words already.", word=excerpt(word, 60))


def removed(t: Translator, word: str) -> Markup:
    return t("“%(word)s” is no longer among the words.", word=excerpt(word, 60))


HELP = (
    Entry(
        "words",
        "settings",
        ("team",),
        lambda t: t("names of our product that I should know"),
        lambda t: t("<code>/words add 小爱同学</code>: a name of your product that I should know."),
    ),
)
