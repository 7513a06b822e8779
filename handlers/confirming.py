"""Anonymous administrators: their word is done once the person behind it has pressed a button, and is the team's."""

from collections.abc import Sequence

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.community import prompts
from bot.community.errors import StaleButton
from bot.here import Here
from bot.texts import confirming as texts
from bot.texts.say import Answer, Answers, Rewrite, Say, Whisper
from storage.prompts import PromptRow

LONGEST_ID = 9  # digits


def ask(here: Here, asked: PromptRow | None = None) -> Say:
    """Who is it? Said in reply to their words, which are read again from there when the button is pressed."""
    return texts.who_is_it(here.t, asked.id if asked else None)


class IsConfirmation(Filter):
    """The button under that question."""

    async def __call__(self, event: TelegramObject) -> bool:
        return isinstance(event, CallbackQuery) and (event.data or "").partition(":")[0] == texts.CONFIRM


def confirmed(query: CallbackQuery) -> Message | None:
    """What the group's own voice had said, as it stands now; None where that is gone."""
    question = query.message if isinstance(query.message, Message) else None
    said = question.reply_to_message if question else None
    if question is None or said is None or said.sender_chat is None or said.sender_chat.id != question.chat.id:
        return None
    return said


async def answered(query: CallbackQuery, here: Here) -> PromptRow | None:
    """The question of ours that their words answer, if any; raises StaleButton, AskedOfAnother."""
    number = (query.data or "").partition(":")[2]
    if not number:
        return None
    if not number.isdecimal() or len(number) > LONGEST_ID or here.chat is None:
        raise StaleButton
    async with here.database.reading() as look:
        return await prompts.access_asked(look, int(number), here.chat.id or 0, here.person_id, here.now)


def spoken_out(answers: Answers) -> list[Answer]:
    """The first words take the question's place; the rest follows as usual."""
    listed = list(answers) if isinstance(answers, Sequence) else [answers] if answers else []
    for n, answer in enumerate(listed):
        if isinstance(answer, Say | Whisper) and not getattr(answer, "slot", None):
            return [*listed[:n], Rewrite(answer.text, answer.keyboard), *listed[n + 1 :]]
    return [*listed, Rewrite(texts.DONE)]
