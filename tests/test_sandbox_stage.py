"""The sandbox itself: a real aiogram bot talks to it, tests wait on it, and it stays quick."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods import SendDice
from aiogram.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, MenuButtonDefault, Update
from aiogram.types import Message as TelegramMessage

from bot.clock import SteerableClock
from bot.sandbox.api import METHODS, Api, Params
from bot.sandbox.errors import ApiError
from bot.sandbox.model import ADMIN_RIGHTS, Chat, Message
from bot.sandbox.people import Person
from bot.sandbox.server import Control, Sandbox

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


@dataclass
class Stage:
    """A sandbox with a standing clock, and a real bot that looks at its updates when told."""

    sandbox: Sandbox
    clock: SteerableClock
    bot: Bot
    offset: int = 0

    def __getitem__(self, key: str) -> Person:
        return self.sandbox.world.people[key]

    def group(self, members: str = "ahe xiaoman", *, admin: bool = True, kind: str = "supergroup") -> Chat:
        """A group of Tang's with these members and the bot; what happened so far is not the bot's business."""
        world = self.sandbox.world
        chat = world.add_chat("小米内测群", "group" if kind == "group" else "supergroup")
        world.add_bot(chat, self["tang"], admin=admin)
        for key in members.split():
            world.add_member(chat, self[key])
        world.queue.drop_all()
        return chat

    async def updates(self, seconds: int = 0, allowed: list[str] | None = None) -> list[Update]:
        """What the bot hears now; asking again confirms it."""
        heard = await self.bot.get_updates(self.offset or None, timeout=seconds, allowed_updates=allowed)
        self.offset = heard[-1].update_id + 1 if heard else self.offset
        return heard

    async def kinds(self) -> list[str]:
        return [update.event_type for update in await self.updates()]

    async def texts(self) -> list[str | None]:
        return [update.message.text for update in await self.updates() if update.message]


def bot_for(sandbox: Sandbox, token: str | None = None) -> Bot:
    api = TelegramAPIServer.from_base(sandbox.url)
    return Bot(token or sandbox.token, session=AiohttpSession(api=api))


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=label, callback_data=f"do:{label}") for label in labels]
    return InlineKeyboardMarkup(inline_keyboard=[row])


async def send(stage: Stage, chat: Chat, text: str = "卡片", *labels: str) -> tuple[TelegramMessage, Message]:
    """The bot says something; both its own copy and the one in the chat."""
    sent = await stage.bot.send_message(chat.id, text, reply_markup=keyboard(*labels) if labels else None)
    return sent, chat.messages[sent.message_id]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    clock = SteerableClock(MONDAY)
    sandbox = Sandbox(clock=clock.now)
    await sandbox.start()
    bot = bot_for(sandbox)
    yield Stage(sandbox, clock, bot)
    await bot.session.close()
    await sandbox.stop()


# -- who the bot is --------------------------------------------------------------------------------------------------


async def test_the_bot_knows_itself(stage: Stage) -> None:
    me = await stage.bot.get_me()
    assert (me.id, me.username, me.first_name) == (42, "millet_demo_bot", "Millet 小米")
    assert me.can_read_all_group_messages is False
    stage.sandbox.world.privacy = False
    assert (await stage.bot.get_me()).can_read_all_group_messages is True


async def test_a_wrong_token_is_unauthorized(stage: Stage) -> None:
    async with bot_for(stage.sandbox, "42:WRONG").context() as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()


async def test_an_unknown_method_is_named(stage: Stage) -> None:
    with pytest.raises(TelegramNotFound, match="sendDice"):
        await stage.bot(SendDice(chat_id=1))


async def test_parameters_come_as_json_form_or_query(stage: Stage) -> None:
    chat = stage.sandbox.world.start(stage["ahe"]).chat
    url = f"{stage.sandbox.url}/bot{stage.sandbox.token}/SENDmessage"
    async with aiohttp.ClientSession() as http:
        for body in (
            {"json": {"chat_id": chat.id, "text": "一"}},
            {"data": {"chat_id": str(chat.id), "text": "二"}},
            {"params": {"chat_id": str(chat.id), "text": "三"}},
        ):
            async with http.post(url, **body) as answer:
                assert (await answer.json())["ok"] is True
        async with http.post(url, data="{", headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 400
    assert [message.text for message in stage.sandbox.world.messages(chat)] == ["/start", "一", "二", "三"]


async def test_commands_and_descriptions_are_kept_by_language(stage: Stage) -> None:
    bot = stage.bot
    await bot.set_my_commands([BotCommand(command="suggest", description="提建议")], language_code="zh")
    assert [command.command for command in await bot.get_my_commands(language_code="zh")] == ["suggest"]
    assert await bot.get_my_commands() == []
    await bot.delete_my_commands(language_code="zh")
    assert await bot.get_my_commands(language_code="zh") == []
    await bot.set_my_description("什么都记得")
    assert (await bot.get_my_description(language_code="en")).description == "什么都记得"
    await bot.set_my_short_description("小米")
    assert (await bot.get_my_short_description()).short_description == "小米"
    await bot.set_my_name("Millet")
    assert (await bot.get_my_name()).name == "Millet"
    await bot.set_chat_menu_button(menu_button=MenuButtonDefault())
    assert (await bot.get_chat_menu_button()).type == "default"
    assert await bot.close()
    assert await bot.log_out()


async def test_a_username_changes_hands_and_the_id_stays(stage: Stage) -> None:
    people = stage.sandbox.world.people
    people.rename(stage["ahe"], name="阿禾🌾", username="rice")
    people.rename(stage["sam"], username="ahe_rice")
    assert people.with_username("@Ahe_Rice") is stage["sam"]
    assert people.with_id(stage["ahe"].id) is people.with_username("rice")
    stage.sandbox.world.start(stage["ahe"])
    assert (await stage.bot.get_chat(stage["ahe"].id)).first_name == "阿禾🌾"


async def test_a_taken_port_is_an_error_and_another_can_be_tried(stage: Stage) -> None:
    second = Sandbox()
    with pytest.raises(OSError, match="address"):
        await second.start(port=int(stage.sandbox.url.rpartition(":")[2]))
    await second.start()
    async with bot_for(second).context() as bot:
        poll = asyncio.ensure_future(bot.get_updates(timeout=20))
        await asyncio.sleep(0.02)
        second.world.start(second.world.people["sam"])
        assert len(await asyncio.wait_for(poll, 20)) == 1
    await second.stop()


VALUES: tuple[object, ...] = (
    *(0, 1, 2, -1, 10**30, 1.5, True, None, "", "x" * 5000, "😀", "<b>x</b>", "<", "HTML", "\ud800"),
    *(
        "[]",
        "{}",
        "[1]",
        '["x"]',
        '{"inline_keyboard":[1]}',
        '{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}',
    ),
    *('[{"type":"emoji","emoji":"👍"}]', '[{"type":"bold","offset":-5,"length":99999}]', '{"receiver_user_id":1}'),
)
NAMES = (
    *("chat_id", "from_chat_id", "user_id", "message_id", "message_ids", "message_thread_id", "callback_query_id"),
    *("text", "caption", "parse_mode", "entities", "reply_markup", "reply_parameters", "photo", "media", "reaction"),
    *("permissions", "until_date", "name", "member_limit", "expire_date", "invite_link", "can_pin_messages"),
    *("commands", "scope", "allowed_updates", "ephemeral_message_parameters", "action"),
)


async def test_whatever_the_parameters_a_method_answers_or_refuses(stage: Stage) -> None:
    chosen = random.Random(7)  # noqa: S311 - the same nonsense every time
    group = stage.group()
    stage.sandbox.world.add_bot(group, stage["tang"], **dict.fromkeys(ADMIN_RIGHTS, True))
    api = Api(stage.sandbox.world, stage.sandbox.limits, stage.sandbox.webhook)
    for name in sorted(METHODS) * 60:
        values = {key: chosen.choice(VALUES) for key in chosen.sample(NAMES, 8)}
        chat = chosen.choice([group.id, stage["ahe"].id, chosen.choice(VALUES)])
        with contextlib.suppress(ApiError):
            METHODS[name](api, Params({"chat_id": chat, **values}))


# -- waiting and showing ---------------------------------------------------------------------------------------------


async def test_until_waits_for_the_world_and_gives_what_it_found(stage: Stage) -> None:
    group = stage.group()
    world = stage.sandbox.world
    asyncio.get_running_loop().call_later(0.02, lambda: world.say(stage["ahe"], group, "来了"))
    found = await stage.sandbox.until(lambda: next((m for m in world.messages(group) if m.text == "来了"), None))
    assert found.sender is stage["ahe"]


async def test_until_shows_the_chats_when_nothing_comes(stage: Stage) -> None:
    stage.sandbox.world.say(stage["ahe"], stage.group(), "有人吗")
    with pytest.raises(AssertionError, match="阿禾: 有人吗"):
        await stage.sandbox.until(lambda: None, timeout=0.01)


async def test_quiet_waits_until_all_is_confirmed(stage: Stage) -> None:
    stage.sandbox.world.say(stage["ahe"], stage.group(), "你好")
    quiet = asyncio.ensure_future(stage.sandbox.quiet(0.01))
    await asyncio.sleep(0.05)
    assert not quiet.done()
    await stage.updates()
    await stage.updates()
    await asyncio.wait_for(quiet, 20)


async def test_calls_are_recorded(stage: Stage) -> None:
    stage.sandbox.world.start(stage["ahe"])
    await stage.bot.send_message(stage["ahe"].id, "收到")
    with pytest.raises(TelegramNotFound):
        await stage.bot(SendDice(chat_id=1))
    sent, refused = stage.sandbox.calls
    assert (sent.method, sent.params["text"], sent.ok, sent.at) == ("sendMessage", "收到", True, MONDAY)
    assert (refused.method, refused.ok) == ("sendDice", False)


async def test_the_demo_narrates_and_offers_controls(stage: Stage) -> None:
    pressed: list[str] = []

    async def next_day() -> None:
        pressed.append("next")

    stage.sandbox.narrate({"en": "Monday morning"})
    stage.sandbox.controls = [Control("next", {"en": "Next day", "zh-hans": "下一天"}, next_day)]
    async with aiohttp.ClientSession(stage.sandbox.url) as http:
        async with http.get("/play/state?as=sam") as answer:
            state = await answer.json()
        async with http.post("/play/control", json={"key": "next"}) as answer:
            assert (await answer.json()) == {"ok": True}
    assert state["caption"] == {"en": "Monday morning"}
    assert state["controls"] == [{"key": "next", "labels": {"en": "Next day", "zh-hans": "下一天"}}]
    assert pressed == ["next"]


# -- speed -----------------------------------------------------------------------------------------------------------


async def test_a_thousand_sentences_and_a_hundred_newcomers_take_seconds(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    begun = time.perf_counter()
    for number in range(1000):
        world.say(stage["ahe" if number % 2 else "xiaoman"], group, f"第 {number} 句 #话题 https://t.me/x")
    newcomers = [world.add_person(f"guest{number}") for number in range(100)]
    for person in newcomers:
        world.join(person, group)
    heard = 0
    while batch := await stage.updates():
        heard += len(batch)
    await asyncio.gather(*(stage.bot.send_message(group.id, f"欢迎 {person.name}") for person in newcomers))
    assert heard == 1100
    assert len(world.messages(group)) == 1203
    assert time.perf_counter() - begun < 10
