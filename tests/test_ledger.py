"""The ledger under a random crowd: whatever people do in whatever order, what must hold holds after every step."""

import asyncio
import os
import random
from collections import Counter

import pytest

from bot.community import gifts, guesses, settings
from bot.community.invitations import Admitted
from storage.database import Database
from storage.invitations import CLAIMED, ISSUED
from tests.books import Books
from tests.circle import NOW, another, found
from tests.crowd import IN_A_STEP, Crowd

# On each database. In so many, with these dice, everything happens that can; docs/architecture.md has the full length.
OPERATIONS = int(os.environ.get("LEDGER_OPERATIONS", "1000"))


async def test_whatever_happens_the_ledger_adds_up(database: Database) -> None:
    """Two communities of the same people; the second gives one seat to each phone."""
    circle = await found(database, strangers=40)
    other = await another(circle)
    async with database.writing() as session:
        await settings.change(session, other.community_id, "phone_proof", "on")
    crowd = Crowd([circle, other], random.Random(5))  # noqa: S311  # a test's dice
    steps = OPERATIONS // IN_A_STEP
    books = Books(crowd, whole_every=max(1, steps // 10))
    for _ in range(steps):
        await crowd.step()
        await books.catch_up()
    async with database.reading() as look:
        await books.compare_all(look)
    assert {"issued", "claimed", "returned", "used", "revoked", "expired", "used late"} <= books.happened.keys()
    assert {"reattach", "undo", "phone", "moved in"} <= books.happened.keys()
    assert len(books.seats) > OPERATIONS / 100
    print(len(crowd.everyone), "people", dict(books.happened))


async def test_a_hundred_people_at_once_over_two_hundred_codes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rush at the same few codes first, then at any: each gets in with one, no code lets in two, nothing fails."""
    monkeypatch.setattr(guesses, "MOST_IN_A_FLOOD", 10_000)  # here everybody tries until a code opens
    circle = await found(database, strangers=100)
    async with database.writing() as session:
        for _ in range(4):
            await gifts.give(session, circle.community_id, circle.seed, 50, circle.seed, NOW)
    codes = [row.code or "" for row in await circle.ledger()]
    dice = random.Random(7)  # noqa: S311  # a test's dice

    async def try_until_in(person: int) -> None:
        for code in [*codes[:5], *dice.sample(codes[5:], len(codes) - 5)]:
            if isinstance(await circle.redeem(person, code), Admitted):
                return

    await asyncio.gather(*map(try_until_in, circle.strangers))
    ledger = await circle.ledger()
    assert Counter(row.state for row in ledger) == {CLAIMED: 100, ISSUED: 100}
    assert [row.state for row in ledger[:5]] == [CLAIMED] * 5
    assert {row.redeemer_id for row in ledger if row.redeemer_id} == set(circle.strangers)
