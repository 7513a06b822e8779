"""Who is told what, in their language, into the outbox."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.community.digests import STALE_AFTER, Published, due_of
from bot.community.digests import draft as draft_issue
from bot.community.references import newest_section
from bot.community.repositories import Shipment, ship_text
from bot.texts import digests, drafts, repositories
from bot.texts import suggestions as texts
from bot.texts.catalogues import Translator, closest_language, translator
from bot.texts.say import Say, to_chat, to_person
from storage import communities, members, outbox, suggestions, wordings
from storage import digests as issues
from storage.communities import Chat, Community
from storage.database import Session
from storage.drafts import Draft
from storage.members import Person
from storage.outbox import OutboxRow
from storage.releases import Release
from storage.suggestions import Suggestion

log = logging.getLogger(__name__)

PICTURE = ":picture"  # how the key of an issue's picture ends
MOST_DOUBTS = 20  # chats named in one message


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
    community, key = await communities.get_community(session, chat.community_id), row.key or ""
    if key.endswith(PICTURE):
        return []  # the words of the issue say the same
    if key.startswith("digest:"):
        lost = await issues.list_doubts(session, community.id or 0, MOST_DOUBTS)
        period = key.split(":")[2]
        return await to_team(session, community, lambda t: digests.in_doubt(t, lost), now, slot=f"doubts:{period}")
    title = chat.title or chat.external_id
    return await to_team(session, community, lambda t: digests.message_in_doubt(t, title), now, key=f"doubt:{row.id}")


async def issue(session: Session, published: Published, now: datetime) -> list[OutboxRow]:
    """The posts of an issue: in each chat's language and topic, each at most once, and only while it is fresh."""
    community, told = published.community, published.issue
    fresh = published.due + STALE_AFTER - now
    whole = digests.issue(translator(community.language), told)
    await issues.set_html(session, published.digest_id, "\n\n".join(page.text for page in whole))
    rows = []
    for chat in published.chats:
        t, key = language_of_chat(chat, community), f"digest:{community.id}:{published.period}:{chat.id}"
        said = [(f"{key}:{place}" if place else key, page) for place, page in enumerate(digests.issue(t, told, chat))]
        if picture := digests.picture(t, told, community):
            said.insert(0, (key + PICTURE, picture))
        rows += [
            to_chat(chat.id or 0, replace(words, fresh=fresh), now, key=name, once=True, topic=chat.digest_topic)
            for name, words in said
        ]
    return rows


async def draft(session: Session, draft: Draft, now: datetime) -> list[OutboxRow]:
    """The draft's page for the team."""
    community = await communities.get_community(session, draft.community_id)
    told = await draft_issue(session, community, due_of(community, now))

    def page(t: Translator) -> Say:
        return drafts.page(t, told, draft, community)

    return await to_team(session, community, page, now, slot=f"draft:{draft.id}")


async def posted(session: Session, published: Published, now: datetime) -> list[OutboxRow]:
    """The draft's page, wherever it stands, says that the issue is posted."""
    rows = await draft(session, published.draft, now) if published.draft else []
    return [row for row in rows if row.slot and await outbox.get_slot(session, row.slot)]


async def shipment(session: Session, community_id: int, told: Shipment, now: datetime) -> list[OutboxRow]:
    """What a release led to: the cards say it, and the team hears."""
    community = await communities.get_community(session, community_id)
    cards = [await card(session, suggestion, now) for suggestion in told.shipped]
    slot = f"release:{told.publication.id}" if told.publication and told.asks else None

    def say(t: Translator) -> Say:
        return repositories.shipment(t, told)

    return [*cards, *await to_team(session, community, say, now, slot=slot)]


async def changelog(session: Session, community_id: int, text: str, now: datetime) -> Shipment:
    """Ship what a changelog's newest section names, in the name of who decided last, and tell it."""
    version, section = newest_section(text)
    decider = await members.get_last_decider(session, community_id, reachable=False)
    if decider is None:
        raise LookupError("Nobody of this community's team has decided about a suggestion yet.")
    release = Release(community_id=community_id, version=version, released_by_id=decider.id or 0, released_at=now)
    told = await ship_text(session, release, section)
    if told.shipped or told.unknown:
        await outbox.add_rows(session, await shipment(session, community_id, told, now))
    return told


async def to_team(
    session: Session,
    community: Community,
    say: Callable[[Translator], Say],
    now: datetime,
    *,
    key: str | None = None,
    slot: str | None = None,
) -> list[OutboxRow]:
    """What the team should know, for the staff chats, or else privately for who decided last.

    Said once for a key; in a slot, it is one live message in each place. Empty when there is nobody: only who has
    pressed Start can be told privately.
    """
    rooms = [room for room in await communities.list_chats(session, community.id or 0) if room.is_staff]
    told = []
    for room in rooms:
        words = replace(say(language_of_chat(room, community)), slot=slot and f"{slot}:{room.id}")
        told.append(to_chat(room.id or 0, words, now, key=key and f"{key}:{room.id}"))
    person = None if rooms else await members.get_last_decider(session, community.id or 0)
    if person is not None:
        words = replace(say(language_of_person(person, community)), slot=slot and f"{slot}:person")
        told.append(to_person(person.id or 0, words, now, key=key and f"{key}:person"))
    return told


def _in_slot(say: Say, suggestion: Suggestion) -> Say:
    return replace(say, slot=f"card:{suggestion.id}")
