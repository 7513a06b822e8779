"""Text as Telegram counts, cuts, marks and refuses it."""

import contextlib

import aiohttp
import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import Message as TelegramMessage
from aiogram.types import MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import Entity, detect, utf16_length
from bot.sandbox.errors import ApiError, Refused
from bot.sandbox.markup import parse_html, render
from bot.sandbox.people import Person
from tests.test_sandbox_stage import Stage, stage

__all__ = ["stage"]


def nobody(_number: int) -> Person | None:
    return None


def marks(entities: list[Entity]) -> list[tuple[str, int, int]]:
    return [(entity.type, entity.offset, entity.length) for entity in entities]


async def send(stage: Stage, text: str, **options: object) -> TelegramMessage:
    """The bot writes to Ahe."""
    if not stage.sandbox.world.private(stage["ahe"]).started:
        stage.sandbox.world.start(stage["ahe"])
    return await stage.bot.send_message(stage["ahe"].id, text, **options)  # type: ignore[arg-type]  # options vary by test


# -- HTML ------------------------------------------------------------------------------------------------------------


def test_tags_become_entities_counted_in_utf16() -> None:
    text, found = parse_html("😀<b>粗<i>斜</i></b> <code>x</code> <a href='https://t.me/x'>链接</a>", nobody)
    assert text == "😀粗斜 x 链接"
    assert marks(found) == [("bold", 2, 2), ("italic", 3, 1), ("code", 5, 1), ("text_link", 7, 2)]


def test_a_language_belongs_to_the_block_of_code() -> None:
    _, [found] = parse_html('<pre><code class="language-python">x = 1</code></pre>', nobody)
    assert (found.type, found.language, found.length) == ("pre", "python", 5)


def test_quotes_and_spoilers() -> None:
    source = '<blockquote expandable>长</blockquote><span class="tg-spoiler">密</span><tg-spoiler>语</tg-spoiler>'
    _, found = parse_html(source, nobody)
    assert [entity.type for entity in found] == ["expandable_blockquote", "spoiler", "spoiler"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("&lt;b&gt; &amp;&quot;", '<b> &"'),
        ("&#31859;&#x7c73;", "米米"),
        ("&nbsp; &unknown; & x", "&nbsp; &unknown; & x"),
    ],
)
def test_only_four_names_and_numbers_are_references(source: str, text: str) -> None:
    assert parse_html(source, nobody) == (text, [])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("小米 <br>", 'Unsupported start tag "br" at byte offset 7'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("I <3", "Unclosed start tag at byte offset 2"),
        ("I <3 you > me", 'Unsupported start tag "3" at byte offset 2'),
        ("<b>粗", 'Can\'t find end tag corresponding to start tag "b"'),
        ("粗</b>", "Unexpected end tag at byte offset 3"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler"'),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ],
)
def test_what_telegram_cannot_parse(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(source, nobody)
    assert refusal.value.description.startswith("Bad Request: can't parse entities: ")
    assert complaint in refusal.value.description


async def test_the_error_reaches_the_bot(stage: Stage) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities: Unsupported start tag"):
        await send(stage, "你好 <小米>", parse_mode="HTML")


async def test_mentions_by_id_work_only_for_those_the_bot_has_met(stage: Stage) -> None:
    source = f"<a href='tg://user?id={stage['ahe'].id}'>阿禾</a> <a href='tg://user?id={stage['sam'].id}'>Sam</a>"
    sent = await send(stage, source, parse_mode="HTML")
    assert sent.text == "阿禾 Sam"
    assert sent.entities
    assert [(entity.type, entity.user and entity.user.id) for entity in sent.entities] == [
        ("text_mention", stage["ahe"].id)
    ]


async def test_nothing_is_marked_inside_code(stage: Stage) -> None:
    sent = await send(stage, "<code>/help #x <b>b</b></code> /help", parse_mode="HTML")
    assert sent.entities
    assert [(entity.type, entity.offset) for entity in sent.entities] == [("code", 0), ("bot_command", 11)]


async def test_other_markups_are_refused_loudly(stage: Stage) -> None:
    with pytest.raises(TelegramBadRequest, match="unsupported parse_mode"):
        await send(stage, "*x*", parse_mode="MarkdownV2")


# -- lengths ---------------------------------------------------------------------------------------------------------


async def test_4096_units_are_counted_after_parsing(stage: Stage) -> None:
    assert len((await send(stage, f"<b>{'&amp;' * 4096}</b>", parse_mode="HTML")).text or "") == 4096
    assert (await send(stage, "😀" * 2048)).text
    for too_long in ("米" * 4097, "😀" * 2048 + "x"):
        with pytest.raises(TelegramBadRequest, match="message is too long"):
            await send(stage, too_long)


@pytest.mark.parametrize("empty", ["", "  \n ", "<b> </b>"])
async def test_nothing_to_say_is_an_error(stage: Stage, empty: str) -> None:
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await send(stage, empty, parse_mode="HTML")


async def test_white_space_at_the_ends_is_cut_and_entities_move(stage: Stage) -> None:
    sent = await send(stage, "\n  <b> 粗 </b>x ", parse_mode="HTML")
    assert sent.text == "粗 x"
    assert sent.entities
    assert (sent.entities[0].offset, sent.entities[0].length) == (0, 2)


async def test_the_hundred_and_first_entity_is_dropped(stage: Stage) -> None:
    sent = await send(stage, "<b>x</b> " * 120, parse_mode="HTML")
    assert len(sent.entities or []) == 100


async def test_explicit_entities(stage: Stage) -> None:
    bold = MessageEntity(type="bold", offset=2, length=1)
    sent = await send(stage, "😀米", entities=[bold], parse_mode=None)
    assert [(mark.type, mark.offset, mark.length) for mark in sent.entities or []] == [("bold", 2, 1)]


# -- what people type ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/suggest 深色模式", [("bot_command", 0, 8)]),
        ("/help@millet_demo_bot", [("bot_command", 0, 21)]),
        ("试试 /vote 12", [("bot_command", 3, 5)]),
        ("and/or a/b //x", []),
        ("#建议 深色", [("hashtag", 0, 3)]),
        ("#12 不是话题", []),
        ("找 @laotang。", [("mention", 2, 8)]),
        ("x@laotang", []),
        ("看https://t.me/x，好", [("url", 1, 14)]),
        ("see t.me/x.", [("url", 4, 6)]),
        ("😀 #小米", [("hashtag", 3, 3)]),
    ],
)
def test_words_that_telegram_marks_by_itself(text: str, found: list[tuple[str, int, int]]) -> None:
    assert marks(detect(text)) == found


