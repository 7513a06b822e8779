"""Channels: who brings me into one is asked, apart from its readers, whose digest it gets and in which language."""

from dataclasses import replace

from bot import doors
from bot.community import communities as rules
from bot.community import members as met
from bot.community.audit import Action, record
from bot.community.errors import GroupOnly, OwnerOnly, StaleButton
from bot.here import Here
from bot.texts import channels as texts
from bot.texts import chats as chat_texts
from bot.texts.channels import DIGEST, Channel
from bot.texts.chats import LANGUAGE_NAMES
from bot.texts.say import Answers, Rewrite, Say, Toast, Whisper, to_one_in, to_person
from handlers.commands import Press
from handlers.presence import deciding, list_founded
from storage import communities, members
from storage.communities import Chat, Community
from storage.outbox import OutboxRow

MOST_SHOWN = 5


async def brought(here: Here, chat: Chat, theirs: list[Community], *, may_post: bool) -> list[OutboxRow]:
    """The owner is asked privately, or where only they see it in a group of theirs; elsewhere not at all."""
    chats = await communities.list_chats(here.session, chat.community_id)
    is_alone = all(one.is_channel for one in chats)
    if is_alone and here.known_member is None:  # so that the channel is found again; to read it makes nobody present
        await met.meet_absent(here.session, chat, here.person, here.now)
    said = texts.page(here.mine, Channel(chat, here.community, is_alone=is_alone, theirs=theirs, may_post=may_post))
    if here.person.reachable:
        return [to_person(here.person_id, said, here.now)]
    groups = [one for known in theirs for one in await communities.list_chats(here.session, known.id or 0)]
    heard = [one for one in groups if one.status == "administrator" and not one.is_channel]
    whisper = Whisper(said.text, said.keyboard)
    return [to_one_in(one.id or 0, whisper, here.person.external_id, here.now) for one in heard[:1]]


async def list_owned(here: Here) -> list[Say]:
    """`/setup` in private: the speaker's channels; raises GroupOnly where they have none."""
    async with here.database.reading() as look:
        known = await members.list_memberships(look, here.person_id)
        chats = [chat for one in known for chat in await communities.list_chats(look, one.community_id)]
    channels = [chat for chat in chats if chat.is_channel]
    owned = [chat for chat in channels if await here.rights.is_owner([chat], here.person.external_id)]
    if not owned:
        raise GroupOnly
    return [texts.page(here.mine, await _look(here, chat, chat.community_id)) for chat in owned[:MOST_SHOWN]]


async def joins_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Belongs to …": the presser must own the channel and a group of that community."""
    channel = await _owned(here, numbers[0])
    async with here.database.reading() as look:
        chats = await communities.list_chats(look, numbers[1])
    if not await here.rights.is_owner(deciding(chats, for_channel=True), here.person.external_id):
        raise OwnerOnly
    seen = await _look(here, channel, numbers[1])
    here.ears.doubt()
    if not await rules.adopt(here.session, channel, numbers[1]):
        return Toast(chat_texts.too_late_to_join(here.mine), alert=True)
    action = Action(numbers[1], here.person_id, "belongs", channel.title)
    await record(here.session, action, {}, {"community": seen.community.name}, here.now)
    return _rewritten(here, seen)


async def channel_pressed(here: Here, numbers: list[int]) -> Answers:
    """A language, or whether it gets the digest."""
    channel = await _owned(here, numbers[0])
    if numbers[1] > DIGEST:
        raise StaleButton
    seen = await _look(here, channel, channel.community_id)
    row = await communities.get_chat(here.session, channel.id or 0)  # afresh: Telegram was asked since it was read
    if numbers[1] == DIGEST:
        await rules.switch_digest(here.session, row, here.person_id, here.now)
    else:
        await rules.speak(here.session, row, LANGUAGE_NAMES[numbers[1]][0], here.person_id, here.now)
    return _rewritten(here, replace(seen, chat=row))


async def _owned(here: Here, chat_id: int) -> Chat:
    """A channel that the speaker created; raises StaleButton, OwnerOnly."""
    async with here.database.reading() as look:
        found = await communities.find_chat(look, chat_id)
    if found is None or not found.is_channel or found.status == "left":
        raise StaleButton
    if not await here.rights.is_owner([found], here.person.external_id):
        raise OwnerOnly
    return found


async def _look(here: Here, channel: Chat, community_id: int) -> Channel:
    """The channel as one of that community's; asks Telegram, so before the session's first statement."""
    async with here.database.reading() as look:
        community = await communities.get_community(look, community_id)
        chats = await communities.list_chats(look, community_id)
    is_alone = all(chat.is_channel for chat in chats)
    repeats = await doors.repeats_in(here.rights, channel)
    return Channel(
        channel,
        community,
        is_alone=is_alone,
        theirs=await list_founded(here, community_id, for_channel=True) if is_alone else (),
        may_post=await doors.may_post(here.rights, channel),
        repeated_in=next((chat for chat in chats if chat.external_id == repeats and chat.gets_digest), None),
    )


def _rewritten(here: Here, channel: Channel) -> Rewrite:
    said = texts.page(here.mine, channel)
    return Rewrite(said.text, said.keyboard)


COMMANDS = ()
PRESSES = (Press("joins", joins_pressed, 2), Press("channel", channel_pressed, 2))
PROMPTS = ()
