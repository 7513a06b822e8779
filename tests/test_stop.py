"""Stopping: at any moment, also while Telegram hangs or has never answered, in ten seconds and losing nothing."""

import asyncio
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot import app
from bot.app import Millet
from bot.texts.say import Say, to_chat
from storage import communities, outbox
from storage.outbox import DOUBTFUL, SENDING, OutboxRow
from tests.databases import SqliteMaker
from tests.town import TEMPO, Town


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_a_start_that_waits_for_telegram(town: Town, sign: signal.Signals) -> None:
    await town.millet.stop()
    town.sandbox.faults.add("500", "getMe", times=None)
    town.millet = town._millet()
    running = asyncio.create_task(app.run(town.millet))
    async with asyncio.timeout(30):
        while not any(call.method == "getMe" and not call.ok for call in town.sandbox.calls):  # noqa: ASYNC110  # the sandbox rings no bell
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), sign)
        await running
    for sign_off in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(sign_off)


async def test_updates_are_heard_while_the_menus_still_wait(town: Town) -> None:
    group = town.group()
    await town.settle()
    town.sandbox.faults.add("timeout", "setMyCommands", times=None)
    started = time.monotonic()
    await town.restart()
    assert time.monotonic() - started < 2
    await town.say("xiaoman", group, "/top")
    assert len(town.texts(group)) == 2


async def test_the_end_of_the_menus_is_not_the_programs(town: Town) -> None:
    assert town.millet._menus is not None
    await town.millet._menus
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(town.millet.wait(), 0.1)


async def test_a_hanging_telegram_does_not_hold_up_the_stop(sqlite: SqliteMaker, tmp_path: Path) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path, replace(TEMPO, call_seconds=60)) as town:
        group = town.group()
        await town.settle()
        async with town.database.reading() as look:
            chat = await communities.get_chat_by_external_id(look, str(group.id))
        assert chat is not None
        hanging = town.sandbox.faults.add("timeout", "sendMessage", times=None)
        async with town.database.writing() as session:
            row = to_chat(chat.id or 0, Say("the digest"), town.clock.now(), key="digest:1:2026-W47:1", once=True)
            await outbox.add_rows(session, [row])
        town.millet.courier.wake()
        await town.sandbox.until(lambda: hanging.struck == 1)
        started = time.monotonic()
        await town.millet.stop()
        assert time.monotonic() - started < 5
        town.sandbox.faults.clear()
        town.millet = town._millet()
        assert await state(town) == SENDING
        await town.millet.start()
        await town.settle()
        assert await state(town) == DOUBTFUL, "nobody can know whether it arrived"


async def state(town: Town) -> str:
    async with town.database.reading() as look:
        return (await look.exec(select(OutboxRow.state).where(col(OutboxRow.key) == "digest:1:2026-W47:1"))).one()


async def test_a_handler_that_hangs_is_cut_off_before_the_database_closes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = town.group()
    await town.settle()
    ended: list[int] = []

    async def hang(_: object) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.05)  # what it held is put back
            ended.append(len(ended))

    assert town.millet._drain is not None
    monkeypatch.setattr(town.millet._drain, "_handle", hang)
    monkeypatch.setattr(app, "STOP_WITHIN", 0.1)
    town.world.say(town.person("xiaoman"), group, "/top")
    while town.millet._drain.is_idle:  # noqa: ASYNC110  # the drain rings no bell
        await asyncio.sleep(0.01)
    await town.millet._drain.stop(0.1)
    assert ended == [0]
    town.millet = await after(town.millet, town)
    await town.settle()
    assert len(town.texts(group)) == 2, "it was heard by the next run"


async def after(millet: Millet, town: Town) -> Millet:
    await millet.stop()
    following = town._millet()
    await following.start()
    return following


async def test_a_webhook_that_cannot_be_set_yet_is_set_later(town: Town, unused_tcp_port: int) -> None:
    await town.settle()
    await town.millet.stop()
    failing = town.sandbox.faults.add("500", "setWebhook", times=2)
    town.millet = town._millet(webhook_url=f"http://127.0.0.1:{unused_tcp_port}", webhook_port=unused_tcp_port)
    starting = asyncio.create_task(town.millet.start())
    for tries in (1, 2):
        await town.sandbox.until(lambda tries=tries: failing.struck == tries)  # type: ignore[misc]  # bound now, not then
        await asyncio.sleep(0.05)
        town.clock.leap(6)
    await asyncio.wait_for(starting, 5)
    assert any(call.method == "setWebhook" and call.ok for call in town.sandbox.calls)