async def test_people_cannot_say_nothing_or_too_much(stage: Stage) -> None:
    group = stage.group()
    for text in (" \n", "x" * 4097):
        with pytest.raises(Refused):
            stage.sandbox.world.say(stage["ahe"], group, text)


async def test_control_characters_do_not_reach_a_chat(stage: Stage) -> None:
    said = stage.sandbox.world.say(stage["ahe"], stage.group(), "a\x00b\r\nc\td")
    assert said.text == "a b\nc d"


async def test_half_an_emoji_is_not_text(stage: Stage) -> None:
    assert stage.sandbox.world.say(stage["ahe"], stage.group(), "米\ud83d").text == "米\ufffd"
    stage.sandbox.world.start(stage["ahe"])
    url = f"{stage.sandbox.url}/bot{stage.sandbox.token}/sendMessage"
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, json={"chat_id": stage["ahe"].id, "text": "\ud83d"}) as answer,
    ):
        assert answer.status == 400


# -- showing it safely -----------------------------------------------------------------------------------------------

HOSTILE = ['<b>&"', "\u202etxt.exe", "😀" * 64, "<script>alert(1)</script>", "'><img src=x onerror=alert(1)>"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_as_itself(name: str) -> None:
    shown = render(name, [Entity("bold", 0, utf16_length(name))])
    inner = shown.removeprefix("<b>").removesuffix("</b>")
    assert "<" not in inner
    assert parse_html(inner, nobody)[0] == name.replace("'", "&#x27;").replace("&#x27;", "'")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", 'https://a.b/"onclick="x']
)
def test_links_lead_nowhere_dangerous(address: str) -> None:
    shown = render("点我", [Entity("text_link", 0, 2, url=address)])
    assert "script:" not in shown
    assert '"onclick' not in shown
    assert "data:text" not in shown


def test_overlapping_marks_are_shown_nested() -> None:
    assert render("abcd", [Entity("bold", 0, 3), Entity("italic", 1, 3)]) == "<b>a<i>bc</i></b><i>d</i>"
    assert render("a\nb", []) == "a\nb"


TAGS = st.sampled_from(["bold", "italic", "code", "pre", "blockquote", "text_link", "spoiler", "hashtag", "url"])
ENTITIES = st.lists(st.builds(Entity, TAGS, st.integers(0, 30), st.integers(0, 30)), max_size=6)


SCRAPS = st.sampled_from(["<b>", "</b>", "<i>", "</i>", "<a href='", "'>", "</a>", "<", ">", "&lt;", "&#", "😀", "米"])


@given(st.lists(SCRAPS, max_size=12).map("".join))
def test_any_markup_is_parsed_within_its_text_or_refused(source: str) -> None:
    with contextlib.suppress(ApiError):
        text, found = parse_html(source, nobody)
        assert all(0 <= entity.offset < entity.end <= utf16_length(text) for entity in found)


@given(text=st.text(max_size=20), entities=ENTITIES)
def test_whatever_the_entities_the_page_gets_balanced_tags(text: str, entities: list[Entity]) -> None:
    shown = render(text, entities)
    opened: list[str] = []
    for piece in shown.split("<")[1:]:
        tag = piece.partition(">")[0].split(" ")[0]
        if tag.startswith("/"):
            assert opened.pop() == tag[1:]
        else:
            opened.append(tag)
    assert opened == []
