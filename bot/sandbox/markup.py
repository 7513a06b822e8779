"""Telegram's HTML: text with tags to entities, with the server's errors, and entities to HTML that is safe to show."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from urllib.parse import urlsplit

from bot.sandbox.entities import Entity, in_order, utf16_length, utf16_slice
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.people import Person

FindPerson = Callable[[int], Person | None]

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_REFERENCE = re.compile(r"&(?:#(?P<dec>\d{1,8})|#[xX](?P<hex>[0-9a-fA-F]{1,7})|(?P<name>lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_MAX_CODE_POINT = 0x10FFFF


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    at: int


def parse_html(source: str, find_person: FindPerson) -> tuple[str, list[Entity]]:
    """The plain text and its entities; 400 "can't parse entities" where Telegram's server says so."""
    return _Parser(source, find_person).run()


class _Parser:
    def __init__(self, source: str, find_person: FindPerson) -> None:
        self._source = source
        self._find_person = find_person
        self._place = 0
        self._text: list[str] = []
        self._length = 0
        self._stack: list[_Open] = []
        self._entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        source = self._source
        while self._place < len(source):
            bracket = source.find("<", self._place)
            end = len(source) if bracket < 0 else bracket
            self._add(_REFERENCE.sub(_dereference, source[self._place : end]))
            self._place = end
            if bracket >= 0:
                self._tag()
        if self._stack:
            raise _cannot_parse(f"Can't find end tag corresponding to start tag {_quoted(self._stack[-1].tag)}")
        return "".join(self._text), in_order(self._entities)

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._length += utf16_length(text)

    def _tag(self) -> None:
        if self._source.startswith("</", self._place):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        start = self._place
        self._place += 1
        name = self._until(" \t\r\n>", "Unclosed start tag", start).lower()
        if name not in _TYPES:
            raise _cannot_parse(f"Unsupported start tag {_quoted(name)} at byte offset {self._bytes(start)}")
        attributes: dict[str, str] = {}
        while not self._skip_to(">", start):
            key, value = self._attribute(name, start)
            attributes[key] = value
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(start)}')
        self._stack.append(_Open(name, attributes, self._length))

    def _attribute(self, tag: str, start: int) -> tuple[str, str]:
        at = self._bytes(self._place)
        key = self._until(" \t\r\n=>", "Unclosed start tag", start).lower()
        if not key:
            raise _cannot_parse(f"Empty attribute name in the tag {_quoted(tag)} at byte offset {at}")
        if self._source[self._place] != "=":
            # "expandable" is the one attribute that Telegram takes without a value.
            if key == "expandable":
                return key, ""
            raise _cannot_parse(
                f"Expected equal sign in declaration of an attribute of the tag {_quoted(tag)} "
                f"at byte offset {self._bytes(self._place)}"
            )
        self._place += 1
        return key, self._value(start)

    def _value(self, start: int) -> str:
        quote = self._source[self._place : self._place + 1]
        if quote in ('"', "'"):
            self._place += 1
            value = self._until(quote, "Unclosed start tag", start)
            self._place += 1
        else:
            value = self._until(" \t\r\n>", "Unclosed start tag", start)
        return _REFERENCE.sub(_dereference, value)

    def _end_tag(self) -> None:
        start = self._place
        if not self._stack:
            raise _cannot_parse(f"Unexpected end tag at byte offset {self._bytes(start)}")
        self._place += 2
        name = self._until(" \t\r\n>", "Unclosed end tag", start).lower()
        if not self._skip_to(">", start):
            raise _cannot_parse(f"Unclosed end tag at byte offset {self._bytes(start)}")
        opened = self._stack.pop()
        if name and name != opened.tag:
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {self._bytes(start)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self._length - opened.at
        if not length:
            return
        kind = _TYPES[opened.tag]
        if kind == "text_link":
            self._close_link(opened, length)
        elif opened.tag == "code" and self._stack and self._stack[-1].tag == "pre" and "class" in opened.attributes:
            # <pre><code class="language-x">: the language belongs to the block around it.
            self._stack[-1].attributes["language"] = opened.attributes["class"].removeprefix("language-")
        elif kind == "custom_emoji":
            emoji = opened.attributes.get("emoji-id")
            self._entities.append(Entity(kind, opened.at, length, custom_emoji_id=emoji))
        else:
            if "expandable" in opened.attributes:
                kind = "expandable_blockquote"
            self._entities.append(Entity(kind, opened.at, length, language=opened.attributes.get("language")))

    def _close_link(self, opened: _Open, length: int) -> None:
        address = opened.attributes.get("href") or utf16_slice("".join(self._text), opened.at, length)
        mention = re.fullmatch(r"tg://user\?id=(\d+)", address)
        if mention:
            person = self._find_person(int(mention[1]))
            if person:
                self._entities.append(Entity("text_mention", opened.at, length, user=person))
        elif (url := valid_url(address)) is not None:
            self._entities.append(Entity("text_link", opened.at, length, url=url))

    def _until(self, stops: str, complaint: str, start: int) -> str:
        begin = self._place
        while self._place < len(self._source) and self._source[self._place] not in stops:
            self._place += 1
        if self._place >= len(self._source):
            raise _cannot_parse(f"{complaint} at byte offset {self._bytes(start)}")
        return self._source[begin : self._place]

    def _skip_to(self, char: str, start: int) -> bool:
        while self._place < len(self._source) and self._source[self._place].isspace():
            self._place += 1
        if self._place >= len(self._source):
            raise _cannot_parse(f"Unclosed start tag at byte offset {self._bytes(start)}")
        if self._source[self._place] != char:
            return False
        self._place += 1
        return True

    def _bytes(self, place: int) -> int:
        return len(self._source[:place].encode("utf-8", "surrogatepass"))


def _dereference(match: re.Match[str]) -> str:
    if match["name"]:
        return _NAMED[match["name"]]
    code = int(match["dec"]) if match["dec"] else int(match["hex"], 16)
    return chr(code) if 0 < code <= _MAX_CODE_POINT else match[0]


def _cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _quoted(tag: str) -> str:
    return f'"{tag}"'


def valid_url(address: str) -> str | None:
    """The address with a scheme if it could be a link at all, else None."""
    if not re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE):
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return address if parts.hostname and "." in parts.hostname and " " not in parts.netloc else None
    return address if parts.scheme in ("tg", "ton", "tonsite", "mailto", "tel") else None


