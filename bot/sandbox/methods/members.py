"""Bot API methods that change someone's standing in a chat."""

import unicodedata
from datetime import datetime, timedelta

from bot.sandbox import wire
from bot.sandbox.api import Api, Params, method
from bot.sandbox.entities import clean, utf16_length
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.targets import find_chat, find_person, need_right
from bot.sandbox.model import ADMIN_RIGHTS, Chat, Member
from bot.sandbox.people import Person
from bot.sandbox.state import Change

RESTRICT = "not enough rights to restrict/unrestrict chat member"
# "If banned for more than 366 days or less than 30 seconds they are banned forever" (Bot API, banChatMember).
SHORTEST = timedelta(seconds=30)
LONGEST = timedelta(days=366)
LONGEST_TAG = 16


def _target(api: Api, p: Params, right: str, complaint: str) -> tuple[Chat, Person]:
    """The chat and the person, if the bot may do this to them: never to the creator, itself or an administrator."""
    chat = find_chat(api, p)
    if chat.kind == "private":
        raise bad_request("can't change members of a private chat")
    need_right(api, chat, right, complaint)
    person = find_person(api, p)
    standing = chat.members.get(person.id)
    if person is api.world.bot:
        raise bad_request("can't restrict self")
    if standing and standing.status == "creator":
        raise bad_request("can't remove chat owner")
    if standing and standing.status == "administrator" and right != "can_promote_members":
        raise bad_request("user is an administrator of the chat")
    return chat, person


def _until(api: Api, p: Params) -> datetime | None:
    until = p.moment("until_date")
    if until is None:
        return None
    return until if SHORTEST <= until - api.world.clock() <= LONGEST else None


@method
def ban_chat_member(api: Api, p: Params) -> object:
    chat, person = _target(api, p, "can_restrict_members", RESTRICT)
    until = None if chat.kind == "group" else _until(api, p)
    api.world.kick(chat, person, api.world.bot, until)
    return True


@method
def unban_chat_member(api: Api, p: Params) -> object:
    chat, person = _target(api, p, "can_restrict_members", RESTRICT)
    if chat.kind == "group":
        raise bad_request("method is available for supergroup and channel chats only")
    if chat.member(person) and not p.flag("only_if_banned"):
        api.world.remove(chat, api.world.bot, Member(person, "left"))
    else:
        api.world.unban(chat, person, api.world.bot)
    return True


@method
def restrict_chat_member(api: Api, p: Params) -> object:
    chat = find_chat(api, p)
    if chat.kind != "supergroup":
        raise bad_request("method is available only for supergroups")
    chat, person = _target(api, p, "can_restrict_members", RESTRICT)
    given = p.record("permissions")
    allowed = frozenset(name for name in wire.PERMISSIONS if given.get(name) is True)
    if not p.flag("use_independent_chat_permissions"):
        allowed = _implied(allowed)
    if allowed >= _EVERYDAY:
        here = chat.member(person) is not None
        api.world.set_standing(chat, api.world.bot, Member(person, "member" if here else "left"))
    else:
        api.world.restrict(chat, api.world.bot, person, allowed, _until(api, p))
    return True


_MEDIA = frozenset(name for name in wire.PERMISSIONS if name.startswith("can_send_")) - {
    "can_send_messages",
    "can_send_polls",
    "can_send_other_messages",
}
_EVERYDAY = _MEDIA | {"can_send_messages", "can_send_polls", "can_send_other_messages", "can_add_web_page_previews"}


def _implied(allowed: frozenset[str]) -> frozenset[str]:
    """Other messages and previews imply every medium, media and polls imply messages (Bot API, restrictChatMember)."""
    if allowed & {"can_send_other_messages", "can_add_web_page_previews"}:
        allowed |= _MEDIA | {"can_send_messages"}
    if allowed & (_MEDIA | {"can_send_polls"}):
        allowed |= {"can_send_messages"}
    return allowed


@method
def set_chat_member_tag(api: Api, p: Params) -> object:
    """Of regular members only (Bot API 9.5): an administrator's title is another thing, and the owner's to give."""
    chat = find_chat(api, p)
    if chat.kind not in ("group", "supergroup"):
        raise bad_request("method is available only for groups and supergroups")
    need_right(api, chat, "can_manage_tags", "not enough rights to manage member tags")
    member = chat.member(find_person(api, p))
    if member is None:
        raise bad_request("USER_NOT_PARTICIPANT")
    if member.is_admin:
        raise bad_request("CHAT_CREATOR_REQUIRED")
    tag = clean(p.text("tag")).strip()
    if utf16_length(tag) > LONGEST_TAG:
        raise bad_request("ADMIN_RANK_INVALID")
    if any(unicodedata.category(character) == "So" for character in tag):
        raise bad_request("ADMIN_RANK_EMOJI_NOT_ALLOWED")
    member.tag = tag
    api.world.notify(Change("chats", chat, person=member.person))
    return True


@method
def promote_chat_member(api: Api, p: Params) -> object:
    chat, person = _target(api, p, "can_promote_members", "not enough rights")
    if not chat.member(person):
        raise bad_request("USER_NOT_PARTICIPANT")
    wanted = frozenset(right for right in ADMIN_RIGHTS if p.flag(right))
    mine = chat.members[api.world.bot.id].rights
    if not wanted <= mine | {"can_manage_chat"}:
        raise bad_request("RIGHT_FORBIDDEN")
    if wanted:
        named = dict.fromkeys(wanted, True)
        api.world.promote(chat, person, by=api.world.bot, anonymous=p.flag("is_anonymous"), **named)
    else:
        api.world.demote(chat, person, by=api.world.bot)
    return True
