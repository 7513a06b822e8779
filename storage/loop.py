"""The figures of the loop from asking to shipping: who takes part, how long it takes, how the circle grows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, and_, cast, func, literal, select, union_all
from sqlmodel import col

from storage.audit import AuditRow
from storage.database import Session
from storage.members import Member
from storage.suggestions import SHIPPED, Suggestion
from storage.votes import Vote
from storage.wordings import Wording


async def list_vote_counts(session: Session, community_id: int, since: datetime) -> list[int]:
    """How many votes each person gave since then, the busiest first."""
    count = func.count()
    query = (
        select(count)
        .select_from(Vote)
        .join(Suggestion, col(Suggestion.id) == col(Vote.suggestion_id))
        .where(col(Suggestion.community_id) == community_id, col(Vote.created_at) > since)
        .group_by(col(Vote.person_id))
        .order_by(count.desc())
    )
    return [int(row[0]) for row in await (await session.connection()).execute(query)]


async def count_taking_part(session: Session, community_id: int, since: datetime) -> tuple[int, int]:
    """How many people have asked or voted at all, and how many of them for the first time after that moment."""
    acts = union_all(
        select(col(Wording.person_id).label("person_id"), col(Wording.created_at).label("at")).where(
            col(Wording.community_id) == community_id
        ),
        select(col(Vote.person_id), col(Vote.created_at))
        .join(Suggestion, col(Suggestion.id) == col(Vote.suggestion_id))
        .where(col(Suggestion.community_id) == community_id),
    ).subquery()
    first = select(acts.c.person_id, func.min(acts.c.at).label("at")).group_by(acts.c.person_id).subquery()
    new = func.count().filter(first.c.at > since)
    total, fresh = (await (await session.connection()).execute(select(func.count(), new).select_from(first))).one()
    return int(total), int(fresh)


async def count_present(session: Session, community_id: int) -> int:
    """How many members are there now."""
    query = select(func.count()).where(col(Member.community_id) == community_id, col(Member.present))
    return int((await (await session.connection()).execute(query)).scalar_one())


async def count_present_at(session: Session, community_id: int, moments: Sequence[datetime]) -> list[int]:
    """How many of those who are there now had come by each moment."""
    counts = [func.count().filter(col(Member.joined_at) <= moment) for moment in moments]
    query = select(*counts).where(col(Member.community_id) == community_id, col(Member.present))
    return [int(count) for count in (await (await session.connection()).execute(query)).one()]


async def list_waits(session: Session, community_id: int, since: datetime) -> list[tuple[datetime, datetime]]:
    """When each suggestion shipped since then was asked for, and when it shipped."""
    query = select(col(Suggestion.created_at), col(Suggestion.decided_at)).where(
        col(Suggestion.community_id) == community_id,
        col(Suggestion.status) == SHIPPED,
        col(Suggestion.decided_at) > since,
    )
    rows = await (await session.connection()).execute(query)
    return [(asked, shipped) for asked, shipped in rows if shipped is not None]


async def list_first_answers(session: Session, community_id: int, since: datetime) -> list[tuple[datetime, datetime]]:
    """When each suggestion that the team first decided about since then was asked for, and when that was."""
    decided = and_(
        col(AuditRow.community_id) == col(Suggestion.community_id),
        col(AuditRow.subject) == literal("#").concat(cast(col(Suggestion.number), String)),
        col(AuditRow.after).like('%"status": %'),
        col(AuditRow.undone_at).is_(None),
    )
    first = func.min(col(AuditRow.at))
    query = (
        select(col(Suggestion.created_at), first)
        .join(AuditRow, decided)
        .where(col(Suggestion.community_id) == community_id)
        .group_by(col(Suggestion.id), col(Suggestion.created_at))
        .having(first > since)
    )
    return [(asked, answered) for asked, answered in await (await session.connection()).execute(query)]


async def count_votes_delivered(session: Session, community_id: int) -> tuple[int, int]:
    """How many of the community's votes are for what has shipped, and how many there are."""
    delivered = func.count().filter(col(Suggestion.status) == SHIPPED)
    query = (
        select(delivered, func.count())
        .select_from(Vote)
        .join(Suggestion, col(Suggestion.id) == col(Vote.suggestion_id))
        .where(col(Suggestion.community_id) == community_id)
    )
    shipped, total = (await (await session.connection()).execute(query)).one()
    return int(shipped), int(total)
