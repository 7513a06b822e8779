"""Bot API methods that put something new into a chat."""

from dataclasses import replace

from bot.sandbox import wire
from bot.sandbox.api import Api, Params, method
from bot.sandbox.entities import utf16_length
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.content import Words, read_caption, read_keyboard, read_text
from bot.sandbox.methods.drafts import draft
from bot.sandbox.methods.targets import (
    EPHEMERAL_WINDOW,
    find_chat,
    find_message,
    find_person,
    present,
    writable_chat,
)
from bot.sandbox.model import Chat, Message
from bot.sandbox.people import Person
from bot.sandbox.reactions import known_reaction
from bot.sandbox.state import Answer, Change

MAX_TOAST = 200


@method
def send_message(api: Api, p: Params) -> object:
    whisper = Params(p.record("ephemeral_message_parameters") or p.values)
    if whisper.has("receiver_user_id"):
        return _send_whisper(api, p, whisper)
    chat = writable_chat(api, p)
    words = read_text(api, p)
    message = draft(api, p, chat)
    message.text, message.entities = words
    return wire.message(api.world.post(message))


def _send_whisper(api: Api, p: Params, whisper: Params) -> object:
    """An ephemeral message: one member of a group sees it (Bot API, Ephemeral Messages and Commands)."""
    chat = writable_chat(api, p)
    receiver = _receiver(api, chat, whisper)
    words = read_text(api, p)
    api.limits.spend(chat)
    message = Message(0, chat, api.world.clock(), api.world.bot, buttons=read_keyboard(p, chat), receiver=receiver)
    message.text, message.entities = words
    last = api.world.last(chat)
    message.ephemeral_id, message.after = api.world.serial(), last.id if last else 0
    chat.whispers[message.ephemeral_id] = message
    api.world.notify(Change("message", chat, message))
    return wire.message(message)


def _receiver(api: Api, chat: Chat, whisper: Params) -> Person:
    if chat.kind not in ("group", "supergroup"):
        raise bad_request("PEER_ID_INVALID")
    receiver = find_person(api, whisper, "receiver_user_id")
    if receiver.is_bot:
        raise bad_request("USER_IS_BOT")
    if not chat.member(receiver):
        raise bad_request("USER_NOT_PARTICIPANT")
    press = api.world.presses.get(whisper.text("callback_query_id"))
    age = api.world.clock().timestamp() - press.at if press and press.person is receiver else None
    in_time = age is not None and age <= EPHEMERAL_WINDOW.total_seconds()
    if not in_time and not present(api, chat).is_admin:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return receiver


@method
def forward_message(api: Api, p: Params) -> object:
    chat = writable_chat(api, p)
    source = _source(api, p, "message to forward not found")
    if source.protected or source.service:
        raise bad_request("the message can't be forwarded")
    copy = _copied(source, draft(api, p, chat))
    copy.origin, copy.buttons = source.origin or source, ()
    return wire.message(api.world.post(copy))


@method
def copy_message(api: Api, p: Params) -> object:
    chat = writable_chat(api, p)
    source = _source(api, p, "message to copy not found")
    if source.service:
        raise bad_request("the message can't be copied")
    new_caption: Words | None = read_caption(api, p) if p.has("caption") else None
    copy = _copied(source, draft(api, p, chat))
    if new_caption and copy.text is None:
        copy.caption, copy.entities = new_caption[0] or None, new_caption[1]
    api.world.post(copy)
    return {"message_id": copy.id}


def _source(api: Api, p: Params, complaint: str) -> Message:
    origin = find_chat(api, p, "from_chat_id")
    return find_message(origin, p, complaint)


def _copied(source: Message, target: Message) -> Message:
    return replace(
        target,
        text=source.text,
        caption=source.caption,
        entities=source.entities,
        photo=source.photo,
        document=source.document,
    )


@method
def send_chat_action(api: Api, p: Params) -> object:
    chat = writable_chat(api, p)
    if not p.has("action"):
        raise bad_request("wrong parameter action in request")
    api.world.notify(Change("typing", chat))
    return True


@method
def set_message_reaction(api: Api, p: Params) -> object:
    chat = writable_chat(api, p)
    message = find_message(chat, p, "message to react not found")
    wanted = p.records("reaction")
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = None
    if wanted:
        named = str(wanted[0].get("emoji", "")) if wanted[0].get("type") == "emoji" else ""
        emoji = known_reaction(named)
        if emoji is None:
            raise bad_request("REACTION_INVALID")
    api.world.set_reaction(api.world.bot.id, message, emoji)
    return True


@method
def answer_callback_query(api: Api, p: Params) -> object:
    text = p.text("text")
    if utf16_length(text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = Answer(text or None, p.flag("show_alert"), p.text("url") or None)
    api.world.answer(p.text("callback_query_id"), answer)
    return True
