"""Growth: who was in week by week against the plan, and what became of the codes of every door."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.community import waves as plans
from bot.community.branches import STAYS, has_stayed
from bot.community.waves import OLD_ENOUGH, Outlook
from storage import communities, contributions, tree, waves
from storage.database import Session
from storage.tree import Stay
from storage.waves import Arrival, Door

WEEK = timedelta(days=7)
MOST_WEEKS = 26
MOST_AHEAD = 12  # weeks of forecast; nobody should believe more


@dataclass(frozen=True)
class Growth:
    """People who are in, at the end of each of the last weeks, beside the plan."""

    weekly: list[int]
    sizes: list[int]  # the plan's; empty without one
    outlook: Outlook | None

    @property
    def ahead(self) -> list[int]:
        """The weeks to come, at the pace of the last ones."""
        if self.outlook is None or not self.outlook.weeks_left:
            return []
        pace = self.outlook.missing / self.outlook.weeks_left
        weeks = min(self.outlook.weeks_left, MOST_AHEAD)
        return [round(self.outlook.stayed + pace * week) for week in range(1, weeks + 1)]


@dataclass(frozen=True)
class DoorSeen:
    """A door, and who of those it brought has stayed."""

    door: Door
    told: int = 0  # came so long ago that it can be told whether they stayed
    kept: int = 0  # of these, stayed thirty days
    asked: int = 0  # of these, suggested something
    tells_on: datetime | None = None  # when it can be told of the first it brought


@dataclass(frozen=True)
class Funnel:
    """From codes to people who ask, over all doors; each step is part of the one before."""

    issued: int
    opened: int
    joined: int
    stayed: int
    asked: int
    told: int  # of those who joined, they came so long ago that it can be told whether they stayed
    tells_on: datetime | None = None  # when it can be told of the first of them


async def look(session: Session, community_id: int, now: datetime) -> Growth:
    """How the community has grown, against its plan if it has one."""
    gated = any(chat.is_seed for chat in await communities.list_chats(session, community_id))
    stays = [stay for stay in await tree.list_stays(session, community_id) if stay.seated or not gated]
    plan = await waves.get_plan(session, community_id)
    outlook = await plans.look(session, plan, now) if plan else None
    return Growth(count_weekly(stays, now), plan.sizes if plan else [], outlook)


def count_weekly(stays: Sequence[Stay], now: datetime) -> list[int]:
    """How many were in at the end of each week, up to now; from before the first one came."""
    came = sorted(stay.since for stay in stays)
    left = sorted(stay.left_at for stay in stays if stay.left_at is not None)
    weeks = min(-(-(now - came[0]) // WEEK), MOST_WEEKS) if came else 0
    ends = [now - WEEK * week for week in range(weeks, -1, -1)]
    return [bisect_right(came, end) - bisect_right(left, end) for end in ends]


async def list_doors(session: Session, community_id: int, now: datetime) -> list[DoorSeen]:
    """Every door with what became of its codes and people, the most used first."""
    doors = await waves.list_doors(session, community_id, now, now - OLD_ENOUGH)
    given = await contributions.list_contributions(session, community_id)
    askers = {who for who, contribution in given.items() if contribution.asked}
    arrivals = await waves.list_arrivals(session, community_id)
    return [_seen(door, [one for one in arrivals if _through(one, door)], askers, now) for door in doors]


def _through(arrival: Arrival, door: Door) -> bool:
    return (arrival.touchpoint, arrival.campaign) == (door.touchpoint, door.campaign)


def _seen(door: Door, arrivals: Sequence[Arrival], askers: set[int], now: datetime) -> DoorSeen:
    stayed = {one.person_id: has_stayed(one.used_at, one.left_at, now) for one in arrivals}
    kept = [who for who, stays in stayed.items() if stays]
    told = len(stayed) - list(stayed.values()).count(None)
    first = min((one.used_at for one in arrivals), default=None)
    return DoorSeen(door, told, len(kept), len(askers.intersection(kept)), first and first + STAYS)


def funnel(doors: Sequence[DoorSeen]) -> Funnel:
    """All doors together."""
    return Funnel(
        issued=sum(seen.door.issued for seen in doors),
        opened=sum(seen.door.opened for seen in doors),
        joined=sum(seen.door.used for seen in doors),
        stayed=sum(seen.kept for seen in doors),
        asked=sum(seen.asked for seen in doors),
        told=sum(seen.told for seen in doors),
        tells_on=min((seen.tells_on for seen in doors if seen.tells_on), default=None),
    )
