"""A database that was put back from a copy of three days ago: nothing goes out, and no code opens, without a word."""

import asyncio
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import select

from bot import cli
from bot.sandbox.model import Chat, Message
from bot.texts.chats import ROLES
from bot.texts.say import Say, to_chat
from storage import holds, outbox
from storage.invitations import ISSUED, REVOKED
from storage.outbox import HELD, OutboxRow
from tests.databases import PostgresMaker
from tests.test_digests import FRIDAY, at, outbox_rows
from tests.test_invitation_stories import gated, invite, is_in, ledger
from tests.town import Town

THURSDAY, SUNDAY = FRIDAY - timedelta(hours=28), FRIDAY + timedelta(hours=44)
SAYS = ("sendMessage", "sendPhoto", "editMessageText")


async def a_week(town: Town) -> tuple[Chat, Chat, list[str]]:
    """A gated group and its staff room on Thursday at noon: news that waits, a message, two codes in hand."""
    group = await gated(town)
    staff = town.group("团队", "tang yutong")
    await town.settle()
    await town.press("tang", town.last(staff), "小米种子")
    town.world.press_data(town.person("tang"), town.last(staff), f"role:{ROLES.index('staff')}")
    await town.settle()
    await invite(town)
    codes = await invite(town)
    await town.say("ahe", group, "/suggest 夜间模式")
    await at(town, THURSDAY)
    await town.say("yutong", group, "/ship 1 v2.3")
    async with town.database.writing() as session:
        row = to_chat(1, Say("later"), town.clock.now() + timedelta(hours=1))
        await outbox.add_rows(session, [row])
    return group, staff, codes


async def three_days_more(town: Town, group: Chat, codes: list[str]) -> None:
    """What the copy will not know: news, the digest, a message, and a code that was used."""
    await at(town, THURSDAY + timedelta(hours=2))
    await at(town, FRIDAY)
    await town.start("sam", codes[0].replace("-", ""))
    town.world.request_join(town.person("sam"), group)
    await town.settle()
    await at(town, SUNDAY)
    assert is_in(town, "sam", group)
    assert len(await outbox_rows(town)) == 1
    assert "later" in town.texts(group)


def path_of(town: Town) -> Path:
    return Path(town.url.removeprefix("sqlite:///"))


def backup(town: Town, to: Path) -> None:
    """As `.backup` makes it, of a database in use."""
    to.parent.mkdir(exist_ok=True)
    with sqlite3.connect(path_of(town)) as source, sqlite3.connect(to) as copy:
        source.backup(copy)


