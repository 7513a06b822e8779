"""Who is told what, in their language, into the outbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.community.cards import Facts, gather, is_signed_by_team
from bot.community.proposals import is_over
from bot.community.references import newest_section
from bot.community.repositories import Shipment, ship_text
from bot.community.votes import Cast
from bot.texts import care, chats, proposals, repositories, roundups
from bot.texts import suggestions as texts
from bot.texts import votes as vote_texts
from bot.texts.catalogues import Translator, closest_language, translator
from bot.texts.links import Known
from bot.texts.say import Say, to_chat, to_person
from bot.texts.suggestions import Around
from storage import cards as card_rows
from storage import care as care_rows
from storage import communities, judgements, members, merges, outbox, suggestions, votes
from storage.cards import Places
from storage.communities import Chat, Community
from storage.database import Session
from storage.members import Person
from storage.outbox import OutboxRow
from storage.releases import Release
from storage.suggestions import Suggestion


def language_of_chat(chat: Chat, community: Community) -> Translator:
    """The language spoken in a chat."""
    return translator(chat.language or community.language)


def language_of_person(person: Person, community: Community) -> Translator:
    """The language a person is written to privately."""
    return translator(person.language or closest_language(person.locale) or community.language)


async def card(session: Session, suggestion: Suggestion, now: datetime) -> OutboxRow:
    """A suggestion's live card, posted where it was asked, or brought up to date there; the team's card follows it."""
    places = await card_rows.get_places(session, suggestion)
    facts = await gather(session, suggestion)
    await outbox.add_rows(session, await _team_cards(session, suggestion, places, facts, now))
    if is_over(suggestion):
        await outbox.add_rows(session, await _proposals_over(session, suggestion, places.community, now))
    if places.source is None:
        return await _private_card(session, suggestion, places.community, facts, now)
    chat, t = places.source, language_of_chat(places.source, places.community)
    if suggestion.roundup_id is not None:
        return await _roundup(session, t, chat, suggestion.roundup_id, now)
    said = _card(t, suggestion, facts, in_group=True)
    source, topic = suggestion.source_message, suggestion.topic
    return to_chat(chat.id or 0, said, now, priority=outbox.CARD, reply_to=source, topic=topic)


async def _private_card(
    session: Session, suggestion: Suggestion, community: Community, facts: Facts, now: datetime
) -> OutboxRow:
    author = facts.author
    t = language_of_person(author, community)
    said = _card(t, suggestion, facts, in_group=False)
    if len(await members.list_memberships(session, author.id or 0)) > 1 and suggestion.withdrawn_at is None:
        said = replace(said, text=f"{said.text}\n\n{texts.meant_for(t, community)}")
    return to_person(author.id or 0, said, now, priority=outbox.CARD)


def _card(t: Translator, suggestion: Suggestion, facts: Facts, *, in_group: bool) -> Say:
    slot = f"card:{suggestion.id}"
    if suggestion.withdrawn_at is not None:
        return replace(texts.taken_back(t, suggestion), slot=slot)
    around, counts = _around(t, facts), facts.counts
    said = texts.card(t, suggestion, facts.author.name, counts.votes, counts.voices, in_group=in_group, around=around)
    return replace(said, slot=slot)


async def _roundup(session: Session, t: Translator, chat: Chat, roundup_id: int, now: datetime) -> OutboxRow:
    """The one live message that is the card of several, asked for at once in a topic of a chat."""
    shown = await suggestions.list_roundup(session, roundup_id)
    counted = await votes.count_votes(session, [one.id or 0 for one in shown])
    people = await members.list_people(session, [one.author_id for one in shown])
    said = roundups.roundup(t, [(one, people[one.author_id].name, counted.get(one.id or 0, 0)) for one in shown])
    slotted = replace(said, slot=f"roundup:{roundup_id}")
    source, topic = shown[0].source_message, shown[0].topic
    return to_chat(chat.id or 0, slotted, now, priority=outbox.CARD, reply_to=source, topic=topic)


async def voted(session: Session, suggestion: Suggestion, cast: Cast, now: datetime) -> list[OutboxRow]:
    """What follows from a vote: the card, where its number changed; the team hears of many newcomers' votes, once."""
    shown = await merges.get_root(session, suggestion)  # a vote on a merged one's card counts there
    told = [await card(session, shown, now)] if cast.changed and not cast.held_hours else []
    if cast.burst:
        community = await communities.get_community(session, suggestion.community_id)
        said = partial(vote_texts.burst, suggestion=suggestion, count=cast.burst)
        told += await to_team(session, community, said, now, key=f"burst:{suggestion.id}")
    return told


async def renumbered(session: Session, moved: Sequence[Suggestion], now: datetime) -> None:
    """Suggestions have other numbers than their cards say: those that stand, or are about to, say the new ones."""
    for suggestion in moved:
        row = await card(session, suggestion, now)
        if row.slot and await outbox.has_slot(session, row.slot):
            await outbox.add_rows(session, [row])


