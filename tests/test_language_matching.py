"""Likeness of two texts, with and without meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.matching import company, crowd, overlaps, rarity, score, share

SETS = st.sets(st.sampled_from("甲乙丙丁戊己"), max_size=6)


def test_rare_terms_weigh_more_and_unknown_ones_most() -> None:
    assert rarity(0, 100) > rarity(1, 100) > rarity(50, 100) > rarity(100, 100) > 0


def test_ideas_weigh_more_than_letters_and_letters_more_than_pairs() -> None:
    assert share("i静音") > share("静") > share("静音")
    assert share("mut") == share("静")


@given(SETS, SETS)
def test_overlap_lies_between_nothing_and_all(one: set[str], other: set[str]) -> None:
    weights = dict.fromkeys("甲乙丙丁戊己", 1.0)
    found = overlaps([one, other], weights)[1, 0]

    assert 0 <= found <= 1
    assert (found > 0) == bool(one & other)
    assert not one or overlaps([one, other], weights)[0, 0] == 1


def test_what_the_query_says_counts_more_than_what_else_is_said() -> None:
    weights = dict.fromkeys("甲乙丙", 1.0)

    alike = overlaps(["甲", "甲乙丙"], weights)
    assert alike[1, 0] > alike[0, 1]


def test_without_vectors_the_terms_rank_alone() -> None:
    assert score(None, 0.4) == 0.4
    assert score(0.5, 0.5) == pytest.approx(0.8)


def test_a_hit_among_many_alike_is_less_certain() -> None:
    alone = crowd([0.8, 0.1, 0.1, 0.1, 0.1])

    assert alone < crowd([0.8, 0.7, 0.7, 0.7, 0.7])
    assert crowd([0.8]) == 0


@given(st.lists(st.floats(0, 1), max_size=30), st.booleans())
def test_a_wording_like_many_owes_more_and_never_more_than_half(likest: list[float], meant: bool) -> None:
    likest.sort(reverse=True)
    owed = company(likest, meant=meant)

    assert 0 <= owed <= company([1.0] * 10, meant=meant) <= 0.5
    assert owed <= company([1.0, *likest], meant=meant)
    assert company([], meant=meant) == 0
