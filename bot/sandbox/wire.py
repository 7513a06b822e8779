"""The world's records as the Bot API writes them in JSON."""

from collections.abc import Sequence

from bot.sandbox.entities import Entity
from bot.sandbox.model import (
    ADMIN_RIGHTS,
    Button,
    Chat,
    Contact,
    File,
    InviteLink,
    Member,
    Message,
    Rows,
    Service,
)
from bot.sandbox.people import Person
from bot.sandbox.updates import Json

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def user(person: Person) -> Json:
    shown: Json = {"id": person.id, "is_bot": person.is_bot, "first_name": person.name}
    if person.username:
        shown["username"] = person.username
    if person.language_code:
        shown["language_code"] = person.language_code
    return shown


def chat(place: Chat) -> Json:
    shown: Json = {"id": place.id, "type": place.kind}
    if place.peer:
        shown["first_name"] = place.peer.name
        if place.peer.username:
            shown["username"] = place.peer.username
        return shown
    shown["title"] = place.title
    if place.username:
        shown["username"] = place.username
    if place.forum:
        shown["is_forum"] = True
    return shown


def message(told: Message, *, nested: bool = False) -> Json:
    """A Message; `nested` leaves out what it replies to, as Telegram does one level down."""
    shown: Json = {"message_id": told.id, "date": int(told.date.timestamp()), "chat": chat(told.chat)}
    if told.chat.kind != "channel":
        shown["from"] = user(told.sender)
    if told.sender_chat:
        shown["sender_chat"] = chat(told.sender_chat)
    if told.edited:
        shown["edit_date"] = int(told.edited.timestamp())
    if told.receiver:
        shown |= {"message_id": 0, "ephemeral_message_id": told.ephemeral_id, "receiver_user": user(told.receiver)}
    if told.service:
        return shown | _service(told.service)
    return shown | _content(told) | _thread(told) | _context(told, nested=nested)


def _content(told: Message) -> Json:
    shown: Json = {}
    words = "text" if told.text is not None else "caption"
    if told.content:
        shown[words] = told.content
        if told.entities:
            shown["entities" if words == "text" else "caption_entities"] = entities(told.entities)
    if told.photo:
        shown["photo"] = photo(told.photo)
    if told.document:
        shown["document"] = document(told.document)
    if told.contact:
        shown["contact"] = contact(told.contact)
    if told.buttons:
        shown["reply_markup"] = keyboard(told.buttons)
    return shown


def _thread(told: Message) -> Json:
    if told.topic is not None:
        return {"message_thread_id": told.topic, "is_topic_message": True}
    if told.reply_to and told.chat.kind == "supergroup":
        # A thread's root is its first message; the flag is absent because it is no topic.
        root = told.reply_to
        while root.reply_to:
            root = root.reply_to
        return {"message_thread_id": root.id}
    return {}


def _context(told: Message, *, nested: bool) -> Json:
    shown: Json = {}
    if not nested:
        topic = told.chat.topics.get(told.topic or 0)
        replied = told.reply_to or (topic.created if topic else None)
        if replied:
            shown["reply_to_message"] = message(replied, nested=True)
    if told.origin:
        shown["forward_origin"] = origin(told.origin)
    if told.album:
        shown["media_group_id"] = told.album
    if told.protected:
        shown["has_protected_content"] = True
    return shown


def _service(happened: Service) -> Json:
    match happened.kind:
        case "joined" if happened.person:
            return {"new_chat_members": [user(happened.person)]}
        case "left" if happened.person:
            return {"left_chat_member": user(happened.person)}
        case "pinned" if happened.message:
            return {"pinned_message": message(happened.message, nested=True)}
        case "migrated_to":
            return {"migrate_to_chat_id": happened.number}
        case "migrated_from":
            return {"migrate_from_chat_id": happened.number}
        case "topic_created":
            topic: Json = {"name": happened.text, "icon_color": TOPIC_COLOR}
            return {"forum_topic_created": topic, "message_thread_id": happened.number, "is_topic_message": True}
        case _:
            name = "forum_topic_closed" if happened.kind == "topic_closed" else "forum_topic_reopened"
            return {name: {}, "message_thread_id": happened.number, "is_topic_message": True}


TOPIC_COLOR = 0x6FB9F0


def entities(marks: Sequence[Entity]) -> list[Json]:
    return [_entity(mark) for mark in marks]


