"""The measured promises about haste and persistence: small in every run, in full with FULL_SIZE=1."""

import asyncio
import random
from collections import Counter

import pytest
from sqlmodel import func, select

from bot.community import codes, gifts, guesses, members
from bot.community.invitations import Admitted, Missed, Paused
from storage import members as people
from storage.database import Database
from storage.guesses import Miss
from storage.invitations import CLAIMED, USED
from tests.circle import NOW, SOON, Circle, found
from tests.sizes import size

CODES, AT_ONCE = size(8, 200), size(25, 100)
ACCOUNTS, GUESSES_EACH = size(40, 1_000), size(10, 100)
CYCLES = 50


async def test_of_all_who_rush_at_one_code_each_time_one_wins(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "MOST_MISSES", 10_000)
    monkeypatch.setattr(guesses, "MOST_IN_A_FLOOD", 10_000)
    circle = await found(database, strangers=CODES + AT_ONCE)
    outside = set(circle.strangers)
    for code in await _gifts(circle, CODES):
        rushing = sorted(outside)[:AT_ONCE]
        outcomes = await asyncio.gather(*(circle.redeem(person, code) for person in rushing))
        winners = [who for who, outcome in zip(rushing, outcomes, strict=True) if isinstance(outcome, Admitted)]
        assert len(winners) == 1
        assert Counter(map(type, outcomes)) == {Admitted: 1, Missed: AT_ONCE - 1}
        outside -= set(winners)
    assert {row.state for row in await circle.ledger()} == {CLAIMED}


async def _gifts(circle: Circle, count: int) -> list[str]:
    async with circle.database.writing() as session:
        for begin in range(0, count, 50):
            await gifts.give(session, circle.community_id, circle.seed, min(50, count - begin), circle.seed, NOW)
    return [row.code or "" for row in await circle.ledger()]


async def test_leaving_and_coming_back_gives_nothing_however_often(database: Database) -> None:
    circle = await found(database)
    friend = circle.strangers[0]
    await circle.bring(friend, circle.seed)
    before = await circle.quota(circle.seed), await circle.quota(friend), len(await circle.ledger())
    for _ in range(CYCLES):
        async with database.writing() as session:
            await members.leave(session, circle.community_id, friend, SOON)
            person = await people.get_person(session, friend)
            await members.arrive(session, circle.door, person, SOON)
        assert await circle.enter(friend) is None
    assert (await circle.quota(circle.seed), await circle.quota(friend), len(await circle.ledger())) == before
    assert [row.state for row in await circle.ledger()] == [USED]
    assert (await circle.member(friend)).inviter_id == circle.seed


async def test_whoever_guesses_finds_nothing_and_keeps_nobody_out(database: Database) -> None:
    """Answers are those of a code that opens nothing, or of a pause; a good code opens in the midst of it."""
    circle = await found(database, strangers=ACCOUNTS + 1)
    *guessers, friend = circle.strangers
    good = await circle.code()
    dice = random.Random(11)  # noqa: S311  # a test's dice
    tries = [person for person in guessers for _ in range(GUESSES_EACH)]
    dice.shuffle(tries)
    answers: Counter[type] = Counter()
    half = len(tries) // 2
    for number in range(0, len(tries), 100):
        if number <= half < number + 100:
            assert isinstance(await circle.redeem(friend, good), Admitted)
        outcomes = await asyncio.gather(*(circle.redeem(who, codes.mint()) for who in tries[number : number + 100]))
        answers.update(map(type, outcomes))
    assert answers.keys() <= {Missed, Paused}
    assert answers.total() == ACCOUNTS * GUESSES_EACH
    async with database.reading() as look:
        misses = int((await look.exec(select(func.count()).select_from(Miss))).one())
    assert misses == answers[Missed] <= ACCOUNTS * guesses.MOST_MISSES
    assert [row.state for row in await circle.ledger()] == [CLAIMED]
