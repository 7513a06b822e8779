"""A thousand sentences by several people, the program killed twenty times meanwhile: nothing lost, nothing doubled."""

import asyncio
import random
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from sqlmodel import select, text

from bot.app import Tempo
from bot.sandbox.model import Chat
from bot.sandbox.server import Sandbox, utc_now
from storage import inbox, outbox
from storage.database import Database
from storage.inbox import InboxRow
from storage.outbox import OutboxRow
from storage.suggestions import Offer, Suggestion
from storage.wordings import Wording
from tests import killable
from tests.sentences import thousand
from tests.test_intake import environment

PEOPLE = ("xiaoman", "ahe", "yutong", "tang")
KILLS = 20
AS_MANY = "/settings daily_suggestions 1000"  # nobody asks so much on one day elsewhere
NUMBER = re.compile(r"#(\d+)")


async def check_nothing_lost(database: Database, said: dict[str, str]) -> None:
    """Every message is exactly one suggestion or one offer, or repeats what its author had asked in the same words."""
    async with database.reading() as look:
        suggestions = (await look.exec(select(Suggestion))).all()
        offers = (await look.exec(select(Offer))).all()
        states = Counter(await look.exec(select(InboxRow.state)))
        wordings = list(await look.exec(select(Wording)))
    texts = [(row.origin, row.text) for row in suggestions] + [(row.origin, row.text) for row in offers]
    kept = Counter(origin for origin, _ in texts)
    assert not [origin for origin, count in kept.items() if count > 1]
    assert set(kept) <= set(said)
    assert all(said[origin].strip() == text for origin, text in texts)
    own = {wording.text for wording in wordings}
    lost = [words for origin, words in said.items() if origin not in kept]
    assert len(lost) < 15, "only a repetition by the same author makes no row of its own"
    assert all(any(set(words) & set(text) for text in own) for words in lost)
    assert states["waiting"] == 0
    assert states["parked"] == 0
    assert sorted(row.number for row in suggestions) == list(range(1, len(suggestions) + 1))
    assert len(wordings) == len(suggestions)


def answers_by_message(chat: Chat) -> Counter[int]:
    """How many answers of the bot each message has."""
    return Counter(m.reply_to.id for m in chat.messages.values() if m.sender.is_bot and m.reply_to)


async def check_acknowledged(database: Database, group: Chat) -> None:
    """Every suggestion stands on a card, of its own or shared; every offer was whispered to its author."""
    said = [message.content for message in group.messages.values() if message.sender.is_bot]
    shown = {int(number) for content in said for number in NUMBER.findall(content)}
    async with database.reading() as look:
        numbers = set(await look.exec(select(Suggestion.number)))
        offers = len((await look.exec(select(Offer))).all())
    assert numbers <= shown
    assert len(group.whispers) >= offers


@pytest.mark.timeout(420)
async def test_a_thousand_sentences_and_twenty_kills(tmp_path: Path) -> None:
    sandbox = Sandbox()
    await sandbox.start()
    world, chance = sandbox.world, random.Random(20)  # noqa: S311  # a repeatable test, no secret
    group = world.add_chat("谷雨 OS", owner=world.people["tang"])
    for key in ("xiaoman", "ahe", "yutong"):
        world.join(world.people[key], group)
    world.add_bot(group, world.people["tang"], admin=True)
    world.say(world.people["tang"], group, AS_MANY)
    said = {}
    sentences = thousand()
    env = environment(sandbox, tmp_path, LOG_LEVEL="error")
    for kill in range(KILLS + 1):
        process = killable.start(env, Tempo(paced=False))
        for n in range(kill * 1000 // (KILLS + 1), (kill + 1) * 1000 // (KILLS + 1)):
            message = world.say(world.people[PEOPLE[n % 4]], group, f"/suggest {sentences[n]}")
            said[f"{group.id}/{message.id}"] = sentences[n]
        if kill < KILLS:
            await _until_busy(sandbox, chance)
            process.kill()
        else:
            await _until_done(sandbox, tmp_path)
            process.terminate()
        await asyncio.to_thread(process.join, 30)
        assert process.exitcode is not None
    database = Database(f"sqlite:///{tmp_path / 'millet.db'}")
    await check_nothing_lost(database, said)
    await check_acknowledged(database, group)
    async with database.reading() as look:
        assert (await look.exec(text("PRAGMA integrity_check"))).one()[0] == "ok"  # type: ignore[call-overload]  # SQLModel types exec for models
        assert not (await look.exec(text("PRAGMA foreign_key_check"))).all()  # type: ignore[call-overload]  # as above
        unsaid = list(await look.exec(select(OutboxRow).where(OutboxRow.state != "sent")))
    await database.close()
    await sandbox.stop()
    assert not unsaid
    answers = answers_by_message(group)
    assert sum(answers.values()) <= len(said) + KILLS, "at most one answer more for each kill"


async def _until_busy(sandbox: Sandbox, chance: random.Random) -> None:
    """Until the program has begun to fetch, and a chance moment more."""
    begun = len(sandbox.calls) + 2
    await sandbox.until(lambda: len(sandbox.calls) > begun, 60)
    with suppress(AssertionError):
        await sandbox.until(lambda: len(sandbox.calls) > begun + 1000, chance.uniform(0, 1.5))


async def _until_done(sandbox: Sandbox, folder: Path) -> None:
    """Until all is heard and answered."""
    database = Database(f"sqlite:///{folder / 'millet.db'}")
    async with asyncio.timeout(240):
        while True:
            async with database.reading() as look:
                waiting = [*await inbox.list_waiting(look, limit=1), *await outbox.list_due(look, utc_now(), limit=1)]
            if not waiting and not sandbox.world.queue:
                break
            await asyncio.sleep(0.2)
    await database.close()
