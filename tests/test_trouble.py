"""Trouble of our own and long outages: given up at the right moment, told to those it concerns, poisoning nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from bot.community import votes as rules
from bot.texts.say import Say, to_chat
from storage import communities, inbox, outbox
from storage.communities import Chat
from storage.database import Database, Session
from storage.inbox import InboxRow
from storage.outbox import DEAD, DOUBTFUL, SENT, WAITING, OutboxRow, call
from tests.town import Town


async def met(town: Town) -> Chat:
    group = town.group()
    await town.settle()
    async with town.database.reading() as look:
        chat = await communities.get_chat_by_external_id(look, str(group.id))
    assert chat is not None
    return chat


async def put(town: Town, *rows: OutboxRow) -> None:
    async with town.database.writing() as session:
        await outbox.add_rows(session, rows)
    town.millet.courier.wake()
    await town.settle()


async def later(town: Town, seconds: float) -> None:
    """Time passes; the courier is woken, since it may not have lain down yet when the clock leaps."""
    town.clock.leap(seconds)
    town.millet.courier.wake()
    await town.settle()


async def row_of(town: Town, key: str) -> OutboxRow:
    async with town.database.reading() as look:
        return (await look.exec(select(OutboxRow).where(col(OutboxRow.key) == key))).one()


async def staff_room(town: Town, chat: Chat) -> None:
    async with town.database.writing() as session:
        (await session.merge(chat)).is_staff = True


@pytest.mark.parametrize("once", [False, True])
async def test_a_call_that_cannot_be_made_is_given_up_and_blocks_nobody(town: Town, once: bool) -> None:
    chat = await met(town)
    await staff_room(town, chat)
    now = town.clock.now()
    broken = call("sendMessage", {"txet": 1}, now, chat_id=chat.id, key="broken", once=once)
    await put(town, broken, to_chat(chat.id or 0, Say("and life goes on"), now, key="after"))
    row = await row_of(town, "broken")
    assert row.state == (DOUBTFUL if once else DEAD)
    assert "ValidationError" in (row.error or "")
    assert (await row_of(town, "after")).state == SENT
    assert len(town.texts(town.world.chats[int(chat.external_id)])) == (3 if once else 2), "the staff is told"


async def test_a_digest_outlasts_days_without_telegram(town: Town) -> None:
    chat = await met(town)
    now = town.clock.now()
    town.sandbox.faults.add("500", "sendMessage", times=None)
    await put(town, to_chat(chat.id or 0, Say("the digest"), now, key="digest", once=True))
    for _ in range(30):
        await later(town, 3600)
    row = await row_of(town, "digest")
    assert (row.state, row.attempts) == (WAITING, 0)
    assert (row.not_before - town.clock.now()).total_seconds() <= 300
    town.sandbox.faults.clear()
    await later(town, 300)
    assert (await row_of(town, "digest")).state == SENT


@pytest.mark.parametrize(("once", "days", "state"), [(False, 1, DEAD), (True, 6, DOUBTFUL)])
async def test_what_nobody_needs_any_more_is_given_up(town: Town, once: bool, days: int, state: str) -> None:
    chat = await met(town)
    await staff_room(town, chat)
    group = town.world.chats[int(chat.external_id)]
    town.sandbox.faults.add("500", "sendMessage", times=None)
    await put(town, to_chat(chat.id or 0, Say("news"), town.clock.now(), key="news", once=once))
    await later(town, days * 86400 - 1)
    assert (await row_of(town, "news")).state == WAITING
    town.sandbox.faults.clear()
    await later(town, 400)
    assert (await row_of(town, "news")).state == state
    assert len(town.texts(group)) == (2 if once else 1), "the staff is told of what is said but once"
    assert "news" not in town.texts(group)


async def test_a_digest_that_is_refused_for_good_is_told_to_staff(town: Town) -> None:
    chat = await met(town)
    await staff_room(town, chat)
    town.sandbox.faults.add("400", "sendMessage", description="Bad Request: message text is empty")
    await put(town, to_chat(chat.id or 0, Say("the digest"), town.clock.now(), key="digest:1:2026-W47", once=True))
    assert (await row_of(town, "digest:1:2026-W47")).state == DOUBTFUL
    told = town.last(town.world.chats[int(chat.external_id)])
    await town.press("tang", told, told.buttons[0][0].label)
    assert "the digest" in town.texts(town.world.chats[int(chat.external_id)])


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("editMessageText", "message to edit not found"),
        ("sendMessage", "message thread not found"),
        ("sendMessage", "message to edit not found"),
    ],
)
async def test_what_cannot_be_mended_is_tried_once(town: Town, method: str, words: str) -> None:
    chat = await met(town)
    fault = town.sandbox.faults.add("400", method, times=None, description=f"Bad Request: {words}")
    fields = {"text": "x", "message_id": 1} if method == "editMessageText" else {"text": "x"}
    await put(town, call(method, fields, town.clock.now(), chat_id=chat.id, key="late"))
    assert (await row_of(town, "late")).state == DEAD
    assert fault.struck == 1


async def test_mending_does_not_undo_a_newer_version(town: Town) -> None:
    chat = await met(town)
    async with town.database.writing() as session:
        await outbox.add_rows(session, [to_chat(chat.id or 0, Say("one", slot="card:9"), town.clock.now(), key="card")])
        stale = (await session.exec(select(OutboxRow).where(OutboxRow.key == "card"))).one()
        session.expunge(stale)
        await outbox.add_rows(session, [to_chat(chat.id or 0, Say("two", slot="card:9"), town.clock.now())])
        await outbox.set_arguments(session, stale, {"text": "one, mended"})
    town.millet.courier.wake()
    await town.settle()
    assert town.texts(town.world.chats[int(chat.external_id)])[-1] == "two"


class Hiccup:
    """A database that cannot be written while it is broken."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_broken = True

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        if self.is_broken:
            raise OperationalError("INSERT", {}, Exception("disk full"))
        async with self._database.writing() as session:
            yield session

    def reading(self) -> Any:  # the database's own context manager
        return self._database.reading()


