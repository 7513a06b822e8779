"""A new message of the bot, before it has its content."""

from bot.sandbox.api import Api, Params
from bot.sandbox.methods.content import read_asks, read_keyboard, read_keys
from bot.sandbox.methods.targets import find_reply, find_topic
from bot.sandbox.model import Chat, Key, Message
from bot.sandbox.state import Change


def draft(api: Api, p: Params, chat: Chat) -> Message:
    """A message with everything but its content, once the sending limits allow it."""
    reply = find_reply(chat, p)
    find_topic(chat, p, reply)
    read_keyboard(p, chat)
    read_keys(p, chat)
    api.limits.spend(chat)
    return new_message(api, p, chat)


def new_message(api: Api, p: Params, chat: Chat) -> Message:
    """The same without asking the limits: for albums, which are counted as a whole."""
    world = api.world
    reply = find_reply(chat, p)
    topic, buttons = find_topic(chat, p, reply), read_keyboard(p, chat)
    _put_keys(api, chat, read_keys(p, chat))
    message = Message(world.next_message_id(chat), chat, world.clock(), world.bot)
    message.reply_to, message.topic, message.buttons = reply, topic, buttons
    message.silent, message.protected = p.flag("disable_notification"), p.flag("protect_content")
    message.asks = read_asks(p)
    message.sender_chat = chat if chat.kind == "channel" else None
    return message


def _put_keys(api: Api, chat: Chat, keys: tuple[tuple[Key, ...], ...] | None) -> None:
    """The keyboard under the field changes with the message that brings another, or takes it away."""
    if keys is not None and keys != chat.keys:
        chat.keys = keys
        api.world.notify(Change("chats", chat))
