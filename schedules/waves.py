"""Once a week the team hears how the community stands against its plan, and whom to give codes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.community import waves as rules
from bot.texts import waves as texts
from bot.texts.announce import headed, language_of_person, to_team
from bot.texts.catalogues import Translator
from bot.texts.say import Say, to_person
from storage import communities, members, outbox, waves
from storage.communities import Community
from storage.database import Database, Session
from storage.outbox import OutboxRow
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
    await outbox.add_rows(session, told or await _to_planner(session, community, plan.by_id, say, now))


async def _to_planner(
    session: Session, community: Community, planner_id: int, say: Callable[[Translator], Say], now: datetime
) -> list[OutboxRow]:
    """The team has no room and has decided nothing yet: who made the plan can be asked while they are there."""
    member = await members.get_member(session, community.id or 0, planner_id)
    planner = await members.get_person(session, planner_id)
    if member is None or not member.present or not planner.reachable:
        return []
    said = await headed(session, planner_id, community, say(language_of_person(planner, community)))
    return [to_person(planner_id, said, now)]
