"""Ways in, asked of Telegram before a transaction opens: the bot's own name, and a chat's link that asks to join."""

from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

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


async def door_link(rights: Rights, chat: Chat) -> str | None:
    """The chat's link that makes whoever opens it ask to join, made when there is none yet.

    None where the bot may not make one. Raises RightsUnknown when Telegram does not answer.
    """
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
