"""What buttons name: by id, so that also in private they mean the community they were made in."""

from dataclasses import replace

from sqlmodel import SQLModel

from bot.community.errors import NoCommunity, Outsider, StaleButton
from bot.here import Here
from bot.texts import announce
from bot.texts.care import rewritten
from bot.texts.say import Answer, Say
from storage import communities, members, outbox
from storage.members import Member
from storage.suggestions import Suggestion


async def about(here: Here, table: type[SQLModel], row_id: int) -> Here:
    """In private a button means the community of the row it names, not the one that was spoken of last."""
    if here.chat is not None:
        return here
    async with here.database.reading() as look:
        community = await communities.get_home_of(look, table, row_id)
    return replace(here, known_community=community) if community else here


async def within(here: Here, community_id: int) -> Here:
    """In private a button means the community it names, of which the person must be.

    Raises StaleButton in a chat of another one, NoCommunity.
    """
    if here.chat is not None:
        if here.chat.community_id != community_id:
            raise StaleButton
        return here
    async with here.database.reading() as look:
        member = await members.get_member(look, community_id, here.person_id)
        if member is None:
            raise NoCommunity
        community = await communities.get_community(look, community_id)
    return replace(here, known_community=community, known_member=member)


async def headed(here: Here, said: Say) -> Say:
    """A list as it is read here: in private it says which community it is about."""
    return said if here.chat else await announce.headed(here.session, here.person_id, here.community, said)


async def for_team(here: Here, suggestion_id: int, *, fresh: bool = False) -> tuple[Here, Suggestion]:
    """The suggestion and its community, for whoever is of its team. To be asked before the session's first statement.

    Raises StaleButton in a chat of another community, StaffOnly.
    """
    here, suggestion = await named(here, suggestion_id)
    await here.require_staff(fresh=fresh)
    return here, suggestion


async def named(here: Here, suggestion_id: int) -> tuple[Here, Suggestion]:
    """The suggestion, its community, and who the speaker is there; raises StaleButton in a chat of another one."""
    async with here.database.reading() as look:
        found = await members.get_concerned(look, suggestion_id, here.person_id)
    if found is None or (here.chat is not None and here.chat.community_id != found[0].community_id):
        raise StaleButton
    suggestion, community, member = found
    return replace(here, known_community=community, known_member=member), suggestion


async def for_member(here: Here, suggestion_id: int) -> tuple[Here, Suggestion]:
    """The suggestion and its community, for whoever is of it; raises StaleButton for all others."""
    here, suggestion = await named(here, suggestion_id)
    if here.known_member is None:
        raise StaleButton
    return here, suggestion


async def for_who_is_there(here: Here, suggestion_id: int) -> tuple[Here, Suggestion]:
    """The same for whoever is of it now; raises StaleButton in a chat of another one, Outsider."""
    here, suggestion = await named(here, suggestion_id)
    if here.known_member is None or not here.known_member.present:
        raise Outsider
    return here, suggestion


async def member_for_team(here: Here, member_id: int, *, fresh: bool = False) -> tuple[Here, Member]:
    """The member a button names, and their community, for whoever is of its team; raises StaleButton, StaffOnly."""
    here = await about(here, Member, member_id)
    async with here.database.reading() as look:
        member = await members.get_member_by_id(look, member_id)
    if member is None or member.community_id != here.community_id:
        raise StaleButton
    await here.require_staff(fresh=fresh)
    return here, member


async def shown(here: Here, *suggestions: Suggestion) -> list[Answer]:
    """The cards as they are now, wherever they stand; a copy of the team's, whose button was pressed, too."""
    answers: list[Answer] = [await announce.card(here.session, suggestion, here.now) for suggestion in suggestions]
    live = await outbox.get_slot(here.session, f"triage:{suggestions[0].id}")
    if live != here.message_ref or here.whispered:
        answers.append(rewritten(await announce.team_card(here.session, here.t, suggestions[0])))
    return answers
