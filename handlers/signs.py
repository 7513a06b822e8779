"""`/signs`: accounts worth a second look, and one member with all that the team can do. For the team's eyes only."""

from bot.community import signs as rules
from bot.community.errors import NotAMember
from bot.here import Here
from bot.texts import signs as texts
from bot.texts.say import Answers, Rewrite
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import member_for_team
from handlers.people import person_meant, require_team_alone
from storage import members
from storage.members import Member


async def show(here: Here, spoken: Spoken) -> Answers:
    """`/signs` lists; `/signs @who`, or in reply to somebody, shows one."""
    require_team_alone(here)
    if not spoken.words and spoken.message.reply_to_message is None:
        return texts.listed(here.t, await rules.rank(here.session, here.community_id, here.now))
    person_id, _ = await person_meant(here, spoken, "/signs @ahe")
    member = await members.get_member(here.session, here.community_id, person_id)
    if member is None:
        raise NotAMember
    return texts.case(here.t, await rules.look_at(here.session, member, here.now))


async def pressed(here: Here, numbers: list[int]) -> Answers:
    """One of the list."""
    here, member = await member_for_team(here, numbers[0])
    require_team_alone(here)
    return texts.case(here.t, await rules.look_at(here.session, member, here.now))


async def again(here: Here, member: Member) -> Rewrite:
    """The card as it is now, in place of the one whose button was pressed."""
    said = texts.case(here.t, await rules.look_at(here.session, member, here.now))
    return Rewrite(said.text, said.keyboard)


COMMANDS = (Command("signs", show, takes="text", staff=True, harmless=True),)
PRESSES = (Press("case", pressed, 1),)
PROMPTS: tuple[Prompt, ...] = ()
