"""Once a week the team hears how the community stands against its plan, and whom to give codes."""

from datetime import datetime
from functools import partial

from bot.community import waves as rules
from bot.texts import waves as texts
from bot.texts.announce import headed, language_of_person, to_team
from bot.texts.say import to_person
from storage import communities, members, outbox, waves
from storage.database import Database, Session
from storage.waves import WavePlan


async def knock(database: Database, now: datetime) -> None:
    """Make the proposals that are due; looked up first, so that an idle knock does not keep the writer."""
    async with database.reading() as look:
        due = [plan.community_id for plan in await waves.list_plans_due(look, now)]
    for community_id in due:
        async with database.writing() as session:
            plan = await waves.get_plan(session, community_id)
            if plan is not None and plan.due_at <= now:
                await _propose(session, plan, now)


async def _propose(session: Session, plan: WavePlan, now: datetime) -> None:
    made, shares = await rules.propose(session, plan, now)
    people = list((await members.list_people(session, list(shares))).values())
    community = await communities.get_community(session, plan.community_id)
    say = partial(texts.proposal, made=made, shares=shares, people=people)
    told = await to_team(session, community, say, now, key=f"wave:{made.id}")
    if not told:  # the team has no room and has decided nothing yet: who made the plan is there to be asked
        planner = await members.get_person(session, plan.by_id)
        said = say(language_of_person(planner, community))
        told = [to_person(plan.by_id, await headed(session, plan.by_id, community, said), now)]
    await outbox.add_rows(session, told)
