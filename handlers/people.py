"""Who is meant by a command: whoever is replied to, mentioned, or named."""

from collections.abc import Callable

from markupsafe import Markup

from bot.community.errors import BeforeMembers, NotAMember, WhoIsMeant
from bot.here import Here
from bot.texts.catalogues import Translator
from bot.texts.say import React, Say, Whisper
from handlers.commands import Spoken
from storage import members


async def person_meant(here: Here, spoken: Spoken, example: str) -> tuple[int, str]:
    """The person, and the words that follow. Raises WhoIsMeant, NotAMember."""
    replied = spoken.message.reply_to_message
    if replied is not None and replied.from_user is not None and not replied.from_user.is_bot:
        return await _by_id(here, str(replied.from_user.id)), spoken.words
    for entity in spoken.message.entities or ():
        if entity.type == "text_mention" and entity.user is not None:
            named = entity.extract_from(spoken.message.text or "")
            return await _by_id(here, str(entity.user.id)), spoken.words.replace(named, "", 1).strip()
    word, _, rest = spoken.words.partition(" ")
    if not word:
        raise WhoIsMeant(example)
    return await person_called(here, word), rest.strip()


async def person_called(here: Here, word: str) -> int:
    """The member of that @name, or of that whole name. Raises NotAMember."""
    async with here.database.reading() as look:
        found = await members.list_members_called(look, here.community_id, word)
    if len(found) != 1:
        raise NotAMember
    return found[0]


def require_team_alone(here: Here) -> None:
    """Raises BeforeMembers anywhere but in private and in the team's room."""
    if here.chat is not None and not here.chat.is_staff:
        raise BeforeMembers


def quietly(here: Here, said: Callable[[Translator], Markup]) -> Say | Whisper | React:
    """What concerns one member: told where only the team reads it, and anywhere else to the speaker alone."""
    among_us = here.chat is None or here.chat.is_staff
    return Say(said(here.t)) if among_us else here.aside(said(here.mine))


async def _by_id(here: Here, external_id: str) -> int:
    async with here.database.reading() as look:
        person = await members.get_person_by_external_id(look, external_id)
    if person is None:
        raise NotAMember
    return person.id or 0
