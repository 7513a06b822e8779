"""Overhearing: wishes and questions told from ordinary talk, on labelled lines in three scripts, in no time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.wishes import asks, judge, read
from bot.language.questions import is_question
from bot.language.wishes import is_wish


@pytest.mark.parametrize("half", ["dev", "held"])
def test_wishes_are_found_and_little_else(half: str) -> None:
    lines = [line for line in read("wishes.tsv") if line.half == half]
    assert sum(not line.wanted for line in lines) * 2 >= len(lines) >= 400
    found = judge(is_wish, lines)
    assert found.precision >= 0.95
    assert found.recall >= 0.6


@pytest.mark.parametrize("half", ["dev", "held"])
def test_questions_are_found_and_little_else(half: str) -> None:
    lines = [line for line in read("questions.tsv") if line.half == half]
    assert len(lines) >= 100
    found = judge(asks, lines)
    assert found.precision >= 0.9
    assert found.recall >= 0.6


@pytest.mark.parametrize(
    "said",
    [
        "能不能加个夜间模式",
        "能不能支援深色模式",
        "要是鎖屏可以顯示行程就好了",
        "希望支持双卡",
        "It would be great if you could add a dark mode",
        "please add support for two sim cards",
    ],
)
def test_a_wish(said: str) -> None:
    assert is_wish(said)


@pytest.mark.parametrize(
    "said",
    [
        "希望大家周末愉快",
        "能不能别吵了",
        "I wish you all a happy new year",
        "他说希望能加个夜间模式",
        "终于支持分屏了，希望早点用上",
        "https://example.com/希望加个夜间模式",
        "",
        "？？？",
    ],
)
def test_no_wish(said: str) -> None:
    assert not is_wish(said)


@pytest.mark.parametrize("said", ["怎么关掉通知", "請問有支援 NFC 嗎？", "how do I turn on dark mode?"])
def test_a_question(said: str) -> None:
    assert is_question(said)


@pytest.mark.parametrize("said", ["?", "真的吗？", "在吗？", "how are you?", "谁不喜欢呢？", "我知道怎么设置了"])
def test_no_question(said: str) -> None:
    assert not is_question(said)


@given(
    st.text(
        alphabet=st.sampled_from("希望能不加个模式就好了要是怎么吗please add wish how ?？,。\x00\u202e😀"), max_size=400
    )
)
def test_anything_may_be_said(said: str) -> None:
    assert is_wish(said) in (True, False)
    assert is_question(said) in (True, False)


@pytest.mark.parametrize(
    "pattern", ["能", "希望可以", "要是能", "would be nice ", "怎么", "请加", "加个", "[", "求个好用"]
)
def test_time_grows_with_the_length_and_no_faster(pattern: str) -> None:
    def spent(length: int) -> float:
        text = (pattern * length)[:length]
        return min(_timed(text) for _ in range(5))

    assert spent(4000) < 30 * spent(400) + 0.002


def _timed(text: str) -> float:
    start = time.process_time()
    is_wish(text)
    is_question(text)
    return time.process_time() - start
