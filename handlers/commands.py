"""One table finds every command and its aliases, in whatever language; a chain of filters would cost more with each."""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from aiogram.types import Message

from bot.community.errors import NotANumber
from bot.here import Here
from bot.texts.say import Answers


@dataclass(frozen=True)
class Spoken:
    """What was said to us: the command as typed, the words after it, and the message they came in."""

    command: str
    words: str
    message: Message
    kept: str = ""  # what our question was about, beside numbers


@dataclass(frozen=True)
class Command:
    """A verb of the chat.

    `/name` calls it, and so does any alias after a slash. An alias in Han letters may also stand bare, but only where
    ordinary talk would not put it: followed by a separator and text, by a number alone, or quite alone, as `takes`
    says. What only the team may do, or what changes settings, wants its slash.
    """

    name: str
    run: Callable[[Here, Spoken], Awaitable[Answers]]
    takes: Literal["nothing", "text", "number"] = "nothing"
    aliases: tuple[str, ...] = ()
    bare: bool = True
    in_passing: bool = (
        False  # also by a hashtag, by its bare word in reply to a message, and by a community's own words
    )
    staff: bool = False  # administrators only, asked of Telegram before it runs
    hidden: bool = False  # in no menu and on no page of help: nobody types it
    fresh: bool = False  # hard to take back: Telegram is asked anew, whatever is remembered
    harmless: bool = False  # only shows something, so an anonymous administrator need not prove themselves


@dataclass(frozen=True)
class Press:
    """What a button does. Its data is `name:number:…` (at most 64 bytes): a key to look things up by, no permission."""

    name: str
    run: Callable[[Here, list[int]], Awaitable[Answers]]
    takes: int  # how many numbers follow the name
    in_channels: bool = False  # where what is answered aloud would be read by all


@dataclass(frozen=True)
class Prompt:
    """What becomes of the typed answer to a question of ours; `run` gets what it was about, and the words."""

    name: str
    run: Callable[[Here, list[int], Spoken], Awaitable[Answers]]


_MARKED = re.compile(r"\s*([/／#＃])([^\s@：:，,]+)(?:@(\w+))?[\s：:，,]*(.*)", re.DOTALL)
_SEPARATED = re.compile(r"[\s：:，,]+(.*)", re.DOTALL)
_COLON = re.compile(r"\s*[：:]\s*(.*)", re.DOTALL)
_NUMBER_ALONE = re.compile(r"\s*[#＃]?\d{1,9}\s*")
_NUMBER = re.compile(r"#?(\d{1,9})\b")
_LONGEST_ALIAS = 4  # Han letters


class CommandTable:
    """All commands by every word that calls them."""

    def __init__(self, commands: Iterable[Command], username: str) -> None:
        self._username = username.lower()
        self._by_word: dict[str, Command] = {}
        for command in commands:
            for word in (command.name, *command.aliases):
                if self._by_word.setdefault(word, command) is not command:
                    raise ValueError(f"two commands answer to {word}")
        self._in_passing = next((command for command in self._by_word.values() if command.in_passing), None)

    @property
    def words(self) -> Collection[str]:
        """Every word that calls a command."""
        return self._by_word.keys()

    def find(self, text: str, *, reply: bool, own: Collection[str] = ()) -> tuple[Command, str, str] | None:
        """The command a message begins with, as typed, and the words after it; None for ordinary talk.

        `own` are words of the community's that suggest, too.
        """
        if marked := _MARKED.match(text):
            mark, word, addressed, words = marked.groups()
            command = self._by_word.get(word.lower()) or (self._in_passing if word.lower() in own else None)
            if command is None or (mark in "#＃" and not command.in_passing):
                return None
            if addressed and addressed.lower() != self._username:
                return None
            return command, f"/{word}", words.strip()
        return self._find_bare(text.lstrip(), reply=reply) or self._find_own(text.lstrip(), own, reply=reply)

    def _find_own(self, text: str, own: Collection[str], *, reply: bool) -> tuple[Command, str, str] | None:
        """Bare words of the community's. A Latin one wants its colon: “wish you were here” asks for nothing."""
        for word in own:
            rest = text[len(word) :]
            if self._in_passing is None or text[: len(word)].lower() != word:
                continue
            separated = (_COLON if word.isascii() else _SEPARATED).match(rest)
            if separated or (reply and not rest.strip()):
                return self._in_passing, text[: len(word)], separated.group(1).strip() if separated else ""
        return None

    def _find_bare(self, text: str, *, reply: bool) -> tuple[Command, str, str] | None:
        for length in range(_LONGEST_ALIAS, 0, -1):
            word, rest = text[:length], text[length:]
            command = None if word.isascii() else self._by_word.get(word)
            if command and _is_meant(command, rest, reply=reply):
                separated = _SEPARATED.match(rest)
                return command, word, (separated.group(1) if separated else rest).strip()
        return None


def _is_meant(command: Command, rest: str, *, reply: bool) -> bool:
    """Whether what follows a bare word shows that the command is meant, and no ordinary sentence."""
    if command.staff or not command.bare:
        return False
    if not rest.strip():
        return command.takes == "nothing" or (reply and command.in_passing)
    if command.takes == "number":
        return _NUMBER_ALONE.fullmatch(rest) is not None
    return command.takes == "text" and _SEPARATED.match(rest) is not None


_SEPARATORS = r"[\s,，、;；:：]"
_NUMBERED = re.compile(rf"[#＃]?(\d{{1,12}})(?!\d){_SEPARATORS}*(.*)", re.DOTALL)
_ANY_NUMBER = re.compile(r"(?<!\d)[#＃]?(\d{1,12})(?!\d)")


def number_and_rest(spoken: Spoken) -> tuple[int, str]:
    """The suggestion number that follows a command, and the words after it; raises NotANumber."""
    found = _NUMBERED.match(spoken.words)
    if found is None:
        raise NotANumber(f"{spoken.command} 12 …")
    return int(found[1]), found[2].strip()


def numbers_in(spoken: Spoken) -> list[int]:
    """All suggestion numbers in what was said."""
    return [int(number) for number in _ANY_NUMBER.findall(spoken.words)]


def number_in(spoken: Spoken) -> int:
    """The suggestion number that follows a command; raises NotANumber."""
    found = _NUMBER.match(spoken.words)
    if found is None:
        raise NotANumber(f"{spoken.command} 12")
    return int(found.group(1))
