"""The whole at a glance, for the team: how fast the loop turns, what comes of it, who is in it and who is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.community import grids, growth, loop, verdicts, waves
from bot.community.grids import HAPPY, Report
from bot.community.growth import Funnel
from bot.community.loop import DAY, Missing, Pace
from bot.community.verdicts import Satisfaction
from bot.community.waves import Outlook
from storage import communities, digests, suggestions
from storage import grids as grid_rows
from storage import loop as rows
from storage import waves as wave_rows
from storage.communities import Community
from storage.database import Session
from storage.grids import MOOD

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Stats:
    """A community in figures; times and opinions are those of the last month."""

    community: Community
    asked: int
    waiting: int  # without a decision
    to_answer: timedelta | None  # from asking to the first decision, in the middle
    pace: Pace
    satisfaction: Satisfaction
    report: Report | None  # the last one, if it is closed
    members: int
    came: int  # of them, within the month
    outlook: Outlook | None  # against the wave plan
    funnel: Funnel
    absent: Missing

    @property
    def to_ship(self) -> timedelta | None:
        """From asking to shipping, in the middle."""
        days = self.pace.days_to_ship
        return None if days is None else DAY * days

    @property
    def works(self) -> float | None:
        """The share of askers for whom what was shipped works."""
        said = self.satisfaction
        return said.works / said.answers if said.answers else None

    @property
    def happy(self) -> float | None:
        """The share of the last report's answers about the mood that were good."""
        moods = self.report.cells[MOOD] if self.report else ()
        answered = sum(line.count for line in moods)
        return sum(line.count for line in moods if line.choice == HAPPY) / answered if answered else None


async def look(session: Session, community_id: int, now: datetime) -> Stats:
    """The figures as they are now."""
    since = now - MONTH
    plan = await wave_rows.get_plan(session, community_id)
    newest = await grid_rows.get_newest(session, community_id)
    before, members = await rows.count_present_at(session, community_id, [since, now])
    return Stats(
        community=await communities.get_community(session, community_id),
        asked=await suggestions.count_asked_since(session, community_id, since),
        waiting=await digests.count_open(session, community_id),
        to_answer=await loop.answer_time(session, community_id, since),
        pace=await loop.pace(session, community_id, await rows.list_waits(session, community_id, since), now),
        satisfaction=await verdicts.satisfaction(session, community_id, since),
        report=await grids.report(session, newest) if newest and newest.closed_at else None,
        members=members,
        came=members - before,
        outlook=await waves.look(session, plan, now) if plan else None,
        funnel=growth.funnel(await growth.list_doors(session, community_id, now)),
        absent=await loop.missing(session, community_id, since),
    )
