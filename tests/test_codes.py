"""Codes: what is typed is read, and what is mistyped is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.community import codes
from bot.community.codes import ALPHABET, LENGTH

made = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1).map(
    lambda payload: payload + codes.check_symbol(payload)
)
minted = made.filter(lambda code: not set("23456789").isdisjoint(code))


def test_the_alphabet_has_32_symbols_and_no_look_alikes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert set("ILOU").isdisjoint(ALPHABET)


def test_a_minted_code_is_read_again() -> None:
    for _ in range(500):
        assert codes.read(code := codes.mint()) == [code]


@given(made, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_slip_of_one_symbol_is_caught(code: str, place: int, symbol: str) -> None:
    slipped = code[:place] + symbol + code[place + 1 :]
    assert codes.is_code(slipped) == (symbol == code[place])


@given(made, st.integers(0, LENGTH - 2))
def test_every_swap_of_neighbours_is_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert codes.is_code(swapped) == (swapped == code)


def test_every_pair_of_symbols_in_every_place_is_told_from_its_swap() -> None:
    for place in range(LENGTH - 1):
        for first in ALPHABET:
            for second in ALPHABET:
                base = ["0"] * LENGTH
                base[place], base[place + 1] = first, second
                if codes.is_code("".join(base)) and first != second:
                    base[place], base[place + 1] = second, first
                    assert not codes.is_code("".join(base))


@given(minted, st.sampled_from(["{}", "我的邀请码是{}谢谢", "code: {}.", "hi, is {} still good?", "「{}」", " {}\n"]))
def test_a_code_is_found_in_a_sentence(code: str, sentence: str) -> None:
    assert code in codes.read(sentence.format(codes.written(code)))
    assert code in codes.read(sentence.format(codes.written(code).lower()))
    assert code in codes.read(sentence.format(code))
    assert code in codes.read(sentence.format(codes.written(code).replace("-", " ")))


@given(minted)
def test_a_code_is_found_in_a_link(code: str) -> None:
    assert codes.read(f"https://t.me/millet_demo_bot?start={code}") == [code]
    assert codes.read(f"来，t.me/millet_demo_bot?start={code.lower()}") == [code]


@given(minted, st.sampled_from("-–—－_. "))
def test_dashes_of_all_kinds_and_full_width_letters_are_read(code: str, dash: str) -> None:
    wide = "".join(chr(ord(symbol) + 0xFEE0) for symbol in code)
    assert codes.read(codes.written(code).replace("-", dash)) == [code]
    assert codes.read(wide) == [code]
    assert codes.read(codes.written(wide)) == [code]


@given(minted)
def test_groups_of_any_size_are_read_when_the_code_stands_alone(code: str) -> None:
    assert codes.read(" ".join(code)) == [code]
    assert codes.read(f"{code[:6]}-{code[6:]}") == [code]


@given(minted)
def test_look_alikes_are_read_as_what_was_meant(code: str) -> None:
    assert codes.read(code.replace("0", "O").replace("1", "l")) == [code]
    assert codes.read(code.replace("0", "o").replace("1", "I")) == [code]


def test_one_message_is_no_list_of_guesses() -> None:
    assert len(codes.read("\n".join(codes.mint() for _ in range(50)))) == codes.MOST_READ


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好",
        "/start",
        "conversation",
        "What time does this open?",
        "能不能把相机快门声关掉",
        "🙂" * 4096,
        "0" * 4096,
    ],
)
def test_ordinary_talk_holds_no_code(text: str) -> None:
    assert codes.read(text) == []
    assert not codes.is_misspelt(text)


@given(minted, st.integers(0, LENGTH - 1))
def test_a_mistyped_code_is_noticed_when_it_stands_alone(code: str, place: int) -> None:
    wrong = "7" if code[place] != "7" else "8"
    mistyped = codes.written(code[:place] + wrong + code[place + 1 :])
    assert codes.read(mistyped) == []
    assert codes.is_misspelt(mistyped)
    assert not codes.is_misspelt(code)
