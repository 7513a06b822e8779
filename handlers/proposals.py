"""The team's answer to a proposed merge: they differ. The other answer is the merge itself."""

from bot.community import proposals
from bot.community.audit import Action, record
from bot.here import Here
from bot.texts import proposals as texts
from bot.texts.say import Answers, Rewrite
from handlers.commands import Press
from handlers.named import about
from storage.judgements import Judgement


async def differ_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "They differ": the pair is never proposed again."""
    here = await about(here, Judgement, numbers[0])
    await here.require_staff()
    one, other = await proposals.keep_apart(here.session, here.community_id, numbers[0], here.person_id, here.now)
    action = Action(here.community_id, here.person_id, "apart", f"#{one.number}")
    await record(here.session, action, {}, {"from": f"#{other.number}"}, here.now)
    return Rewrite(texts.kept_apart(here.t, one, other))


COMMANDS = ()
PRESSES = (Press("differ", differ_pressed, 1),)
PROMPTS = ()
