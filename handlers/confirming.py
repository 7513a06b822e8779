"""Anonymous administrators: their word is done once the person behind it has pressed a button, and is the team's."""

from collections.abc import Sequence

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.here import Here
from bot.texts import confirming as texts
from bot.texts.say import Answer, Answers, Rewrite, Say, Whisper


def ask(here: Here) -> Say:
    """Who is it? Said in reply to the command, which is read again from there when the button is pressed."""
    return texts.who_is_it(here.t)


class IsConfirmation(Filter):
    """The button under that question."""

    async def __call__(self, event: TelegramObject) -> bool:
        return isinstance(event, CallbackQuery) and event.data == texts.CONFIRM


def confirmed(query: CallbackQuery) -> Message | None:
    """What the group's own voice had said, as it stands now; None where that is gone."""
    question = query.message if isinstance(query.message, Message) else None
    said = question.reply_to_message if question else None
    if question is None or said is None or said.sender_chat is None or said.sender_chat.id != question.chat.id:
        return None
    return said


def spoken_out(answers: Answers) -> list[Answer]:
    """The first words take the question's place; the rest follows as usual."""
    listed = list(answers) if isinstance(answers, Sequence) else [answers] if answers else []
    for n, answer in enumerate(listed):
        if isinstance(answer, Say | Whisper) and not getattr(answer, "slot", None):
            return [*listed[:n], Rewrite(answer.text, answer.keyboard), *listed[n + 1 :]]
    return [*listed, Rewrite(texts.DONE)]