async def test_an_update_survives_a_database_that_cannot_even_note_its_failure(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = town.group()
    await town.settle()
    drain = town.millet._drain
    assert drain is not None
    hiccup = Hiccup(town.database)
    handle, tries = drain._handle, []

    async def fails(raw: Any) -> None:
        tries.append(raw)
        if hiccup.is_broken:
            raise OperationalError("INSERT", {}, Exception("disk full"))
        await handle(raw)

    monkeypatch.setattr(drain, "_database", hiccup)
    monkeypatch.setattr(drain, "_handle", fails)
    town.world.say(town.person("xiaoman"), group, "/suggest 夜间模式")
    async with asyncio.timeout(30):
        while not tries or not drain.is_idle:  # noqa: ASYNC110  # the drain rings no bell
            await asyncio.sleep(0.01)
    hiccup.is_broken = False
    await town.knock()
    assert any("夜间模式" in text for text in town.texts(group)[1:])


async def test_a_short_hiccup_costs_nobody_an_apology(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    group = town.group()
    await town.settle()
    drain = town.millet._drain
    assert drain is not None
    handle, failed = drain._handle, []

    async def fails_for_a_moment(raw: Any) -> None:
        failed.append(asyncio.get_running_loop().time())
        if failed[-1] - failed[0] < 0.5:
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        await handle(raw)

    monkeypatch.setattr(drain, "_handle", fails_for_a_moment)
    await town.say("xiaoman", group, "/suggest 夜间模式")
    assert any("夜间模式" in text for text in town.texts(group)[1:])


async def test_an_update_that_was_refused_already_stays_done(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/vote 99")
    said = len(town.texts(group))
    async with town.database.reading() as look:
        row = (await look.exec(select(InboxRow).order_by(col(InboxRow.update_id).desc()))).first()
    assert row is not None
    author = {"id": town.person("xiaoman").id, "is_bot": False, "first_name": "小满"}
    place = {"id": group.id, "type": "supergroup", "title": group.title}
    message = {"message_id": 9, "date": 1_763_000_000, "chat": place, "from": author, "text": "/vote 99"}
    drain = town.millet._drain
    assert drain is not None
    await drain._handle({"update_id": row.update_id, "message": message})
    async with town.database.writing() as session:
        await inbox.set_failed(session, row.update_id, "too late", attempts=1, parked=True)
    async with town.database.reading() as look:
        after = (await look.exec(select(InboxRow).where(InboxRow.update_id == row.update_id))).one()
    assert (after.state, after.error) == (inbox.DONE, None)
    await town.settle()
    assert len(town.texts(group)) == said


async def test_a_refill_takes_nothing_up_that_was_finished_while_it_read(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = town.group()
    await town.settle()
    drain, real, handled = town.millet._drain, inbox.list_waiting, []
    assert drain is not None
    handle = drain._handle
    begun, finish = asyncio.Event(), asyncio.Event()

    async def slowly(raw: Any) -> None:
        handled.append(raw["update_id"])
        begun.set()
        await finish.wait()
        await handle(raw)

    async def read_and_dawdle(session: Session, **options: int) -> list[InboxRow]:
        found = await real(session, **options)
        finish.set()
        while not drain.is_idle:  # noqa: ASYNC110  # the drain rings no bell
            await asyncio.sleep(0.01)
        return found

    monkeypatch.setattr(drain, "_handle", slowly)
    town.world.say(town.person("xiaoman"), group, "/top")
    await begun.wait()
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "list_waiting", read_and_dawdle)
        await drain.refill()
    await town.settle()
    assert len(handled) == 1


async def test_a_button_whose_handler_fails_is_answered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(rules, "vote", broken)
    monkeypatch.setattr(rules, "toggle_vote", broken, raising=False)
    said = len(town.texts(group))
    assert "出了问题" in await town.press("ahe", town.last(group), "👍")
    assert len(town.texts(group)) == said
