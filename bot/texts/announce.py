"""Who is told what, in their language, into the outbox."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.community.votes import Cast
from bot.texts import chats, digests, roundups
from bot.texts import suggestions as texts
from bot.texts import votes as vote_texts
from bot.texts.catalogues import Translator, closest_language, translator
from bot.texts.say import Say, to_chat, to_person
from storage import communities, members, outbox, suggestions, votes, wordings
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
    if suggestion.roundup_id is not None:
        return await _roundup(session, suggestion, suggestion.roundup_id, now)
    community = await communities.get_community(session, suggestion.community_id)
    author = await members.get_person(session, suggestion.author_id)
    suggestion_id = suggestion.id or 0
    counted = await votes.count_voters(session, [suggestion_id])
    voices = len(await wordings.list_voices(session, suggestion_id))
    if suggestion.source_chat_id is None:
        t = language_of_person(author, community)
        said = texts.card(t, suggestion, author.name, counted, voices, in_group=False)
        if len(await members.list_memberships(session, author.id or 0)) > 1:
            said = replace(said, text=f"{said.text}\n\n{texts.meant_for(t, community)}")
        said = texts.taken_back(t, suggestion) if suggestion.withdrawn_at else said
        return to_person(author.id or 0, _in_slot(said, suggestion), now, priority=outbox.CARD)
    chat = await communities.get_chat(session, suggestion.source_chat_id)
    t = language_of_chat(chat, community)
    said = texts.card(t, suggestion, author.name, counted, voices)
    slotted = _in_slot(texts.taken_back(t, suggestion) if suggestion.withdrawn_at else said, suggestion)
    source, topic = suggestion.source_message, suggestion.topic
    return to_chat(chat.id or 0, slotted, now, priority=outbox.CARD, reply_to=source, topic=topic)


async def _roundup(session: Session, suggestion: Suggestion, roundup_id: int, now: datetime) -> OutboxRow:
    """The one live message that is the card of several, asked for at once in a chat."""
    shown = await suggestions.list_roundup(session, roundup_id)
    counted = await votes.count_votes(session, [one.id or 0 for one in shown])
    people = await members.list_people(session, [one.author_id for one in shown])
    chat = await communities.get_chat(session, suggestion.source_chat_id or 0)
    t = language_of_chat(chat, await communities.get_community(session, suggestion.community_id))
    said = roundups.roundup(t, [(one, people[one.author_id].name, counted.get(one.id or 0, 0)) for one in shown])
    slotted = replace(said, slot=f"roundup:{roundup_id}")
    return to_chat(chat.id or 0, slotted, now, priority=outbox.CARD, reply_to=shown[0].source_message)


async def voted(session: Session, suggestion: Suggestion, cast: Cast, now: datetime) -> list[OutboxRow]:
    """What follows from a vote: the card, where its number changed; the team hears of many newcomers' votes, once."""
    told = [await card(session, suggestion, now)] if cast.changed and not cast.held_hours else []
    if cast.burst:
        community = await communities.get_community(session, suggestion.community_id)
        said = partial(vote_texts.burst, suggestion=suggestion, count=cast.burst)
        told += await to_team(session, community, said, now, key=f"burst:{suggestion.id}")
    return told


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


async def topic_lost(session: Session, row: OutboxRow, now: datetime) -> None:
    """A topic is closed or gone: we post outside of it from now on, and the team hears of it once."""
    chat = await communities.get_chat(session, row.chat_id) if row.chat_id else None
    topic = str(row.arguments.get("message_thread_id"))
    if chat is None or chat.topic != topic:
        return
    await communities.set_topic(session, chat.id or 0, None)
    community = await communities.get_community(session, chat.community_id)
    said = partial(chats.topic_lost, title=chat.title)
    told = await to_team(session, community, said, now, key=f"topic-lost:{chat.id}:{topic}:{now.date()}")
    await outbox.add_rows(session, told)


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
            rows.append(to_chat(room.id or 0, said, now, key=f"{key}:{room.id}" if key else None, topic=room.topic))
    return rows


def _in_slot(say: Say, suggestion: Suggestion) -> Say:
    return replace(say, slot=f"card:{suggestion.id}")
