"""Invitations: handing out codes, opening them, the door of the gated chat."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from aiogram.types import ChatJoinRequest

from bot import doors
from bot.community import codes, invitations
from bot.community.errors import NoCommunity
from bot.community.invitations import Admitted, Own, Paused, PhoneWanted, Seated
from bot.here import Here
from bot.texts import doors as door_texts
from bot.texts import invitations as texts
from bot.texts import phones as phone_texts
from bot.texts.announce import language_of_person, to_team
from bot.texts.doors import Door
from bot.texts.say import Answers, Toast, to_person
from handlers.commands import Command, Press, Spoken
from handlers.named import within
from handlers.presence import look_around
from handlers.presence import look_into as look_into_groups
from storage import communities, members, outbox
from storage import doors as ways
from storage import invitations as rows
from storage.communities import Community
from storage.database import Session
from storage.invitations import ISSUED, Invitation
from storage.members import Person
from storage.outbox import KNOCK, OutboxRow

# What our own buttons in groups carry: what is asked for, and in which community.
_ASKED = re.compile(r"(invite|tree|growth|apply|sponsor|donate)(?:-(\d{1,9}))?")


async def invite(here: Here, _: Spoken) -> Answers:
    """`/invite`: one new code and all in hand; codes are never shown in a group."""
    return await privately(here, "invite") if here.chat else await hand_out(here)


async def asked_by_link(here: Here, payload: str) -> tuple[str, Here] | None:
    """What one of our own buttons in a group asks for, and in which community; None when the payload is no such."""
    asked = _ASKED.fullmatch(payload.strip())
    if asked is None:
        return None
    return asked[1], await _within_if_present(here, int(asked[2])) if asked[2] else here


async def _within_if_present(here: Here, community_id: int) -> Here:
    """As `within`; who has only read along so far is looked for in its groups."""
    with suppress(NoCommunity):
        return await within(here, community_id)
    async with here.database.reading() as look:
        chats = await communities.list_chats(look, community_id)
    await look_into_groups(here, [chat for chat in chats if not chat.is_channel])
    return await within(here, community_id)


async def hand_out(here: Here) -> Answers:
    """In private: one new code and all in hand."""
    await look_around(here)
    community = here.community
    await here.require_present()
    standing = await standing_of(here)
    username = await doors.username(here.rights)
    held = await invitations.hand_out(here.session, here.community_id, here.person_id, standing, here.now)
    return texts.hand(here.mine, community, held, username, here.now)


async def card_pressed(here: Here, numbers: list[int]) -> Answers:
    """A picture of one of one's own unused codes, to be shared; shown to its holder only, and privately."""
    async with here.database.reading() as look:
        known = await rows.get_unused(look, numbers[0], here.person_id, here.now)
    if known is None:
        return Toast(texts.no_card(here.mine), alert=True)
    here = await within(here, known.community_id)
    await here.require_present()
    username = await doors.username(here.rights)
    held = await invitations.show(here.session, numbers[0], here.person_id, here.now)
    if held is None:
        return Toast(texts.no_card(here.mine), alert=True)
    key = f"card:{held.id}:{here.now.date()}"
    if await outbox.has_key(here.session, key):
        return Toast(texts.card_sent(here.mine))
    said = texts.card(here.mine, here.community, here.person, held, username)
    return to_person(here.person_id, said, here.now, key=key)


async def private_text(here: Here, text: str) -> Answers:
    """Words said in private: opens the code they hold. None when there is none."""
    if typed := codes.read(text):
        return await _open(here, typed)
    return texts.misspelt(here.mine) if codes.is_misspelt(text) else None


async def join_requested(_: ChatJoinRequest, here: Here) -> Answers:
    """Somebody asks to join a gated chat: whoever has a place comes in, anybody else is asked for a code."""
    if here.chat is None or not here.chat.is_seed:
        return None
    if until := await invitations.ask_in(here.session, here.chat, here.person_id, here.now):
        said = to_person(here.person_id, door_texts.door_opens(here.mine, here.chat), here.now)
        return [said, door_texts.approval(here.chat.id or 0, here.person, here.origin, until, here.now)]
    if until := await invitations.awaits_phone(here.session, here.community_id, here.person_id, here.now):
        asked = phone_texts.wanted(here.mine, here.community, until - here.now)
        return to_person(here.person_id, asked, here.now)
    return to_person(here.person_id, door_texts.your_code(here.mine, here.chat), here.now, priority=KNOCK)


async def came_in(here: Here, person_id: int) -> OutboxRow | None:
    """Somebody has come into this chat: their code is spent, and who gave it to them hears of it."""
    if here.chat is None:
        return None
    here.rights.forget(here.chat.external_id)  # that they were not in it may still be remembered
    holder_id = await invitations.enter(here.session, here.chat, person_id, here.now)
    if holder_id is None:
        return None
    person, holder = [await members.get_person(here.session, who) for who in (person_id, holder_id)]
    return _brought(here, here.community, person, holder)


