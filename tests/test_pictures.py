"""Pictures: drawn from plain ingredients, in both scripts, off the event loop, and sent as photos."""

import asyncio
import io
import time
from typing import Any

import pytest
from PIL import Image

from bot.texts.pictures import paint
from bot.texts.pictures.canvas import INK, SMALL, Canvas, _font, drawable, wrap
from bot.texts.say import Picture, to_chat
from storage import outbox
from tests.test_triage import an_english_group
from tests.town import Town

MONSTER = "把<b>相机</b>\u202e\U0001f4f7鎖屏 camera " * 40


def a_digest(words: str, *, shipped: int = 4, language: str = "zh-hant") -> dict[str, Any]:
    return {
        "language": language,
        "title": words,
        "subtitle": words,
        "shipped": [{"words": words, "who": words} for _ in range(shipped)],
        "tiles": [{"figure": words, "label": words, "share": share} for share in (0.0, 0.5, 3.0)],
        "growth": {"label": words, "values": [1, 5, 3, 10_000]},
    }


def a_report(words: str) -> dict[str, Any]:
    lines = [{"words": words, "count": n, "share": n / 10} for n in (10, 5, 1, 0)]
    cells = [{"heading": words, "lines": lines} for _ in range(4)]
    return {"language": "en", "title": words, "subtitle": words, "cells": cells}


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def margin_is_clean(image: Image.Image) -> bool:
    """Whether nothing runs over the right edge."""
    return len(image.crop((image.width - 12, 0, image.width, image.height)).getcolors() or []) == 1


@pytest.mark.parametrize("words", ["谷雨", MONSTER, "W" * 500, "", "👩‍👩‍👧‍👦" * 64])
async def test_whatever_the_words_the_picture_keeps_its_margins(words: str) -> None:
    for name, ingredients in (("digest", a_digest(words)), ("grid", a_report(words))):
        image = opened(await paint(name, ingredients))
        assert image.width == 1080
        assert image.height < 1_600
        assert margin_is_clean(image)


async def test_a_quiet_week_has_a_small_picture() -> None:
    quiet = a_digest("谷雨", shipped=0)
    quiet["growth"]["values"] = [3]
    assert opened(await paint("digest", quiet)).height < 600


def test_each_script_is_drawn_in_its_own_shapes() -> None:
    """直 and 骨 are written differently by readers of the two scripts, and both by no empty box."""
    drawn = {}
    for language in ("zh-hans", "zh-hant"):
        canvas = Canvas(100, language)
        assert canvas.text(10, 10, "直骨") > 2 * SMALL
        drawn[language] = canvas.png()
    assert drawn["zh-hans"] != drawn["zh-hant"]
    assert drawable("测試 Ünï 👍\U0001f33e → x") == "测試 Ünï → x"
    assert drawable("\u202eabc\n\nשלום") == "abc"


def test_text_is_legible_on_its_paper() -> None:
    canvas = Canvas(100, "en")
    canvas.text(10, 10, "■" * 10)
    colours = {colour for _, colour in opened(canvas.png()).getcolors(10_000) or []}
    assert tuple(int(INK[i : i + 2], 16) for i in (1, 3, 5)) in colours


def test_lines_break_between_han_and_at_spaces_and_the_last_is_cut() -> None:
    font = _font(2, SMALL)
    lines = wrap("锁屏显示日程锁屏显示日程 and a calendar of the whole family", font, 300, 3)
    assert len(lines) == 3
    assert all(font.getlength(line) <= 300 for line in lines)
    assert lines[-1].endswith("…")
    marked = wrap("通话可以自动录，，开会（常常）漏掉重点" * 4, font, 8 * SMALL, 9)
    assert not [line for line in marked if line.startswith(("，", "）")) or line.endswith("（")]
    assert wrap("short", font, 300, 3) == ["short"]
    assert wrap("", font, 300, 3) == []


async def test_drawing_holds_up_nobody_and_is_quick() -> None:
    await paint("digest", a_digest("温"))  # the font is read once
    beats: list[float] = []

    async def beat() -> None:
        while True:
            beats.append(time.perf_counter())
            await asyncio.sleep(0.002)

    heart = asyncio.create_task(beat())
    started = time.process_time()
    await paint("digest", a_digest("谷雨 OS 锁屏显示日程"))
    assert time.process_time() - started < 0.3
    heart.cancel()
    assert len(beats) > 5  # the loop went on meanwhile


async def test_a_picture_reaches_the_chat_with_its_words(town: Town) -> None:
    group = await an_english_group(town)
    said = Picture("What <b>shipped</b>", painting="digest", ingredients=a_digest("谷雨"))
    async with town.database.writing() as session:
        await outbox.add_rows(session, [to_chat(1, said, town.clock.now())])
    await town.knock()
    message = town.last(group)
    assert message.caption == "What shipped"
    assert message.photo is not None
    assert (message.photo.width, message.silent) == (1080, True)
