"""Terms and ideas: what texts are indexed and compared by."""

import stat
import time
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import synonyms
from bot.language.normal import plain
from bot.language.stems import stem
from bot.language.synonyms import ideas
from bot.language.terms import is_idea, load, terms, words


@pytest.fixture(scope="module", autouse=True)
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    load(tmp_path_factory.mktemp("jieba"))


def test_the_dictionary_is_cached_where_only_we_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jieba, "dt", jieba.Tokenizer())
    folder = tmp_path / "cache"

    load(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == ["jieba.cache"]


def test_nothing_is_cut_before_the_dictionary_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jieba, "dt", jieba.Tokenizer())

    with pytest.raises(RuntimeError, match="load"):
        words("静音", frozenset({"还没有"}))


def test_letters_pairs_long_words_and_latin_stems() -> None:
    found = terms(plain("聊天记录 Backups"))

    assert {"聊", "天", "聊天", "天记", "记录", "聊天记录", "backup"} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深色主题", "dark theme"),
        ("夜間模式", "night mode"),
        ("來電靜音", "mute incoming calls"),
        ("批量删除照片", "bulk delete photos"),
        ("離線地圖", "offline maps"),
    ],
)
def test_languages_share_ideas(one: str, other: str) -> None:
    assert len(set(ideas(plain(one))) & set(ideas(plain(other)))) >= 1
    assert any(is_idea(term) for term in set(terms(plain(one))) & set(terms(plain(other))))


def test_the_longest_phrase_names_the_idea() -> None:
    assert "锁屏" in ideas(plain("lock screen clock"))
    assert "加密" not in ideas(plain("lock screen clock"))


def test_natural_terms_are_never_taken_for_ideas() -> None:
    assert not any(
        is_idea(term)
        for term in terms(plain("i手机 iphone手机 i 爱"))
        if term[1:] not in ideas(plain("i手机 iphone手机 i 爱"))
    )


def test_a_community_keeps_its_words_to_itself() -> None:
    own = frozenset({"小爱同学"})

    assert "小爱同学" in words("打开小爱同学", own)
    assert "小爱同学" in terms("打开小爱同学", own)
    assert "小爱同学" not in words("打开小爱同学")


@pytest.mark.parametrize(
    "family",
    [("mute", "muted", "muting", "mutes"), ("notification", "notifications"), ("stop", "stopped", "stopping"),
     ("battery", "batteries"), ("sync", "syncing", "synced"), ("share", "sharing", "shared")],
)  # fmt: skip
def test_a_stem_for_the_whole_family(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize("word", ["usb", "4k", "wifi6", "ios", "bus", "red", "thing", "été"])
def test_short_and_foreign_words_keep_their_shape(word: str) -> None:
    assert stem(word).startswith(word[:3])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_terms_are_letters_and_digits_only(text: str) -> None:
    found = terms(plain(text))

    assert all(term.isalnum() for term in found)
    assert bool(found) == any(letter.isalnum() for letter in plain(text))


@pytest.mark.parametrize(
    "text", ["龘" * 4096, "".join(chr(0x4E00 + i * 7919 % 20000) for i in range(4096)), "a " * 2048, "好不好" * 1365]
)
def test_the_longest_message_takes_milliseconds(text: str) -> None:
    terms(text)

    start = time.process_time()
    terms(text)

    assert time.process_time() - start < 0.05


def test_every_idea_has_a_chinese_name() -> None:
    lines = Path(synonyms.__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    names = [line.split()[0] for line in lines if line and not line.startswith("#")]

    assert not [name for name in names if name.isascii()]
    assert len(names) > 400
