"""Ideas that different words share: 深色, 夜间, dark. They let wishes meet that have no word in common."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from bot.language.normal import plain
from bot.language.tokens import tokens

_FILE = Path(__file__).with_name("synonyms.txt")
_LONGEST_PHRASE = 6

VERSION = f"synonyms {sha256(_FILE.read_bytes()).hexdigest()[:8]}"


def ideas(text: str) -> list[str]:
    """Ideas named by a text in normal form, the longest phrases first, each once; empty when it names none."""
    table, row = _table(), tokens(text)
    found: dict[str, None] = {}
    at = 0
    while at < len(row):
        sizes = range(min(_LONGEST_PHRASE, len(row) - at), 0, -1)
        size = next((size for size in sizes if tuple(row[at : at + size]) in table), 0)
        found.update(dict.fromkeys(table.get(tuple(row[at : at + size]), ())))
        at += size or 1
    return list(found)


def phrases() -> list[str]:
    """A sample of the vocabulary, a line each: what the wishes of people are about."""
    lines = [line.replace("_", " ") for line in _FILE.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")][::4]


@cache
def _table() -> dict[tuple[str, ...], list[str]]:
    table: dict[tuple[str, ...], list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        words = [] if line.startswith("#") else line.split()
        for word in words:
            # The same spelling as the texts have: OpenCC turns some mainland words into others as well.
            named = table.setdefault(tuple(tokens(plain(word.replace("_", " ")))), [])
            if words[0] not in named:
                named.append(words[0])
    return table
