"""How a release text names suggestions, and which pull requests it brings."""

import re
from collections.abc import Iterable, Sequence

_USUAL = (r"S-", r"Millet\s*#")
_NOT_PLANNED = re.compile(r"not[ _-]planned", re.IGNORECASE)
_PULL = re.compile(r"(?:/pull/|(?<![\w&#/-])#)(\d{1,9})(?!\w)")
_LINK = re.compile(r"https?://t\.me/(c/\d{1,20}|[A-Za-z]\w{3,31})/(?:\d{1,12}/)?(\d{1,12})(?!\w)")
LARGEST_TEXT = 200_000  # characters; a release text is shorter


def numbers(text: str, words: Sequence[str] = ()) -> list[int]:
    """Numbers of suggestions named as S-12, as Millet #12, or behind a word of the community's own; each once."""
    own = (re.escape(word) + r"\s*[-#]?\s*" for word in words)
    named = re.compile(rf"(?<![\w-])(?:{'|'.join([*_USUAL, *own])})(\d{{1,9}})(?![\w.]\d|\w)", re.IGNORECASE)
    return list(dict.fromkeys(int(found) for line in _planned(text) for found in named.findall(line)))


def links(text: str) -> list[tuple[str, str]]:
    """Links to messages: the chat as the link names it (`c/1234` or a username), and the message."""
    return list(dict.fromkeys(found for line in _planned(text) for found in _LINK.findall(line)))


def pull_requests(text: str) -> list[int]:
    """Numbers of the pull requests a release text names."""
    return list(dict.fromkeys(int(found) for line in _planned(text) for found in _PULL.findall(line)))


def _planned(text: str) -> Iterable[str]:
    """Lines that do not speak of what is not planned."""
    return [line for line in text[:LARGEST_TEXT].splitlines() if not _NOT_PLANNED.search(line)]


def newest_section(changelog: str) -> tuple[str, str]:
    """Version and text of a changelog's first section that has one; `Unreleased` is none."""
    heads = list(re.finditer(r"^#{1,3}[ \t]+\[?v?(\d+[\w.+-]*)\]?.*$", changelog, re.MULTILINE))
    if not heads:
        return "", changelog
    first, *later = heads
    level = first[0].split()[0]
    ends = [head.start() for head in later if head[0].split()[0] == level]
    return f"v{first[1]}", changelog[first.end() : ends[0] if ends else None]
