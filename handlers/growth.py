"""Growth as the team looks at it: two pictures, never before everybody."""

from bot.community import growth as rules
from bot.here import Here
from bot.texts import growth as texts
from bot.texts.say import Answers
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.invitations import privately


async def show(here: Here, _: Spoken) -> Answers:
    """`/growth`: in private and in the staff chat; elsewhere a button leads to it."""
    if here.chat is None or here.chat.is_staff:
        return await in_private(here)
    return await privately(here, "growth")


async def in_private(here: Here) -> Answers:
    """Who was in week by week against the plan, and what became of the codes."""
    await here.require_staff()
    seen = await rules.look(here.session, here.community_id, here.now)
    doors = await rules.list_doors(here.session, here.community_id, here.now)
    pictures = [texts.growth(here.t, here.community, seen, here.now)]
    return [*pictures, texts.funnel(here.t, here.community, rules.funnel(doors), doors)] if doors else pictures


COMMANDS = (Command("growth", show, aliases=("增长", "增長", "成长", "成長"), staff=True, harmless=True),)
PRESSES: tuple[Press, ...] = ()
PROMPTS: tuple[Prompt, ...] = ()
