"""The road out: every fault is sorted, nothing is lost, what must not be said twice is not, Telegram's pace is kept."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot import courier
from bot.sandbox.faults import Kind
from bot.sandbox.state import Change
from bot.texts.say import Say, to_chat, to_person
from storage import communities, members, outbox
from storage.communities import Chat
from storage.members import Person
from storage.outbox import DEAD, DOUBTFUL, SENDING, SENT, WAITING, OutboxRow
from tests.databases import SqliteMaker
from tests.test_cost import statements
from tests.town import TEMPO, Town


async def put(town: Town, *rows: OutboxRow) -> None:
    """Something is written for the courier, as a job would."""
    async with town.database.writing() as session:
        await outbox.add_rows(session, rows)
    town.millet.courier.wake()
    await town.settle()


async def states(town: Town) -> list[str]:
    async with town.database.reading() as look:
        return list(await look.exec(select(OutboxRow.state).order_by(col(OutboxRow.id))))


async def met(town: Town) -> Chat:
    """A group the bot knows, and nothing said in it yet."""
    group = town.group()
    await town.settle()
    async with town.database.reading() as look:
        chat = await communities.get_chat_by_external_id(look, str(group.id))
    assert chat is not None
    return chat


@pytest.mark.parametrize(
    ("kind", "more", "wait"),
    [
        ("429", {"retry_after": 9}, 9),
        ("429", {}, 1),
        ("500", {}, 1),
        ("502", {}, 1),
        ("empty", {}, 1),
        ("reset", {}, 1),
        ("409", {}, 1),
        ("400", {"description": "Bad Request: message thread not found"}, 0),
        ("400", {"description": "Bad Request: can't parse entities: unsupported start tag"}, 0),
    ],
)
async def test_what_fails_for_now_is_said_later(town: Town, kind: Kind, more: dict[str, Any], wait: float) -> None:
    await fails_and_is_said_later(town, kind, more, wait)


async def test_what_is_never_answered_is_said_later(sqlite: SqliteMaker, tmp_path: Path) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path, replace(TEMPO, call_seconds=1)) as town:
        await fails_and_is_said_later(town, "timeout", {}, 1)


async def fails_and_is_said_later(town: Town, kind: Kind, more: dict[str, Any], wait: float) -> None:
    chat = await met(town)
    town.sandbox.faults.add(kind, **more)
    before = len(await states(town))
    await put(town, to_chat(chat.id or 0, Say("once and whole"), town.clock.now(), topic="7"))
    if wait:
        assert (await states(town))[before] == WAITING
        town.clock.leap(wait - 0.01)
        await town.settle()
        assert (await states(town))[before] == WAITING
        town.clock.leap(0.02)
        await town.settle()
    assert (await states(town))[before] == SENT
    assert sum("once and whole" in str(call.params) for call in town.sandbox.calls if call.ok) == 1


async def test_a_lost_answer_may_repeat_an_ordinary_message_but_never_one_that_is_said_once(town: Town) -> None:
    chat = await met(town)
    for once in (False, True):
        town.sandbox.faults.add("lost_answer")
        await put(town, to_chat(chat.id or 0, Say(f"once={once}"), town.clock.now(), once=once))
        town.clock.leap(600)
        await town.settle()
    said = [message.content for message in town.world.messages(town.world.chats[int(chat.external_id)])]
    assert said.count("once=False") == 2
    assert said.count("once=True") == 1
    assert (await states(town))[-1] == DOUBTFUL


async def test_a_program_that_ended_in_the_middle_leaves_a_doubt_and_no_repetition(town: Town) -> None:
    chat = await met(town)
    row = to_chat(chat.id or 0, Say("the digest"), town.clock.now(), once=True)
    await town.millet.courier.stop()
    async with town.database.writing() as session:
        await outbox.add_rows(session, [row])
        found = (await session.exec(select(OutboxRow).where(OutboxRow.state == WAITING))).one()
        assert await outbox.claim_row(session, found.id or 0)
    await town.restart()
    await town.settle()
    assert DOUBTFUL in await states(town)
    assert not any(call.method == "sendMessage" and "the digest" in str(call.params) for call in town.sandbox.calls)


async def test_of_what_is_said_once_the_next_is_claimed_as_the_last_is_noted_and_one_is_in_hand(town: Town) -> None:
    chats = [await met(town) for _ in range(4)]
    file = town.database.file
    in_hand: list[int] = []

    def look(change: Change) -> None:
        if change.kind == "message":
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as reader:
                in_hand.append(reader.execute("SELECT count(*) FROM outbox WHERE state = 'sending'").fetchone()[0])

    town.world.listeners.append(look)
    with statements(town) as sent:
        await put(
            town,
            *(
                to_chat(chat.id or 0, Say("the digest"), town.clock.now(), key=str(chat.id), once=True)
                for chat in chats
            ),
        )
    assert in_hand == [1] * len(chats)
    assert (await states(town))[-len(chats) :] == [SENT] * len(chats)
    writing = [statement for statement in sent if statement.startswith("BEGIN")]
    assert len(writing) == 2 + len(chats), "written, the first one claimed, and each noted with the next one's claim"


async def test_a_stop_while_the_next_waits_for_its_claim_is_no_fault(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    chats = [await met(town) for _ in range(2)]
    noting, set_sent = asyncio.Event(), outbox.set_sent

    async def slowly(*args: Any, **more: Any) -> None:
        await set_sent(*args, **more)
        noting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(outbox, "set_sent", slowly)
    monkeypatch.setattr(courier, "STOP_WITHIN", 0.05)
    now = town.clock.now()
    async with town.database.writing() as session:
        digests = [to_chat(chat.id or 0, Say("the digest"), now, key=str(chat.id), once=True) for chat in chats]
        await outbox.add_rows(session, digests)
    town.millet.courier.wake()
    await noting.wait()
    await town.millet.courier.stop()
    assert "stumbled" not in caplog.text
    assert (await states(town))[-2:] == [SENDING, WAITING], "the first is in doubt, the second waits"


async def test_who_blocked_the_bot_is_marked_and_left_alone(town: Town) -> None:
    private = await town.start("xiaoman")
    town.world.block(town.person("xiaoman"))
    async with town.database.reading() as look:
        person = await members.get_person_by_external_id(look, str(town.person("xiaoman").id))
    assert person is not None
    await put(town, to_person(person.id or 0, Say("hello"), town.clock.now()))
    async with town.database.reading() as look:
        assert not (await members.get_person(look, person.id or 0)).reachable
    assert (await states(town))[-1] == DEAD
    town.world.unblock(town.person("xiaoman"))
    await town.say("xiaoman", private, "/help")
    async with town.database.reading() as look:
        assert (await members.get_person(look, person.id or 0)).reachable


async def test_a_chat_that_moved_is_followed_by_telegrams_word_alone(town: Town) -> None:
    chat = await met(town)
    old = town.world.chats[int(chat.external_id)]
    old.kind = "group"
    new = town.world.migrate_to_supergroup(old)
    town.world.queue.drop_all()
    await put(town, to_chat(chat.id or 0, Say("found you"), town.clock.now()))
    assert town.texts(new)[-1] == "found you"


async def test_a_hundred_versions_of_a_card_are_one_message(any_town: Town) -> None:
    chat = await met(any_town)
    await any_town.millet.courier.stop()
    for n in range(100):
        async with any_town.database.writing() as session:
            said = to_chat(chat.id or 0, Say(f"👍 {n}", slot="card:1"), any_town.clock.now())
            await outbox.add_rows(session, [said])
    await any_town.restart()
    await any_town.settle()
    group = any_town.world.chats[int(chat.external_id)]
    assert [text for text in any_town.texts(group) if "👍" in text and "Hello" not in text][-1] == "👍 99"
    assert (
        sum(
            call.method in ("sendMessage", "editMessageText") and "👍 " in str(call.params)
            for call in any_town.sandbox.calls
        )
        <= 3
    )
    async with any_town.database.writing() as session:
        await outbox.add_rows(session, [to_chat(chat.id or 0, Say("👍 100", slot="card:1"), any_town.clock.now())])
    any_town.millet.courier.wake()
    await any_town.settle()
    assert any_town.last(group).content == "👍 100"
    assert any_town.last(group).edited is not None


async def test_a_live_message_whose_place_has_changed_edits_nothing_in_the_new_one(town: Town) -> None:
    here, other = await met(town), town.group("Another room", "tang yutong")
    await town.settle()
    async with town.database.reading() as look:
        there = await communities.get_chat_by_external_id(look, str(other.id))
    assert there is not None
    for text in ("one", "two", "three"):
        await put(town, to_chat(there.id or 0, Say(text), town.clock.now()))
    await put(town, to_chat(here.id or 0, Say("the card", slot="card:1"), town.clock.now()))
    before = town.texts(other)
    for version in ("the card, moved", "the card, moved and changed"):
        await put(town, to_chat(there.id or 0, Say(version, slot="card:1"), town.clock.now()))
        assert town.texts(other) == [*before, version]


async def test_a_key_is_said_once(any_town: Town) -> None:
    chat = await met(any_town)
    for _ in range(3):
        await put(any_town, to_chat(chat.id or 0, Say("welcome"), any_town.clock.now(), key="welcome:1"))
    assert any_town.texts(any_town.world.chats[int(chat.external_id)]).count("welcome") == 1


async def test_what_has_outlived_its_use_is_not_said(town: Town) -> None:
    chat = await met(town)
    row = to_chat(chat.id or 0, Say("good morning"), town.clock.now())
    row.good_until = town.clock.now()
    town.clock.leap(60)
    await put(town, row)
    assert (await states(town))[-1] == DEAD


async def test_telegrams_pace_is_kept_without_a_single_refusal(sqlite: SqliteMaker, tmp_path: Path) -> None:
    url = await sqlite.make(tmp_path)
    tempo = replace(TEMPO, paced=True)
    async with Town.open(url, tmp_path, tempo, speed=20, enforce_limits=True) as town:
        hot = await met(town)
        now = town.clock.now()
        rows = [to_chat(hot.id or 0, Say(f"hot {n}"), now) for n in range(30)]
        strangers = [town.world.add_person(f"p{n}", f"p{n}") for n in range(100)]
        for stranger in strangers:
            town.world.start(stranger)
        town.world.queue.drop_all()
        async with town.database.writing() as session:
            people = [
                await members.add_person(session, Person(external_id=str(person.id), name="x", created_at=now))
                for person in strangers
            ]
        rows += [to_person(person.id or 0, Say("cool"), now) for person in people]
        await put(town, *rows)
        assert town.sandbox.limits.refused == 0
        sent = [call for call in town.sandbox.calls if str(call.params.get("text")).startswith("hot")]
        assert [call.params["text"] for call in sent] == [f"hot {n}" for n in range(30)]
        assert (sent[-1].at - sent[0].at).total_seconds() > 60, "a group hears at most twenty in a minute"


async def test_an_answer_does_not_wait_behind_a_long_queue(sqlite: SqliteMaker, tmp_path: Path) -> None:
    url = await sqlite.make(tmp_path)
    tempo = replace(TEMPO, paced=True)
    async with Town.open(url, tmp_path, tempo, speed=5, enforce_limits=True) as town:
        groups = [town.group(f"群 {n}", "tang xiaoman") for n in range(60)]
        await town.settle(60)
        other = town.group("谷雨 OS", "tang xiaoman")
        await town.settle(60)
        async with town.database.reading() as look:
            chats = await communities.list_all_groups(look, 100)
        now = town.clock.now()
        async with town.database.writing() as session:
            await outbox.add_rows(session, [to_chat(c.id or 0, Say("weekly"), now) for c in chats[:60]])
        town.millet.courier.wake()
        asked = town.clock.now()
        town.world.say(town.person("xiaoman"), other, "/top")
        await town.sandbox.until(lambda: "👍" in town.last(other).content or "suggested" in town.last(other).content)
        assert (town.clock.now() - asked).total_seconds() < 10
        await town.settle(60)
        assert all(town.texts(group)[-1] == "weekly" for group in groups if group is not other)
        assert town.sandbox.limits.refused == 0
