"""`/stats`: the community in figures, for its team."""

from bot.community import stats
from bot.community.errors import BeforeMembers
from bot.here import Here
from bot.texts import stats as texts
from bot.texts.say import Answers, Whisper
from handlers.commands import Command, Spoken


async def show(here: Here, _: Spoken) -> Answers:
    """The picture among the team; elsewhere the words, if the asker alone can see them. Raises BeforeMembers."""
    among_us = here.chat is None or here.chat.is_staff
    if not among_us and not here.can_whisper:
        raise BeforeMembers
    looked = await stats.look(here.session, here.community_id, here.now)
    if among_us:
        return texts.picture(here.t, looked)
    return Whisper(texts.words(here.mine, looked))


COMMANDS = (Command("stats", show, aliases=("统计", "統計"), staff=True, harmless=True),)
PRESSES = ()
PROMPTS = ()
