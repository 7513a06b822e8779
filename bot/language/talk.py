"""Ordinary talk, made cheap to look at: in one script and case, cut into sentences, and what it speaks of."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from opencc import OpenCC

LONGEST = 300
"""Characters of a message that are worth looking at: a wish or a question is said by then."""

_LINK = re.compile(r"(?:https?://|www\.|t\.me/)\S*|@\w+")
_TITLE = re.compile(r"\[([a-z ]+)\]")
_SENTENCE = re.compile(r"[^。!;\n…～~?]+\??")


@cache
def _letters() -> dict[int, str]:
    """Simplified for Traditional, letter by letter; phrases do not matter here, and a table costs next to nothing."""
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    simple = OpenCC("t2s").convert("\n".join(han)).split("\n")
    table = {ord(old): new for old, new in zip(han, simple, strict=True) if old != new}
    return table | {ord(wide): narrow for wide, narrow in zip("？！；，：’", "?!;,:'", strict=True)}


def spelled(text: str) -> str:
    """A text in Simplified letters, lower case and narrow marks, without links."""
    return _LINK.sub(" ", text.lower()).translate(_letters()).replace("支援", "支持")


def sentences(said: str) -> Iterator[str]:
    """The sentences of a spelled text, each with its question mark if it has one."""
    return (found[0] for found in _SENTENCE.finditer(said))


def count(pattern: re.Pattern[str], text: str, most: int = 3) -> int:
    """How many different words of a pattern stand in a text."""
    found: set[str] = set()
    for match in pattern.finditer(text):
        found.add(match[0])
        if len(found) == most:
            break
    return len(found)


@cache
def _sections(name: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if title := _TITLE.fullmatch(line):
            sections[title[1]] = lines = []
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections


def patterns(name: str) -> dict[str, re.Pattern[str]]:
    """Each section of a file as one pattern, its lines the alternatives; `<done>` stands for another section."""
    sections = {title: "|".join(lines) for title, lines in _sections(name).items()}
    return {title: re.compile(said.replace("<done>", sections.get("done", ""))) for title, said in sections.items()}


def words_of(name: str, *titles: str) -> frozenset[str]:
    """The words in these sections of a file."""
    return frozenset(word for title in titles for line in _sections(name)[title] for word in line.split())


def any_of(*titles: str) -> re.Pattern[str]:
    """Finds the words of these sections of things.txt; Latin ones stand alone, Han letters need no gap."""
    return re.compile("|".join(_alternatives(words_of("things.txt", *titles))))


def _alternatives(words: Iterable[str]) -> list[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    han = [re.escape(word) for word in longest_first if not word.isascii()]
    latin = [re.escape(word).replace("_", r"\s+") for word in longest_first if word.isascii()]
    return [*han, *([rf"\b(?:{'|'.join(latin)})\b"] if latin else [])]
