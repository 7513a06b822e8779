"""Bot API methods that tell about chats and their members, and those about forum topics."""

from bot.sandbox import wire
from bot.sandbox.api import Api, Params, method
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.targets import find_chat, known_topic, need_right, present
from bot.sandbox.model import Chat, Member
from bot.sandbox.updates import Json

# The least that ChatFullInfo may hold (Bot API); the sandbox has no colours, gifts or custom reactions.
_FULL: Json = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}


@method
def get_chat(api: Api, p: Params) -> object:
    chat = find_chat(api, p)
    shown = wire.chat(chat) | _FULL
    if chat.kind == "private":
        return shown
    if not chat.username:
        present(api, chat)
    if chat.pinned:
        shown["pinned_message"] = wire.message(chat.pinned[-1], nested=True)
    if chat.linked_to:
        shown["linked_chat_id"] = chat.linked_to
    if chat.join_by_request:
        shown["join_by_request"] = True
    primary = next((link for link in chat.links.values() if link.primary and not link.revoked), None)
    if primary and primary.creator is api.world.bot:
        shown["invite_link"] = primary.url
    if chat.kind != "channel":
        shown["permissions"] = {name: name in _USUAL_PERMISSIONS for name in wire.PERMISSIONS}
    return shown


_USUAL_PERMISSIONS = frozenset(wire.PERMISSIONS) - {"can_change_info", "can_pin_messages", "can_manage_topics"}


def _group(api: Api, p: Params) -> Chat:
    chat = find_chat(api, p)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    if not chat.username:
        present(api, chat)
    return chat


@method
def get_chat_member(api: Api, p: Params) -> object:
    chat = find_chat(api, p)
    number = p.number("user_id")
    if chat.kind == "private":
        raise bad_request("PARTICIPANT_ID_INVALID")
    me = api.world.bot
    if number != me.id:
        present(api, chat)
    standing = api.world.settled(chat, number)
    if standing is None:
        person = api.world.people.with_id(number)
        if person is None or number not in api.world.met:
            # What the server answers for an id that the bot has never seen.
            raise bad_request("invalid user_id specified" if number <= 0 else "PARTICIPANT_ID_INVALID")
        standing = Member(person, "left")
    return wire.member(standing, chat)


@method
def get_chat_administrators(api: Api, p: Params) -> object:
    chat = _group(api, p)
    return [wire.member(member, chat) for member in chat.members.values() if member.is_admin]


@method
def get_chat_member_count(api: Api, p: Params) -> object:
    chat = find_chat(api, p)
    return 2 if chat.kind == "private" else chat.size


@method
def leave_chat(api: Api, p: Params) -> object:
    chat = find_chat(api, p)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    present(api, chat)
    api.world.leave(api.world.bot, chat)
    return True


# -- forum topics ----------------------------------------------------------------------------------------------------


def _forum(api: Api, p: Params) -> Chat:
    chat = find_chat(api, p)
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    need_right(api, chat, "can_manage_topics", "not enough rights to manage topics")
    return chat


@method
def create_forum_topic(api: Api, p: Params) -> object:
    chat = _forum(api, p)
    if not p.text("name").strip():
        raise bad_request("TOPIC_TITLE_EMPTY")
    topic = api.world.add_topic(api.world.bot, chat, p.text("name").strip())
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": wire.TOPIC_COLOR}


@method
def close_forum_topic(api: Api, p: Params) -> object:
    chat = _forum(api, p)
    api.world.set_topic_closed(api.world.bot, chat, known_topic(chat, p), closed=True)
    return True


@method
def reopen_forum_topic(api: Api, p: Params) -> object:
    chat = _forum(api, p)
    api.world.set_topic_closed(api.world.bot, chat, known_topic(chat, p), closed=False)
    return True


@method
def delete_forum_topic(api: Api, p: Params) -> object:
    chat = _forum(api, p)
    topic = known_topic(chat, p)
    for message in [message for message in chat.messages.values() if message.topic == topic.id]:
        api.world.erase(message)
    del chat.topics[topic.id]
    return True
