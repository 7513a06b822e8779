"""The ledger of invitations: races, quotas, and who brought whom, on both databases."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.community import invitations, tree
from bot.community.errors import NoCommunity
from bot.community.invitations import GOOD_FOR, Admitted, Missed, Quota
from schedules.invitations import knock
from storage import members
from storage import tree as kin
from storage.database import Database
from storage.invitations import CLAIMED, EXPIRED, ISSUED, USED, Invitation
from storage.members import Member
from tests.circle import NOW, SOON, Circle, found

# -- races -----------------------------------------------------------------------------------------------------------


async def test_of_a_hundred_at_once_exactly_one_gets_the_code(database: Database) -> None:
    circle = await found(database, strangers=100)
    code = await circle.code()
    outcomes = await asyncio.gather(*(circle.redeem(person, code) for person in circle.strangers))
    assert Counter(type(outcome) for outcome in outcomes) == {Admitted: 1, Missed: 99}
    winner = circle.strangers[[type(outcome) for outcome in outcomes].index(Admitted)]
    assert [(row.state, row.redeemer_id) for row in await circle.ledger()] == [(CLAIMED, winner)]


async def test_a_hundred_mints_at_once_with_a_quota_of_three_give_three(database: Database) -> None:
    circle = await found(database)
    await asyncio.gather(*(circle.mint() for _ in range(100)))
    ledger = await circle.ledger()
    assert len({row.code for row in ledger}) == len(ledger) == 3


async def test_one_person_with_three_codes_at_once_claims_one(database: Database) -> None:
    circle = await found(database, strangers=1)
    for _ in range(3):
        await circle.mint()
    person = circle.strangers[0]
    outcomes = await asyncio.gather(*(circle.redeem(person, row.code) for row in await circle.ledger()))
    assert [type(outcome) for outcome in outcomes] == [Admitted] * 3
    assert Counter(row.state for row in await circle.ledger()) == {CLAIMED: 1, ISSUED: 2}


async def test_two_who_invite_each_other_do_not_become_each_others_ancestors(database: Database) -> None:
    circle = await found(database, strangers=2)
    one, other = circle.strangers
    async with circle.database.writing() as session:
        for person in (one, other):
            row = Member(community_id=circle.community_id, person_id=person, joined_at=NOW, seen_at=NOW)
            await members.add_member(session, row)
    await circle.ship(one)
    await circle.ship(other)
    ones, others = [(await circle.mint(person, "member"))[0].code for person in (one, other)]
    assert isinstance(await circle.redeem(other, ones), Admitted)
    assert isinstance(await circle.redeem(one, others), Admitted)
    async with circle.database.writing() as session:
        assert await invitations.enter(session, circle.door, one, SOON) == other
        meanwhile = asyncio.create_task(circle.enter(other))
        await asyncio.wait({meanwhile}, timeout=0.3)
        assert not meanwhile.done()
    assert await meanwhile == one
    inviters = [(await circle.member(person)).inviter_id for person in (one, other)]
    assert inviters == [other, None]


# -- quota -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("standing", "codes"), [("member", 0), ("seed", 3), ("moderator", 5), ("owner", 5)])
async def test_each_standing_starts_with_its_number(database: Database, standing: str, codes: int) -> None:
    circle = await found(database)
    for _ in range(12):
        await circle.mint(standing=standing)
    assert len(await circle.ledger()) == codes


async def test_an_owner_gets_more_once_some_are_used_and_using_never_refills(database: Database) -> None:
    circle = await found(database, strangers=12)
    for person in circle.strangers:
        for row in await circle.mint(standing="owner"):
            if isinstance(await circle.redeem(person, row.code), Admitted):
                await circle.enter(person)
                break
    assert Counter(row.state for row in await circle.ledger()) == {USED: 10}
    assert (await circle.quota(circle.seed, "owner")).left == 0


async def test_a_shipped_suggestion_of_ones_own_earns_a_code(database: Database) -> None:
    circle = await found(database)
    member = circle.strangers[0]
    async with circle.database.writing() as session:
        await members.add_member(
            session, Member(community_id=circle.community_id, person_id=member, joined_at=NOW, seen_at=NOW)
        )
    assert await circle.mint(member, "member") == []
    await circle.ship(member)
    assert len(await circle.mint(member, "member")) == 1
    assert await circle.quota(member, "member") == Quota(start=0, shipped=1, in_hand=1, spent=0)
    await circle.ship(circle.seed)
    assert (await circle.quota(circle.seed)).total == 4


async def test_expired_codes_come_home_before_and_after_the_knock(database: Database) -> None:
    circle = await found(database)
    old = await circle.code()
    then = NOW + GOOD_FOR
    assert (await circle.quota(circle.seed, now=then)).left == 3
    await knock(circle.database, then)
    assert [(row.code, row.state) for row in await circle.ledger()] == [(old, EXPIRED)]
    assert isinstance(await circle.redeem(circle.strangers[0], old, then), Missed)
    assert len(await circle.mint(now=then)) == 1


async def test_who_is_no_member_gets_none(database: Database) -> None:
    circle = await found(database)
    with pytest.raises(NoCommunity):
        await circle.mint(circle.strangers[0])


async def test_fifty_times_leaving_and_coming_back_gives_nothing(database: Database) -> None:
    circle = await found(database)
    friend = circle.strangers[0]
    await circle.bring(friend, circle.seed)
    for _ in range(50):
        assert await circle.enter(friend) is None
        await circle.mint(friend)
    assert Counter(row.holder_id for row in await circle.ledger()) == {circle.seed: 1, friend: 3}
    member = await circle.member(friend)
    assert (member.role, member.inviter_id) == ("seed", circle.seed)


# -- the tree --------------------------------------------------------------------------------------------------------


async def test_the_tree_shows_each_above_those_they_brought(database: Database) -> None:
    circle = await found(database, strangers=4)
    one, two, three, _ = circle.strangers
    await circle.bring(one, circle.seed)
    await circle.bring(two, circle.seed)
    await circle.bring(three, one)
    async with circle.database.reading() as look:
        whole = tree.grow(await kin.list_kin(look, circle.community_id))
        branch = tree.grow(await kin.list_branch(look, circle.community_id, one), one)
    assert [(twig.person_id, twig.depth, twig.brought) for twig in whole] == [
        (circle.seed, 0, 2),
        (one, 1, 1),
        (three, 2, 0),
        (two, 1, 0),
    ]
    assert [(twig.person_id, twig.depth) for twig in branch] == [(one, 0), (three, 1)]


async def test_nobody_is_brought_by_those_they_brought(database: Database) -> None:
    circle = await found(database, strangers=2)
    one, two = circle.strangers
    await circle.bring(one, circle.seed)
    await circle.bring(two, one)
    async with circle.database.writing() as session:
        await session.exec(update(Member).where(col(Member.person_id) == circle.seed).values(role="member"))
    await circle.bring(circle.seed, two)
    member = await circle.member(circle.seed)
    assert (member.role, member.inviter_id) == ("seed", None)


@pytest.mark.timeout(240)
async def test_whatever_happens_the_ledger_adds_up(database: Database) -> None:
    """Random members do random things in a random order; what must hold, holds after each of them."""
    circle = await found(database, strangers=12)
    everyone = [circle.seed, *circle.strangers]
    dice = random.Random(20261116)  # noqa: S311  # a test's dice
    now = NOW
    for _ in range(400):
        now += timedelta(minutes=dice.choice((0, 1, 7, 40)))
        person = dice.choice(everyone)
        match dice.randrange(5):
            case 0 if await circle.find_member(person):
                await circle.mint(person, now=now)
            case 1 | 2:
                code = dice.choice([row.code for row in await circle.ledger()] or ["000000000000"])
                await circle.redeem(person, code, now)
            case 3:
                await circle.enter(person, now)
            case _:
                await knock(circle.database, now)
        await _check(circle)
    assert len([row for row in await circle.ledger() if row.state == USED]) > 5


async def _check(circle: Circle) -> None:
    async with circle.database.reading() as look:
        ledger = list(await look.exec(select(Invitation)))
        inviters = {place.person_id: place.inviter_id for place in await kin.list_kin(look, circle.community_id)}
    for holder, out in Counter(row.holder_id for row in ledger if row.state != EXPIRED).items():
        assert holder in inviters
        assert out <= 3
    used = {row.redeemer_id: row.holder_id for row in ledger if row.state == USED}
    assert len(used) == len([row for row in ledger if row.state == USED])
    assert {person: inviter for person, inviter in inviters.items() if inviter} == used
    for person in inviters:
        seen = set()
        above: int | None = person
        while above:
            assert above not in seen
            seen.add(above)
            above = inviters[above]
