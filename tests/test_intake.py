"""The road in: nothing is lost, nothing is done twice, one bad update blocks nobody, chatter leaves no trace."""

import asyncio
import io
import os
import signal
import sys
from pathlib import Path

import aiohttp
import pytest
from sqlmodel import select

from bot.community import suggestions as rules
from bot.sandbox.server import Sandbox
from storage import inbox
from storage.inbox import InboxRow
from storage.suggestions import Suggestion
from tests.town import Town

POISON = {"message_id": 1, "date": 0, "chat": {"id": "not a number"}, "text": "/top"}


async def rows(town: Town) -> list[InboxRow]:
    async with town.database.reading() as look:
        return list(await look.exec(select(InboxRow)))


async def texts(town: Town) -> list[str]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Suggestion.text).order_by(Suggestion.number)))  # type: ignore[arg-type]  # SQLModel types columns as values


async def test_an_update_that_cannot_be_parsed_is_parked_and_blocks_nobody(any_town: Town) -> None:
    group = any_town.group()
    any_town.sandbox.inject({"message": POISON})
    await any_town.say("xiaoman", group, "/suggest 夜间模式")
    assert await texts(any_town) == ["夜间模式"]
    parked = [row for row in await rows(any_town) if row.state == inbox.PARKED]
    assert len(parked) == 1
    assert "ValidationError" in (parked[0].error or "")


async def test_a_handler_that_fails_three_times_parks_its_update_with_one_apology(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = town.group()
    await town.settle()
    tries = []

    async def broken(*_: object) -> Suggestion:
        tries.append(1)
        raise RuntimeError("the disk is on fire")

    with monkeypatch.context() as patch:
        patch.setattr(rules, "submit", broken)
        await town.say("xiaoman", group, "/suggest 夜间模式")
        await town.say("ahe", group, "/top")
    assert len(tries) == 3
    assert sum("出了问题" in text or "went wrong" in text for text in town.texts(group)) == 1
    assert "RuntimeError: the disk is on fire" in [row.error for row in await rows(town)]

    async with town.database.writing() as session:
        assert await inbox.set_waiting(session) == 1
    await town.knock()
    assert await texts(town) == ["夜间模式"]


async def test_ordinary_chatter_is_not_stored(town: Town) -> None:
    group = town.group()
    await town.say("ahe", group, "/top")
    before = len(await rows(town))
    for n in range(50):
        town.world.say(town.person("xiaoman"), group, f"今天天气不错，第 {n} 次说")
    await town.settle()
    assert len(await rows(town)) == before


async def test_what_is_done_leaves_no_content(town: Town) -> None:
    await town.say("xiaoman", town.group(), "/suggest 夜间模式")
    assert {(row.state, row.payload) for row in await rows(town)} == {(inbox.DONE, None)}


async def test_a_chat_keeps_its_order(any_town: Town) -> None:
    groups = [any_town.group(f"群 {n}") for n in range(3)]
    await any_town.settle()
    wishes = [f"{animal}{thing}" for animal in "猫狗鸟鱼马" for thing in ("食盆", "围巾", "邮筒", "滑梯")]
    for wish in wishes:
        for group in groups:
            any_town.world.say(any_town.person("xiaoman"), group, f"/suggest {wish}!")
    await any_town.settle()
    for group in groups:
        cards = [text for text in any_town.texts(group) if text.startswith("💡")]
        found = [wish for card in cards for wish in wishes if wish in card.splitlines()[0]]
        assert found == sorted(found, key=wishes.index)


async def test_a_group_whose_adding_was_missed_is_met_at_its_first_message(town: Town) -> None:
    await town.millet.stop()
    group = town.group()
    town.world.queue.drop_all()
    town.millet = town._millet()
    await town.millet.start()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    assert await texts(town) == ["夜间模式"]


async def test_429_and_409_are_waited_out(town: Town) -> None:
    group = town.group()
    await town.settle()
    town.sandbox.faults.add("429", method="getUpdates", retry_after=7)
    town.sandbox.faults.add("409", method="getUpdates")
    town.world.say(town.person("xiaoman"), group, "/suggest 夜间模式")
    for _ in range(60):
        await asyncio.sleep(0.01)
        town.clock.leap(8)
    await town.settle()
    assert await texts(town) == ["夜间模式"]


async def by_webhook(town: Town, port: int) -> tuple[str, dict[str, str]]:
    """Restart the bot with a webhook; returns its address and the header that opens it."""
    await town.settle()
    await town.restart(webhook_url=f"http://127.0.0.1:{port}", webhook_port=port)
    return f"http://127.0.0.1:{port}/telegram", {"X-Telegram-Bot-Api-Secret-Token": town.sandbox.webhook.secret}


async def test_an_update_that_the_webhook_gets_again_has_one_effect(any_town: Town, unused_tcp_port: int) -> None:
    group = any_town.group()
    url, secret = await by_webhook(any_town, unused_tcp_port)
    await any_town.say("xiaoman", group, "/suggest 夜间模式")
    raw = {
        "update_id": 900_000_001,
        "message": {
            "message_id": 77,
            "date": 1_700_000_000,
            "chat": {"id": group.id, "type": "supergroup", "title": group.title},
            "from": {"id": any_town.person("ahe").id, "is_bot": False, "first_name": "阿禾"},
            "text": "/suggest 通话录音",
        },
    }
    async with aiohttp.ClientSession() as web:
        for _ in range(3):
            async with web.post(url, json=raw, headers=secret) as answer:
                assert answer.status == 200
    await any_town.settle()
    assert await texts(any_town) == ["夜间模式", "通话录音"]


async def test_the_webhook_opens_to_telegram_alone(town: Town, unused_tcp_port: int) -> None:
    url, secret = await by_webhook(town, unused_tcp_port)
    async with aiohttp.ClientSession() as web:
        for headers, body, status in (
            ({}, b"{}", 401),
            ({"X-Telegram-Bot-Api-Secret-Token": "wrong"}, b"{}", 401),
            ({"X-Telegram-Bot-Api-Secret-Token": "\u00e9\u00e9"}, b"{}", 401),
            (secret, b"not json", 400),
            (secret, b"[1, 2]", 400),
            (secret, b"[" * 100_000, 400),
            (secret, b" " * 2_000_000, 413),
        ):
            async with web.post(url, data=io.BytesIO(body), headers=headers) as answer:
                assert answer.status == status, (headers, body[:20])


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "bot", *words]


