"""Questions of ours and the typed words that answer them: by reply in a group, by the next words in private."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import Message, TelegramObject
from markupsafe import Markup

from bot.community import prompts
from bot.community.prompts import Asking
from bot.here import Here
from bot.texts import prompts as texts
from bot.texts.say import Say
from storage.prompts import PromptRow, slot_of


async def ask(here: Here, name: str, numbers: tuple[int, ...], text: Markup, *, kept: str = "") -> Say:
    """A question to the speaker; the words they answer with go to the prompt of that name."""
    community_id = here.known_community.id if here.known_community else None
    asking = Asking(name, numbers, here.person_id, here.chat.id if here.chat else None, community_id, kept)
    row = await prompts.ask(here.session, asking, here.now)
    if here.chat is not None:
        text = texts.addressed(here.t, None if here.as_chat else here.person, text)
    return Say(text, slot=slot_of(row), asks=True)


class AnswersPrompt(Filter):
    """A message that answers a question of ours, and comes from whom it was asked, or from the group itself."""

    async def __call__(self, event: TelegramObject, here: Here | None = None) -> bool | dict[str, Any]:
        if not isinstance(event, Message) or here is None or _is_command(event):
            return False
        row = await _find(event, here)
        return {"asked": row} if row is not None and (here.as_chat or row.person_id == here.person_id) else False


def _is_command(message: Message) -> bool:
    """A command nobody knows, which is a slip rather than an answer."""
    return message.chat.type == "private" and (message.text or "").startswith(("/", "／"))


async def _find(message: Message, here: Here) -> PromptRow | None:
    async with here.database.reading() as look:
        if here.chat is None:
            return await prompts.find_private(look, here.person_id, here.now)
        replied = message.reply_to_message
        if replied is None or here.chat.id is None:
            return None
        return await prompts.find_replied(look, here.chat.id, str(replied.message_id), here.now)
