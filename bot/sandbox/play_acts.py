"""What a person can do on the chat page: each act is one function from the request's fields to its answer."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.api import Params
from bot.sandbox.errors import Refused, not_allowed, not_found
from bot.sandbox.files import image_size
from bot.sandbox.model import Button, Chat, Message
from bot.sandbox.page_views import PageViews, readable, visible
from bot.sandbox.people import Person
from bot.sandbox.reactions import known_reaction
from bot.sandbox.state import Press
from bot.sandbox.updates import Json
from bot.sandbox.world import World

_DATA_URL = re.compile(r"data:(image/(?:png|jpeg|gif|webp));base64,(.+)", re.DOTALL)


@dataclass(slots=True)
class Act:
    """One act on the page: who does it, with which fields, in which world."""

    world: World
    views: PageViews
    person: Person
    p: Params

    def chat(self) -> Chat:
        chat = self.world.chats.get(self.p.number("chat"))
        if chat is None or not visible(self.person, chat):
            raise not_found()
        return chat

    def message(self, name: str = "message") -> Message:
        chat, number = self.chat(), self.p.number(name)
        message = chat.messages.get(number) if number > 0 else chat.whispers.get(-number)
        hidden = message is None or (message.receiver is not None and message.receiver is not self.person)
        if message is None or hidden or not readable(self.person, chat):
            raise not_found()
        return message

    def other(self) -> Person:
        person = self.world.people.get(self.p.text("user"))
        person = person or self.world.people.with_id(self.p.number("user"))
        if person is None:
            raise not_found()
        return person


Done = Json | Press
ACTS: dict[str, Callable[[Act], Done]] = {}


def act(verb: Callable[[Act], Done]) -> Callable[[Act], Done]:
    """List a function as the act of its name (`open_` is open)."""
    ACTS[verb.__name__.rstrip("_")] = verb
    return verb


@act
def send(a: Act) -> Done:
    reply = a.message("reply_to") if a.p.has("reply_to") else None
    return {"message": a.world.say(a.person, a.chat(), a.p.text("text"), reply).id}


@act
def photo(a: Act) -> Done:
    match = _DATA_URL.fullmatch(a.p.text("image"))
    try:
        data = base64.b64decode(match[2], validate=True) if match else b""
    except binascii.Error:
        data = b""
    if match is None or image_size(data) is None:
        raise Refused("That is not a picture.", "这不是图片。", "這不是圖片。")
    file = a.world.keep_file(data, "photo", match[1])
    return {"message": a.world.send_photo(a.person, a.chat(), a.p.text("caption"), file).id}


@act
def edit(a: Act) -> Done:
    a.world.edit(a.person, a.message(), a.p.text("text"))
    return {}


@act
def delete(a: Act) -> Done:
    a.world.delete(a.person, a.message())
    return {}


@act
def react(a: Act) -> Done:
    emoji = known_reaction(a.p.text("emoji")) or a.p.text("emoji")
    a.world.react(a.person, a.message(), emoji or None)
    return {}


@act
def press(a: Act) -> Done:
    message = a.message()
    buttons: list[Button] = [button for row in message.buttons for button in row]
    index = a.p.number("index", -1)
    if not 0 <= index < len(buttons):
        raise not_found()
    button = buttons[index]
    if button.url is not None:
        return {"toast": None, "alert": False, "url": button.url}
    return a.world.press(a.person, message, button.data or "")


@act
def contact(a: Act) -> Done:
    return {"message": a.world.show_contact(a.person).id}


@act
def start(a: Act) -> Done:
    a.world.start(a.person, a.p.text("payload") or None)
    return {"chat": a.person.id}


@act
def block(a: Act) -> Done:
    a.world.block(a.person)
    return {}


@act
def unblock(a: Act) -> Done:
    a.world.unblock(a.person)
    return {}


@act
def join(a: Act) -> Done:
    chat = a.chat()
    if not chat.username:
        raise not_allowed()
    if chat.join_by_request:
        a.world.request_join(a.person, chat)
    else:
        a.world.join(a.person, chat)
    return {"chat": chat.id, "joined": not chat.join_by_request, "requested": chat.join_by_request}


@act
def request(a: Act) -> Done:
    if a.p.has("link"):
        return _follow(a, a.p.text("link"))
    a.world.request_join(a.person, a.chat())
    return {"requested": True}


@act
def leave(a: Act) -> Done:
    a.world.leave(a.person, a.chat())
    return {}


@act
def open_(a: Act) -> Done:
    return _follow(a, a.p.text("url"))


def _follow(a: Act, url: str) -> Json:
    opened = a.world.open_link(a.person, url)
    told = {"chat": opened.chat.id, "joined": opened.joined, "requested": opened.requested}
    return told | {"message": opened.message}


@act
def read(a: Act) -> Done:
    a.views.mark_read(a.person, a.chat())
    return {}


def _door(a: Act) -> Chat:
    chat = a.chat()
    if not a.world.standing(a.person, chat).can("can_invite_users"):
        raise not_allowed()
    return chat


@act
def approve(a: Act) -> Done:
    a.world.approve(a.person, _door(a), a.other())
    return {}


@act
def decline(a: Act) -> Done:
    a.world.decline(a.person, _door(a), a.other())
    return {}


@act
def migrate(a: Act) -> Done:
    chat = a.chat()
    if a.world.standing(a.person, chat).status != "creator":
        raise not_allowed()
    return {"chat": a.world.migrate_to_supergroup(chat, a.person).id}
