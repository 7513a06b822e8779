"""The one place where what people typed becomes part of what we say: cleaned, isolated, escaped, cut to measure."""

import re
import unicodedata
from html import unescape

from markupsafe import Markup, escape

# C0 and C1 controls but the line break, bidirectional overrides and isolates, and other invisible format characters
# that could reorder or hide our own words. The joiner (200D) stays: emoji families need it.
_UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PILED_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")
_TAG = re.compile(r"<[^<>]*>")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"

NAME_LENGTH = 48  # UTF-16 units of a name within a sentence
EXCERPT_LENGTH = 120  # UTF-16 units of a suggestion within a list


def clean(text: str) -> str:
    """Text without invisible characters that could reorder, hide or pile up over what stands around it."""
    text = _PILED_MARKS.sub(r"\1", _UNWANTED.sub("", text.replace("\r\n", "\n")))
    return _BLANK_LINES.sub("\n\n", text).strip()


def units(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, with an ellipsis where something was cut; never half a character."""
    if units(text) <= limit:
        return text
    kept, used = [], 1
    for character in text:
        used += 2 if ord(character) > 0xFFFF else 1
        if used > limit:
            break
        kept.append(character)
    return "".join(kept).rstrip("\u200d \n") + "…"


def excerpt(text: str, limit: int = EXCERPT_LENGTH) -> str:
    """A text in one line, short enough to stand in a list."""
    return shorten(" ".join(clean(text).split()), limit)


def name(text: str) -> str:
    """A person's or chat's name that cannot disturb the sentence it stands in; never empty."""
    return excerpt(text, NAME_LENGTH) or "·"


def isolate(text: str) -> str:
    """Text that runs from right to left, fenced off so that it does not reorder its neighbours."""
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
    return text


def safe(value: object) -> object:
    """A value as it may stand in a message: text is cleaned, isolated and escaped; markup and numbers stay."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return escape(isolate(clean(value)))


def visible(html: str) -> str:
    """A message as its reader sees it, without tags: what Telegram's limits count."""
    return unescape(_TAG.sub("", html))
