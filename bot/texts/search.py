"""What a search found, in pages."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts.care import pages
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt
from bot.texts.say import Whisper
from bot.texts.suggestions import line
from storage.searches import Search
from storage.suggestions import Suggestion


def found(t: Translator, search: Search, matches: Sequence[Suggestion], votes: dict[int, int], offset: int) -> Whisper:
    """One page of what was found."""
    words, total = excerpt(search.words, 60), len(search.ids)
    if not matches:
        return Whisper(t("Nothing like “%(words)s” yet. Suggest it: <code>/suggest …</code>", words=words))
    lines = [t("Found for “%(words)s”:", words=words)]
    if total > len(matches):
        lines = [
            t(
                "Found for “%(words)s”, %(first)s–%(last)s of %(total)s:",
                words=words,
                first=offset + 1,
                last=offset + len(matches),
                total=total,
            )
        ]
    said = "\n".join([*lines, *(line(one, votes.get(one.id or 0, 0)) for one in matches)])
    return Whisper(said, pages(f"found:{search.id}", offset, len(matches), total))


def none_such(t: Translator, filters: str) -> Markup:
    """Nothing passes filters alone: that is no wish of the asker's."""
    return t("Nothing fits “%(words)s”. Loosen a filter, or leave one out.", words=excerpt(filters, 60))


def not_yours(t: Translator) -> str:
    return str(t("Only who searched turns these pages."))
