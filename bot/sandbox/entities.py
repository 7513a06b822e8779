"""Message entities: finding them as Telegram does, and keeping them in order. Offsets and lengths are UTF-16 units."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.sandbox.people import Person

MAX_ENTITIES = 100
CODE_TYPES = frozenset({"code", "pre"})
SOLID_TYPES = CODE_TYPES | {"text_link", "text_mention"}

_STOP = r"\s<>\"「」『』，。！？；：、（）《》【】"
_WORDS: Final[dict[str, re.Pattern[str]]] = {
    "url": re.compile(
        rf"https?://[^{_STOP}]+"
        rf"|(?<![\w@./-])(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:com|org|net|io|me|dev|app|cn|tw|hk)(?![\w-])(?:/[^{_STOP}]*)?",
        re.IGNORECASE,
    ),
    "bot_command": re.compile(r"(?<![\w/<>@.#])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    "mention": re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)"),
    "hashtag": re.compile(r"(?<!\w)#(?!\d+(?!\w))\w{1,256}(?![\w#])"),
}


@dataclass(slots=True, frozen=True)
class Entity:
    """A marked stretch of a text: `offset` and `length` in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    user: Person | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length


def utf16_length(text: str) -> int:
    """How many UTF-16 units the text has: what Telegram counts."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of the text between two UTF-16 positions."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def detect(text: str, taken: Iterable[Entity] = ()) -> list[Entity]:
    """Find links, commands, mentions and hashtags outside of what is already code or a link."""
    spans = [(entity.offset, entity.end) for entity in taken if entity.type in SOLID_TYPES]
    found: list[Entity] = []
    for kind, start, end in _matches(text):
        offset = utf16_length(text[:start])
        entity = Entity(kind, offset, utf16_length(text[start:end]))
        if all(entity.end <= first or last <= entity.offset for first, last in spans):
            spans.append((entity.offset, entity.end))
            found.append(entity)
    return in_order(found)


def _matches(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in _WORDS.items():
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "url":
                end = start + len(match[0].rstrip(".,!?;:)'"))
            yield kind, start, end


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """Sorted by place, outer ones first."""
    return sorted(entities, key=lambda entity: (entity.offset, -entity.length))


def tidy(entities: Iterable[Entity]) -> list[Entity]:
    """Drop what Telegram drops: empty stretches, anything inside code, links in links, quotes in quotes, the 101st."""
    kept: list[Entity] = []
    for entity in in_order(entities):
        if entity.length > 0 and not any(_swallows(outer, entity) for outer in kept if outer.end > entity.offset):
            kept.append(entity)
    return kept[:MAX_ENTITIES]


def _swallows(outer: Entity, inner: Entity) -> bool:
    if outer.type in CODE_TYPES:
        return True
    links = {"text_link", "text_mention"}
    return outer.type == inner.type or (outer.type in links and inner.type in links)


def trim(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends and move or shorten the entities with it."""
    left = utf16_length(text) - utf16_length(text.lstrip())
    trimmed = text.strip()
    size = utf16_length(trimmed)
    moved = []
    for entity in entities:
        start = min(max(entity.offset - left, 0), size)
        end = min(max(entity.end - left, 0), size)
        if end > start:
            moved.append(replace(entity, offset=start, length=end - start))
    return trimmed, moved


def clean(text: str) -> str:
    """Replace control characters and lone surrogates as Telegram does: they never reach a chat."""
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(char if char >= " " or char == "\n" else " " for char in text if char != "\r")
