"""Every message the bot can make, out of hostile strings in every field, in three languages, as Telegram would take it.

It finds the functions by itself: whatever is public in `bot/texts` and takes a translator is tried.
"""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from markupsafe import Markup

from bot import texts
from bot.community.errors import Refusal
from bot.sandbox.entities import utf16_length
from bot.sandbox.markup import parse_html
from bot.texts.catalogues import LANGUAGES, Translator, translator
from bot.texts.errors import explain
from bot.texts.say import Button, Rewrite, Say, Toast, Whisper
from tests.hostile import Maker, makers, strings

LONGEST_MESSAGE, LONGEST_BUTTON_DATA, MOST_BUTTONS, MOST_ENTITIES = 4096, 64, 100, 100
INVISIBLE_OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u0000")
BY_ERROR = ("explain", "paginate")  # tried below, once for each refusal; with its pages, of markup made elsewhere


def text_functions() -> list[Callable[..., Any]]:
    modules = [importlib.import_module(f"bot.texts.{found.name}") for found in pkgutil.iter_modules(texts.__path__)]
    return [
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and name not in BY_ERROR
        if Translator in typing.get_type_hints(function).values()
        and "session" not in inspect.signature(function).parameters
    ]


def refusals() -> list[type[Refusal]]:
    waiting, found = [Refusal], []
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found += subclasses
        waiting += subclasses
    return found


def check(said: object) -> None:
    """Raises where Telegram would refuse, or a person's words would get out of their place."""
    if isinstance(said, Say | Whisper | Rewrite):
        check_words(said.text)
        check_buttons([button for row in said.keyboard for button in row])
    elif isinstance(said, Toast):
        assert utf16_length(said.shown) <= 200
    elif isinstance(said, Button):
        check_buttons([said])
    elif isinstance(said, str):
        check_words(said) if isinstance(said, Markup) else None
    elif isinstance(said, Iterable):
        for one in said.values() if isinstance(said, dict) else said:
            check(one)


def check_words(html: str) -> None:
    shown, entities = parse_html(html, lambda _: None)
    assert shown.strip()
    assert utf16_length(shown) <= LONGEST_MESSAGE
    assert len(entities) <= MOST_ENTITIES
    assert not INVISIBLE_OVERRIDES & set(shown)


def check_buttons(buttons: list[Button]) -> None:
    assert len(buttons) <= MOST_BUTTONS
    for button in buttons:
        fields = button.fields()
        assert fields["text"].strip()
        assert len(fields.get("callback_data", "").encode()) <= LONGEST_BUTTON_DATA


def test_the_corpus_is_large() -> None:
    assert len(strings()) >= 500


@pytest.mark.parametrize(
    "function", text_functions(), ids=lambda one: f"{one.__module__.rpartition('.')[2]}.{one.__name__}"
)
def test_every_message_can_be_sent(function: Callable[..., Any]) -> None:
    hints = typing.get_type_hints(function)
    for start, maker in makers(hints):
        for language in LANGUAGES:
            t = translator(language)
            try:
                check(function(**maker.arguments(hints, t)))
            except Exception as error:
                raise AssertionError(f"{language}, beginning with {strings()[start]!r:.200}") from error


@pytest.mark.parametrize("refusal", refusals(), ids=lambda one: one.__name__)
def test_every_refusal_can_be_told(refusal: type[Refusal]) -> None:
    for _, maker in makers({}):
        for language in LANGUAGES:
            check_words(explain(made(refusal, maker), translator(language)))


def made(refusal: type[Refusal], maker: Maker) -> Refusal:
    refused: Refusal = maker.make(refusal)
    return refused
