"""Bot API methods about the door of a chat: invite links and join requests."""

from bot.sandbox import wire
from bot.sandbox.api import Api, Params, method
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.targets import find_chat, find_person, need_right
from bot.sandbox.model import Chat, InviteLink

MEMBER_LIMITS = range(1, 100_000)
MAX_NAME = 32


def _gated(api: Api, p: Params) -> Chat:
    chat = find_chat(api, p)
    if chat.kind == "private":
        raise bad_request("can't export invite link for a private chat")
    need_right(api, chat, "can_invite_users", "not enough rights to manage chat invite link")
    return chat


def _check_limits(p: Params) -> None:
    if p.has("member_limit"):
        if p.flag("creates_join_request"):
            raise bad_request("member limit can't be specified for links requiring administrator approval")
        if p.number("member_limit") not in MEMBER_LIMITS:
            raise bad_request("USAGE_LIMIT_INVALID")
    if len(p.text("name")) > MAX_NAME:
        raise bad_request("invite link name is too long")


@method
def create_chat_invite_link(api: Api, p: Params) -> object:
    chat = _gated(api, p)
    _check_limits(p)
    link = api.world.new_link(
        api.world.bot,
        chat,
        name=p.text("name") or None,
        creates_join_request=p.flag("creates_join_request"),
        member_limit=p.number("member_limit") or None,
        expires=p.moment("expire_date"),
    )
    return wire.invite_link(link, api.world.bot)


@method
def export_chat_invite_link(api: Api, p: Params) -> object:
    return api.world.new_link(api.world.bot, _gated(api, p), primary=True).url


def _own_link(api: Api, chat: Chat, p: Params) -> InviteLink:
    link = chat.links.get(p.text("invite_link"))
    if link is None:
        raise bad_request("INVITE_HASH_EXPIRED")
    if link.creator is not api.world.bot:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return link


@method
def edit_chat_invite_link(api: Api, p: Params) -> object:
    chat = _gated(api, p)
    _check_limits(p)
    link = _own_link(api, chat, p)
    if link.revoked or link.primary:
        raise bad_request("INVITE_HASH_EXPIRED")
    link.name, link.expires = p.text("name") or None, p.moment("expire_date")
    link.member_limit, link.creates_join_request = p.number("member_limit") or None, p.flag("creates_join_request")
    return wire.invite_link(link, api.world.bot)


@method
def revoke_chat_invite_link(api: Api, p: Params) -> object:
    chat = _gated(api, p)
    link = _own_link(api, chat, p)
    link.revoked = True
    if link.primary:
        api.world.new_link(api.world.bot, chat, primary=True)
    return wire.invite_link(link, api.world.bot)


@method
def approve_chat_join_request(api: Api, p: Params) -> object:
    chat = _gated(api, p)
    person = find_person(api, p)
    if chat.member(person):
        raise bad_request("USER_ALREADY_PARTICIPANT")
    if person.id not in chat.requests:
        raise bad_request("HIDE_REQUESTER_MISSING")
    api.world.approve(api.world.bot, chat, person)
    return True


@method
def decline_chat_join_request(api: Api, p: Params) -> object:
    chat = _gated(api, p)
    person = find_person(api, p)
    if person.id not in chat.requests:
        raise bad_request("USER_ALREADY_PARTICIPANT" if chat.member(person) else "HIDE_REQUESTER_MISSING")
    api.world.decline(api.world.bot, chat, person)
    return True
