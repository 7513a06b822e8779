"""Standard gettext catalogues, read once; English stands in the code, the two Chinese scripts in `locales/`."""

import gettext
import io
import re
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

from bot.texts.html import safe

_HAN = "[\u4e00-\u9fff]"
_MEASURED = re.compile(rf"\d.*{_HAN}", re.DOTALL)  # a figure with its measure, such as 43 小时
_BEGINS_HAN, _ENDS_HAN = re.compile(_HAN), re.compile(rf"{_HAN}\Z")
LANGUAGES = ("zh-hans", "zh-hant", "en")
LOCALES = Path(__file__).parent / "locales"
_FOLDERS = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}


class Translator:
    """Says things in one language. Values are made safe for a message as they are filled in."""

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, message: str, **values: object) -> Markup:
        """The message in this language, its named placeholders filled in."""
        return _fill(self._catalogue.gettext(message), values)

    def count(self, one: str, many: str, n: int, **values: object) -> Markup:
        """As a call, in the plural form for `n`, which fills the placeholder `n`."""
        return _fill(self._catalogue.ngettext(one, many, n), {"n": n, **values})


def _fill(message: str, values: dict[str, object]) -> Markup:
    if not values:
        return Markup(message)
    shown = {name: safe(value) for name, value in values.items()}
    for name, value in shown.items():
        message = _closed_up(message, name, str(value))
    return Markup(message % shown)


def _closed_up(message: str, name: str, value: str) -> str:
    """Without the blanks that stand around a Latin value, where it is no Latin one and something else sets it apart."""
    if _MEASURED.fullmatch(value):
        message = re.sub(rf"(%\({name}\)s) (?={_HAN})", r"\1", message)
    if "</b> " in message and _ENDS_HAN.search(value):
        message = re.sub(rf"(%\({name}\)s</b>) (?={_HAN})", r"\1", message)
    if " <b>" in message and _BEGINS_HAN.match(value):
        message = re.sub(rf"(?<={_HAN}) (?=<b>%\({name}\)s)", "", message)
    return message


@cache
def translator(language: str) -> Translator:
    """The translator of a language; an unknown one speaks English."""
    folder = _FOLDERS.get(language)
    if folder is None:
        return Translator("en", gettext.NullTranslations())
    with (LOCALES / folder / "LC_MESSAGES" / "millet.po").open("rb") as file:
        catalogue = read_po(file, locale=folder)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translator(language, gettext.GNUTranslations(compiled))


def closest_language(code: str | None) -> str | None:
    """Our language for what the network says of a person's (zh-TW, en-GB…); None when we speak none like it."""
    if not code:
        return None
    parts = code.lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        return "zh-hant" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh-hans"
    return "en" if parts[0] == "en" else None