def environment(sandbox: Sandbox, folder: Path, **more: str) -> dict[str, str]:
    """What an operator sets, and nothing else of the test's own environment."""
    ours = {"BOT_TOKEN": sandbox.token, "BOT_API_URL": sandbox.url, "DATABASE_URL": f"sqlite:///{folder / 'millet.db'}"}
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), **ours, **more}


async def test_a_refused_token_ends_the_program_with_a_sentence(tmp_path: Path) -> None:
    sandbox = Sandbox()
    await sandbox.start()
    env = environment(sandbox, tmp_path, BOT_TOKEN="43:WRONG")
    process = await asyncio.create_subprocess_exec(*command("run"), env=env, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(process.communicate(), 40)
    await sandbox.stop()
    assert process.returncode == 1
    assert "Telegram does not know this BOT_TOKEN" in said.decode()
    assert "43:WRONG" not in said.decode()


async def test_sigterm_finishes_what_is_in_hand_within_ten_seconds(tmp_path: Path) -> None:
    sandbox = Sandbox()
    await sandbox.start()
    group = sandbox.world.add_chat("谷雨 OS")
    sandbox.world.add_bot(group, sandbox.world.people["tang"], admin=True)
    process = await asyncio.create_subprocess_exec(*command("run"), env=environment(sandbox, tmp_path))
    try:
        sandbox.world.say(sandbox.world.people["tang"], group, "/suggest 夜间模式")
        await sandbox.until(
            lambda: any("夜间模式" in m.content for m in group.messages.values() if m.sender.is_bot), 40
        )
        started = asyncio.get_running_loop().time()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        assert asyncio.get_running_loop().time() - started < 10
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await sandbox.stop()
