"""One's own words for a suggestion: changed by editing the message or by `/edit 12`, taken back by `/withdraw 12`."""

import re

from aiogram.types import Message

from bot.community import settings, suggestions, voices
from bot.community.errors import AlreadyDecided, EmptyText, NotANumber
from bot.community.voices import Voice
from bot.here import Here
from bot.language.normal import plain
from bot.texts import announce
from bot.texts import voices as texts
from bot.texts.errors import explain
from bot.texts.say import Answers, React, Rewrite, Say, Whisper, to_one_in, to_person
from handlers import prompts
from handlers.commands import Command, Press, Prompt, Spoken, number_in
from handlers.named import for_member
from handlers.suggestions import suggest
from storage import suggestions as rows
from storage import wordings
from storage.outbox import OutboxRow

_NUMBERED = re.compile(r"#?(\d{1,9})\b[\s：:，,]*(.*)", re.DOTALL)


async def edit(here: Here, spoken: Spoken) -> Answers:
    """`/edit 12 new words`; without words they are asked for."""
    found = _NUMBERED.match(spoken.words)
    if found is None:
        raise NotANumber(f"{spoken.command} 12 …")
    here.require_face()
    number, words = int(found[1]), found[2].strip()
    if not words and here.chat is not None:
        raise EmptyText(f"{spoken.command} {number}")  # asked aloud, it would be read by all
    return await (_reword(here, number, words) if words else _ask(here, number))


async def edit_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Edit": what shall it say?"""
    here, suggestion = await for_member(here, numbers[0])
    return await _ask(here, suggestion.number)


async def new_words_given(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The words that were asked for."""
    here, suggestion = await for_member(here, numbers[0])
    return await _reword(here, suggestion.number, spoken.words)


async def message_edited(message: Message, here: Here, spoken: Spoken | None) -> Answers:
    """Somebody edited the message their words stood in; or it has only now become a suggestion."""
    words = spoken.words if spoken else message.text or message.caption or ""
    async with here.database.reading() as look:
        said = await wordings.get_wording_by_origin(look, here.origin)
        joined = await rows.list_suggestions(look, said.community_id, [said.suggestion_id]) if said else []
        offered = await rows.get_offer_by_origin(look, here.origin)
    if said and joined:
        return await _follow_edit(here, Voice(joined[0], said), words)
    if offered and not offered.answered_at:
        text = suggestions.check_text(words, "/suggest")
        await rows.set_offer_text(here.session, offered.id or 0, here.person_id, text)
        return None
    return await suggest(here, spoken) if spoken and not offered else None


async def withdraw(here: Here, spoken: Spoken) -> Answers:
    """`/withdraw 12`: asks once more."""
    return await _confirm(here, number_in(spoken))


async def withdraw_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Withdraw", beside the suggestion: asks once more."""
    here, suggestion = await for_member(here, numbers[0])
    return await _confirm(here, suggestion.number)


async def take_back_pressed(here: Here, numbers: list[int]) -> Answers:
    """The words are taken back for good."""
    here, suggestion = await for_member(here, numbers[0])
    voice = await voices.access_voice(here.session, here.community_id, suggestion.number, here.person_id)
    fate = await voices.withdraw(here.session, voice, here.now)
    said = Rewrite(texts.taken_back(here.mine, voice.suggestion, fate))
    return [said, await announce.card(here.session, voice.suggestion, here.now)]


async def leave_pressed(here: Here, _: list[int]) -> Answers:
    """The words stay."""
    return Rewrite(texts.left_alone(here.mine))


async def _ask(here: Here, number: int) -> Answers:
    voice = await voices.access_voice(here.session, here.community_id, number, here.person_id)
    return await prompts.ask(here, "new_words", (voice.suggestion.id or 0,), texts.what_instead(here.mine, voice))


async def _confirm(here: Here, number: int) -> Answers:
    here.require_face()
    return texts.sure(here.mine, await voices.access_voice(here.session, here.community_id, number, here.person_id))


async def _reword(here: Here, number: int, words: str) -> Answers:
    async with here.database.reading() as look:
        voice = await voices.access_voice(look, here.community_id, number, here.person_id)
    card = await _change(here, voice, words)
    return [React() if here.chat else Say(texts.reworded(here.mine, number)), card]


async def _follow_edit(here: Here, voice: Voice, words: str) -> Answers:
    """The card says the rest. Whoever captured another's message has no say in it."""
    if voice.wording.person_id != here.person_id or words.strip() == voice.wording.text:
        return None
    if voice.suggestion.status in voices.SETTLED:
        return _too_late(here, voice, words)
    return await _change(here, voice, words)


def _too_late(here: Here, voice: Voice, words: str) -> OutboxRow | None:
    """What is settled keeps its words: said once, to nobody else, and not for a comma."""
    if plain(words) == plain(voice.wording.text) or not here.is_heard_alone:
        return None
    said = Whisper(explain(AlreadyDecided(voice.suggestion.number, voice.suggestion.status), here.mine))
    key = f"settled:{voice.wording.id}"
    if here.chat is None:
        return to_person(here.person_id, said.aloud(), here.now, key=key)
    return to_one_in(here.chat.id or 0, said, here.person.external_id, here.now, key=key, topic=here.topic)


async def _change(here: Here, seen: Voice, words: str) -> OutboxRow:
    """The new words are read before the transaction; whether they may be changed is asked again within it."""
    community_id, number = seen.suggestion.community_id, seen.suggestion.number
    async with here.database.reading() as look:
        in_force = await settings.load(look, community_id)
    text = suggestions.check_text(words, f"/edit {number}", in_force.longest_suggestion)
    reading = await here.read(text, community_id)
    voice = await voices.access_voice(here.session, community_id, number, here.person_id)
    await voices.reword(here.session, voice, text, reading.indexed, here.now)
    return await announce.card(here.session, voice.suggestion, here.now)


COMMANDS = (
    Command("edit", edit, takes="number", aliases=("修改", "改写", "改寫")),
    Command("withdraw", withdraw, takes="number", aliases=("撤回", "收回")),
)
PRESSES = (
    Press("edit", edit_pressed, 1),
    Press("withdraw", withdraw_pressed, 1),
    Press("takeback", take_back_pressed, 1),
    Press("stays", leave_pressed, 0),
)
PROMPTS = (Prompt("new_words", new_words_given),)
