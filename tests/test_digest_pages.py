"""The weekly issue in words: it folds, and always fits into messages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.community.askers import Told
from bot.community.drafts import Changes
from bot.community.issues import Issue, Thanked
from bot.community.loop import Missing, Pace
from bot.community.notices import Collected
from bot.sandbox.entities import Entity
from bot.sandbox.markup import parse_html
from bot.texts import digest_lines
from bot.texts import digests as texts
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.html import units, visible
from bot.texts.pages import Section, paginate
from bot.texts.say import Say
from storage.communities import Chat, Community
from storage.digests import Newcomer, Voice
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
        unreached=[
            Collected(one(n % 1000).suggestion, dict.fromkeys(range(60), "👩‍👩‍👧‍👦" * 64), 3, []) for n in numbers
        ],
        wanted=[(told.suggestion, told.votes) for told in (one(1), one(2), one(3))],
        newcomers=[Newcomer(n, "א" * 64 + str(n), 1, "👩‍👩‍👧‍👦" * 64) for n in range(size)],
        thanks=[Thanked(n, "👩‍👩‍👧‍👦" * 64, 4, 5) for n in range(5)],
        missing=[Missing(40, 37, 3, 4000, 5000)],
        streak=42,
        pace=Pace(12.4, 0.62, [1, 2, 3]),
    )


def read(said: Sequence[Say]) -> list[tuple[str, list[Entity]]]:
    """Each message as its readers see it, with its entities."""
    return [parse_html(page.text, lambda _: None) for page in said]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [0, 1, 5, 6, 60, 400])
def test_whatever_happened_fits_into_messages(language: str, size: int) -> None:
    pages = read(texts.issue(translator(language), a_monstrous_issue(size)))
    assert len(pages) <= 4
    for plain, entities in pages:
        assert units(plain) <= 4096
        assert len(entities) <= 100
        assert {entity.type for entity in entities} <= {"bold", "expandable_blockquote", "code"}
        assert "\u202e" not in plain
        headings = [entity for entity in entities if entity.type == "bold"]
        assert all(earlier.offset < later.offset for earlier, later in pairwise(headings))


def test_sixty_shipped_fold_well() -> None:
    issue = a_monstrous_issue(60)
    pages = read(texts.issue(translator("en"), issue))
    whole = "\n\n".join(plain for plain, _ in pages)
    shipped = whole[whole.index("You asked, we shipped") : whole.index("On the way")]
    assert shipped.partition("\n… and ")[0].count("✅") == 5
    for section in whole.split("\n\n")[1:]:
        assert len(section.partition("\n… and ")[0].splitlines()) <= 6
    short = Issue("", 1, issue.since, issue.until, issue.shipped)
    [(plain, entities)] = read(texts.issue(translator("en"), short))
    assert [entity.type for entity in entities].count("expandable_blockquote") == 1
    assert plain.partition("… and 55 more")[0].count("✅") == 5
    assert plain.count("✅") > 6


def test_each_fold_has_its_share_of_the_room() -> None:
    """Sixty lines in the first section leave the others more than a number of what there is."""
    sections = [Section(Markup("<b>s</b>"), [escape("字" * 90)] * size, size) for size in (60, 12, 60)]
    [page] = paginate(translator("en"), [Markup("head")], sections)
    assert units(visible(page)) <= 4096
    assert [section.shown for section in sections] == [5, 5, 5]
    assert [section.unfolded for section in sections] == [11, 7, 11]


def an_issue(*shipped: Told, **more: Any) -> Issue:
    return Issue("", 1, date(2026, 11, 13), date(2026, 11, 20), shipped, **more)


def test_five_are_mentioned_at_most_and_only_who_agreed() -> None:
    people = [
        replace(one(n), mentions={1: "111", 2: "222"} if n % 2 else {}, voices=[Voice(2, f"v{n}", "mine")], asker="a")
        for n in range(1, 12)
    ]
    here = Chat(id=1, community_id=1, external_id="-1001234", kind="supergroup")
    [(_, entities)] = read(texts.issue(translator("en"), an_issue(*people), here))
    mentioned = [entity for entity in entities if entity.type in ("text_mention", "text_link")]
    assert len(mentioned) <= texts.MOST_MENTIONS
    said = texts.issue(translator("en"), an_issue(*people[:2]), here)[0].text
    assert said.count("tg://user?id=111") == 1
    assert said.count("tg://user?id=222") == 1
    assert "tg://" not in texts.issue(translator("en"), an_issue(*people))[0].text  # whoever reads the feed


def test_voices_stand_with_their_words() -> None:
    told = replace(
        one(1), asker="阿禾", others=7, voices=[Voice(2, "小满", "相机快一点"), Voice(3, "Sam", "quick camera")]
    )
    [(plain, _)] = read(texts.issue(translator("en"), an_issue(told)))
    assert "— 阿禾; “相机快一点” — 小满; “quick camera” — Sam and 5 others · 👍" in plain


def test_a_source_is_linked_only_where_its_readers_can_open_it() -> None:
    asked = Suggestion(community_id=1, number=12, author_id=1, text="x", origin="o", created_at=MONDAY)
    asked.source_chat_id, asked.source_message = 1, "77"
    private = Chat(id=1, community_id=1, external_id="-1001234", kind="supergroup")
    public = Chat(id=1, community_id=1, external_id="-1001234", kind="supergroup", username="grain")
    basic = Chat(id=1, community_id=1, external_id="-99", kind="group")
    other = Chat(id=2, community_id=1, external_id="-1005678", kind="supergroup")
    assert digest_lines.source_link(asked, private, {1: private}) == "https://t.me/c/1234/77"
    assert digest_lines.source_link(asked, other, {1: private}) is None
    assert digest_lines.source_link(asked, None, {1: private}) is None
    assert digest_lines.source_link(asked, other, {1: public}) == "https://t.me/grain/77"
    assert digest_lines.source_link(asked, basic, {1: basic}) is None
    asked.source_message = None
    assert digest_lines.source_link(asked, private, {1: private}) is None


KEYS = [f"shipped:{n}" for n in range(1, 9)]


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(-2, 2)), max_size=30), st.sets(st.sampled_from(KEYS)))
def test_moving_lines_loses_and_doubles_none(moves: list[tuple[str, int]], dropped: set[str]) -> None:
    changes = Changes()
    lines = [(key, key) for key in KEYS]
    for key, by in moves:
        keys = [one for one, _ in changes.arranged("shipped", lines)]
        changes = changes.moved("shipped", keys, key, by)
        now = [one for one, _ in changes.arranged("shipped", lines)]
        assert now.index(key) == min(max(keys.index(key) + by, 0), len(keys) - 1)
        assert [one for one in now if one != key] == [one for one in keys if one != key]
    left = replace(changes, dropped=list(dropped)).arranged("shipped", lines)
    assert {one for one, _ in left} == set(KEYS) - dropped


def test_the_note_of_a_release_is_told_once() -> None:
    release = Release(id=1, community_id=1, version="v2", note="all faster", released_by_id=1, released_at=MONDAY)
    shipped = [Told(one(n).suggestion, "阿禾", 0, 0, release) for n in (1, 2)]
    [(plain, _)] = read(texts.issue(translator("en"), an_issue(*shipped)))
    assert plain.count("· v2") == 2
    assert plain.count("all faster") == 1


def test_the_picture_says_nothing_of_nobody_and_its_words_tell_the_course() -> None:
    community = Community(name="OS", language="en", zone="UTC", created_at=MONDAY, digest_due_at=MONDAY)
    told = Told(one(1).suggestion, "阿禾", 0, 0, None)
    for language, figure in (("en", "<1 d"), ("zh-hans", "<1 天")):
        shown = texts.picture(translator(language), an_issue(told, pace=Pace(0.2, 0.0, [1, 2, 9])), community)
        assert shown is not None
        assert [tile["figure"] for tile in cast("list[dict[str, str]]", shown.ingredients["tiles"])] == ["1", figure]
        assert cast("list[dict[str, str]]", shown.ingredients["shipped"])[0]["who"] == "阿禾"
        assert "1 → 2 → 9" in visible(shown.text)
        assert "0%" not in visible(shown.text)
