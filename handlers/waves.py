"""Waves: the plan, each week's proposal, and what became of the codes of every door."""

from bot.community import growth
from bot.community import waves as rules
from bot.community.audit import Action, record
from bot.community.errors import AlreadySettled, PlanUnclear
from bot.here import Here
from bot.texts import waves as texts
from bot.texts.announce import language_of_person
from bot.texts.say import Answers, Rewrite, Whisper, to_person
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import about
from storage import members, waves
from storage.outbox import OutboxRow
from storage.waves import Proposal


async def plan(here: Here, spoken: Spoken) -> Answers:
    """`/waves`: how we stand; `/waves 100 200 400 800` makes the plan."""
    if spoken.words:
        await here.require_owner()
        sizes = [int(word) for word in spoken.words.split() if word.isascii() and word.isdigit() and len(word) < 8]
        if len(sizes) != len(spoken.words.split()):
            raise PlanUnclear
        made = await rules.plan(here.session, here.community_id, sizes, here.person_id, here.now)
        action = Action(here.community_id, here.person_id, "waves", "")
        await record(here.session, action, {}, {"steps": made.steps}, here.now)
    made_before = await waves.get_plan(here.session, here.community_id)
    if made_before is None:
        return Whisper(texts.no_plan(here.mine))
    return Whisper(texts.outlook(here.mine, made_before.sizes, await rules.look(here.session, made_before, here.now)))


async def decided(here: Here, numbers: list[int]) -> Answers:
    """The team hands the proposed codes out (1), or not this week (0)."""
    proposal_id, accepted = numbers
    here = await about(here, Proposal, proposal_id)
    await here.require_staff()
    proposal = await waves.get_proposal(here.session, here.community_id, proposal_id)
    if proposal is None:
        raise AlreadySettled
    action = Action(here.community_id, here.person_id, "wave", f"{proposal.stayed} → {proposal.goal}")
    if not accepted:
        await rules.decline(here.session, proposal, here.person_id, here.now)
        await record(here.session, action, {}, {"codes": 0}, here.now)
        return Rewrite(texts.not_this_week(here.t))
    shares = await rules.accept(here.session, proposal, here.person_id, here.now)
    await record(here.session, action, {}, {"codes": sum(shares.values()), "people": len(shares)}, here.now)
    return [Rewrite(texts.handed_out(here.t, shares)), *await _tell(here, proposal_id, shares)]


async def _tell(here: Here, proposal_id: int, shares: dict[int, int]) -> list[OutboxRow]:
    people = await members.list_people(here.session, list(shares))
    return [
        to_person(
            who,
            texts.your_share(language_of_person(people[who], here.community), here.community, codes),
            here.now,
            key=f"wave:{proposal_id}:{who}",
        )
        for who, codes in shares.items()
        if people[who].reachable
    ]


async def doors(here: Here, _: Spoken) -> Answers:
    """`/doors`: which codes bring people who stay."""
    return Whisper(texts.doors(here.mine, await growth.list_doors(here.session, here.community_id, here.now)))


COMMANDS = (
    Command("waves", plan, takes="text", staff=True),
    Command("doors", doors, aliases=("来源", "來源"), staff=True),
)
PRESSES = (Press("wave", decided, 2),)
PROMPTS: tuple[Prompt, ...] = ()
