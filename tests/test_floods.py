"""One person floods a group: little of it is kept, hardly anything answered, and nobody else waits for it."""

from datetime import timedelta

import pytest
from sqlmodel import func, select

from bot.community.limits import MOST_AT_ONCE
from bot.patience import MOST_ALIKE
from bot.sandbox.model import Chat
from storage.suggestions import Offer, Suggestion
from tests.town import Town

MESSAGES, SECONDS, EVERY = 1000, 60, 50


async def latencies(town: Town, group: Chat, *, flooded: bool) -> list[float]:
    """How long another member waits for an answer, while one person floods or not, in calls of the bot before it."""
    found = []
    for n in range(MESSAGES // EVERY):
        if flooded:
            for m in range(EVERY):
                town.world.say(town.person("xiaoman"), group, f"/suggest 便宜手机 {n * EVERY + m} 号，点这里 {n * m}")
        before = len(town.sandbox.calls)
        town.world.say(town.person("ahe"), group, "/top")
        await town.settle(60)
        calls = [call for call in town.sandbox.calls[before:] if call.method != "getUpdates"]
        found.append(len(calls))
        town.clock.leap(SECONDS * EVERY / MESSAGES)
    return sorted(found)


@pytest.mark.flood
@pytest.mark.timeout(240)
async def test_a_thousand_messages_in_a_minute_by_one_person(town: Town) -> None:
    group = town.group()
    await town.settle()
    quiet = await latencies(town, group, flooded=False)
    town.clock.leap(timedelta(hours=1).total_seconds())
    calls, whispers = len(town.sandbox.calls), len(group.whispers)
    loud = await latencies(town, group, flooded=True)
    async with town.database.reading() as look:
        stored = [(await look.exec(select(func.count()).select_from(table))).one() for table in (Suggestion, Offer)]
    assert 1 <= sum(stored) <= MOST_AT_ONCE
    lists = MESSAGES // EVERY  # answers to the other one
    assert len(group.whispers) - whispers <= lists + stored[1] + MOST_ALIKE, "beside offers, two refusals"
    sent = [call for call in town.sandbox.calls[calls:] if call.method in ("sendMessage", "setMessageReaction")]
    assert len(sent) <= lists + 2 * MOST_AT_ONCE + MOST_ALIKE, "a card and a mark for each that is kept"
    p95 = -(-len(loud) * 95 // 100) - 1
    assert loud[p95] <= 2 * max(1, quiet[p95])