def lay_back(town: Town, copy: Path, way: str) -> None:
    path = path_of(town)
    mark = Path(f"{path}-mark")
    for rest in ("-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
    if way == "copied over":
        path.write_bytes(copy.read_bytes())
        return
    moved = path.with_suffix(".new")
    shutil.copyfile(copy, moved)
    moved.rename(path)
    if way == "on a new machine":
        mark.unlink()
    if way == "with its whole folder":
        shutil.copyfile(copy.with_suffix(".mark"), mark)


async def put_back(town: Town, copy: Path, way: str) -> None:
    await town.millet.stop()
    await asyncio.to_thread(lay_back, town, copy, way)
    town.millet = town._millet()
    await town.millet.start()
    await town.knock()


def said_since(town: Town, before: int) -> list[str]:
    """Whatever the bot said, by its words."""
    calls = [call for call in town.sandbox.calls[before:] if call.method in SAYS]
    return [str(call.params.get("text") or call.params.get("caption")) for call in calls]


async def only_asks(town: Town, staff: Chat, before: int) -> Message:
    """Within a day nothing is said but the question to the team; returns it."""
    for _ in range(8):
        town.clock.leap(3 * 3600)
        await town.knock()
    [asked] = said_since(town, before)
    question = town.last(staff)
    assert "2026-11-19" in asked
    return question


async def test_a_copy_of_three_days_ago_sends_and_opens_nothing_before_somebody_says_so(town: Town) -> None:
    group, staff, codes = await a_week(town)
    copy = town.folder / "backup" / "millet.db"
    await asyncio.to_thread(backup, town, copy)
    shutil.copyfile(f"{path_of(town)}-mark", copy.with_suffix(".mark"))
    await three_days_more(town, group, codes)

    before = len(town.sandbox.calls)
    await put_back(town, copy, "copied over")
    question = await only_asks(town, staff, before)
    assert "2026-11-19" in question.content
    assert await ledger(town) == [ISSUED, ISSUED]
    await town.start("xiaoman", codes[0].replace("-", ""))
    assert "邀请码" in town.last(town.private("xiaoman")).content, "the code that Sam has used opens nothing"
    assert await ledger(town) == [ISSUED, ISSUED]
    await town.say("ahe", group, "/top")
    assert "/suggest" in town.last(group).content, "who asks is answered"

    before = len(town.sandbox.calls)
    town.world.press_data(town.person("sam"), question, question.buttons[0][0].data or "")
    await town.settle()
    assert HELD in await states(town)
    await town.press("yutong", question, "不发了")
    await town.press("yutong", question, "更换")
    assert not question.buttons
    for _ in range(8):
        town.clock.leap(3 * 3600)
        await town.knock()
    assert all("雨桐" in text for text in said_since(town, before)), "only the question says what was decided"
    assert await ledger(town) == [REVOKED, REVOKED]
    assert len(await invite(town)) == 1, "codes that were replaced have come home"

    before = len(town.sandbox.calls)
    await put_back(town, copy, "moved over")
    question = await only_asks(town, staff, before)
    before = len(town.sandbox.calls)
    await town.press("yutong", question, "照发")
    assert HELD not in await states(town)
    await town.press("yutong", question, "有效")
    sent = "\n".join(said_since(town, before))
    assert "later" not in sent, "by now its time has passed"
    assert "夜间模式" in sent, "digest and news"
    assert await ledger(town) == [ISSUED, ISSUED]

    before = len(town.sandbox.calls)
    await town.restart()
    await town.knock()
    assert not await waits(town), "an ordinary restart is no copy"
    await put_back(town, copy, "on a new machine")
    await only_asks(town, staff, before)
    assert await waits(town)
    before = len(town.sandbox.calls)
    await put_back(town, copy, "with its whole folder")
    await only_asks(town, staff, before)
    assert await asyncio.to_thread(_restored, town, "--drop", "--keep-codes") == ""
    assert not await waits(town)
    await asyncio.to_thread(_restored, town, "--declare")
    await town.knock()
    assert await waits(town), "what cannot be seen can be said"


@pytest.mark.postgres
async def test_a_dump_that_is_read_in_again_is_known_for_one(postgresql: PostgresMaker, tmp_path: Path) -> None:
    dump = tmp_path / "dump"
    async with Town.open(await postgresql.make(tmp_path), tmp_path) as town:
        group, staff, codes = await a_week(town)
        await asyncio.to_thread(postgresql.tool, "pg_dump", "-Fc", "-f", str(dump), town.url)
        await three_days_more(town, group, codes)
        await town.millet.stop()
        (tmp_path / "data" / "mark").unlink()
        restore = ("pg_restore", "--clean", "--if-exists", "-d", town.url, str(dump))
        await asyncio.to_thread(postgresql.tool, *restore)
        before = len(town.sandbox.calls)
        town.millet = town._millet()
        await town.millet.start()
        await town.knock()
        question = await only_asks(town, staff, before)
        before = len(town.sandbox.calls)
        await town.press("yutong", question, "照发")
        assert "夜间模式" in "\n".join(said_since(town, before))
        assert HELD not in await states(town)
        await town.restart()
        await town.knock()
        assert await ledger(town) == [ISSUED, ISSUED]


def _restored(town: Town, *options: str) -> str:
    env = {"DATABASE_URL": town.url, "BOT_TOKEN": town.sandbox.token, "DATA_DIR": str(town.folder / "data")}
    ran = CliRunner().invoke(cli.main, ["restored", *options], env=env)
    assert ran.exit_code == 0, ran.output
    return ran.output


async def states(town: Town) -> set[str]:
    async with town.database.reading() as look:
        return set(await look.exec(select(OutboxRow.state)))


async def waits(town: Town) -> bool:
    async with town.database.reading() as look:
        return bool(await holds.list_holds(look))
