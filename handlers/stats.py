"""`/stats`: the community in figures, for its team."""

from bot.community import stats
from bot.here import Here
from bot.texts import stats as texts
from bot.texts.say import Answers, Whisper
from handlers.commands import Command, Spoken


async def show(here: Here, _: Spoken) -> Answers:
    """The picture where the team is among itself; elsewhere the words alone, which only the asker sees."""
    looked = await stats.look(here.session, here.community_id, here.now)
    if here.chat is None or here.chat.is_staff:
        return texts.picture(here.t, looked)
    return Whisper(texts.words(here.mine, looked))


COMMANDS = (Command("stats", show, aliases=("统计", "統計"), staff=True, harmless=True),)
PRESSES = ()
PROMPTS = ()
