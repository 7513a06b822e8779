"""Opening codes: who may, what it costs, and claims that go home, on both databases."""

from datetime import timedelta

import pytest

from bot.community import invitations, restores
from bot.community.errors import CodesHeld
from bot.community.invitations import GOOD_FOR, HELD_FOR, MOST_CLAIMS, Admitted, Missed, Own, Paused, Seated
from bot.community.restores import Choice
from schedules.invitations import knock
from storage import doors, guesses, holds
from storage.database import Database
from storage.invitations import CLAIMED, ISSUED, USED
from tests.circle import LATER, NOW, SOON, found


async def test_a_claimed_code_is_used_when_the_person_is_in(database: Database) -> None:
    circle = await found(database)
    friend, code = circle.strangers[0], await circle.code()
    assert await circle.redeem(friend, code) == Admitted(circle.seed, [], NOW + HELD_FOR)
    assert await circle.find_member(friend) is None
    assert await circle.enter(friend) == circle.seed
    assert await circle.enter(friend) is None
    member = await circle.member(friend)
    assert (member.role, member.inviter_id) == ("seed", circle.seed)
    assert [(row.state, row.used_at) for row in await circle.ledger()] == [(USED, SOON)]


async def test_nobody_burns_a_code_by_opening_it(database: Database) -> None:
    circle = await found(database)
    code = await circle.code()
    friend, other = circle.strangers[:2]
    assert isinstance(await circle.redeem(circle.seed, code), Own)
    assert isinstance(await circle.redeem(other, code, inside=True), Seated)
    await circle.bring(friend, circle.seed)
    assert isinstance(await circle.redeem(friend, code), Seated)
    assert [row.code for row in await circle.ledger() if row.state == ISSUED] == [code]


async def test_who_holds_a_claim_comes_in_with_it_and_does_not_burn_a_second(database: Database) -> None:
    circle = await found(database)
    friend, first, second = circle.strangers[0], await circle.code(), await circle.code()
    assert isinstance(await circle.redeem(friend, first), Admitted)
    assert isinstance(await circle.redeem(friend, second), Admitted)
    assert [row.state for row in await circle.ledger()] == [CLAIMED, ISSUED]


async def test_used_expired_and_unknown_codes_are_all_the_same_to_strangers(database: Database) -> None:
    circle = await found(database, strangers=2)
    friend, stranger = circle.strangers
    used = await circle.code()
    await circle.redeem(friend, used)
    await circle.enter(friend)
    expired = await circle.code()
    assert await circle.redeem(stranger, used) == Missed()
    assert await circle.redeem(stranger, "000000000000") == Missed()
    assert await circle.redeem(stranger, expired, NOW + GOOD_FOR) == Missed()


async def test_without_a_gated_chat_a_code_makes_a_member_at_once(database: Database) -> None:
    circle = await found(database, gated=False)
    friend, code = circle.strangers[0], await circle.code()
    assert await circle.redeem(friend, code) == Admitted(circle.seed, [], None)
    member = await circle.member(friend)
    assert (member.role, member.inviter_id) == ("member", circle.seed)
    assert [row.state for row in await circle.ledger()] == [USED]
    assert isinstance(await circle.redeem(friend, await circle.code()), Seated)


async def test_guessing_is_paused_after_five_misses_and_goes_on_within_the_hour(database: Database) -> None:
    circle = await found(database)
    guesser, friend = circle.strangers[:2]
    code = await circle.code()
    for minute in range(5):
        assert await circle.redeem(guesser, "000000000000", NOW + timedelta(minutes=minute)) == Missed()
    pause = Paused(NOW + timedelta(hours=1))
    assert await circle.redeem(guesser, "000000000000", NOW + timedelta(minutes=5)) == pause
    assert await circle.redeem(guesser, code, NOW + timedelta(minutes=59)) == pause
    assert isinstance(await circle.redeem(friend, code, NOW + timedelta(minutes=5)), Admitted)
    assert await circle.redeem(guesser, code, NOW + timedelta(hours=1)) == Missed()
    await knock(circle.database, NOW + timedelta(hours=3))
    async with circle.database.reading() as look:
        assert await guesses.list_misses(look, guesser, NOW - timedelta(days=1)) == []


# -- claims that go home ---------------------------------------------------------------------------------------------


