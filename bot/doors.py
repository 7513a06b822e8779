"""Ways in, asked of Telegram before a transaction opens: the bot's own name, and a chat's link that asks to join."""

from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import ChatMemberAdministrator

from bot.community.errors import RightsUnknown
from bot.rights import Rights
from storage.communities import Chat

LINK_NAME = "Millet"


async def username(rights: Rights) -> str:
    """The bot's own name in links; asked of Telegram once. Raises RightsUnknown."""
    try:
        return (await rights.bot.me()).username or ""
    except AiogramError as error:
        raise RightsUnknown from error


async def may_invite(rights: Rights, chat: Chat) -> bool:
    """Whether the bot may let people into the chat at this moment. Raises RightsUnknown."""
    standing = await _standing(rights, chat)
    return standing is not None and standing.can_invite_users


async def may_post(rights: Rights, channel: Chat) -> bool:
    """Whether the bot may write into a channel at this moment. Raises RightsUnknown."""
    standing = await _standing(rights, channel)
    return standing is not None and bool(standing.can_post_messages)


async def _standing(rights: Rights, chat: Chat) -> ChatMemberAdministrator | None:
    """What the bot may do in a chat as its administrator; None where it is none."""
    try:
        standing = await rights.bot.get_chat_member(int(chat.external_id), rights.bot.id)
    except (TelegramBadRequest, TelegramForbiddenError):
        return None
    except AiogramError as error:
        raise RightsUnknown from error
    return standing if isinstance(standing, ChatMemberAdministrator) else None


async def repeats_in(rights: Rights, channel: Chat) -> str | None:
    """The group in which Telegram repeats a channel's posts, by the network's id. Raises RightsUnknown."""
    try:
        linked = (await rights.bot.get_chat(int(channel.external_id))).linked_chat_id
    except (TelegramBadRequest, TelegramForbiddenError):
        return None
    except AiogramError as error:
        raise RightsUnknown from error
    return str(linked) if linked else None


async def door_link(rights: Rights, chat: Chat) -> str | None:
    """The chat's link that makes whoever opens it ask to join, made when there is none yet.

    None where the bot may let nobody in. Raises RightsUnknown when Telegram does not answer.
    """
    if not await may_invite(rights, chat):
        return None
    if chat.door_link:
        return chat.door_link
    try:
        made = await rights.bot.create_chat_invite_link(
            int(chat.external_id), name=LINK_NAME, creates_join_request=True
        )
    except (TelegramBadRequest, TelegramForbiddenError):
        return None
    except AiogramError as error:
        raise RightsUnknown from error
    return made.invite_link
