"""Who is told what, in their language, into the outbox."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.texts import digests
from bot.texts import suggestions as texts
from bot.texts.catalogues import Translator, closest_language, translator
from bot.texts.say import Say, to_chat, to_person
from storage import communities, members, outbox, suggestions, wordings
from storage.communities import Chat, Community
from storage.database import Session
from storage.members import Person
from storage.outbox import OutboxRow
from storage.suggestions import Suggestion

log = logging.getLogger(__name__)


def language_of_chat(chat: Chat, community: Community) -> Translator:
    """The language spoken in a chat."""
    return translator(chat.language or community.language)


def language_of_person(person: Person, community: Community) -> Translator:
    """The language a person is written to privately."""
    return translator(person.language or closest_language(person.locale) or community.language)


async def card(session: Session, suggestion: Suggestion, now: datetime) -> OutboxRow:
    """A suggestion's live card, posted where it was asked, or brought up to date there."""
    community = await communities.get_community(session, suggestion.community_id)
    author = await members.get_person(session, suggestion.author_id)
    suggestion_id = suggestion.id or 0
    votes = (await suggestions.count_votes(session, [suggestion_id])).get(suggestion_id, 0)
    voices = len(await wordings.list_voices(session, suggestion_id))
    if suggestion.source_chat_id is None:
        t = language_of_person(author, community)
        said = texts.card(t, suggestion, author.name, votes, voices, in_group=False)
        return to_person(author.id or 0, _in_slot(said, suggestion), now, priority=outbox.CARD)
    chat = await communities.get_chat(session, suggestion.source_chat_id)
    said = texts.card(language_of_chat(chat, community), suggestion, author.name, votes, voices)
    slotted = _in_slot(said, suggestion)
    return to_chat(chat.id or 0, slotted, now, priority=outbox.CARD, reply_to=suggestion.source_message)


async def apology(session: Session, raw: Mapping[str, Any], now: datetime) -> None:
    """Something of ours failed for good on what a person told us: said once, where they said it."""
    message = raw.get("message")
    origin = message.get("chat", {}) if isinstance(message, dict) else {}
    key = f"apology:{raw.get('update_id')}"
    if not isinstance(origin, dict) or "id" not in origin:
        return
    if chat := await communities.get_chat_by_external_id(session, str(origin["id"])):
        community = await communities.get_community(session, chat.community_id)
        said = Say(texts.went_wrong(language_of_chat(chat, community)))
        await outbox.add_rows(session, [to_chat(chat.id or 0, said, now, key=key)])
    elif person := await members.get_person_by_external_id(session, str(origin["id"])):
        t = translator(person.language or closest_language(person.locale) or "en")
        await outbox.add_rows(session, [to_person(person.id or 0, Say(texts.went_wrong(t)), now, key=key)])


async def doubtful(session: Session, row: OutboxRow, now: datetime) -> None:
    """A message that is not sent twice may have got lost: the team decides, or else the log tells."""
    told = await _doubt(session, row, await communities.get_chat(session, row.chat_id), now) if row.chat_id else []
    if not told:
        log.warning("Outbox row %s (%s) may not have arrived, and there is nobody to ask.", row.id, row.key)
    await outbox.add_rows(session, told)


async def _doubt(session: Session, row: OutboxRow, chat: Chat, now: datetime) -> list[OutboxRow]:
    title = chat.title or chat.external_id
    community = await communities.get_community(session, chat.community_id)

    def ask(t: Translator) -> Say:
        is_digest = row.key is not None and row.key.startswith("digest:")
        return digests.in_doubt(t, title, row.id or 0) if is_digest else digests.message_in_doubt(t, title)

    return await to_team(session, community, ask, now, key=f"doubt:{row.id}")


async def to_team(
    session: Session, community: Community, say: Callable[[Translator], Say], now: datetime, *, key: str
) -> list[OutboxRow]:
    """What the team should know, once for a key: for the staff chats, or else privately for who decided last.

    Empty when there is neither. Only who has pressed Start can be told privately.
    """
    if told := await to_rooms(session, community, say, now, key=key):
        return told
    person = await members.get_last_decider(session, community.id or 0)
    if person is None:
        return []
    return [to_person(person.id or 0, say(language_of_person(person, community)), now, key=f"{key}:person")]


async def to_rooms(
    session: Session,
    community: Community,
    say: Callable[[Translator], Say],
    now: datetime,
    *,
    key: str | None = None,
    slot: str | None = None,
) -> list[OutboxRow]:
    """What the team should know, for its rooms alone: once for a key, or as a live message of a slot."""
    rows = []
    for room in await communities.list_chats(session, community.id or 0):
        if room.is_staff:
            said = replace(say(language_of_chat(room, community)), slot=f"{slot}:{room.id}" if slot else None)
            rows.append(to_chat(room.id or 0, said, now, key=f"{key}:{room.id}" if key else None))
    return rows


def _in_slot(say: Say, suggestion: Suggestion) -> Say:
    return replace(say, slot=f"card:{suggestion.id}")
