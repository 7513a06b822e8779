"""The loop in figures: honest, few, and each one a person can check by counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from storage import loop as rows
from storage.database import Session

WEEKS_OF_GROWTH = 8
FEWEST_FOR_TENTHS = 10
WEEK, DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True)
class Missing:
    """Whom one does not hear: what the digest says about itself."""

    voters: int
    top_share: int  # percent of the votes that came from the busiest tenth of the voters
    first_timers: int
    silent: int  # members who have never asked nor voted
    members: int

    @property
    def has_tenths(self) -> bool:
        """Whether there are so many voters that a tenth of them is not simply one person of a few."""
        return self.voters >= FEWEST_FOR_TENTHS


@dataclass(frozen=True)
class Pace:
    """How fast asking leads to shipping, and how much of what was wanted has come."""

    days_to_ship: float | None  # the median; None when nothing shipped
    delivered: float | None  # the share of all votes that are for what has shipped
    growth: Sequence[int]  # members at the end of each of the last weeks


async def answer_time(session: Session, community_id: int, since: datetime) -> timedelta | None:
    """From asking to the team's first decision about it, in the middle; None when nothing was decided since then."""
    waits = [
        (answered - asked) / DAY for asked, answered in await rows.list_first_answers(session, community_id, since)
    ]
    return DAY * median(waits) if waits else None


async def missing(session: Session, community_id: int, since: datetime) -> Missing:
    """Who took part since then, and who did not."""
    counts = await rows.list_vote_counts(session, community_id, since)
    taking_part, fresh, members = await rows.count_people(session, community_id, since)
    return Missing(len(counts), top_share(counts), fresh, max(members - taking_part, 0), members)


def top_share(counts: Sequence[int]) -> int:
    """Percent of the votes that the busiest tenth of the voters gave; a tenth is at least one person."""
    ranked = sorted(counts, reverse=True)
    return round(100 * sum(ranked[: ceil(len(ranked) / 10)]) / sum(ranked)) if ranked else 0


async def pace(
    session: Session, community_id: int, shipped: Sequence[tuple[datetime, datetime | None]], until: datetime
) -> Pace:
    """The pace of what was asked for and shipped at these moments, with the growth of the weeks before."""
    waits = [(then - asked) / DAY for asked, then in shipped if then is not None]
    delivered, votes = await rows.count_votes_delivered(session, community_id)
    moments = [until - WEEK * weeks for weeks in reversed(range(WEEKS_OF_GROWTH))]
    grown = await rows.count_present_at(session, community_id, moments)
    return Pace(
        days_to_ship=median(waits) if waits else None,
        delivered=delivered / votes if votes else None,
        growth=grown,
    )
