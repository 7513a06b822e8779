"""One spelling for the same words: a normal form used for matching only, never shown to people."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from opencc import OpenCC

from bot.language.frames import unframe

LONGEST = 500
"""Characters that take part in matching; a wish is said by then, and every step below stays cheap."""

# Links carry long tails that are thrown away, so more than LONGEST is read before they go.
_READ = 4 * LONGEST
_AIMED = re.compile(r"(?:https?://|www\.|t\.me/)[!-~]+|@[a-z0-9_]+")
# Apostrophes within words, controls, zero-width and bidi marks, fillers that look empty, accents that did not compose.
_UNSEEN = re.compile(
    r"(?<=[a-z])['’](?=[a-z])|["
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff"
    r"\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0"
    r"\U000e0000-\U000e0fff]"
)
# Vowel signs of Indic and Southeast Asian scripts are not \w in Python, yet they are part of words.
_MARKS = re.compile(r"(?:[^\w\s\u0900-\u109f]|_)+")
_VARIANTS = dict(
    line.replace("_", " ").rsplit(" ", 1)
    for line in Path(__file__).with_name("variants.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)
_VARIANT = re.compile("|".join(sorted(_VARIANTS, key=len, reverse=True)))


@cache
def _opencc() -> OpenCC:
    return OpenCC("tw2sp")


def plain(text: str) -> str:
    """Words of a text in one spelling: NFKC, lower case, Simplified with mainland words, no marks, single spaces."""
    return _plain(_spelled(text))


def clean(text: str) -> str:
    """Like `plain`, without the frames wishes share (希望…, 能不能…, please add…); empty only if `plain` is."""
    spelled = _spelled(text)
    clauses = _MARKS.split(_AIMED.sub(" ", spelled)[:LONGEST])
    framed = _single_spaced(" ".join(unframe(_single_spaced(clause)) for clause in clauses))
    while (shorter := unframe(framed)) != framed:
        framed = shorter
    return framed or _plain(spelled)


def _plain(spelled: str) -> str:
    return _unmarked(_AIMED.sub(" ", spelled)) or _unmarked(spelled)


def _spelled(text: str) -> str:
    text = text[:_READ]
    # tw2sp maps words, and some of its targets once more (檔案 → 文件 → 文档): both sides must end at the same word.
    for _ in range(5):
        before = text
        text = _opencc().convert(_UNSEEN.sub("", unicodedata.normalize("NFKC", text.lower())))
        text = _VARIANT.sub(lambda found: _VARIANTS[found[0]], text)[:_READ]
        if text == before:
            break
    return text


def _unmarked(text: str) -> str:
    return _single_spaced(_MARKS.sub(" ", text[:LONGEST]))


def _single_spaced(text: str) -> str:
    return " ".join(text.split())
