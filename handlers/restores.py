"""The team's word on what a database that was put back may still send and open."""

from dataclasses import replace

from bot.community import restores
from bot.community.errors import AnsweredAlready, StaleButton
from bot.community.restores import Choice
from bot.here import Here
from bot.texts import restores as texts
from bot.texts.say import Answers, Rewrite
from handlers.commands import Press
from storage import communities, holds


async def held_pressed(here: Here, numbers: list[int]) -> Answers:
    """One of the buttons under the question what is to become of what waits."""
    community_id, choice = numbers
    if choice not in list(Choice):
        raise StaleButton
    here = await _about(here, community_id)
    await here.require_staff(fresh=True)
    left = await restores.decide(here.session, community_id, Choice(choice), here.person_id, here.now)
    said = texts.decided(here.t, left, Choice(choice), here.person.name)
    return Rewrite(said.text, said.keyboard)


async def _about(here: Here, community_id: int) -> Here:
    """In private a button means the community it names; raises StaleButton in a chat of another, AnsweredAlready."""
    if here.chat is not None:
        if here.chat.community_id != community_id:
            raise StaleButton
        return here
    async with here.database.reading() as look:
        if community_id not in [hold.community_id for hold in await holds.list_holds(look)]:
            raise AnsweredAlready
        return replace(here, known_community=await communities.get_community(look, community_id))


COMMANDS = ()
PRESSES = (Press("held", held_pressed, 2),)
PROMPTS = ()
