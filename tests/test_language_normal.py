"""The normal form: one spelling for the same words, never shown, never slow, never an error."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.normal import LONGEST, clean, plain

FRAMES = [
    "希望",
    "能不能",
    "支持",
    "建议增加",
    "吗",
    "就好了",
    "please",
    "add",
    "a",
    "don't",
    "#建议",
    "log in",
    "wi-fi",
]
THINGS = ["dark mode", "夜间模式", "檔案", "程式", "文件", "截屏", "登陆", "帳", "嗰", "İ", "ﷺ", "ＷｉＦｉ"]
NOISE = ["，", " ", "@bot", "https://t.me/x", "\u200b", "\u0301", "👍", "\x00"]
WISH_PIECES = st.sampled_from([*FRAMES, *THINGS, *NOISE])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("希望能够尽快支持夜间模式，谢谢大佬！", "夜间模式"),
        ("請問什麼時候可以關閉訊息預覽？", "关闭消息预览"),
        ("Please add a dark mode 🙏🙏", "dark mode"),
        ("it would be nice if I could mute a group", "mute a group"),
        ("ＷｉＦｉ 密碼可唔可以分享畀朋友", "wifi 密码 分享给朋友"),
        ("#建议 @millet_bot 定时发送的功能 https://example.org/a?b=c", "定时发送"),
        ("要是可以一键清空就好了", "一键清空"),
        ("静\u200b音\u202e按钮", "静音按钮"),
        ("n\u0301\u0302\u0303\u0304\u0305o ads", "no ads"),
        ("I can't find don't disturb", "find dont disturb"),
    ],
)
def test_frames_and_disguises_go(said: str, meant: str) -> None:
    found = clean(said)

    assert unicodedata.normalize("NFD", found).replace("\u0301", "") == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("關閉螢幕截圖", "关闭屏幕截图"),
        ("檔案太大", "文件太大"),
        ("登入帳號", "登录账号"),
        ("行動網路", "移动网络"),
        ("程式當掉", "程序当掉"),
        ("USB-C　充電", "usb c 充电"),
        ("𝐃𝐚𝐫𝐤 ｍｏｄｅ", "dark mode"),
    ],
)
def test_two_spellings_meet(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize("said", ["希望", "please", "谢谢", "能不能", "https://example.org", "@someone", "吗吗吗"])
def test_a_text_with_words_never_becomes_empty(said: str) -> None:
    assert clean(said)
    assert plain(said)


@pytest.mark.parametrize("said", ["", "   ", "👍👍", "\u200b\u3164\u2800", "！！？", "___", "\u0301\u0301"])
def test_a_text_without_words_is_empty(said: str) -> None:
    assert clean(said) == plain(said) == ""


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WISH_PIECES, max_size=12).map("".join)))
def test_a_normal_form_is_its_own(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    for form in (plain, clean):
        assert len(form(text)) <= LONGEST
        assert form(text) == " ".join(form(text).split())
    assert bool(clean(text)) == bool(plain(text))


@pytest.mark.parametrize(
    "piece",
    [
        "龘",
        "👩‍👩‍👧‍👦",
        "能不",
        "吗",
        "支持",
        "希望",
        "a",
        "a ",
        "please ",
        "http://",
        "@a",
        "\u0301",
        "ﷺ",
        "希望,",
        "檔",
        "\u202e",
        "可以不",
        "t.me/",
    ],
)
def test_the_longest_message_takes_milliseconds(piece: str) -> None:
    text = (piece * 4096)[:4096]
    clean(text)

    start = time.process_time()
    clean(text)

    assert time.process_time() - start < 0.05
