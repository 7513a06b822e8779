"""Seeds: the team calls for them and chooses, members apply in private, `/hall` shows who they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import doors
from bot.community import seeds as rules
from bot.community.audit import Action, record
from bot.community.errors import AlreadySettled, NoSeedCall, SeatsUnclear
from bot.here import Here
from bot.texts import seeds as texts
from bot.texts.announce import language_of_chat, language_of_person
from bot.texts.doors import Door
from bot.texts.say import Answers, Button, Rewrite, Whisper, to_chat, to_person
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import about, within
from handlers.prompts import ask
from storage import communities, members, seeds
from storage.communities import Chat
from storage.members import Person
from storage.outbox import OutboxRow
from storage.seeds import QUESTIONS, Application

_OPEN = re.compile(r"open\s+(\d{1,6})", re.IGNORECASE)
_WORD = re.compile(r"question\s+([1-3])\s+(.+)", re.IGNORECASE | re.DOTALL)


async def call(here: Here, spoken: Spoken) -> Answers:
    """`/seeds`: who has applied; `open 100`, `close`, and `question 2 …` in the community's own words."""
    words = spoken.words.strip()
    if found := _OPEN.fullmatch(words):
        return await _open(here, int(found[1]))
    if words.lower() == "close":
        await rules.close_call(here.session, here.community_id, here.now)
        await _note(here, "closed", {})
        return texts.closed(here.mine)
    if found := _WORD.fullmatch(words):
        await rules.word(here.session, here.community_id, int(found[1]), found[2].strip())
        await _note(here, f"question {found[1]}", {"words": found[2].strip()})
        return texts.worded(here.mine)
    if words:
        raise SeatsUnclear(rules.MOST_SEATS)
    return Whisper(*await _list(here))


async def _open(here: Here, seats: int) -> Answers:
    username = await doors.username(here.rights)
    opened = await rules.open_call(here.session, here.community_id, seats, here.person_id, here.now)
    await _note(here, "open", {"seats": seats})
    chats = await communities.list_chats(here.session, here.community_id)
    told = [chat for chat in chats if chat.is_open and not chat.is_staff and not chat.is_seed]
    invited = [
        to_chat(
            chat.id or 0,
            texts.called(language_of_chat(chat, here.community), here.community, seats, username),
            here.now,
            key=f"seeds:{opened.id}:{seats}:{chat.id}",
            topic=chat.topic,
        )
        for chat in told
    ]
    return [texts.opened(here.mine, seats, username, here.community_id), *invited, *await _tag_all(here, chats)]


async def _tag_all(here: Here, chats: list[Chat]) -> list[OutboxRow]:
    """Numbers that seeds have got by the call stand beside their names."""
    numbered = await seeds.list_seeds(here.session, here.community_id)
    return [row for number, person in numbered for row in tags(here, chats, person, number)]


def tags(here: Here, chats: Sequence[Chat], person: Person, number: int) -> list[OutboxRow]:
    """The calls that show a seed's number in those gated chats where the bot is an administrator."""
    shown = [chat for chat in chats if chat.is_seed and chat.status == "administrator"]
    return [texts.tag(language_of_chat(chat, here.community), chat, person, number, here.now) for chat in shown]


async def tag_who_came(here: Here, person: Person) -> list[OutboxRow]:
    """A seed with a number has come into this chat."""
    if here.chat is None or not here.chat.is_seed:
        return []
    number = await seeds.get_number(here.session, here.community_id, person.id or 0)
    return tags(here, [here.chat], person, number) if number else []


async def _list(here: Here) -> tuple[str, list[list[Button]]]:
    call = await seeds.get_open_call(here.session, here.community_id)
    applicants = await rules.rank(here.session, here.community_id)
    taken = await seeds.count_accepted(here.session, call.id or 0) if call else 0
    said = texts.ranked(here.mine, applicants, call, taken)
    return said.text, [list(row) for row in said.keyboard]


@dataclass(frozen=True)
class _Known:
    """What a decision needs to know before its transaction: Telegram is asked here."""

    application: Application
    doors: list[Door]
    inside: list[Chat]  # the gated chats they are in already


async def chosen(here: Here, numbers: list[int]) -> Answers:
    """The team accepts (1) or declines (0) an application."""
    application_id, accepted = numbers
    here = await about(here, Application, application_id)
    await here.require_staff()
    known = await _look_up(here, application_id)
    application = await here.session.merge(known.application)
    person = await members.get_person(here.session, application.person_id)
    t = language_of_person(person, here.community)
    key = f"seed:{application.id}"
    if accepted:
        number = await rules.accept(here.session, application, here.person_id, here.now)
        await _note(here, "accepted", {"number": number}, person.name)
        said = texts.accepted(t, here.community, number, known.doors)
        shown = tags(here, known.inside, person, number)
    else:
        await rules.decline(here.session, application, here.person_id, here.now)
        await _note(here, "declined", {}, person.name)
        said, shown = texts.declined(t, here.community), []
    told = to_person(application.person_id, said, here.now, key=key)
    return [Rewrite(*await _list(here)), told, *shown]


async def _look_up(here: Here, application_id: int) -> _Known:
    async with here.database.reading() as look:
        application = await seeds.get_application(look, here.community_id, application_id)
        if application is None:
            raise AlreadySettled
        gated = [chat for chat in await communities.list_chats(look, here.community_id) if chat.is_seed]
        applicant = await members.get_person(look, application.person_id)
    ways = [Door(chat, await doors.door_link(here.rights, chat)) for chat in gated]
    return _Known(application, ways, await here.rights.list_present(gated, applicant.external_id))


async def apply(here: Here, _: Spoken) -> Answers:
    """`/apply`, in private: the three questions, one after the other."""
    if here.chat is not None:
        call = await seeds.get_open_call(here.session, here.community_id)
        if call is None:
            raise NoSeedCall
        return texts.privately(here.mine, await doors.username(here.rights), here.community_id)
    return await begin(here)


async def begin(here: Here) -> Answers:
    """The first question to who wants to be a seed."""
    await rules.begin(here.session, here.community_id, here.person_id, here.now)
    return await _ask(here, 1)


async def _ask(here: Here, question: int) -> Answers:
    call = await seeds.get_open_call(here.session, here.community_id)
    if call is None:
        raise NoSeedCall
    words = call.questions[question - 1]
    return await ask(here, "apply", (here.community_id, question), texts.question(here.mine, question, words))


async def answered(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """An answer; then the next question, or thanks."""
    community_id, question = numbers
    if here.chat is not None or not 1 <= question <= QUESTIONS:
        raise NoSeedCall
    here = await within(here, community_id)
    if await rules.answer(here.session, community_id, here.person_id, question, spoken.words, here.now):
        return texts.applied(here.mine, here.community)
    return await _ask(here, question + 1)


async def hall(here: Here, _: Spoken) -> Answers:
    """`/hall`: the seeds by their numbers."""
    shown = await seeds.list_seeds(here.session, here.community_id)
    return Whisper(texts.hall(here.mine, here.community, shown, here.person_id))


async def _note(here: Here, what: str, after: dict[str, object], subject: str = "") -> None:
    action = Action(here.community_id, here.person_id, f"seeds {what}", subject)
    await record(here.session, action, {}, after, here.now)


COMMANDS = (
    Command("seeds", call, takes="text", staff=True),
    Command("apply", apply, aliases=("申请种子", "申請種子"), bare=False),
    Command("hall", hall, aliases=("名人堂", "种子墙", "種子牆"), bare=False),
)
PRESSES = (Press("seed", chosen, 2),)
PROMPTS = (Prompt("apply", answered),)