def _brought(here: Here, community: Community, person: Person, holder: Person) -> OutboxRow:
    said = texts.came_in(language_of_person(holder, community), community, person)
    return to_person(holder.id or 0, said, here.now, key=f"came-in:{community.id}:{person.id}")


@dataclass(frozen=True)
class Known:
    """What can be known of a code before the transaction: Telegram is asked here, and must not be asked later."""

    community: Community
    doors: Sequence[Door]
    inside: bool


async def _open(here: Here, typed: list[str]) -> Answers:
    known = await _look_up(here, typed)
    t = language_of_person(here.person, known.community) if known else here.mine
    inside = known is not None and known.inside
    outcome = await invitations.redeem(here.session, here.person_id, typed, here.now, inside=inside)
    match outcome:
        case Paused(until):
            return texts.paused(here.mine, until, here.now)
        case Own(invitation):
            return texts.own(t, invitation)
        case Seated() if known:
            return door_texts.seated(t, known.community, await _kept_links(here, known))
        case Admitted() if known:
            return await welcome(here, known, outcome)
        case PhoneWanted(until) if known:
            return phone_texts.wanted(t, known.community, until - here.now)
        case _:
            return texts.opens_nothing(here.mine)


async def welcome(here: Here, known: Known, admitted: Admitted) -> Answers:
    """A seat is theirs, or kept for them behind a door that opens now or when they knock."""
    t = language_of_person(here.person, known.community)
    inviter = await members.get_person(here.session, admitted.inviter_id)
    until = admitted.until
    if until is None:
        return [door_texts.joined(t, known.community, inviter), _brought(here, known.community, here.person, inviter)]
    links = await _kept_links(here, known)
    told = await _shut_doors(here, known)
    passable = {door.chat.id for door in links if door.link}
    opening = [chat_id for chat_id in admitted.waiting_at if chat_id in passable]
    if not opening:
        return [door_texts.kept(t, known.community, inviter, links, until - here.now, team_knows=bool(told)), *told]
    approvals = [door_texts.approval(chat_id, here.person, here.origin, until, here.now) for chat_id in opening]
    return [door_texts.admitted(t, known.community, inviter, links, until - here.now), *approvals, *told]


async def _shut_doors(here: Here, known: Known) -> list[OutboxRow]:
    """The team hears, once a day, of each gated chat into which the bot may let nobody."""
    told: list[OutboxRow] = []
    for chat in [door.chat for door in known.doors if not door.link]:
        key = f"door-shut:{chat.id}:{here.now.date()}"
        told += await to_team(
            here.session, known.community, partial(door_texts.door_shut, chat=chat), here.now, key=key
        )
    return told


async def _look_up(here: Here, typed: list[str]) -> Known | None:
    """The community a code opens, the ways into it, and whether the person is in there already."""
    async with here.database.reading() as look:
        invitation = await invitations.find(look, here.person_id, typed, here.now)
        return await look_into(here, look, invitation) if invitation else None


async def look_into(here: Here, look: Session, invitation: Invitation) -> Known:
    """The community of a code the person may learn of, and the ways into it."""
    community = await communities.get_community(look, invitation.community_id)
    gated = [chat for chat in await communities.list_chats(look, invitation.community_id) if chat.is_seed]
    inside = bool(await here.rights.list_present(gated, here.person.external_id))
    opens = not inside and (invitation.state == ISSUED or invitation.redeemer_id == here.person_id)
    links = [Door(chat, await doors.door_link(here.rights, chat)) for chat in gated] if opens else []
    return Known(community, links, inside)


async def _kept_links(here: Here, known: Known) -> Sequence[Door]:
    """The doors, their new links written down for the next one who comes."""
    for door in known.doors:
        if door.link and door.link != door.chat.door_link:
            await ways.set_door_link(here.session, door.chat.id or 0, door.link)
    return known.doors


async def standing_of(here: Here) -> str:
    """What a member starts from: their standing in the community at this moment."""
    if await here.is_owner():
        return "owner"
    if await here.is_staff():
        return "moderator"
    role = here.known_member.role if here.known_member else "member"
    return "member" if role == "seed" and await _is_shut_out(here) else role


async def _is_shut_out(here: Here) -> bool:
    """Whether somebody is outside of every gated chat now: a seed who left, or was removed, brings nobody in."""
    async with here.database.reading() as look:
        gated = [chat for chat in await communities.list_chats(look, here.community_id) if chat.is_seed]
    return bool(gated) and not await here.rights.list_present(gated, here.person.external_id)


async def privately(here: Here, what: str) -> Answers:
    """The answer is for one person: a button in the group leads to it."""
    username = await doors.username(here.rights)
    return texts.privately(here.mine, username, f"{what}-{here.community_id}")


COMMANDS = (Command("invite", invite, aliases=("邀请", "邀請")),)
PRESSES = (Press("card", card_pressed, 1),)
PROMPTS = ()
