"""`/notices`: how somebody wants to hear what became of what they asked for."""

from bot import doors
from bot.community.errors import NoCommunity
from bot.community.notices import WAYS
from bot.here import Here
from bot.texts import notices as texts
from bot.texts.errors import stale_button
from bot.texts.invitations import privately
from bot.texts.say import Answers, Rewrite, Toast
from handlers.commands import Command, Press, Spoken
from storage import communities, members


async def show(here: Here, _: Spoken) -> Answers:
    """`/notices`: in private the choice, in a group the way to it."""
    here.require_face()
    if here.chat is not None:
        return privately(here.t, await doors.username(here.rights), "notices")
    return await list_ways(here)


async def list_ways(here: Here) -> Answers:
    """How the person hears of things in the community they speak of."""
    member = await members.get_member(here.session, here.community_id, here.person_id)
    if member is None:
        raise NoCommunity
    return texts.choice(here.mine, here.community, member)


async def way_pressed(here: Here, numbers: list[int]) -> Answers:
    """Privately, by the digest only, or not at all."""
    community_id, n = numbers
    if here.chat is not None or n >= len(WAYS):
        return Toast(stale_button(here.mine))
    await members.set_hears(here.session, community_id, here.person_id, WAYS[n])
    return await _choice(here, community_id)


async def name_pressed(here: Here, numbers: list[int]) -> Answers:
    """Whether the digest may name the person."""
    community_id, named = numbers
    if here.chat is not None or named > 1:
        return Toast(stale_button(here.mine))
    await members.set_named(here.session, community_id, here.person_id, named=named == 1)
    return await _choice(here, community_id)


async def _choice(here: Here, community_id: int) -> Answers:
    """The choice as it stands now, of the community the button names; who is no member there has none."""
    member = await members.get_member(here.session, community_id, here.person_id)
    if member is None:
        raise NoCommunity
    said = texts.choice(here.mine, await communities.get_community(here.session, community_id), member)
    return Rewrite(said.text, said.keyboard)


COMMANDS = (Command("notices", show, aliases=("通知",), bare=False),)
PRESSES = (Press("hear", way_pressed, 2), Press("named", name_pressed, 2))
PROMPTS = ()
