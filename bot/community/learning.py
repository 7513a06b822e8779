"""Learning from people which texts mean the same: every answer is kept, and at the quiet hour thresholds follow."""

from collections.abc import Sequence
from datetime import datetime

from bot.community.similar import OFFERED_FROM, OFFERED_FROM_BY_TERMS, Similar
from bot.community.thresholds import fit
from storage import findings, judgements
from storage.database import Session
from storage.judgements import MERGE, OFFER, Judgement
from storage.suggestions import Offer, Suggestion


async def note_shown(session: Session, offered: Offer, alike: Sequence[Similar], now: datetime) -> None:
    """An offer shows these suggestions to its author."""
    rows = [
        Judgement(
            community_id=offered.community_id,
            door=OFFER,
            suggestion_id=one.suggestion.id or 0,
            offer_id=offered.id,
            certainty=one.certainty,
            vector_by=one.vector_by,
            shown_at=now,
        )
        for one in alike
    ]
    await judgements.add_judgements(session, rows)


async def learn_same(session: Session, offer_id: int, chosen: Suggestion, person_id: int, now: datetime) -> None:
    """+1 this one: the one that was chosen means the same; of the others nobody has said anything."""
    for row in await judgements.list_shown(session, offer_id):
        row.judged_at, row.judged_by_id = now, person_id
        if row.suggestion_id == chosen.id:
            row.is_same = True
    await session.flush()


async def learn_different(
    session: Session, offer_id: int, made: Suggestion, person_id: int | None, now: datetime
) -> None:
    """Mine is different: all that was shown is held against what was made of it; without a person nobody answered."""
    for row in await judgements.list_shown(session, offer_id):
        if row.suggestion_id == made.id or await judgements.get_pair(session, row.suggestion_id, made.id or 0):
            continue
        row.judged_at, row.judged_by_id, row.other_id = now, person_id, made.id
        row.is_same = False if person_id else None
    await session.flush()


async def learn_merge(
    session: Session, community_id: int, one_id: int, other_id: int, person_id: int, now: datetime
) -> None:
    """Somebody of the team has merged two suggestions (by their ids): they mean the same."""
    await _learn_pair(session, _pair(community_id, one_id, other_id, now), person_id, is_same=True)


async def learn_split(
    session: Session, community_id: int, one_id: int, other_id: int, person_id: int, now: datetime
) -> None:
    """Somebody of the team has undone a merge or keeps two suggestions apart: they do not mean the same."""
    await _learn_pair(session, _pair(community_id, one_id, other_id, now), person_id, is_same=False)


async def refit(session: Session, community_id: int, encoder: str | None) -> None:
    """Set the community's thresholds by its answers, for the encoder in use and for terms alone."""
    finding = await findings.lock_finding(session, community_id)
    by_terms = await judgements.list_answers(session, community_id, None)
    finding.offered_from_by_terms = fit(by_terms, OFFERED_FROM_BY_TERMS)
    if encoder:
        finding.offered_from = fit(await judgements.list_answers(session, community_id, encoder), OFFERED_FROM)
        finding.offered_by = encoder
    await session.flush()


def _pair(community_id: int, one_id: int, other_id: int, now: datetime) -> Judgement:
    first, second = sorted((one_id, other_id))
    return Judgement(
        community_id=community_id, door=MERGE, suggestion_id=first, other_id=second, shown_at=now, judged_at=now
    )


async def _learn_pair(session: Session, said: Judgement, person_id: int, *, is_same: bool) -> None:
    """The pair's one row says what was said last."""
    await judgements.add_judgements(session, [said])
    row = await judgements.get_pair(session, said.suggestion_id, said.other_id or 0)
    if row is not None:
        row.is_same, row.judged_by_id, row.judged_at = is_same, person_id, said.judged_at
        row.door = MERGE if row.door == OFFER else row.door  # no answer of its author's any more
    await session.flush()
