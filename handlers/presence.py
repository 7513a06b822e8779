"""Finding out where somebody is who writes to us privately but has never spoken in front of us."""

from bot.community import members as rules
from bot.here import Here
from storage import communities, members
from storage.communities import Chat

MOST_CHATS = 30


async def look_around(here: Here) -> None:
    """Ask Telegram which of our chats a newcomer is in, gated ones too, and remember it.

    To be called in private, before the session's first statement. Whoever is a seed already is not asked about.
    """
    if here.known_member is not None and here.known_member.role != "member":
        return
    async with here.database.reading() as look:
        chats = await communities.list_all_chats(look, MOST_CHATS)
    if here.known_community is not None:
        # A member is asked about only where it makes a difference: at their community's gated chats.
        chats = [chat for chat in chats if chat.is_seed and chat.community_id == here.known_community.id]
    present = [chat for chat in chats if await here.rights.is_present(chat.external_id, here.person.external_id)]
    for chat in present:
        await rules.meet_member(here.session, chat, here.person, here.now)
    if present:
        await _settle(here, present[0])


async def _settle(here: Here, chat: Chat) -> None:
    community_id = here.known_community.id if here.known_community else chat.community_id
    here.known_community = await communities.get_community(here.session, community_id or 0)
    here.known_member = await members.get_member(here.session, community_id or 0, here.person_id)
    here.chats = await communities.list_chats(here.session, community_id or 0)
