"""Whom and what a call is about, with the refusals that Telegram gives for each."""

from datetime import timedelta

from bot.sandbox.api import Api, Params
from bot.sandbox.errors import ApiError, bad_request, forbidden
from bot.sandbox.model import Chat, Member, Message, Topic
from bot.sandbox.people import Person

EPHEMERAL_WINDOW = timedelta(seconds=15)
PLACE = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}


def find_chat(api: Api, p: Params, name: str = "chat_id") -> Chat:
    """The chat a call names by id or @username, among those the bot has met."""
    if not p.has(name):
        raise bad_request("chat_id is empty")
    key = p.text(name)
    chat = api.world.chat_named(key) if key.startswith("@") else _by_number(api, p.number(name))
    if chat is None:
        raise bad_request("chat not found")
    if chat.migrated_to:
        moved = {"migrate_to_chat_id": chat.migrated_to}
        raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
    return chat


def _by_number(api: Api, number: int) -> Chat | None:
    world = api.world
    if number > 0:
        person = world.people.with_id(number)
        return world.private(person) if person and number in world.met else None
    chat = world.chats.get(number)
    return chat if chat and world.bot.id in chat.members else None


def writable_chat(api: Api, p: Params, permission: str = "can_send_messages") -> Chat:
    """A chat the bot may write to now; else 403, or 400 for a missing right."""
    chat = find_chat(api, p)
    if chat.kind == "private":
        _check_private(api, chat)
        return chat
    me = present(api, chat)
    if chat.kind == "channel" and not me.can("can_post_messages"):
        raise bad_request("need administrator rights in the channel chat")
    if me.status == "restricted" and permission not in me.permissions:
        raise bad_request("not enough rights to send text messages to the chat")
    return chat


def _check_private(api: Api, chat: Chat) -> None:
    if chat.peer and chat.peer.deactivated:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started and not (chat.peer and api.world.door_is_open(chat.peer)):
        raise forbidden("bot can't initiate conversation with a user")


def present(api: Api, chat: Chat) -> Member:
    """The bot's standing in a chat it is in; 403 that says how it is out."""
    found = chat.members.get(api.world.bot.id)
    if found and found.present:
        return found
    if found and found.status == "kicked":
        raise forbidden(f"bot was kicked from the {PLACE[chat.kind]}")
    raise forbidden(f"bot is not a member of the {PLACE.get(chat.kind, 'chat')}")


def need_right(api: Api, chat: Chat, right: str, description: str) -> Member:
    """The bot's standing if it is an administrator with this right; else 400 with this description."""
    me = present(api, chat)
    if not me.can(right):
        raise bad_request(description)
    return me


def find_person(api: Api, p: Params, name: str = "user_id") -> Person:
    """The person a call is about; 400 for an id nobody has."""
    number = p.number(name)
    person = api.world.bot if number == api.world.bot.id else api.world.people.with_id(number)
    if person is None:
        raise bad_request("user not found" if number else "invalid user_id specified")
    return person


def find_message(chat: Chat, p: Params, complaint: str) -> Message:
    if not p.has("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(p.number("message_id"))
    if message is None:
        raise bad_request(complaint)
    return message


def find_reply(chat: Chat, p: Params) -> Message | None:
    """The message a call answers, if it still exists or the call insists."""
    asked = Params(p.record("reply_parameters"))
    number = asked.number("message_id") or p.number("reply_to_message_id")
    if not number:
        return None
    message = chat.messages.get(number)
    lenient = asked.flag("allow_sending_without_reply") or p.flag("allow_sending_without_reply")
    if message is None and not lenient:
        raise bad_request("message to be replied not found")
    return message


def find_topic(chat: Chat, p: Params, reply: Message | None) -> int | None:
    """The topic to write in: None outside of forums and in General; 400 for one that is unknown or closed."""
    if not chat.forum:
        return None
    number = p.number("message_thread_id")
    if not number:
        return reply.topic if reply else None
    topic = chat.topics.get(number)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed:
        raise bad_request("TOPIC_CLOSED")
    return topic.id


def known_topic(chat: Chat, p: Params) -> Topic:
    topic = chat.topics.get(p.number("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    return topic
