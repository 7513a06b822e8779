"""Telegram going wrong to order, and Telegram's sending limits."""

import asyncio

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.sandbox.faults import Kind
from bot.sandbox.model import Chat
from tests.test_sandbox_stage import Stage, stage

__all__ = ["stage"]


def texts(stage: Stage, chat: Chat) -> list[str]:
    return [message.content for message in stage.sandbox.world.messages(chat) if message.sender.is_bot]


# -- faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("500", TelegramServerError),
        ("502", ClientDecodeError),
        ("empty", ClientDecodeError),
        ("lost_answer", TelegramNetworkError),
        ("reset", TelegramNetworkError),
        ("403", TelegramForbiddenError),
        ("400", TelegramBadRequest),
        ("401", TelegramUnauthorizedError),
        ("409", TelegramConflictError),
    ],
)
async def test_each_fault_shows_as_its_error_once(stage: Stage, kind: Kind, error: type[Exception]) -> None:
    group = stage.group()
    fault = stage.sandbox.faults.add(kind)
    with pytest.raises(error):
        await stage.bot.send_message(group.id, "一")
    await stage.bot.send_message(group.id, "二")
    assert texts(stage, group) == (["一", "二"] if kind == "lost_answer" else ["二"])
    assert (fault.struck, fault.left) == (1, 0)


async def test_a_timeout_ends_when_the_bot_hangs_up(stage: Stage) -> None:
    group = stage.group()
    stage.sandbox.faults.add("timeout")
    with pytest.raises(TelegramNetworkError):
        await stage.bot.send_message(group.id, "一", request_timeout=1)
    assert texts(stage, group) == []


async def test_429_comes_with_and_without_its_seconds(stage: Stage) -> None:
    group = stage.group()
    stage.sandbox.faults.add("429", retry_after=7)
    with pytest.raises(TelegramRetryAfter) as flood:
        await stage.bot.send_message(group.id, "一")
    assert flood.value.retry_after == 7
    stage.sandbox.faults.add("429")
    with pytest.raises(TelegramAPIError) as bare:
        await stage.bot.send_message(group.id, "一")
    assert not isinstance(bare.value, TelegramRetryAfter)


async def test_a_migration_can_be_claimed(stage: Stage) -> None:
    stage.sandbox.faults.add("migrate", migrate_to_chat_id=-100123)
    with pytest.raises(TelegramMigrateToChat):
        await stage.bot.send_message(stage.group().id, "一")


async def test_faults_choose_their_calls(stage: Stage) -> None:
    one, other = stage.group(), stage.group()
    stage.sandbox.faults.add("500", method="sendMessage", chat_id=one.id, times=2)
    await stage.bot.send_message(other.id, "没事")
    for _ in range(2):
        with pytest.raises(TelegramServerError):
            await stage.bot.send_message(one.id, "有事")
    await stage.bot.send_message(one.id, "好了")
    stage.sandbox.faults.add("401", method=None, times=None)
    for _ in range(2):
        with pytest.raises(TelegramUnauthorizedError):
            await stage.bot.get_me()
    stage.sandbox.faults.clear()
    assert (await stage.bot.get_me()).id == 42


async def test_getting_updates_can_fail_too(stage: Stage) -> None:
    stage.sandbox.world.start(stage["ahe"])
    stage.sandbox.faults.add("lost_answer", method="getUpdates")
    with pytest.raises(TelegramNetworkError):
        await stage.updates()
    assert await stage.texts() == ["/start"]


# -- limits ----------------------------------------------------------------------------------------------------------


async def flood(stage: Stage, chat: Chat, count: int) -> tuple[int, float]:
    """How many of so many messages went through, and the seconds of the first refusal (0: none)."""
    done, wait = 0, 0.0
    for number in range(count):
        try:
            await stage.bot.send_message(chat.id, f"第 {number} 条")
            done += 1
        except TelegramRetryAfter as refusal:
            wait = wait or refusal.retry_after
    return done, wait


async def test_one_chat_takes_a_short_burst_then_one_a_second(stage: Stage) -> None:
    stage.sandbox.limits.enforced = True
    chat = stage.sandbox.world.start(stage["ahe"]).chat
    assert await flood(stage, chat, 5) == (3, 1)
    for _ in range(40):
        stage.clock.leap(1)
        assert await flood(stage, chat, 1) == (1, 0)


async def test_a_group_takes_twenty_a_minute(stage: Stage) -> None:
    stage.sandbox.limits.enforced = True
    group = stage.group()
    sent = 0
    for _ in range(20):
        sent += (await flood(stage, group, 1))[0]
        stage.clock.leap(2)
    assert sent == 20
    assert await flood(stage, group, 1) == (0, 20)
    stage.clock.leap(19)
    assert await flood(stage, group, 1) == (0, 1)
    stage.clock.leap(1)
    assert await flood(stage, group, 1) == (1, 0)


async def test_thirty_a_second_over_all(stage: Stage) -> None:
    stage.sandbox.limits.enforced = True
    groups = [stage.group() for _ in range(32)]
    answers = await asyncio.gather(*(flood(stage, group, 1) for group in groups))
    assert sum(done for done, _ in answers) == 30
    assert stage.sandbox.limits.refused == 2


async def test_edits_count_and_reactions_do_not(stage: Stage) -> None:
    stage.sandbox.limits.enforced = True
    group = stage.group()
    sent = await stage.bot.send_message(group.id, "0")
    await sent.edit_text("1")
    await sent.edit_text("2")
    with pytest.raises(TelegramRetryAfter):
        await sent.edit_text("3")
    await sent.delete()


async def test_without_limits_nothing_is_counted(stage: Stage) -> None:
    assert await flood(stage, stage.group(), 60) == (60, 0)
