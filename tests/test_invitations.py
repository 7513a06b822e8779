"""The ledger of invitations: races, quotas, and who brought whom, on both databases."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.community import invitations, tree
from bot.community.errors import NoCommunity
from bot.community.invitations import GOOD_FOR, Admitted, Missed, Own, Seated
from bot.community.quota import Quota
from schedules.invitations import knock
from storage import invitations as rows
from storage import members
from storage import tree as kin
from storage.database import Database
from storage.invitations import CLAIMED, EXPIRED, ISSUED, USED
from storage.members import Member
from tests.circle import LATER, NOW, SOON, found

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
    assert len({row.seal for row in ledger}) == len(ledger) == 3


async def test_one_person_with_three_codes_at_once_claims_one(database: Database) -> None:
    circle = await found(database, strangers=1)
    codes = [await circle.code() for _ in range(3)]
    person = circle.strangers[0]
    outcomes = await asyncio.gather(*(circle.redeem(person, code) for code in codes))
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
    ones, others = [(await circle.codes(person, "member"))[0] for person in (one, other)]
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
        for code in await circle.codes(standing="owner"):
            if isinstance(await circle.redeem(person, code), Admitted):
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
    assert await circle.quota(member, "member") == Quota(shipped=1, weeks=1, in_hand=1)
    await circle.ship(circle.seed)
    assert (await circle.quota(circle.seed)).total == 4


async def test_expired_codes_come_home_before_and_after_the_knock(database: Database) -> None:
    circle = await found(database)
    old = await circle.code()
    then = NOW + GOOD_FOR
    assert (await circle.quota(circle.seed, now=then)).left == 3
    await knock(circle.database, then)
    assert [(row.code, row.state) for row in await circle.ledger()] == [(None, EXPIRED)]
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
        await circle.mint(friend, "seed")
    assert Counter(row.holder_id for row in await circle.ledger()) == {circle.seed: 1}
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


# -- the ledger ------------------------------------------------------------------------------------------------------


async def test_every_change_of_a_code_is_written_down_with_who_and_when(database: Database) -> None:
    circle = await found(database, strangers=2)
    late, friend = circle.strangers
    code = await circle.code()
    await circle.redeem(late, code, SOON)
    await knock(circle.database, LATER)
    await circle.redeem(friend, code, LATER)
    await circle.enter(friend, LATER)
    async with circle.database.reading() as look:
        told = await rows.list_events(look, (await circle.ledger())[0].id or 0)
    assert [(event.what, event.actor_id, event.at) for event in told] == [
        ("issued", circle.seed, NOW),
        ("claimed", late, SOON),
        ("returned", None, LATER),
        ("claimed", friend, LATER),
        ("used", friend, LATER),
    ]


async def test_a_spent_code_can_be_recognised_but_not_read(database: Database) -> None:
    circle = await found(database)
    friend, code = circle.strangers[0], await circle.code()
    assert (await circle.ledger())[0].code == code
    await circle.redeem(friend, code)
    await circle.enter(friend)
    row = (await circle.ledger())[0]
    assert row.code is None
    assert code not in str(row.model_dump())
    assert isinstance(await circle.redeem(friend, code), Seated)
    assert isinstance(await circle.redeem(circle.seed, code), Own)
