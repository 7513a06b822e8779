"""The frames of wishes and questions: what people wrap around the thing itself, the same for every wish."""

import re
from pathlib import Path


def _read_sections(path: Path) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif not line.startswith("#"):
            sections.setdefault(name, []).extend(line.split())
    return sections


def _longest_first(words: list[str]) -> list[str]:
    return sorted(set(words), key=len, reverse=True)


_SAID = _read_sections(Path(__file__).with_name("frames.txt"))
_OPENERS = "|".join(_longest_first(_SAID["openers"]))
_BETWEEN = "|".join(_longest_first([*_SAID["openers"], *_SAID["followers"], *_SAID["links"]]))
_FOLLOWERS = "|".join(_longest_first(_SAID["followers"]))
# Alternations of literals under one bounded repeat: time grows with the length of the text, whatever it says.
_OPENING = re.compile(f"(?:{_OPENERS})(?:{_BETWEEN}){{0,8}}")
_BEGINNING = re.compile(f"(?:{_FOLLOWERS}){{1,4}}")
_ENDINGS = tuple(_longest_first(_SAID["closers"]))
_LATIN_OPENERS = frozenset(_SAID["latin_openers"])
_LATIN_CLOSERS = frozenset(_SAID["latin_closers"])


def unframe(clause: str) -> str:
    """What is left of a clause in normal form when its frame is gone; empty when it was nothing else."""
    clause = _OPENING.sub(" ", clause).strip()
    if beginning := _BEGINNING.match(clause):
        clause = clause[beginning.end() :]
    while clause.endswith(_ENDINGS):
        clause = next(clause.removesuffix(ending) for ending in _ENDINGS if clause.endswith(ending)).rstrip()
    return _unframe_latin(clause)


def _unframe_latin(clause: str) -> str:
    words = clause.split()
    first, last = 0, len(words)
    while first < last and words[first] in _LATIN_OPENERS:
        first += 1
    while first < last and words[last - 1] in _LATIN_CLOSERS:
        last -= 1
    return " ".join(words[first:last])
