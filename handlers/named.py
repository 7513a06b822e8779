"""What buttons name: by id, so that also in private they mean the community they were made in."""

from dataclasses import replace

from bot.community.errors import StaleButton
from bot.here import Here
from bot.texts import announce
from bot.texts.care import rewritten
from bot.texts.say import Answer
from storage import communities, members, outbox
from storage import suggestions as rows
from storage.members import Member
from storage.suggestions import Suggestion


async def for_team(here: Here, suggestion_id: int, *, fresh: bool = False) -> tuple[Here, Suggestion]:
    """The suggestion and its community, for whoever is of its team. To be asked before the session's first statement.

    Raises StaleButton in a chat of another community, StaffOnly.
    """
    here, suggestion = await named(here, suggestion_id)
    await here.require_staff(fresh=fresh)
    return here, suggestion


async def named(here: Here, suggestion_id: int) -> tuple[Here, Suggestion]:
    """The suggestion and its community; raises StaleButton in a chat of another one."""
    async with here.database.reading() as look:
        suggestion = await rows.get_suggestion_by_id(look, suggestion_id)
        community = await communities.get_community(look, suggestion.community_id) if suggestion else None
    if suggestion is None or (here.chat is not None and here.chat.community_id != suggestion.community_id):
        raise StaleButton
    return replace(here, known_community=community), suggestion


async def for_member(here: Here, suggestion_id: int) -> tuple[Here, Suggestion]:
    """The suggestion and its community, for whoever is of it; raises StaleButton for all others."""
    here, suggestion = await named(here, suggestion_id)
    async with here.database.reading() as look:
        member = await members.get_member(look, suggestion.community_id, here.person_id)
    if member is None:
        raise StaleButton
    return replace(here, known_member=member), suggestion


async def member_for_team(here: Here, member_id: int, *, fresh: bool = False) -> tuple[Here, Member]:
    """The member a button names, and their community, for whoever is of its team; raises StaleButton, StaffOnly."""
    async with here.database.reading() as look:
        member = await members.get_member_by_id(look, member_id)
        community = await communities.get_community(look, member.community_id) if member else None
    if member is None or (here.chat is not None and here.chat.community_id != member.community_id):
        raise StaleButton
    here = replace(here, known_community=community)
    await here.require_staff(fresh=fresh)
    return here, member


async def shown(here: Here, *suggestions: Suggestion) -> list[Answer]:
    """The cards as they are now, wherever they stand; a copy of the team's, whose button was pressed, too."""
    answers: list[Answer] = [await announce.card(here.session, suggestion, here.now) for suggestion in suggestions]
    live = await outbox.get_slot(here.session, f"triage:{suggestions[0].id}")
    if live != here.message_ref or here.whispered:
        answers.append(rewritten(await announce.team_card(here.session, here.t, suggestions[0])))
    return answers
