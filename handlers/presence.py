"""Finding out where somebody is who writes to us privately but has never spoken in front of us."""

from bot.community import members as rules
from bot.here import Here
from storage import communities, members
from storage.communities import Chat, Community

MOST_CHATS = 30
MOST_COMMUNITIES = 3


async def look_around(here: Here) -> None:
    """Ask Telegram which of our groups a newcomer is in, gated ones too, and remember it.

    To be called in private, before the session's first statement. Whoever is a seed already is not asked about.
    """
    if here.known_member is not None and here.known_member.role != "member":
        return
    async with here.database.reading() as look:
        chats = await communities.list_all_groups(look, MOST_CHATS)
    if here.known_community is not None:
        # A member is asked about only where it makes a difference: at their community's gated chats.
        chats = [chat for chat in chats if chat.is_seed and chat.community_id == here.known_community.id]
    await look_into(here, chats)


async def look_into(here: Here, groups: list[Chat]) -> None:
    """Ask Telegram which of these groups the speaker is in, and remember it; before the session's first statement."""
    present = await here.rights.list_present(groups, here.person.external_id)
    if not present:
        return
    async with here.database.writing() as session:  # of its own: Telegram may be asked more before the handler's begins
        for chat in present:
            await rules.meet_member(session, chat, here.person, here.now)
        community_id = present[0].community_id
        here.known_community = await communities.get_community(session, community_id)
        here.known_member = await members.get_member(session, community_id, here.person_id)


async def is_in_a_group(here: Here) -> bool:
    """Whether the speaker is in one of the community's groups, as far as we or Telegram know."""
    if here.known_member is None or not here.known_member.present:
        await look_into(here, await here.other_groups())
    return here.known_member is not None and here.known_member.present


async def list_founded(here: Here, but: int, *, for_channel: bool) -> list[Community]:
    """Other communities whose groups the speaker created: a new chat may be one more of theirs."""
    candidates = await list_known(here, but, for_channel=for_channel)
    theirs = [known for known, chats in candidates if await here.rights.is_owner(chats, here.person.external_id)]
    return theirs[:MOST_COMMUNITIES]


async def list_known(here: Here, but: int, *, for_channel: bool) -> list[tuple[Community, list[Chat]]]:
    """Other communities the speaker knows, with the chats whose creator decides what belongs to them."""
    async with here.database.reading() as look:
        known = await members.list_memberships(look, here.person_id)
        others = [member.community_id for member in known if member.community_id != but]
        found = [(await communities.get_community(look, i), await communities.list_chats(look, i)) for i in others]
    decided = [(community, deciding(chats, for_channel=for_channel)) for community, chats in found]
    return [(community, chats) for community, chats in decided if chats]


def deciding(chats: list[Chat], *, for_channel: bool) -> list[Chat]:
    """Whose creator decides what belongs to a community: its groups; a group may also join a channel that is alone."""
    groups = [chat for chat in chats if not chat.is_channel]
    return groups if groups or for_channel else chats
