"""The chat page's side: what each person is shown, and what they can do there."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiogram.types import (
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.sandbox.files import plain_png
from tests.test_sandbox_stage import Stage, stage

__all__ = ["stage"]

Fields = dict[str, Any]  # JSON as the page reads it
Ask = Callable[..., Awaitable[Fields]]


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(stage.sandbox.url) as opened:
        yield opened


@pytest.fixture
def look(page: aiohttp.ClientSession) -> Ask:
    """GET something of the page."""

    async def get(what: str, as_: str, **query: str | int) -> Fields:
        async with page.get(f"/play/{what}", params={"as": as_, **query}) as answer:
            found: Fields = await answer.json()
            return found

    return get


@pytest.fixture
def do(page: aiohttp.ClientSession) -> Ask:
    """Act on the page."""

    async def post(as_: str, act: str, **fields: object) -> Fields:
        async with page.post("/play/act", json={"as": as_, "act": act, **fields}) as answer:
            done: Fields = await answer.json()
            return done

    return post


async def shown(look: Ask, as_: str, chat: int, **query: int) -> list[Fields]:
    found: list[Fields] = (await look("messages", as_, chat=chat, **query))["messages"]
    return found


# -- state -----------------------------------------------------------------------------------------------------------


async def test_the_state_of_each_person(stage: Stage, look: Ask) -> None:
    world = stage.sandbox.world
    world.add_chat("公开群", username="millet_open")
    seeds = world.add_chat("种子群", join_by_request=True)
    world.add_chat("密室")
    world.request_join(stage["sam"], seeds)
    state = await look("state", "sam")
    assert (state["me"]["name"], state["bot"]["username"]) == ("Sam", "millet_demo_bot")
    assert [person["key"] for person in state["people"]] == ["xiaoman", "ahe", "yutong", "tang", "sam"]
    chats = {chat["title"]: chat for chat in state["chats"]}
    assert {title: (chat["status"], chat["can_write"]) for title, chat in chats.items()} == {
        "公开群": ("left", False),
        "种子群": ("requested", False),
        "Millet 小米": ("member", True),
    }
    assert chats["Millet 小米"]["started"] is False
    owned = {chat["title"]: chat["status"] for chat in (await look("state", "tang"))["chats"]}
    assert owned == {"公开群": "creator", "种子群": "creator", "密室": "creator", "Millet 小米": "member"}


async def test_unread_counts_what_others_said_since(stage: Stage, look: Ask, do: Ask) -> None:
    world, group = stage.sandbox.world, stage.group()
    await do("ahe", "read", chat=group.id)
    for text in ("一", "二"):
        world.say(stage["xiaoman"], group, text)
    world.say(stage["ahe"], group, "三")
    entry = next(chat for chat in (await look("state", "ahe"))["chats"] if chat["id"] == group.id)
    assert (entry["unread"], entry["last"]["text"]) == (2, "三")


async def test_messages_come_in_pages_oldest_first(stage: Stage, look: Ask) -> None:
    group = stage.group()
    for number in range(30):
        stage.sandbox.world.say(stage["ahe"], group, f"{number}")
    latest = await look("messages", "ahe", chat=group.id, limit=10)
    assert [message["text"] for message in latest["messages"]] == [str(number) for number in range(20, 30)]
    assert latest["more"] is True
    earlier = await look("messages", "ahe", chat=group.id, limit=60, before=latest["messages"][0]["id"])
    assert [message["text"] for message in earlier["messages"]][-20:] == [str(number) for number in range(20)]
    assert earlier["more"] is False


async def test_nobody_reads_what_is_not_theirs(stage: Stage, look: Ask) -> None:
    secret = stage.sandbox.world.add_chat("密室")
    private = stage.sandbox.world.start(stage["ahe"]).chat
    for chat in (secret, private):
        assert (await look("messages", "sam", chat=chat.id))["ok"] is False


async def test_nobody_is_unknown(page: aiohttp.ClientSession) -> None:
    async with page.get("/play/state?as=nobody") as answer:
        assert answer.status == 404


# -- showing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ['<b>&"', "\u202eevil", "😀" * 64, "<img src=x onerror=alert(1)>"])
async def test_hostile_names_and_words_stay_words(stage: Stage, look: Ask, name: str) -> None:
    world, group = stage.sandbox.world, stage.group()
    mallory = world.add_person("mallory", name)
    world.join(mallory, group)
    first = world.say(mallory, group, f"{name} <i>斜</i>")
    world.say(mallory, group, "回", reply_to=first)
    joined, said, reply = (await shown(look, "ahe", group.id))[-3:]
    assert joined["service"]["zh-hans"] == f"{name} 加入了群组"
    assert said["from"]["name"] == name
    assert "<" not in said["html"]
    assert said["html"].endswith("&lt;i&gt;斜&lt;/i&gt;")
    assert reply["reply_to"]["name"] == name
    assert reply["reply_to"]["excerpt"] == first.text


async def test_a_message_in_full(stage: Stage, look: Ask) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = world.say(stage["ahe"], group, "好\n主意")
    world.react(stage["xiaoman"], said, "👍")
    world.react(stage["ahe"], said, "👍")
    [view] = (await shown(look, "ahe", group.id))[-1:]
    assert view == {
        "id": said.id,
        "chat": group.id,
        "from": {"name": "阿禾", "key": "ahe", "bot": False, "color": stage["ahe"].color},
        "sender_chat": None,
        "date": "2026-11-16T01:00:00+00:00",
        "edited": None,
        "text": "好\n主意",
        "caption": None,
        "html": "好\n主意",
        "photo": None,
        "width": None,
        "height": None,
        "document": None,
        "contact": None,
        "service": None,
        "reply_to": None,
        "buttons": [],
        "reactions": [{"emoji": "👍", "count": 2, "mine": True}],
        "mine": True,
        "can_edit": True,
        "silent": False,
        "only_for_me": False,
        "asks_me": False,
    }


async def test_whispers_show_only_to_their_receiver(stage: Stage, look: Ask) -> None:
    group = stage.group()
    to_ahe = EphemeralMessageParameters(receiver_user_id=stage["ahe"].id)
    await stage.bot.send_message(group.id, "悄悄话", ephemeral_message_parameters=to_ahe)
    mine = await shown(look, "ahe", group.id)
    assert (mine[-1]["text"], mine[-1]["only_for_me"]) == ("悄悄话", True)
    assert all(message["text"] != "悄悄话" for message in await shown(look, "xiaoman", group.id))


# -- acting ----------------------------------------------------------------------------------------------------------


async def test_saying_editing_reacting_deleting(stage: Stage, do: Ask) -> None:
    world, group = stage.sandbox.world, stage.group()
    number = (await do("ahe", "send", chat=group.id, text="深色"))["message"]
    said = group.messages[number]
    assert (await do("ahe", "edit", chat=group.id, message=number, text="深色模式"))["ok"]
    assert (await do("xiaoman", "react", chat=group.id, message=number, emoji="❤️"))["ok"]
    assert (said.text, list(said.reactions.values())) == ("深色模式", ["❤"])
    assert (await do("xiaoman", "react", chat=group.id, message=number, emoji=None))["ok"]
    reply = (await do("xiaoman", "send", chat=group.id, text="+1", reply_to=number))["message"]
    assert group.messages[reply].reply_to is said
    refused = await do("xiaoman", "delete", chat=group.id, message=number)
    assert refused == {
        "ok": False,
        "error": {
            "en": "You may not do that here.",
            "zh-hans": "你没有权限这么做。",
            "zh-hant": "你沒有權限這麼做。",
        },
    }
    assert (await do("ahe", "delete", chat=group.id, message=number))["ok"]
    assert said not in world.messages(group)


async def test_a_picture(stage: Stage, do: Ask, look: Ask, page: aiohttp.ClientSession) -> None:
    group = stage.group()
    image = "data:image/png;base64," + base64.b64encode(plain_png(12, 8)).decode()
    assert (await do("ahe", "photo", chat=group.id, caption="界面", image=image))["ok"]
    [view] = (await shown(look, "ahe", group.id))[-1:]
    assert (view["caption"], view["width"], view["height"]) == ("界面", 12, 8)
    async with page.get(view["photo"]) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", plain_png(12, 8))
    for wrong in ("data:image/png;base64,xx", "data:text/html;base64,PGI+", "https://example.com/x.png"):
        assert (await do("ahe", "photo", chat=group.id, caption="", image=wrong))["ok"] is False


async def test_a_press_waits_for_the_toast(stage: Stage, do: Ask) -> None:
    group = stage.group()
    rows = [
        [InlineKeyboardButton(text="👍", callback_data="up")],
        [InlineKeyboardButton(text="看板", url="https://board.example.com/")],
    ]
    markup = InlineKeyboardMarkup(inline_keyboard=rows)
    card = await stage.bot.send_message(group.id, "卡片", reply_markup=markup)
    pressing = asyncio.ensure_future(do("ahe", "press", chat=group.id, message=card.message_id, index=0))
    [update] = await stage.updates(seconds=5)
    assert update.callback_query
    await stage.bot.answer_callback_query(update.callback_query.id, "记下了")
    assert await pressing == {"ok": True, "toast": "记下了", "alert": False, "url": None}
    opened = await do("ahe", "press", chat=group.id, message=card.message_id, index=1)
    assert opened["url"] == "https://board.example.com/"
    assert (await do("ahe", "press", chat=group.id, message=card.message_id, index=9))["ok"] is False


async def test_coming_and_going(stage: Stage, do: Ask) -> None:
    world = stage.sandbox.world
    public = world.add_chat("公开群", "group", username="millet_open")
    seeds = world.add_chat("种子群", join_by_request=True)
    link = world.new_link(stage["tang"], seeds)
    assert (await do("sam", "start", payload="K7"))["chat"] == stage["sam"].id
    assert (await do("sam", "open", url="https://t.me/millet_open"))["joined"] is False
    assert (await do("sam", "join", chat=public.id))["ok"]
    assert (await do("sam", "leave", chat=public.id))["ok"]
    assert (await do("sam", "request", link=link.url))["requested"] is True
    assert (await do("sam", "approve", chat=seeds.id, user="sam"))["ok"] is False
    assert (await do("tang", "approve", chat=seeds.id, user="sam"))["ok"]
    assert stage["sam"] in world.members(seeds)
    world.request_join(stage["ahe"], seeds)
    assert (await do("tang", "decline", chat=seeds.id, user=stage["ahe"].id))["ok"]
    assert (await do("sam", "migrate", chat=public.id))["ok"] is False
    assert (await do("tang", "migrate", chat=public.id))["chat"] < -(10**12)
    assert (await do("sam", "block"))["ok"]
    assert world.private(stage["sam"]).blocked
    assert (await do("sam", "dance"))["ok"] is False


async def test_a_foreign_page_cannot_act_by_a_form(page: aiohttp.ClientSession) -> None:
    async with page.post("/play/act", data={"as": "tang", "act": "start"}) as answer:
        assert answer.status == 415


# -- events ----------------------------------------------------------------------------------------------------------


async def events(answer: aiohttp.ClientResponse, count: int) -> list[Fields]:
    """The next so many events of a stream, the ticking clock left out."""
    found: list[Fields] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            line = await answer.content.readline()
            event = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {"type": "clock"}
            if event["type"] != "clock":
                found.append(event)
    return found


async def test_each_page_hears_what_its_person_may_see(stage: Stage, page: aiohttp.ClientSession) -> None:
    world, group = stage.sandbox.world, stage.group()
    secret = world.add_chat("密室")
    async with page.get("/play/events?as=ahe") as stream:
        assert (await events(stream, 1))[0]["type"] == "hello"
        world.say(stage["tang"], secret, "听不见")
        said = world.say(stage["xiaoman"], group, "听得见")
        world.edit(stage["xiaoman"], said, "听得更清楚")
        world.delete(stage["xiaoman"], said)
        await stage.bot.send_chat_action(group.id, "typing")
        stage.sandbox.narrate({"en": "So it goes."})
        world.join(stage["sam"], group)
        heard = await events(stream, 7)
    kinds = [event["type"] for event in heard]
    assert kinds == ["message", "edit", "delete", "typing", "caption", "chats", "message"]
    assert heard[0]["message"]["text"] == "听得见"
    assert heard[1]["message"]["text"] == "听得更清楚"
    assert heard[2] == {"type": "delete", "chat": group.id, "ids": [said.id]}
    assert heard[4] == {"type": "caption", "caption": {"en": "So it goes."}}
    assert heard[5]["chats"][0]["members"] == 5


async def test_the_clock_ticks_and_tells_its_speed(stage: Stage, page: aiohttp.ClientSession) -> None:
    async with page.get("/play/events?as=ahe") as stream:
        await stream.content.readline()
        stage.clock.run_at(60)
        async with asyncio.timeout(30):
            while b'"clock"' not in (line := await stream.content.readline()):
                pass
    tick = json.loads(line.removeprefix(b"data: "))
    assert tick["now"] > "2026-11-16T01:00"
    assert 40 < tick["speed"] < 80


async def test_the_page_itself_is_served(page: aiohttp.ClientSession) -> None:
    async with page.get("/") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")


async def test_the_key_that_asks_for_a_contact_is_seen_and_pressed_by_its_reader_alone(
    stage: Stage, look: Ask, do: Ask
) -> None:
    world, sam = stage.sandbox.world, stage["sam"]
    world.start(sam)
    assert (await do("sam", "contact"))["ok"] is False, "nobody has asked"
    rows = [[KeyboardButton(text="📱 Mine", request_contact=True)], [KeyboardButton(text="Later")]]
    asks = ReplyKeyboardMarkup(keyboard=rows)
    await stage.bot.send_message(sam.id, "Your number?", reply_markup=asks)
    keys = [[{"label": "📱 Mine", "asks_contact": True}], [{"label": "Later", "asks_contact": False}]]
    assert (await look("state", "sam"))["chats"][-1]["keys"] == keys
    assert (await look("state", "ahe"))["chats"][-1]["keys"] == []
    shown_id = (await do("sam", "contact"))["message"]
    last = (await shown(look, "sam", sam.id))[-1]
    assert (last["id"], last["contact"]) == (shown_id, {"name": "Sam", "phone": sam.phone, "color": sam.color})
    assert (await look("state", "sam"))["chats"][-1]["keys"] == []
    await stage.bot.send_message(sam.id, "And again?", reply_markup=asks)
    await stage.bot.send_message(sam.id, "Never mind.", reply_markup=ReplyKeyboardRemove())
    assert (await look("state", "sam"))["chats"][-1]["keys"] == []
