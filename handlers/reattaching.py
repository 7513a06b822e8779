"""`/reattach @sam @ahe`: the tree is mended, after a look at what would move."""

from bot.community import reattaching as rules
from bot.community.errors import NotAMember, StaleButton, WhoIsMeant
from bot.here import Here
from bot.texts import reattaching as texts
from bot.texts.say import Answers, Rewrite, Whisper
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import member_for_team
from handlers.people import person_called, person_meant, require_team_alone
from handlers.prompts import ask
from storage import members

EXAMPLE = "/reattach @sam @ahe"


async def reattach(here: Here, spoken: Spoken) -> Answers:
    """`/reattach @sam @ahe`: who would move from whom to whom, with a button."""
    require_team_alone(here)
    person_id, words = await person_meant(here, spoken, EXAMPLE)
    return await _preview(here, person_id, words)


async def _preview(here: Here, person_id: int, inviter: str) -> Whisper:
    if not inviter.strip():
        raise WhoIsMeant(EXAMPLE)
    inviter_id = await person_called(here, inviter.strip())
    move = await rules.preview(here.session, here.community_id, person_id, inviter_id)
    above = await members.get_member(here.session, here.community_id, inviter_id)
    if above is None:
        raise NotAMember
    return texts.preview(here.t, move, above.id or 0)


async def asked(here: Here, numbers: list[int]) -> Answers:
    """The button on a member's card: who brought them?"""
    here, member = await member_for_team(here, numbers[0])
    require_team_alone(here)
    person = await members.get_person(here.session, member.person_id)
    return await ask(here, "reattach", (numbers[0],), texts.who(here.t, person))


async def named(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The inviter's name, and the preview."""
    here, member = await member_for_team(here, numbers[0])
    return await _preview(here, member.person_id, spoken.words)


async def pressed(here: Here, numbers: list[int]) -> Answers:
    """Whoever pressed has seen what moves; it must still stand where it stood then."""
    here, member = await member_for_team(here, numbers[0], fresh=True)
    above = await members.get_member_by_id(here.session, numbers[1])
    if above is None or above.community_id != member.community_id:
        raise StaleButton
    move = await rules.reattach(
        here.session,
        member.community_id,
        member.person_id,
        above.person_id,
        numbers[2] or None,
        here.person_id,
        here.now,
    )
    return Rewrite(texts.moved(here.t, move))


COMMANDS = (Command("reattach", reattach, takes="text", staff=True),)
PRESSES = (Press("reattach", asked, 1), Press("moved", pressed, 3))
PROMPTS = (Prompt("reattach", named),)
