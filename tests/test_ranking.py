"""Which of the wordings that were found comes first."""

import numpy as np
import pytest

from bot.community.ranking import Census, Match, ranked
from storage.index import Candidate
from storage.wordings import EVERYWHERE, Indexed

BY = "made by hand"
ALONE, LIKE_ALL = 1, 2
ASKED = Indexed(["屏"], "", vector=bytes(np.array([127, 0, 0, 0], np.int8)), vector_by=BY)


def said(wording_id: int, suggestion_id: int, *towards: float, terms: str = "屏") -> Candidate:
    """A wording with a vector of length one."""
    row = np.array(towards) / np.linalg.norm(towards)
    vector = np.rint(row * 127).astype(np.int8).tobytes()
    return Candidate(wording_id, suggestion_id, "", frozenset(terms), vector, BY)


def rank(rows: list[Candidate]) -> list[Match]:
    return ranked(ASKED, rows, Census({EVERYWHERE: len(rows), "屏": len(rows)}))


def test_what_is_like_all_the_others_comes_after_what_is_like_the_text_alone() -> None:
    alone, like_all = said(1, ALONE, 0.7, 0.7, 0, 0), said(2, LIKE_ALL, 0.72, 0, 0.69, 0)
    others = [said(n, n, 0.5, 0, 0.86, 0.01 * n) for n in range(3, 15)]
    assert [match.suggestion_id for match in rank([alone, like_all])] == [LIKE_ALL, ALONE]
    assert rank([alone, like_all, *others])[0].suggestion_id == ALONE


@pytest.mark.parametrize("voices", [1, 9])
def test_many_voices_for_one_suggestion_do_not_speak_against_it(voices: int) -> None:
    alone, other = said(1, ALONE, 0.7, 0.7, 0, 0), said(2, LIKE_ALL, 0.5, 0, 0.86, 0)
    more = [said(3 + n, ALONE, 0.69, 0.71, 0, 0.01 * n) for n in range(voices)]
    assert rank([alone, other, *more]) == rank([alone, other])


def test_likeness_to_the_others_is_that_of_words_as_well() -> None:
    alone, like_all = said(1, ALONE, 0.7, 0.7, 0, 0, terms="屏甲"), said(2, LIKE_ALL, 0.7, 0, 0.7, 0, terms="屏乙")
    others = [said(n, n, 0, 0, 0, 1, terms="乙丙丁") for n in range(3, 15)]
    found = rank([alone, like_all, *others])
    assert [match.suggestion_id for match in found[:2]] == [ALONE, LIKE_ALL]
    assert found[0].cosine == found[1].cosine
    assert found[0].score > found[1].score


def test_terms_weigh_by_how_many_wordings_there_are() -> None:
    weights = Census({EVERYWHERE: 6_000, "夜": 1_500, "间": 5_900}).weights("夜间")
    assert weights["夜"] > 1 > weights["间"]