def _entity(mark: Entity) -> Json:
    shown: Json = {"type": mark.type, "offset": mark.offset, "length": mark.length}
    if mark.url:
        shown["url"] = mark.url
    if mark.user:
        shown["user"] = user(mark.user)
    if mark.language:
        shown["language"] = mark.language
    if mark.custom_emoji_id:
        shown["custom_emoji_id"] = mark.custom_emoji_id
    return shown


def photo(file: File) -> list[Json]:
    size: Json = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    return [size | {"width": file.width, "height": file.height}]


def document(file: File) -> Json:
    shown: Json = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    return shown | {"file_name": file.name, "mime_type": file.mime}


def contact(shown: Contact) -> Json:
    return {
        "phone_number": shown.phone.removeprefix("+"),
        "first_name": shown.person.name,
        "user_id": shown.person.id,
    }


def keyboard(rows: Rows) -> Json:
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows]}


def _button(button: Button) -> Json:
    if button.web_app:
        return {"text": button.label, "web_app": {"url": button.url}}
    if button.url is not None:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.data}


def origin(source: Message) -> Json:
    date = int(source.date.timestamp())
    if source.sender_chat and source.chat.kind == "channel":
        return {"type": "channel", "date": date, "chat": chat(source.sender_chat), "message_id": source.id}
    if source.sender_chat:
        return {"type": "chat", "date": date, "sender_chat": chat(source.sender_chat)}
    return {"type": "user", "date": date, "sender_user": user(source.sender)}


def member(standing: Member, place: Chat) -> Json:
    """A ChatMember of whichever kind the standing is."""
    shown: Json = {"status": standing.status, "user": user(standing.person)}
    match standing.status:
        case "creator":
            shown["is_anonymous"] = standing.anonymous
        case "administrator":
            shown |= {"can_be_edited": False, "is_anonymous": standing.anonymous} | rights(standing.rights, place)
        case "restricted":
            shown |= {name: name in standing.permissions for name in PERMISSIONS}
            shown |= _tag(standing) | {"is_member": standing.present, "until_date": _until(standing)}
        case "kicked":
            shown["until_date"] = _until(standing)
        case "member":
            shown |= _tag(standing)
        case _:
            pass
    return shown


def _tag(standing: Member) -> Json:
    return {"tag": standing.tag} if standing.tag else {}


def _until(standing: Member) -> int:
    return int(standing.until.timestamp()) if standing.until else 0


def rights(held: frozenset[str], place: Chat) -> Json:
    """Administrator rights; those that a kind of chat does not know are left out."""
    absent = {
        "channel": {"can_pin_messages", "can_manage_topics", "can_manage_tags"},
        "group": {"can_post_messages", "can_edit_messages", "can_manage_topics"},
    }.get(place.kind, {"can_post_messages", "can_edit_messages"})
    return {right: right in held for right in ADMIN_RIGHTS if right not in absent}


def invite_link(link: InviteLink, viewer: Person) -> Json:
    """An invite link; of someone else's only the beginning is shown."""
    url = link.url if link.creator is viewer else f"{link.url[:-8]}…"
    shown: Json = {
        "invite_link": url,
        "creator": user(link.creator),
        "creates_join_request": link.creates_join_request,
        "is_primary": link.primary,
        "is_revoked": link.revoked,
    }
    if link.name:
        shown["name"] = link.name
    if link.expires:
        shown["expire_date"] = int(link.expires.timestamp())
    if link.member_limit:
        shown["member_limit"] = link.member_limit
    if link.pending:
        shown["pending_join_request_count"] = len(link.pending)
    return shown


def emoji_list(emoji: str | None) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def actor(person: Person, place: Chat, *, anonymous: bool) -> Json:
    """Who reacted: the person, or the chat for an anonymous administrator."""
    return {"actor_chat": chat(place)} if anonymous else {"user": user(person)}


def inaccessible(gone: Message) -> Json:
    """What a button press shows of a message that was deleted: its place, and a date of 0."""
    return {"chat": chat(gone.chat), "message_id": gone.id, "date": 0}


def blocking(place: Chat, bot: Person, date: int) -> Json:
    """The my_chat_member update of a private chat whose person has just blocked or unblocked the bot."""
    banned: Json = {"status": "kicked", "user": user(bot), "until_date": 0}
    free: Json = {"status": "member", "user": user(bot)}
    old, new = (free, banned) if place.blocked else (banned, free)
    peer = user(place.peer) if place.peer else {}
    return {"chat": chat(place), "from": peer, "date": date, "old_chat_member": old, "new_chat_member": new}
