"""The Chinese catalogues: whole, faithful to the English, each in the script and typography of its readers."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from opencc import OpenCC

from bot.texts import catalogues, doubts
from bot.texts.catalogues import LOCALES, translator
from bot.texts.html import visible
from handlers.commands import CommandTable
from handlers.digests import read_ritual
from handlers.router import COMMANDS
from handlers.triage import STATUS_BY_WORD, read_shipment

Ids = tuple[str, ...]  # one message, or its singular and plural

CHINESE = ("zh_Hans", "zh_Hant")
IN_EVERY_LANGUAGE = pytest.mark.parametrize("language", catalogues.LANGUAGES)
IN_CHINESE = pytest.mark.parametrize("folder", CHINESE)

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"<(/?)(\w+)>")
SLASH_COMMAND = re.compile(r"(?<![\w<])/([a-z]+)")
HAN = "\u4e00-\u9fff"

OTHER_SCRIPT = {"zh_Hans": "t2s", "zh_Hant": "s2t"}  # what OpenCC would turn into this script
OTHER_QUOTES = {"zh_Hans": "「」『』", "zh_Hant": "“”‘’"}
NAMES_OF_LANGUAGES = ("简体中文", "繁體中文")  # each in its own script, wherever it stands
EVERYDAY_FORMS = {"群"}  # where OpenCC prefers a form that nobody types
MAINLAND_WORDS = ("信息", "鏈接", "設置", "默認", "回復", "視頻", "軟件", "網絡", "屏幕")

HOSTILE = '<b>&"'
SAMPLES = {"number": "12", "command": "/suggest", "example": "/vote 12"}


@cache
def sentences() -> frozenset[Ids]:
    """All that the code says, as `make texts` finds it."""
    found = extract_from_dir(LOCALES.parent, [("**.py", "python")], keywords={"t": None, "count": (1, 2)})
    return frozenset(ids if isinstance(ids, tuple) else (ids,) for _, _, ids, _, _ in found)


@cache
def catalogue(folder: str) -> Catalog:
    with (Path(LOCALES) / folder / "LC_MESSAGES" / "millet.po").open("rb") as file:
        return read_po(file, locale=folder)


def translations(folder: str) -> Iterator[tuple[Ids, str]]:
    """Every sentence with what is said for it; Chinese has one plural form."""
    for message in catalogue(folder):
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            yield ids, "".join(message.string or ())


def spoken(language: str) -> list[str]:
    """All sentences of a language, placeholders and tags in them."""
    if language == "en":
        return [text for ids in sentences() for text in ids]
    return [text for _, text in translations(CHINESE[catalogues.LANGUAGES.index(language)])]


def is_balanced(text: str) -> bool:
    is_open: list[str] = []
    for closing, tag in TAG.findall(text):
        if not closing:
            is_open.append(tag)
        elif not is_open or is_open.pop() != tag:
            return False
    return not is_open


@IN_CHINESE
def test_every_sentence_is_translated_and_nothing_else_is(folder: str) -> None:
    assert {ids for ids, _ in translations(folder)} == sentences()
    assert not [text for _, text in translations(folder) if not text.strip()]
    assert not catalogue(folder).obsolete
    assert not [message.id for message in catalogue(folder) if message.id and message.fuzzy]


@IN_CHINESE
def test_a_translation_keeps_placeholders_tags_and_commands(folder: str) -> None:
    for ids, text in translations(folder):
        original = ids[-1]
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(original)), text
        assert text.count("%") == len(PLACEHOLDER.findall(text)), text
        assert Counter(TAG.findall(text)) == Counter(TAG.findall(original)), text
        assert set(SLASH_COMMAND.findall(text)) == set(SLASH_COMMAND.findall(original)), text


@IN_EVERY_LANGUAGE
def test_tags_are_balanced(language: str) -> None:
    assert not [text for text in spoken(language) if not is_balanced(text)]


@IN_CHINESE
def test_each_catalogue_is_written_in_its_own_script(folder: str) -> None:
    convert = OpenCC(OTHER_SCRIPT[folder]).convert
    for _, text in translations(folder):
        own = re.sub("|".join(NAMES_OF_LANGUAGES), "", text)
        foreign = {letter for letter in own if convert(letter) != letter} - EVERYDAY_FORMS
        assert not foreign, text
        assert not set(text) & set(OTHER_QUOTES[folder]), text


def test_traditional_chinese_speaks_the_words_of_its_readers() -> None:
    assert not [text for _, text in translations("zh_Hant") if any(word in text for word in MAINLAND_WORDS)]


@IN_CHINESE
def test_chinese_typography(folder: str) -> None:
    half_width = re.compile(f"[{HAN}”」][,.!?:;()]")
    touching = re.compile(f"[{HAN}][A-Za-z0-9#/…]|[A-Za-z0-9…][{HAN}]")
    blank_beside_wide = re.compile("[，。：；、？！（）] | [，。：；、？！（）]")
    for _, text in translations(folder):
        shown = PLACEHOLDER.sub("X", visible(text.replace("%(weekday)s", "周五")))
        for slip in (half_width, touching, blank_beside_wide):
            assert not slip.search(shown), text


@IN_EVERY_LANGUAGE
def test_every_example_is_a_command_the_bot_understands(language: str) -> None:
    table = CommandTable(COMMANDS, "millet_bot")
    examples = [found for text in spoken(language) for found in re.findall("<code>(.*?)</code>", _filled(text))]
    aliases = [found for text in spoken(language) for found in re.findall("或[“「](.+?)[”」]", text)]
    typed = [example for example in (*examples, *aliases) if not example.startswith("Asia/")]
    assert len(typed) > 20
    for example in typed:
        found = table.find(example, reply=False)
        assert found is not None, example
        command, _, words = found
        if command.name == "status":
            assert words.split()[1] in STATUS_BY_WORD, example
        elif command.name == "ritual":
            assert read_ritual(words)[1:4] == (4, 17, 0), example
        elif command.name == "ship":
            numbers, version, note = read_shipment(words)
            assert (numbers[0], version, bool(note)) == (12, "v2.3", True), example


@IN_EVERY_LANGUAGE
def test_every_status_that_is_offered_is_understood(language: str) -> None:
    said = translator(language)("I do not know the status “%(word)s”. Use one of: open, planned, started.", word="x")
    offered = re.split("[:：]", visible(said))[-1].strip(" .。")
    assert {STATUS_BY_WORD[word] for word in re.split("、|, ", offered)} == {"open", "planned", "started"}


def _filled(text: str) -> str:
    return PLACEHOLDER.sub(lambda found: SAMPLES.get(found[1], found[1]), text)


@pytest.mark.parametrize("language", ["fr", "", "zh", "../en"])
def test_an_unknown_language_speaks_english(language: str) -> None:
    assert translator(language).language == "en"
    assert translator(language)("Mine is different") == "Mine is different"


def test_no_sentence_hides_in_a_formatted_string() -> None:
    """Where the catalogue's reader does not look for it."""
    hidden = re.compile(r"""f["'].*\{[^}]*\bt(\.count)?\(['"]""")
    for path in catalogues.LOCALES.parent.rglob("*.py"):
        assert not hidden.search(path.read_text("utf-8")), path


