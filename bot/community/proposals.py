"""Likely duplicates among open suggestions, found at a quiet hour and shown to the team, who alone merges."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.community import askers
from bot.community.askers import Told
from bot.community.errors import AnsweredAlready, UnknownProposal
from bot.community.learning import learn_split, refit
from bot.community.merges import UNDECIDED
from bot.community.similar import Likeness
from storage import findings, judgements, suggestions
from storage.communities import Community
from storage.database import Session
from storage.findings import Finding
from storage.judgements import OFFER, PROPOSAL, Judgement
from storage.suggestions import OPEN, Suggestion

QUIET = time(4)
MOST_A_DAY = 3
SURER = 1.9
"""So many times the certainty of an offer: of all pairs of a community, the likest ones are seldom the same."""


@dataclass(frozen=True)
class Proposal:
    """Two open suggestions that may mean the same; the one more people want would stay."""

    judgement_id: int
    stays: Told
    goes: Told


def next_quiet_hour(community: Community, now: datetime) -> datetime:
    """The next time it is four in the morning there."""
    zone = ZoneInfo(community.zone)
    today = now.astimezone(zone).date()
    moments = (datetime.combine(today + timedelta(days=n), QUIET, zone).astimezone(now.tzinfo) for n in (0, 1))
    return next(moment for moment in moments if moment > now)


async def begin(session: Session, community: Community, now: datetime) -> None:
    """From now on the community has its quiet hour."""
    row = Finding(community_id=community.id or 0, due_at=next_quiet_hour(community, now))
    await findings.add_finding(session, row)


async def note_likely(session: Session, newer: Suggestion, likeness: Likeness) -> None:
    """Keep a likely duplicate until it is shown; a pair somebody was asked about is not asked again."""
    known = await judgements.get_pair(session, newer.id or 0, likeness.suggestion_id)
    if known is None:
        first, second = sorted((newer.id or 0, likeness.suggestion_id))
        found = Judgement(
            community_id=newer.community_id,
            door=PROPOSAL,
            suggestion_id=first,
            other_id=second,
            certainty=likeness.certainty,
            vector_by=likeness.vector_by,
        )
        await judgements.add_judgements(session, [found])
    elif known.door == OFFER and known.is_same is None:  # it was offered, and nobody answered
        known.door, known.shown_at = PROPOSAL, None
    await session.flush()


async def propose(session: Session, community: Community, encoder: str | None, now: datetime) -> list[Proposal]:
    """The night's end: a few proposals for the team, thresholds after the answers there are, the next quiet hour."""
    community_id = community.id or 0
    chosen: list[Proposal] = []
    for row in await judgements.list_waiting(session, community_id):
        if len(chosen) == MOST_A_DAY:
            break
        row.shown_at = now  # one that is no longer open has had its turn too
        if proposal := await _proposal(session, community_id, row):
            chosen.append(proposal)
    await refit(session, community_id, encoder)
    finding = await findings.lock_finding(session, community_id)
    finding.due_at = next_quiet_hour(community, now)
    await session.flush()
    return chosen


async def keep_apart(
    session: Session, community_id: int, judgement_id: int, person_id: int, now: datetime
) -> tuple[Suggestion, Suggestion]:
    """Somebody of the team says that two proposed ones differ; raises UnknownProposal, AnsweredAlready."""
    row = await judgements.get_judgement(session, community_id, judgement_id)
    if row is None or row.other_id is None:
        raise UnknownProposal
    if row.is_same is not None:
        raise AnsweredAlready
    pair = await suggestions.list_suggestions(session, community_id, [row.suggestion_id, row.other_id])
    if len(pair) < 2 or any(is_over(one) for one in pair):
        raise UnknownProposal
    await learn_split(session, community_id, row.suggestion_id, row.other_id, person_id, now)
    return pair[0], pair[1]


def is_over(suggestion: Suggestion) -> bool:
    """Whether there is nothing to merge it with any more."""
    return suggestion.withdrawn_at is not None or suggestion.status not in UNDECIDED


async def _proposal(session: Session, community_id: int, row: Judgement) -> Proposal | None:
    """What the card shows; None once either is no longer open."""
    pair = await suggestions.list_suggestions(session, community_id, [row.suggestion_id, row.other_id or 0])
    if len(pair) < 2 or any(one.status != OPEN for one in pair):
        return None
    told = await askers.with_askers(session, community_id, pair)
    stays, goes = sorted(told, key=lambda one: (-one.votes, one.suggestion.number))
    return Proposal(row.id or 0, stays, goes)
