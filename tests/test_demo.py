"""The demo: plays its week to the end, leaves the visitor a community to play with, ends cleanly."""

import asyncio
import os
import re
import signal
import sys

import aiohttp
import pytest


async def ask(web: aiohttp.ClientSession, url: str, **query: str) -> dict[str, list[dict[str, str]]]:
    async with web.get(url, params=query) as answer:
        found: dict[str, list[dict[str, str]]] = await answer.json()
        return found


@pytest.mark.timeout(240)
async def test_the_week_is_played_and_then_handed_over(unused_tcp_port: int) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--skip", "--port", str(unused_tcp_port)),
        env={"PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        url = f"http://127.0.0.1:{unused_tcp_port}"
        assert process.stdout
        async with asyncio.timeout(200), aiohttp.ClientSession() as web:
            said = b""
            while url.encode() not in said:
                said += await process.stdout.readline()
            state = await ask(web, f"{url}/play/state", **{"as": "tang"})
            while not any(control["key"] == "again" for control in state["controls"]):  # seen over HTTP only
                await asyncio.sleep(0.5)
                state = await ask(web, f"{url}/play/state", **{"as": "tang"})
            texts = {
                chat["title"]: [m["text"] or m["caption"] or "" for m in (await messages(web, url, chat["id"]))]
                for chat in state["chats"]
            }
        process.send_signal(signal.SIGINT)
        _, errors = await asyncio.wait_for(process.communicate(), 20)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    assert errors.decode() == ""
    public, seeds, team = texts["谷雨 OS"], texts["谷雨 OS · 种子群"], texts["谷雨 OS · 团队"]
    for chat in (public, seeds):
        assert sum("你提的，我们做了" in text for text in chat) == 1
        assert sum("🏆 #1" in text for text in chat) == 1, "the four-grid"
    assert any(text.startswith("📝") for text in team), "the draft"
    assert any("白名单" in text for text in team), "a word to the team"
    assert any("✅ #1" in text for text in public)
    assert any("🚫 #2" in text for text in public)
    assert any("May" in text and "阿禾" in text for text in team), "the tree"
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", str(state["caption"])), "a code for Sam"


async def messages(web: aiohttp.ClientSession, url: str, chat: str) -> list[dict[str, str]]:
    return (await ask(web, f"{url}/play/messages", **{"as": "tang", "chat": chat, "limit": "200"}))["messages"]
