"""Guessing: no hit, the same answer to all who guess, and whoever has a good code gets in all the same."""

from datetime import timedelta
from functools import cache

from bot.community import codes, guesses
from bot.community.invitations import Admitted, Missed, Paused
from storage import invitations as rows
from storage.database import Database
from tests.circle import NOW, found

AT_A_TIME = 500


@cache
def guessed() -> list[str]:
    return [codes.mint() for _ in range(100_000)]


async def test_a_hundred_thousand_guesses_hit_nothing(database: Database) -> None:
    circle = await found(database)
    real = await circle.code()
    tried = guessed()
    async with database.reading() as look:
        for begin in range(0, len(tried), AT_A_TIME):
            assert await rows.get_first(look, tried[begin : begin + AT_A_TIME]) is None
        assert await rows.get_first(look, [*tried[:AT_A_TIME], real]) is not None


async def test_in_a_flood_each_has_fewer_tries_and_a_good_code_still_opens(database: Database) -> None:
    circle = await found(database, strangers=guesses.FLOOD // guesses.MOST_IN_A_FLOOD + 2)
    *guessers, friend = circle.strangers
    wrong = codes.mint()
    async with database.writing() as session:
        for person in guessers:
            for _ in range(guesses.MOST_IN_A_FLOOD):
                await guesses.missed(session, person, NOW)
        assert await guesses.is_flood(session, NOW)
    assert isinstance(await circle.redeem(guessers[0], wrong), Paused)
    assert isinstance(await circle.redeem(guessers[0], await circle.code()), Paused), "also for a good one"
    assert await circle.redeem(friend, wrong) == Missed()
    assert isinstance(await circle.redeem(friend, await circle.code()), Admitted), "one slip keeps nobody out"
    async with database.reading() as look:
        assert not await guesses.is_flood(look, NOW + timedelta(hours=1))
