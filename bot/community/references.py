"""How a release text names suggestions, and which pull requests it brings."""

import re
from collections.abc import Iterator, Sequence

_USUAL = (r"S-", r"Millet\s*#")
_NOT_PLANNED = re.compile(r"not[ _-]planned", re.IGNORECASE)
# A heading, in one of Markdown's ways or as a line that says nothing else.
_HEADING = re.compile(r" {0,3}(?:(#{1,6})\s|\*\*.+\*\*:?\s*$|\W*not[ _-]planned\W*$)", re.IGNORECASE)
_LATIN = "[A-Za-z0-9_]"  # Chinese has no blanks around what it names
_LINK = re.compile(rf"https?://t\.me/(c/\d{{1,20}}|[A-Za-z]\w{{3,31}})/(?:\d{{1,12}}/)?(\d{{1,12}})(?!{_LATIN})")
LARGEST_TEXT = 200_000  # characters; a release text is shorter


def numbers(text: str, words: Sequence[str] = ()) -> list[int]:
    """Numbers of suggestions named as S-12, as Millet #12, or behind a word of the community's own; each once."""
    own = (re.escape(word) + r"\s*[-#]?\s*" for word in words)
    known = "|".join([*_USUAL, *own])
    named = re.compile(rf"(?<!{_LATIN})(?<!-)(?:{known})([0-9]{{1,9}})(?!\.?[0-9]|{_LATIN})", re.IGNORECASE)
    return list(dict.fromkeys(int(found) for line in _planned(text) for found in named.findall(line)))


def links(text: str) -> list[tuple[str, str]]:
    """Links to messages: the chat as the link names it (`c/1234` or a username), and the message."""
    return list(dict.fromkeys(found for line in _planned(text) for found in _LINK.findall(line)))


def pull_requests(text: str, repository: str) -> list[int]:
    """Numbers of the repository's pull requests that a release text names, as #12 or by their links."""
    ours = rf"github\.com/{re.escape(repository)}/pull/"
    named = re.compile(rf"(?:{ours}|(?<!{_LATIN})(?<![&#/-])#)([0-9]{{1,9}})(?!{_LATIN})", re.IGNORECASE)
    return list(dict.fromkeys(int(found) for line in _planned(text) for found in named.findall(line)))


def _planned(text: str) -> Iterator[str]:
    """Lines that do not speak of what is not planned, nor stand under a heading that does."""
    unplanned = 0  # the level of such a heading
    for line in text[:LARGEST_TEXT].splitlines():
        heading = _HEADING.match(line)
        level = len(heading[1] or "#" * 7) if heading else 0
        if level and level <= unplanned:
            unplanned = 0
        if _NOT_PLANNED.search(line):
            unplanned = unplanned or level
        elif not unplanned:
            yield line


def newest_section(changelog: str) -> tuple[str, str]:
    """Version and text of a changelog's first section that has one; `Unreleased` is none."""
    heads = list(re.finditer(r"^#{1,3}[ \t]+\[?v?(\d+[\w.+-]*)\]?.*$", changelog, re.MULTILINE))
    if not heads:
        return "", changelog
    first, *later = heads
    level = first[0].split()[0]
    ends = [head.start() for head in later if head[0].split()[0] == level]
    return f"v{first[1]}", changelog[first.end() : ends[0] if ends else None]