@IN_EVERY_LANGUAGE
def test_a_language_speaks_for_itself(language: str) -> None:
    said = {
        "zh-hans": "好，以后我说简体中文。",
        "zh-hant": "好，之後我說繁體中文。",
        "en": "Done. I speak English now.",
    }
    assert translator(language)("Done. I speak English now.") == said[language]


@IN_EVERY_LANGUAGE
def test_a_hostile_name_is_shown_as_it_was_typed(language: str) -> None:
    said = doubts.arrived(translator(language), HOSTILE, HOSTILE)
    assert "<b>" not in said
    assert HOSTILE in visible(said)


@IN_EVERY_LANGUAGE
def test_no_value_becomes_markup(language: str) -> None:
    t = translator(language)
    for ids in sentences():
        values = {name: HOSTILE for name in PLACEHOLDER.findall(ids[-1]) if name != "n" or len(ids) == 1}
        said = t.count(ids[0], ids[1], 2, **values) if len(ids) > 1 else t(ids[0], **values)
        assert Counter(TAG.findall(said)) == Counter(TAG.findall(ids[-1])), ids
        assert visible(said).count(HOSTILE) >= len(values), ids


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "一半在 43 小时内有了决定"), ("zh-hant", "一半在 43 小時內有了決定"), ("en", "within 43 hours")],
)
def test_no_blank_stands_between_a_measure_and_what_follows(language: str, said: str) -> None:
    t = translator(language)
    words = t("half were decided about within %(time)s", time=t.count("%(n)s hour", "%(n)s hours", 43))
    assert said in words
    for title, told in (
        ("谷雨群", "<b>谷雨群</b>是<b>谷雨群</b>的频道。"),
        ("Grain", "<b>Grain</b> 是 <b>Grain</b> 的频道。"),
    ):
        belongs = t("<b>%(title)s</b> is a channel of <b>%(community)s</b>.", title=title, community=title)
        assert language != "zh-hans" or belongs == told
