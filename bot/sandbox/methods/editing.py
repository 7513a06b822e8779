"""Bot API methods that change or remove what is already in a chat."""

from datetime import timedelta

from bot.sandbox import wire
from bot.sandbox.api import Api, Params, method
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.content import Words, read_caption, read_keyboard, read_text
from bot.sandbox.methods.media import read_media
from bot.sandbox.methods.targets import find_chat, find_message, need_right, present, writable_chat
from bot.sandbox.model import Chat, Message, Rows, Service
from bot.sandbox.state import Change

# "A message can only be deleted if it was sent less than 48 hours ago" (Bot API, deleteMessage).
DELETABLE = timedelta(hours=48)
MAX_DELETED = 100
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def _own_message(api: Api, p: Params) -> Message:
    chat = writable_chat(api, p)
    message = find_message(chat, p, "message to edit not found")
    if message.sender is not api.world.bot or message.service or message.origin:
        raise bad_request("message can't be edited")
    return message


def _change(api: Api, message: Message, words: Words, buttons: Rows) -> Message:
    """Give an own message new words and a new keyboard (none, if the call had none)."""
    if (message.content, message.entities, message.buttons) == (*words, buttons):
        raise bad_request(NOT_MODIFIED)
    if not message.receiver:
        api.limits.spend(message.chat)
    if message.text is None:
        message.caption = words[0] or None
    else:
        message.text = words[0]
    message.entities, message.buttons, message.edited = words[1], buttons, api.world.clock()
    api.world.notify(Change("edit", message.chat, message))
    return message


@method
def edit_message_text(api: Api, p: Params) -> object:
    message = _own_message(api, p)
    words = read_text(api, p)
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    return wire.message(_change(api, message, words, read_keyboard(p, message.chat)))


@method
def edit_message_caption(api: Api, p: Params) -> object:
    message = _own_message(api, p)
    words = read_caption(api, p)
    if message.text is not None:
        raise bad_request("there is no caption in the message to edit")
    return wire.message(_change(api, message, words, read_keyboard(p, message.chat)))


@method
def edit_message_reply_markup(api: Api, p: Params) -> object:
    message = _own_message(api, p)
    return wire.message(_change(api, message, (message.content, message.entities), read_keyboard(p, message.chat)))


@method
def edit_message_media(api: Api, p: Params) -> object:
    message = _own_message(api, p)
    kind, file, words = read_media(api, p, p.record("media"))
    buttons = read_keyboard(p, message.chat)
    before = (message.photo, message.document, message.content, message.buttons)
    photo, document = (file, None) if kind == "photo" else (None, file)
    if before == (photo, document, words[0], buttons):
        raise bad_request(NOT_MODIFIED)
    api.limits.spend(message.chat)
    message.photo, message.document = photo, document
    message.text, message.caption, message.entities = None, words[0] or None, words[1]
    message.buttons, message.edited = buttons, api.world.clock()
    api.world.notify(Change("edit", message.chat, message))
    return wire.message(message)


# -- ephemeral messages ----------------------------------------------------------------------------------------------


def _own_whisper(api: Api, p: Params) -> Message:
    chat = writable_chat(api, p)
    message = chat.whispers.get(p.number("ephemeral_message_id"))
    if message is None or message.receiver is None or message.receiver.id != p.number("receiver_user_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    return message


@method
def edit_ephemeral_message_text(api: Api, p: Params) -> object:
    message = _own_whisper(api, p)
    _change(api, message, read_text(api, p), read_keyboard(p, message.chat))
    return True


@method
def edit_ephemeral_message_reply_markup(api: Api, p: Params) -> object:
    message = _own_whisper(api, p)
    _change(api, message, (message.content, message.entities), read_keyboard(p, message.chat))
    return True


@method
def delete_ephemeral_message(api: Api, p: Params) -> object:
    message = _own_whisper(api, p)
    del message.chat.whispers[message.ephemeral_id]
    message.deleted = True
    api.world.notify(Change("delete", message.chat, message, (-message.ephemeral_id,)))
    return True


# -- deleting and pinning --------------------------------------------------------------------------------------------


def _deletable(api: Api, chat: Chat, message: Message) -> bool:
    fresh = api.world.clock() - message.date < DELETABLE
    if chat.kind == "private":
        return fresh
    me = present(api, chat)
    return me.can("can_delete_messages") or (fresh and message.sender is api.world.bot and not message.service)


@method
def delete_message(api: Api, p: Params) -> object:
    chat = find_chat(api, p)
    if chat.kind != "private":
        present(api, chat)
    message = find_message(chat, p, "message to delete not found")
    if not _deletable(api, chat, message):
        raise bad_request("message can't be deleted")
    api.world.erase(message)
    return True


@method
def delete_messages(api: Api, p: Params) -> object:
    chat = find_chat(api, p)
    numbers = p.numbers("message_ids")
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > MAX_DELETED:
        raise bad_request("too many message identifiers specified")
    found = [message for number in numbers if (message := chat.messages.get(number))]
    if any(not _deletable(api, chat, message) for message in found):
        raise bad_request("message can't be deleted")
    for message in found:
        api.world.erase(message)
    return True


def _check_may_pin(api: Api, chat: Chat) -> None:
    right = {"group": "can_pin_messages", "supergroup": "can_pin_messages", "channel": "can_edit_messages"}
    if chat.kind in right:
        need_right(api, chat, right[chat.kind], "not enough rights to manage pinned messages in the chat")


@method
def pin_chat_message(api: Api, p: Params) -> object:
    chat = writable_chat(api, p)
    _check_may_pin(api, chat)
    message = find_message(chat, p, "message to pin not found")
    if message in chat.pinned:
        raise bad_request("CHAT_NOT_MODIFIED")
    chat.pinned.append(message)
    api.world.announce(chat, api.world.bot, Service("pinned", message=message))
    return True


@method
def unpin_chat_message(api: Api, p: Params) -> object:
    chat = writable_chat(api, p)
    _check_may_pin(api, chat)
    if p.has("message_id"):
        message = find_message(chat, p, "message to unpin not found")
        if message in chat.pinned:
            chat.pinned.remove(message)
    elif chat.pinned:
        chat.pinned.pop()
    else:
        raise bad_request("message to unpin not found")
    return True


@method
def unpin_all_chat_messages(api: Api, p: Params) -> object:
    chat = writable_chat(api, p)
    _check_may_pin(api, chat)
    chat.pinned.clear()
    return True
