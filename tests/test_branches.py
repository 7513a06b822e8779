"""Branches: how they fare, what of a large tree is drawn, and who sees what of it."""

import random
import time
from collections import Counter
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from bot.community import branches
from bot.community.branches import STAYS, Forest, Health, Row, fold, has_stayed
from bot.texts import branches as texts
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.pictures import paint
from bot.texts.pictures.tree import MOST_ROWS
from storage.communities import Community
from storage.database import Database
from storage.members import Member
from storage.tree import Kin, Stay
from storage.votes import Vote
from tests.circle import NOW, SOON, found
from tests.test_pictures import margin_is_clean, opened

THEN = SOON + STAYS
NAMES = ["小满", "阿禾", "雨桐", "老唐", "Sam", "欧阳修的邻居的表妹的同学", "Bartholomew-Maximilian-Alexander", "🌾"]


def a_circle(size: int, seed: int = 7) -> tuple[list[Stay], set[int]]:
    """So many people, each brought by one of those before, a fifth gone, a third taking part."""
    dice = random.Random(seed)  # noqa: S311  # nothing secret
    stays = []
    for who in range(1, size + 1):
        inviter = None if who <= 3 else max(1, int(who * dice.random() ** 2))
        since = NOW + timedelta(days=60 * who / size)
        left_at = since + timedelta(days=dice.choice((3, 40))) if dice.random() < 0.2 else None
        stays.append(Stay(Kin(who, inviter, dice.choice(NAMES)), since, left_at, seated=True))
    return stays, set(dice.sample(range(1, size + 1), size // 3))


def shown(rows: list[Row]) -> int:
    """How many people the picture accounts for: by name, in a folded line, or in the line of who brought them."""
    drawn_out = [below.depth > row.depth for row, below in pairwise([*rows, Row(0, None, Health())])]
    return sum(
        row.health.size if row.branch is None else 1 if out else 1 + row.health.size
        for row, out in zip(rows, drawn_out, strict=True)
    )


def test_thirty_days_are_told_of_old_and_new_alike() -> None:
    assert has_stayed(NOW, None, NOW + STAYS) is True
    assert has_stayed(NOW, None, NOW + STAYS - timedelta(1)) is None
    assert has_stayed(NOW, NOW + timedelta(1), NOW + timedelta(2)) is None, "gone early, but so might others be yet"
    assert has_stayed(NOW, NOW + timedelta(1), NOW + STAYS) is False
    assert has_stayed(NOW, NOW + STAYS, NOW + 2 * STAYS) is True


@given(size=st.integers(1, 120), seed=st.integers(0, 999), reader=st.integers(1, 120), most=st.integers(6, MOST_ROWS))
def test_a_folded_tree_loses_nobody_and_finds_its_reader(size: int, seed: int, reader: int, most: int) -> None:
    stays, givers = a_circle(size, seed)
    forest = Forest(stays, givers, NOW + timedelta(days=61))
    rows = fold(forest, most, reader)
    assert len(rows) <= most
    in_trees = sum(1 + one.below.size for one in forest.trees)
    alone = reader <= size and not forest.brought[reader] and forest.by_id[reader].inviter_id is None
    assert shown(rows) == in_trees + alone
    if reader <= size and len(forest.path_to(reader)) <= (most - 1) // 2:
        assert [row.branch.person_id for row in rows if row.branch and row.mark == "me"] == [reader]
    mine = fold(forest, most, reader, whole=False)
    assert len(mine) <= most
    named = {row.branch.person_id for row in mine if row.branch}
    assert all(reader in ids_above(forest, one) or one in ids_above(forest, reader) for one in named)


def ids_above(forest: Forest, person: int) -> list[int]:
    return [one.person_id for one in forest.path_to(person)]


def test_branches_nobody_is_left_in_stay_folded() -> None:
    here = [Stay(Kin(who, 1 if who > 1 else None, str(who)), NOW, None, seated=True) for who in range(1, 4)]
    gone = [Stay(Kin(who, 3 if who == 4 else 4, str(who)), NOW, SOON, seated=True) for who in range(4, 8)]
    rows = fold(Forest([*here, *gone], {1}, THEN), MOST_ROWS)
    assert [row.branch.name for row in rows if row.branch] == ["1", "2", "3"]
    assert [row.health.size for row in rows] == [6, 0, 4]
    assert all(row.branch for row in rows), "what nobody is left in stands in the line of who brought it"


async def test_five_thousand_are_drawn_in_time_and_within_the_margins() -> None:
    stays, givers = a_circle(5_000)
    community = Community(id=1, name="谷雨 OS", language="en", zone="UTC", digest_due_at=NOW, created_at=NOW)
    surveyed, drawn = [], []
    for language in LANGUAGES:
        started = time.process_time()
        forest = Forest(stays, givers, NOW + timedelta(days=61))
        rows = fold(forest, MOST_ROWS, 4_321)
        said = texts.whole(translator(language), community, rows, forest.invited, forest.notable())
        surveyed.append(time.process_time() - started)
        image = opened(await paint("tree", said.ingredients))
        started = time.process_time()
        await paint("tree", {**said.ingredients, "subtitle": "2"})
        drawn.append(time.process_time() - started)
        assert (image.width, image.height < 2_000, margin_is_clean(image)) == (1080, True, True)
        assert len(said.text.split("\n")) <= 2 + 5
        assert len(said.text) < 1_024
    assert min(surveyed) + min(drawn) < 0.3, (surveyed, drawn)


async def test_a_branch_fares_as_its_people_do(database: Database) -> None:
    circle = await found(database, strangers=8)
    *good, bad, one, two, three = circle.strangers
    await circle.ship(circle.seed, count=12)
    await circle.ship(bad, count=1)
    for person in (*good, bad):
        await circle.bring(person, circle.seed)
    for person in (one, two, three):
        await circle.bring(person, bad)
    async with database.writing() as session:
        gone = col(Member.person_id).in_((one, two))
        await session.exec(update(Member).where(gone).values(present=False, left_at=SOON + timedelta(days=2)))
        session.add(Vote(suggestion_id=1, person_id=good[0], created_at=NOW))
    async with database.reading() as look:
        early = await branches.survey(look, circle.community_id, SOON + timedelta(days=3))
        late = await branches.survey(look, circle.community_id, THEN + timedelta(days=1))
    assert early.notable() == []
    assert [branch.person_id for branch in late.notable()] == [circle.seed]
    below = late.by_id[bad].below
    assert (below.size, below.here, below.told, below.kept) == (3, 1, 3, 1)
    assert Counter(branch.way for branch in late.by_id.values()) == {"active": 3, "stayed": 4, "left": 2}
    assert late.invited.size == 8


def test_best_and_worst_are_named_none_within_another() -> None:
    stays, givers = a_circle(900)
    forest = Forest(stays, givers, NOW + timedelta(days=200))
    named = forest.notable()
    assert 2 <= len(named) <= 5
    for one in named:
        above = ids_above(forest, one.person_id)[:-1]
        assert not {other.person_id for other in named} & set(above)
    shares = [one.below.kept / one.below.told for one in named]
    assert shares == sorted(shares, reverse=True)
