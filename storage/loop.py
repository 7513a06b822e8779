"""The figures of the loop from asking to shipping: who takes part, how long it takes, how the circle grows."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, Select, String, and_, bindparam, cast, func, literal, select, union_all
from sqlmodel import col

from storage.audit import AuditRow
from storage.database import Session
from storage.members import Member
from storage.suggestions import MERGED, SHIPPED, STANDING, Suggestion, families
from storage.votes import Vote, tallies
from storage.wordings import Wording

# Asked for each community at its hour, and built once: that takes longer than the asking.
_COMMUNITY: BindParameter[int] = bindparam("community_id")
_SINCE: BindParameter[datetime] = bindparam("since")
_OF_COMMUNITY = col(Suggestion.community_id) == _COMMUNITY
_VOTES = (Vote, col(Vote.suggestion_id) == col(Suggestion.id))

_VOTE_COUNTS = (
    select(func.count())
    .join_from(Suggestion, *_VOTES)
    .where(_OF_COMMUNITY, col(Vote.created_at) > _SINCE)
    .group_by(col(Vote.person_id))
    .order_by(func.count().desc())
)
_ACTS = union_all(
    select(col(Wording.person_id).label("person_id"), col(Wording.created_at).label("at")).where(
        col(Wording.community_id) == _COMMUNITY
    ),
    select(col(Vote.person_id), col(Vote.created_at)).join_from(Suggestion, *_VOTES).where(_OF_COMMUNITY),
).subquery()
_FIRST = select(_ACTS.c.person_id, func.min(_ACTS.c.at).label("at")).group_by(_ACTS.c.person_id).subquery()
_PRESENT = select(func.count()).where(col(Member.community_id) == _COMMUNITY, col(Member.present)).scalar_subquery()
_STILL_THERE = and_(col(Member.person_id) == _FIRST.c.person_id, col(Member.community_id) == _COMMUNITY)
_PEOPLE = select(
    func.count().filter(col(Member.present)), func.count().filter(_FIRST.c.at > _SINCE), _PRESENT
).select_from(_FIRST.outerjoin(Member, _STILL_THERE))
_WAITS = select(col(Suggestion.created_at), col(Suggestion.decided_at)).where(
    _OF_COMMUNITY, col(Suggestion.status) == SHIPPED, col(Suggestion.decided_at) > _SINCE
)
_OF_ROOTS = and_(STANDING, _OF_COMMUNITY, col(Suggestion.status) != MERGED)
_TALLIES = tallies(families(_OF_ROOTS)).subquery()
_VOTES_DELIVERED = (
    select(
        func.coalesce(func.sum(_TALLIES.c.votes).filter(col(Suggestion.status) == SHIPPED), 0),
        func.coalesce(func.sum(_TALLIES.c.votes), 0),
    )
    .select_from(_TALLIES)
    .join(Suggestion, col(Suggestion.id) == _TALLIES.c.root_id)
)


async def list_vote_counts(session: Session, community_id: int, since: datetime) -> list[int]:
    """How many votes each person gave since then, the busiest first."""
    which = {"community_id": community_id, "since": since}
    return [int(row[0]) for row in await (await session.connection()).execute(_VOTE_COUNTS, which)]


async def count_people(session: Session, community_id: int, since: datetime) -> tuple[int, int, int]:
    """How many of the members have asked or voted, how many people did for the first time since then, and members."""
    which = {"community_id": community_id, "since": since}
    total, fresh, members = (await (await session.connection()).execute(_PEOPLE, which)).one()
    return int(total), int(fresh), int(members)


async def count_present_at(session: Session, community_id: int, moments: Sequence[datetime]) -> list[int]:
    """How many of those who are there now had come by each moment."""
    which = {"community_id": community_id, **{f"moment_{n}": moment for n, moment in enumerate(moments)}}
    counts = (await (await session.connection()).execute(_present_at(len(moments)), which)).one()
    return [int(count) for count in counts]


@cache
def _present_at(many: int) -> Select[*tuple[int, ...]]:
    counts = [func.count().filter(col(Member.joined_at) <= bindparam(f"moment_{n}")) for n in range(many)]
    return select(*counts).where(col(Member.community_id) == _COMMUNITY, col(Member.present))


async def list_waits(session: Session, community_id: int, since: datetime) -> list[tuple[datetime, datetime | None]]:
    """When each suggestion shipped since then was asked for, and when it shipped."""
    rows = await (await session.connection()).execute(_WAITS, {"community_id": community_id, "since": since})
    return [(asked, shipped) for asked, shipped in rows]


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
    """How many of the community's votes are for what has shipped, or was merged into it, and how many there are."""
    which = {"community_id": community_id}
    shipped, total = (await (await session.connection()).execute(_VOTES_DELIVERED, which)).one()
    return int(shipped), int(total)
