"""The doors in one place: every message and button goes by table, every event of a chat to its module."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.community import codes, prompts
from bot.community.errors import StaleButton
from bot.here import Here
from bot.texts.errors import stale_button
from bot.texts.say import Answers, Toast
from handlers import (
    arrivals,
    audit,
    bars,
    cards,
    care,
    channels,
    chats,
    confirming,
    digests,
    drafts,
    follows,
    grids,
    growth,
    invitations,
    merges,
    notices,
    offers,
    phones,
    proposals,
    questions,
    reactions,
    reattaching,
    repositories,
    reservations,
    restores,
    rounds,
    search,
    seeds,
    settings,
    showing,
    signs,
    stats,
    suggestions,
    talk,
    triage,
    verdicts,
    voices,
    votes,
    waiting,
    waves,
    wishes,
    words,
)
from handlers.commands import Command, CommandTable, Press, Prompt, Spoken
from handlers.prompts import AnswersPrompt
from storage.prompts import PromptRow

FEATURES = (
    suggestions,
    offers,
    voices,
    wishes,
    showing,
    search,
    votes,
    follows,
    reservations,
    triage,
    cards,
    care,
    merges,
    proposals,
    audit,
    questions,
    words,
    digests,
    drafts,
    grids,
    stats,
    repositories,
    invitations,
    bars,
    reattaching,
    signs,
    phones,
    rounds,
    seeds,
    waves,
    growth,
    waiting,
    notices,
    verdicts,
    settings,
    restores,
    chats,
    channels,
)
Named = TypeVar("Named", Press, Prompt)
COMMANDS: tuple[Command, ...] = tuple(command for feature in FEATURES for command in feature.COMMANDS)


def _by_name(found: Iterable[Named]) -> dict[str, Named]:
    """Each under its name; two of one name would silently be one."""
    table: dict[str, Named] = {}
    for one in found:
        if table.setdefault(one.name, one) is not one:
            raise ValueError(f"two answer to {one.name}")
    return table


PRESSES: dict[str, Press] = _by_name(press for feature in FEATURES for press in feature.PRESSES)
PROMPTS: dict[str, Prompt] = _by_name(prompt for feature in FEATURES for prompt in feature.PROMPTS)


class Addressed(Filter):
    """A message that begins with a command; finds it by one look into the table."""

    def __init__(self, table: CommandTable) -> None:
        self._table = table

    async def __call__(self, event: TelegramObject, here: Here | None = None) -> bool | dict[str, Any]:
        text = event.text or event.caption if isinstance(event, Message) else None
        if not text or not isinstance(event, Message):
            return False
        own = here.ears.words_of(here.known_community.id) if here and here.known_community else ()
        is_meant_alone = event.reply_to_message is not None or event.chat.type == "private"
        found = self._table.find(text, reply=is_meant_alone, own=own)
        if found is None:
            return False
        command, typed, words = found
        return {"command": command, "spoken": Spoken(typed, words, event)}


class CarriesCode(Filter):
    """A message in a group that holds an invitation code, also within a link."""

    async def __call__(self, event: TelegramObject) -> bool | dict[str, Any]:
        if not isinstance(event, Message) or event.chat.type == "private":
            return False
        text = event.text or event.caption or ""
        urls = [entity.url for entity in event.entities or event.caption_entities or () if entity.url]
        posted = codes.read("\n".join([text, *urls]))
        return {"posted": posted} if posted else False


class Reworded(Addressed):
    """An edited message: with a suggestion's command, or with no command at all; any other command is said anew."""

    async def __call__(self, event: TelegramObject, here: Here | None = None) -> bool | dict[str, Any]:
        found = await super().__call__(event, here)
        if not isinstance(found, dict):
            return {"spoken": None}
        return {"spoken": found["spoken"]} if found["command"].in_passing else False


class HasContent(Filter):
    """A service message of one kind, or a reaction of a person's."""

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
    if command.staff and here.as_chat and not command.harmless:
        return confirming.ask(here)
    if command.staff:
        await here.require_staff(fresh=command.fresh)
    older = await _waits_privately(here)
    answers = await command.run(here, spoken)
    if older is not None:
        await prompts.drop(here.session, older, here.now)
    return answers


async def _waits_privately(here: Here) -> PromptRow | None:
    """The question that a command in private leaves unanswered; the command may ask one of its own."""
    if here.chat is not None:
        return None
    async with here.database.reading() as look:
        return await prompts.find_private(look, here.person_id, here.now)


async def run_prompt(message: Message, here: Here, asked: PromptRow) -> Answers:
    """Typed words that answer a question of ours; who writes as the group shows first that they were asked."""
    if here.as_chat and asked.person_id != here.person_id:
        return confirming.ask(here, asked)
    return await _answer(message, here, asked)


async def _answer(message: Message, here: Here, asked: PromptRow) -> Answers:
    """What refuses the words leaves the question open for better ones."""
    prompt = PROMPTS.get(asked.name)
    if prompt is None:
        return None
    words = message.text or message.caption or ""
    numbers = [int(number) for number in asked.numbers.split(":") if number]
    answers = await prompt.run(here, numbers, Spoken(prompt.name, words, message, asked.kept))
    await prompts.settle(here.session, asked, here.now)
    return answers


async def confirm_pressed(query: CallbackQuery, here: Here, table: CommandTable) -> Answers:
    """ "It is me": what an anonymous administrator has said is done by the person who shows their face now."""
    message = confirming.confirmed(query)
    if message is None:
        raise StaleButton
    await here.require_staff(fresh=True)
    proven = replace(here, as_chat=True)
    if asked := await confirming.answered(query, here):
        return confirming.spoken_out(await _answer(message, proven, asked))
    found = table.find(message.text or message.caption or "", reply=False)
    if found is None or not found[0].staff:
        raise StaleButton
    command, typed, words = found
    return confirming.spoken_out(await command.run(proven, Spoken(typed, words, message)))


async def run_press(query: CallbackQuery, here: Here) -> Answers:
    """A button's data may be old or forged: what it names is looked up, whether it is allowed is asked anew."""
    name, *numbers = (query.data or "").split(":")
    press = PRESSES.get(name)
    if press is None or len(numbers) != press.takes or not all(map(_is_id, numbers)):
        return Toast(stale_button(here.mine))
    if here.chat is not None and here.chat.is_channel and not press.in_channels:
        return Toast(stale_button(here.mine))
    return await press.run(here, [int(number) for number in numbers])


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 10


def make_router(table: CommandTable) -> Router:
    """All doors, for the dispatcher."""
    router = Router(name="millet")
    router.message.register(invitations.posted_openly, CarriesCode())
    router.message.register(phones.shown, HasContent("contact"))
    router.message.register(run_command, Addressed(table))
    router.message.register(run_prompt, AnswersPrompt())
    router.message.register(arrivals.people_came, HasContent("new_chat_members"))
    router.message.register(arrivals.person_left, HasContent("left_chat_member"))
    router.message.register(chats.private_talk, Privately())
    for said in (router.edited_message, router.channel_post, router.edited_channel_post):
        said.register(invitations.posted_openly, CarriesCode())
    router.edited_message.register(voices.message_edited, Reworded(table))
    router.callback_query.register(partial(confirm_pressed, table=table), confirming.IsConfirmation())
    router.message.register(talk.heard, talk.Talk())
    router.callback_query.register(run_press)
    router.message_reaction.register(reactions.reacted, HasContent("user"))
    router.my_chat_member.register(chats.standing_changed)
    router.chat_member.register(arrivals.somebody_moved)
    router.chat_join_request.register(invitations.join_requested)
    return router
