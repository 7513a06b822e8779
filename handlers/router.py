"""The doors in one place: every message and button goes by table, every event of a chat to its module."""

from typing import Any

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.here import Here
from bot.texts.errors import stale_button
from bot.texts.say import Answers, Toast
from handlers import chats, digests, invitations, suggestions, triage, votes
from handlers.commands import Command, CommandTable, Press, Spoken

FEATURES = (suggestions, votes, triage, digests, invitations, chats)
COMMANDS: tuple[Command, ...] = tuple(command for feature in FEATURES for command in feature.COMMANDS)
PRESSES: dict[str, Press] = {press.name: press for feature in FEATURES for press in feature.PRESSES}


class Addressed(Filter):
    """A message that begins with a command; finds it by one look into the table."""

    def __init__(self, table: CommandTable) -> None:
        self._table = table

    async def __call__(self, event: TelegramObject) -> bool | dict[str, Any]:
        text = event.text or event.caption if isinstance(event, Message) else None
        if not text or not isinstance(event, Message):
            return False
        found = self._table.find(text, reply=event.reply_to_message is not None)
        if found is None:
            return False
        command, typed, words = found
        return {"command": command, "spoken": Spoken(typed, words, event)}


class HasContent(Filter):
    """A service message of one kind."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    async def __call__(self, event: TelegramObject) -> bool:
        return bool(getattr(event, self._kind, None))


class Privately(Filter):
    """A message in a private chat with the bot."""

    async def __call__(self, event: TelegramObject) -> bool:
        return isinstance(event, Message) and event.chat.type == "private"


async def run_command(_: Message, here: Here, command: Command, spoken: Spoken) -> Answers:
    """Permission first, since Telegram is asked for it and no transaction may be open then."""
    if command.staff:
        await here.require_staff()
    return await command.run(here, spoken)


async def run_press(query: CallbackQuery, here: Here) -> Answers:
    """A button's data may be old or forged: what it names is looked up, whether it is allowed is asked anew."""
    name, *numbers = (query.data or "").split(":")
    press = PRESSES.get(name)
    if press is None or len(numbers) != press.takes or not all(map(_is_id, numbers)):
        return Toast(stale_button(here.mine))
    return await press.run(here, [int(number) for number in numbers])


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 10


def make_router(table: CommandTable) -> Router:
    """All doors, for the dispatcher."""
    router = Router(name="millet")
    router.message.register(run_command, Addressed(table))
    router.message.register(chats.people_came, HasContent("new_chat_members"))
    router.message.register(chats.person_left, HasContent("left_chat_member"))
    router.message.register(chats.private_talk, Privately())
    router.callback_query.register(run_press)
    router.my_chat_member.register(chats.standing_changed)
    router.chat_member.register(chats.somebody_moved)
    router.chat_join_request.register(invitations.join_requested)
    return router