def _around(t: Translator, facts: Facts) -> Around:
    who = facts.decider.name if facts.decider else ""
    return Around(str(t("the team")) if facts.team_signs and who else who, facts.into, facts.together, facts.loved_in)


async def decider(session: Session, t: Translator, suggestion: Suggestion) -> str:
    """Who decided, by name or as the team; empty where nobody has."""
    if suggestion.decided_by_id is None:
        return ""
    if await is_signed_by_team(session, suggestion):
        return str(t("the team"))
    return (await members.get_person(session, suggestion.decided_by_id)).name


async def _team_cards(
    session: Session, suggestion: Suggestion, places: Places, facts: Facts, now: datetime
) -> list[OutboxRow]:
    """The card in the staff chat: posted when a suggestion is new, edited where it stands, never brought up late."""
    room, slot = places.room, f"triage:{suggestion.id}"
    if room is None or not (suggestion.created_at == now or await outbox.has_slot(session, slot)):
        return []
    t = language_of_chat(room, places.community)
    gone = suggestion.withdrawn_at is not None
    said = texts.taken_back(t, suggestion) if gone else await _team_card(session, t, suggestion, places, facts)
    return [to_chat(room.id or 0, replace(said, slot=slot), now, priority=outbox.CARD, topic=room.topic)]


async def _proposals_over(
    session: Session, suggestion: Suggestion, community: Community, now: datetime
) -> list[OutboxRow]:
    """Where the team is asked whether it means the same as another: that is settled."""
    rows, root = [], await merges.get_root(session, suggestion)
    into = root.number if root.id != suggestion.id else None
    for asked in await judgements.list_proposed(session, suggestion.id or 0):
        other_id = asked.other_id if asked.suggestion_id == suggestion.id else asked.suggestion_id
        if other := await suggestions.get_suggestion_by_id(session, other_id or 0):
            said = partial(proposals.over, settled=suggestion, other=other, into=into)
            rows += await to_team(session, community, said, now, slot=f"proposal:{asked.id}")
    return [row for row in rows if row.slot and await outbox.has_slot(session, row.slot)]


async def team_card(session: Session, t: Translator, suggestion: Suggestion) -> Say:
    """A suggestion as the team sees it, with all it can do about it."""
    places = await card_rows.get_places(session, suggestion)
    return await _team_card(session, t, suggestion, places, await gather(session, suggestion))


async def _team_card(session: Session, t: Translator, suggestion: Suggestion, places: Places, facts: Facts) -> Say:
    return care.card(
        t,
        care.Kept(
            suggestion=suggestion,
            author=facts.author.name,
            source=places.source,
            counts=facts.counts,
            voices=await card_rows.list_voices(session, suggestion, facts.family, care.VOICES),
            owner=facts.owner.name if facts.owner else "",
            tags=(await care_rows.list_tags(session, [suggestion.id or 0])).get(suggestion.id or 0, []),
            around=_around(t, facts),
        ),
    )


async def reminder(
    session: Session, community_id: int, owner_id: int, quiet: Sequence[Suggestion], now: datetime
) -> list[OutboxRow]:
    """An owner hears which of theirs had no news: privately, else in one line where the team is, else not at all."""
    community = await communities.get_community(session, community_id)
    owner = await members.get_person(session, owner_id)
    if owner.reachable:
        said = care.reminder(language_of_person(owner, community), community.name, quiet)
        return [to_person(owner_id, said, now)]
    room = await communities.get_staff_chat(session, community_id)
    if room is None:
        return []
    said = care.reminder_aloud(language_of_chat(room, community), owner.name, quiet)
    return [to_chat(room.id or 0, said, now, topic=room.topic)]


async def known(session: Session, community_id: int, person_ids: Sequence[int]) -> Known:
    """The people, and the community's chats, for a list of what was said."""
    chats = await communities.list_chats(session, community_id)
    people = await members.list_people(session, list(person_ids))
    return Known(people, {chat.id or 0: chat for chat in chats})


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
    if told := await to_rooms(session, community, say, now, key=key, slot=slot):
        return told
    person = await members.get_last_decider(session, community.id or 0)
    if person is None:
        return []
    said = replace(say(language_of_person(person, community)), slot=f"{slot}:person" if slot else None)
    if key:
        said = await headed(session, person.id or 0, community, said)
    return [to_person(person.id or 0, said, now, key=f"{key}:person" if key else None)]


async def headed(session: Session, person_id: int, community: Community, said: Say) -> Say:
    """As one person reads it privately: who is in several communities is told which one it is about."""
    if len(await members.list_memberships(session, person_id)) < 2:
        return said
    return replace(said, text=f"{chats.about(community)}\n{said.text}")


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