_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "span",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_SHOWN_SCHEMES = ("http", "https", "tg", "mailto")


def render(text: str, entities: Sequence[Entity]) -> str:
    """The text as HTML with everything escaped: tags few, links only to safe schemes."""
    borders = sorted({0, utf16_length(text)} | {place for entity in entities for place in (entity.offset, entity.end)})
    written: list[str] = []
    opened: list[tuple[Entity, str]] = []
    waiting = in_order(entity for entity in entities if entity.length > 0)[::-1]
    for start, end in pairwise(borders):
        reopen = _close_ended(opened, start, written)
        while waiting and waiting[-1].offset <= start:
            reopen.append(waiting.pop())
        for entity in reopen:
            before, after = _tags(entity, text)
            written.append(before)
            opened.append((entity, after))
        written.append(escape(utf16_slice(text, start, end - start)))
    written.extend(after for _, after in reversed(opened))
    return "".join(written)


def _close_ended(opened: list[tuple[Entity, str]], place: int, written: list[str]) -> list[Entity]:
    """Close down to the outermost entity that ends here; what was inside it and goes on is returned to be reopened."""
    ended = next((index for index, (entity, _) in enumerate(opened) if entity.end <= place), len(opened))
    closing = opened[ended:]
    del opened[ended:]
    written.extend(after for _, after in reversed(closing))
    return [entity for entity, _ in closing if entity.end > place]


def _tags(entity: Entity, text: str) -> tuple[str, str]:
    tag = _TAGS.get(entity.type)
    if tag == "span":
        return '<span class="tg-spoiler">', "</span>"
    if entity.type == "expandable_blockquote":
        return '<blockquote class="expandable">', "</blockquote>"
    if tag:
        return f"<{tag}>", f"</{tag}>"
    address = _address(entity, utf16_slice(text, entity.offset, entity.length))
    href = f' href="{escape(address)}"' if address else ""
    return f'<a data-kind="{escape(entity.type)}"{href}>', "</a>"


def _address(entity: Entity, words: str) -> str | None:
    if entity.type == "mention":
        return f"https://t.me/{words.removeprefix('@')}"
    if entity.user:
        return f"tg://user?id={entity.user.id}"
    if entity.type not in ("url", "text_link"):
        return None
    url = valid_url(entity.url or words)
    return url if url and urlsplit(url).scheme in _SHOWN_SCHEMES else None
