"""Ordinary talk of which something concerns us: an answer to an open question, a wish, a question."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import Message, TelegramObject

from bot.community.talk import Said
from bot.here import STAND_INS, Here
from bot.language.questions import is_question
from bot.language.wishes import is_wish
from bot.texts.say import Answers
from handlers import questions, suggestions, wishes


class Talk(Filter):
    """What people say to each other in a group."""

    async def __call__(self, event: TelegramObject, here: Here | None = None) -> bool | dict[str, Any]:
        return isinstance(event, Message) and here is not None and here.chat is not None


async def heard(message: Message, here: Here) -> Answers:
    """An answer is one whatever it says; a wish in the form of a question is a wish."""
    if await questions.answered(here, message):
        return None
    if message.photo and message.media_group_id and not message.caption:
        return await suggestions.attach(here, message)
    said = _said(message, here)
    if said is None:
        return None
    return await wishes.overheard(here, said) if is_wish(said.text) else await questions.asked(here, said)


def _said(message: Message, here: Here) -> Said | None:
    """Somebody's own words to the others, if they wish or ask; the gate lets other messages in too."""
    text = message.text or message.caption or ""
    if here.chat is None or here.person.external_id in STAND_INS or not (is_wish(text) or is_question(text)):
        return None
    answered = message.reply_to_message
    to_us = answered is not None and answered.from_user is not None and answered.from_user.is_bot
    if to_us or message.forward_origin or message.via_bot or message.sender_chat or message.from_user is None:
        return None
    return Said(here.community, here.chat, here.person_id, text, str(message.message_id), here.origin)