async def test_a_claim_goes_home_after_half_an_hour(database: Database) -> None:
    circle = await found(database)
    first, second = circle.strangers[:2]
    code = await circle.code()
    await circle.redeem(first, code)
    await knock(circle.database, NOW + HELD_FOR)
    assert isinstance(await circle.redeem(second, code, NOW + HELD_FOR), Missed)
    await knock(circle.database, LATER)
    assert isinstance(await circle.redeem(second, code, LATER), Admitted)


async def test_news_of_an_arrival_that_comes_late_still_spends_the_code(database: Database) -> None:
    circle = await found(database)
    friend = circle.strangers[0]
    await circle.redeem(friend, await circle.code())
    await knock(circle.database, LATER)
    assert await circle.enter(friend, LATER) == circle.seed
    assert [(row.state, row.redeemer_id) for row in await circle.ledger()] == [(USED, friend)]


async def test_a_code_that_went_home_and_on_to_somebody_else_is_theirs(database: Database) -> None:
    circle = await found(database)
    late, quick = circle.strangers[:2]
    code = await circle.code()
    await circle.redeem(late, code)
    await knock(circle.database, LATER)
    await circle.redeem(quick, code, LATER)
    assert await circle.enter(late, LATER) is None
    assert await circle.enter(quick, LATER) == circle.seed


async def test_a_second_code_is_not_spent_by_coming_back(database: Database) -> None:
    circle = await found(database)
    friend, first, second = circle.strangers[0], await circle.code(), await circle.code()
    await circle.redeem(friend, first)
    await knock(circle.database, LATER)
    await circle.redeem(friend, second, LATER)
    assert await circle.enter(friend, LATER) == circle.seed
    assert await circle.enter(friend, LATER) is None
    assert [row.state for row in await circle.ledger()] == [ISSUED, USED]


async def test_neither_asking_in_nor_sending_the_code_again_prolongs_the_claim(database: Database) -> None:
    circle = await found(database)
    keeper, friend = circle.strangers[:2]
    code = await circle.code()
    for minute in (0, 10, 29):
        now = NOW + timedelta(minutes=minute)
        assert await circle.redeem(keeper, code, now) == Admitted(circle.seed, [], NOW + HELD_FOR)
        async with circle.database.writing() as session:
            assert await invitations.ask_in(session, circle.door, keeper, now) == NOW + HELD_FOR
            await doors.delete_join_request(session, circle.door.id or 0, keeper)
    async with circle.database.writing() as session:
        assert await invitations.ask_in(session, circle.door, keeper, NOW + HELD_FOR) is None
    await knock(circle.database, LATER)
    assert isinstance(await circle.redeem(friend, code, LATER), Admitted)


async def test_who_comes_too_late_may_try_again_but_not_keep_the_code_for_ever(database: Database) -> None:
    circle = await found(database)
    keeper, friend = circle.strangers[:2]
    code, now = await circle.code(), NOW
    for _ in range(MOST_CLAIMS):
        assert await circle.redeem(keeper, code, now) == Admitted(circle.seed, [], now + HELD_FOR)
        now += HELD_FOR + timedelta(seconds=1)
    assert await circle.redeem(keeper, code, now) == Missed()
    assert isinstance(await circle.redeem(keeper, await circle.code(), now), Admitted)
    assert isinstance(await circle.redeem(friend, code, now), Admitted)


async def test_a_claim_in_a_copy_that_was_put_back_opens_nothing_before_somebody_says_so(database: Database) -> None:
    circle = await found(database)
    friend, code = circle.strangers[0], await circle.code()
    await circle.redeem(friend, code)
    async with circle.database.writing() as session:
        await holds.add_holds(session, NOW, SOON)
        assert not await invitations.ask_in(session, circle.door, friend, SOON)
    with pytest.raises(CodesHeld):
        await circle.redeem(friend, code, SOON)
    async with circle.database.writing() as session:
        await restores.decide(session, circle.community_id, Choice.KEEP_CODES, circle.seed, SOON)
        assert await invitations.ask_in(session, circle.door, friend, SOON)
    assert isinstance(await circle.redeem(friend, code, SOON), Admitted)


async def test_only_who_has_a_place_may_come_in(database: Database) -> None:
    circle = await found(database)
    friend, stranger = circle.strangers[:2]
    await circle.bring(friend, circle.seed)
    async with circle.database.writing() as session:
        answers = [await invitations.ask_in(session, circle.door, who, NOW) for who in (circle.seed, friend, stranger)]
    assert answers == [NOW + HELD_FOR, NOW + HELD_FOR, None]
    code = await circle.code()
    assert await circle.redeem(stranger, code) == Admitted(circle.seed, [circle.door.id or 0], NOW + HELD_FOR)
