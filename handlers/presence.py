"""Finding out where somebody is who writes to us privately but has never spoken in front of us."""

from bot.community import members as rules
from bot.here import Here
from storage import communities, members
from storage.communities import Community

MOST_CHATS = 30
MOST_COMMUNITIES = 3


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
    present = await here.rights.list_present(chats, here.person.external_id)
    if not present:
        return
    async with here.database.writing() as session:  # of its own: Telegram may be asked more before the handler's begins
        for chat in present:
            await rules.meet_member(session, chat, here.person, here.now)
        community_id = present[0].community_id
        here.known_community = await communities.get_community(session, community_id)
        here.known_member = await members.get_member(session, community_id, here.person_id)


async def list_founded(here: Here, but: int) -> list[Community]:
    """Other communities whose chats the speaker created: a new chat may be one more of theirs."""
    async with here.database.reading() as look:
        known = await members.list_memberships(look, here.person_id)
        others = [member.community_id for member in known if member.community_id != but]
        candidates = [
            (await communities.get_community(look, i), await communities.list_chats(look, i))
            for i in others[:MOST_COMMUNITIES]
        ]
    return [known for known, chats in candidates if await here.rights.is_owner(chats, here.person.external_id)]
