"""Runs of a text in normal form, and the smallest tokens: letters where words are not spaced, else stems of words."""

import re
from collections.abc import Iterator

from bot.language.normal import LONGEST
from bot.language.stems import stem

LONGEST_WORD = 32
# Scripts written without spaces: Han, kana, Hangul (spaced by phrases), Thai and its neighbours.
_UNSPACED = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u109f\uac00-\ud7af"
    r"\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"([{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Each run of letters and digits with whether it is unspaced script; other words come cut at LONGEST_WORD."""
    for run in _RUN.finditer(text[:LONGEST]):
        yield (run[0], True) if run[1] else (run[0][:LONGEST_WORD], False)


def tokens(text: str) -> list[str]:
    """Smallest tokens in reading order."""
    found: list[str] = []
    for run, unspaced in runs(text):
        found.extend((letter for letter in run if letter.isalnum()) if unspaced else [stem(run)])
    return found
