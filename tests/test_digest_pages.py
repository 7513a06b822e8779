"""The weekly issue in words: it folds, and always fits into one message."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.community.digests import Issue, Told
from bot.sandbox.markup import parse_html
from bot.texts import digests as texts
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.html import units
from storage.releases import Release
from storage.suggestions import DECLINED, PLANNED, SHIPPED, STARTED, Suggestion
from tests.town import MONDAY


def one(number: int, status: str = SHIPPED, **fields: object) -> Told:
    suggestion = Suggestion(
        community_id=1,
        number=number,
        author_id=1,
        text="把<b>相机</b>&\u202eopen \U0001f4f7" * 200,
        status=status,
        reason="“为什么”\n" * 100,
        origin=f"o/{number}",
        created_at=MONDAY - timedelta(days=number),
        decided_at=MONDAY,
    )
    release = Release(
        id=number, community_id=1, version="v9." * 20, note="🌾" * 500, released_by_id=1, released_at=MONDAY
    )
    asker = "".join(chr(0x1F600 + n) for n in range(64))
    return Told(suggestion, asker, others=number * 7, votes=number * 7, release=release)


def a_monstrous_issue(size: int) -> Issue:
    numbers = range(2**31 - 1, 2**31 - 1 - size, -1)
    return Issue(
        name="橙" * 64,
        number=1042,
        since=date(2026, 11, 13),
        until=date(2026, 11, 20),
        shipped=[one(n % 1000) for n in numbers],
        on_the_way=[one(n % 1000, PLANNED if n % 2 else STARTED) for n in numbers],
        declined=[one(n % 1000, DECLINED) for n in numbers],
        wanted=[(told.suggestion, told.votes) for told in (one(1), one(2), one(3))],
        newcomers=[("א" * 64 + str(n), "👩‍👩‍👧‍👦" * 64) for n in range(size)],
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [0, 1, 5, 6, 60, 400])
def test_whatever_happened_fits_into_one_message(language: str, size: int) -> None:
    said = texts.issue(translator(language), a_monstrous_issue(size))
    plain, entities = parse_html(said.text, lambda _: None)
    assert units(plain) <= 4096
    assert len(entities) <= 100
    assert {entity.type for entity in entities} <= {"bold", "expandable_blockquote"}
    assert "\u202e" not in plain
    headings = [entity for entity in entities if entity.type == "bold"]
    assert all(earlier.offset < later.offset for earlier, later in pairwise(headings))


def test_sixty_shipped_fold_well() -> None:
    issue = a_monstrous_issue(60)
    plain, entities = parse_html(texts.issue(translator("en"), issue).text, lambda _: None)
    shipped = plain[plain.index("You asked, we shipped") : plain.index("On the way")]
    assert 1 <= shipped.partition("… and ")[0].count("✅") <= 5
    for section in plain.split("\n\n")[1:]:
        assert len(section.partition("\n… and ")[0].splitlines()) <= 6
    short = Issue("", 1, issue.since, issue.until, issue.shipped, (), (), (), ())
    plain, entities = parse_html(texts.issue(translator("en"), short).text, lambda _: None)
    assert [entity.type for entity in entities].count("expandable_blockquote") == 1
    assert plain.partition("… and 55 more")[0].count("✅") == 5
    assert plain.count("✅") > 6


def test_the_note_of_a_release_is_told_once() -> None:
    release = Release(id=1, community_id=1, version="v2", note="all faster", released_by_id=1, released_at=MONDAY)
    shipped = [Told(one(n).suggestion, "阿禾", 0, 0, release) for n in (1, 2)]
    issue = Issue("", 1, date(2026, 11, 13), date(2026, 11, 20), shipped, (), (), (), ())
    plain, _ = parse_html(texts.issue(translator("en"), issue).text, lambda _: None)
    assert plain.count("· v2") == 2
    assert plain.count("all faster") == 1
