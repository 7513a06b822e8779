"""Odd but legal input in every field: each gets a clear answer, shows literally, and breaks nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.texts.html import clean, excerpt, name, shorten, units
from storage.inbox import PARKED, InboxRow
from tests.town import Town

HOSTILE = (
    '<b>&"',
    "<script>alert(1)</script>",
    "\u202eevil\u202c",
    "a" * 4000,
    "👨‍👩‍👧‍👦" * 300,
    "😀" * 2040,
    "Z̸̢͖̀̕a̶l̷g̵o̸" * 40,
    "\u2800\u2800 x",
    "%(name)s %s %d {} {0}",
    "'; DROP TABLE suggestion; --",
    'body:x OR "unclosed NEAR( * ^',
    "מילה ימין ושמאל",
    "\x00\x07 bell",
    "&lt;already&gt; &amp; escaped",
    "𠮷野家 㐀㐁 鿕",
    "-" * 300 + "x",
)


async def test_a_hostile_suggestion_is_kept_and_shown_literally(any_town: Town) -> None:
    for text in HOSTILE:
        group = any_town.group()
        await any_town.say("xiaoman", group, f"/suggest {text}")
        shown = any_town.last(group).content
        assert "#1" in shown, text
        assert clean(text)[:20].strip() in shown
        await any_town.say("ahe", group, f"/search {text}")
        await any_town.say("ahe", group, "/top")
        assert "#1" in any_town.last(group).content, text
    async with any_town.database.reading() as look:
        assert not (await look.exec(select(InboxRow.update_id).where(InboxRow.state == PARKED))).all()
    assert all(call.ok for call in any_town.sandbox.calls if call.method != "getUpdates")


async def test_a_hostile_name_stays_a_name(town: Town) -> None:
    for who in ('<b>&"', "\u202eevil", "😀" * 64, "%(name)s", "مرحبا", "\u2800", "<"):
        group = town.group()
        town.world.people.rename(town.person("xiaoman"), name=who)
        await town.say("xiaoman", group, "/suggest 夜间模式")
        shown = town.last(group)
        assert shown.content.startswith("💡 #1 夜间模式"), who
        assert "\u202e" not in shown.content
        assert units(shown.content) < 400


@pytest.mark.parametrize(
    "text", ["/suggest", "/suggest   ", "/suggest \u200b\u200b", "建议：", "/suggest …", "/search", "/search ?!"]
)
async def test_an_empty_one_is_told_what_to_do(town: Town, text: str) -> None:
    group = town.group()
    await town.settle()
    said = len(town.texts(group))
    await town.say("xiaoman", group, text)
    if not text.startswith("/"):
        return
    assert len(town.texts(group)) == said + 1
    assert "…" in town.last(group).content


async def test_more_than_telegram_allows_is_refused_with_the_limit(town: Town) -> None:
    group = town.group()
    await town.say("ahe", group, "/top")
    raw = {
        "message_id": 999,
        "date": 1_700_000_000,
        "chat": {"id": group.id, "type": "supergroup", "title": group.title},
        "from": {"id": town.person("xiaoman").id, "is_bot": False, "first_name": "小满", "language_code": "zh-hans"},
        "text": "/suggest " + "😀" * 4097,
    }
    town.sandbox.inject({"message": raw})
    await town.settle()
    assert "4096" in town.last(group).content


text = st.text(max_size=300)


@given(text)
def test_clean_is_idempotent_and_leaves_nothing_that_reorders(value: str) -> None:
    assert clean(clean(value)) == clean(value)
    assert not set(clean(value)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00")


@given(text, st.integers(2, 200))
def test_shortened_text_fits(value: str, limit: int) -> None:
    assert units(shorten(value, limit)) <= limit
    assert units(excerpt(value, limit)) <= limit
    assert name(value)
