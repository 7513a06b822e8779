"""How updates reach the bot: offsets, long polling, subscriptions, their life, and webhooks."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramConflictError
from aiohttp import web

from bot.sandbox.webhook import SECRET_HEADER
from tests.test_sandbox_stage import Stage, bot_for, stage

__all__ = ["stage"]


def say(stage: Stage, *texts: str) -> None:
    """Ahe writes to the bot privately."""
    chat = stage.sandbox.world.private(stage["ahe"])
    for text in texts:
        stage.sandbox.world.say(stage["ahe"], chat, text)


async def ids(stage: Stage, offset: int | None = None, limit: int | None = None) -> list[int]:
    return [update.update_id for update in await stage.bot.get_updates(offset, limit)]


# -- offsets ---------------------------------------------------------------------------------------------------------


async def test_what_is_not_confirmed_comes_again(stage: Stage) -> None:
    say(stage, "一", "二", "三")
    first = await ids(stage)
    assert await ids(stage) == first
    assert first == sorted(first)
    assert await ids(stage, offset=first[1]) == first[1:]
    assert await ids(stage) == first[1:]


async def test_a_higher_offset_confirms_for_good(stage: Stage) -> None:
    say(stage, "一", "二")
    last = (await ids(stage))[-1]
    assert await ids(stage, offset=last + 1) == []
    assert await ids(stage, offset=0) == []


async def test_a_negative_offset_keeps_only_the_latest(stage: Stage) -> None:
    say(stage, "一", "二", "三")
    everything = await ids(stage)
    assert await ids(stage, offset=-1) == everything[-1:]
    assert await ids(stage) == everything[-1:]


async def test_limit_bounds_a_batch(stage: Stage) -> None:
    say(stage, *(str(number) for number in range(120)))
    assert len(await ids(stage, limit=3)) == 3
    assert len(await ids(stage)) == 100


async def test_an_offset_far_ahead_is_ignored(stage: Stage) -> None:
    say(stage, "一")
    waiting = await ids(stage)
    assert await ids(stage, offset=waiting[-1] + 1000) == waiting


# -- long polling ----------------------------------------------------------------------------------------------------


async def test_a_long_poll_ends_with_the_first_update(stage: Stage) -> None:
    poll = asyncio.ensure_future(stage.updates(seconds=20))
    await asyncio.sleep(0.02)
    say(stage, "在吗")
    heard = await asyncio.wait_for(poll, 20)
    assert [update.message.text for update in heard if update.message] == ["在吗"]


async def test_a_long_poll_ends_empty_after_its_time(stage: Stage) -> None:
    started = asyncio.get_running_loop().time()
    assert await stage.updates(seconds=1) == []
    assert 0.9 < asyncio.get_running_loop().time() - started < 15


async def test_of_two_pollers_the_older_is_told_to_go(stage: Stage) -> None:
    async with bot_for(stage.sandbox).context() as rival:
        older = asyncio.ensure_future(stage.updates(seconds=20))
        await asyncio.sleep(0.02)
        younger = asyncio.ensure_future(rival.get_updates(timeout=20))
        with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
            await asyncio.wait_for(older, 20)
        say(stage, "给谁？")
        assert len(await asyncio.wait_for(younger, 20)) == 1


async def test_a_poller_that_hung_up_eats_nothing(stage: Stage) -> None:
    poll = asyncio.ensure_future(stage.updates(seconds=20))
    await asyncio.sleep(0.02)
    poll.cancel()
    await asyncio.sleep(0.02)
    say(stage, "还在")
    assert await stage.texts() == ["还在"]


# -- subscriptions ---------------------------------------------------------------------------------------------------


async def test_by_default_membership_and_reactions_of_others_are_left_out(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = world.say(stage["ahe"], group, "好")
    world.react(stage["xiaoman"], said, "👍")
    world.join(stage["sam"], group)
    assert await stage.kinds() == ["message", "message"]


async def test_a_subscription_is_remembered_and_counts_from_then_on(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = world.say(stage["ahe"], group, "好")
    world.react(stage["xiaoman"], said, "👍")
    await stage.updates(allowed=["message_reaction", "chat_member", "no_such_kind"])
    assert await stage.kinds() == []
    world.react(stage["xiaoman"], said, "🔥")
    world.join(stage["sam"], group)
    world.say(stage["ahe"], group, "没人听见")
    assert await stage.kinds() == ["message_reaction", "chat_member"]


async def test_an_empty_or_unknown_list_restores_the_default(stage: Stage) -> None:
    for restoring in ([], ["no_such_kind"]):
        await stage.updates(allowed=["chat_member"])
        await stage.updates(allowed=restoring)
        say(stage, "听得见")
        assert await stage.texts() == ["听得见"]


# -- life and poison -------------------------------------------------------------------------------------------------


async def test_messages_live_a_day_and_button_presses_150_seconds(stage: Stage) -> None:
    world = stage.sandbox.world
    say(stage, "昨天的话")
    card = world.last(world.private(stage["ahe"]))
    assert card
    world.press_data(stage["ahe"], card, "vote")
    assert await stage.kinds() == ["message", "callback_query"]
    stage.offset = 0
    stage.clock.leap(151)
    assert await stage.kinds() == ["message"]
    stage.offset = 0
    stage.clock.leap(24 * 3600)
    assert await stage.kinds() == []


async def test_after_a_quiet_week_numbers_start_elsewhere(stage: Stage) -> None:
    say(stage, "周一")
    [before] = await ids(stage)
    await ids(stage, offset=before + 1)
    stage.clock.leap(8 * 24 * 3600)
    say(stage, "下周二")
    [after] = await ids(stage)
    assert abs(after - before) > 1000


async def test_poison_blocks_a_bot_that_parses_a_whole_batch(stage: Stage) -> None:
    stage.sandbox.inject({"message": {"message_id": "not a number"}})
    say(stage, "后面的话")
    with pytest.raises(ClientDecodeError):
        await stage.updates()


# -- webhook ---------------------------------------------------------------------------------------------------------


class Door:
    """A webhook of ours that notes what it is given and answers as told."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.url = ""
        self.knocked = asyncio.Event()

    async def receive(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.secrets.append(request.headers.get(SECRET_HEADER))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.texts.append(update["message"]["text"])
        self.knocked.set()
        return web.Response(status=status)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    opened = Door()
    app = web.Application()
    app.router.add_post("/hook", opened.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    opened.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield opened
    await runner.cleanup()


async def arrived(door: Door, count: int) -> None:
    async with asyncio.timeout(30):
        while len(door.texts) < count:
            door.knocked.clear()
            await door.knocked.wait()


async def test_a_webhook_gets_updates_with_its_secret_and_in_order(stage: Stage, door: Door) -> None:
    say(stage, "等着的")
    await stage.bot.set_webhook(door.url, secret_token="s3cret")
    say(stage, "一", "二")
    await arrived(door, 3)
    assert door.texts == ["等着的", "一", "二"]
    assert set(door.secrets) == {"s3cret"}
    info = await stage.bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (door.url, 0, 40)


async def test_a_webhook_is_tried_again_until_it_says_yes(stage: Stage, door: Door) -> None:
    stage.sandbox.webhook.first_pause = 0.001
    door.statuses = [500, 503, 404]
    await stage.bot.set_webhook(door.url)
    say(stage, "一", "二")
    await arrived(door, 2)
    assert door.texts == ["一", "二"]
    info = await stage.bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"
    assert stage.sandbox.webhook.attempts == 5


async def test_while_a_webhook_is_set_polling_is_a_conflict(stage: Stage, door: Door) -> None:
    await stage.bot.set_webhook(door.url)
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await stage.updates()
    await stage.bot.delete_webhook()
    assert await stage.updates() == []
    assert (await stage.bot.get_webhook_info()).url == ""


async def test_setting_a_webhook_ends_a_long_poll(stage: Stage, door: Door) -> None:
    poll = asyncio.ensure_future(stage.updates(seconds=20))
    await asyncio.sleep(0.02)
    await stage.bot.set_webhook(door.url)
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook"):
        await asyncio.wait_for(poll, 20)


async def test_pending_updates_can_be_dropped(stage: Stage) -> None:
    say(stage, "旧的")
    await stage.bot.delete_webhook(drop_pending_updates=True)
    assert await stage.updates() == []


@pytest.mark.parametrize(("url", "secret"), [("http://example.com/hook", ""), ("https://example.com", "no spaces")])
async def test_a_webhook_needs_https_and_a_plain_secret(stage: Stage, url: str, secret: str) -> None:
    with pytest.raises(TelegramBadRequest):
        await stage.bot.set_webhook(url, secret_token=secret)
