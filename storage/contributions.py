"""What somebody has done for the community, as far as codes are earned by it. Talk is not among it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, func, or_
from sqlmodel import col, select

from storage.bars import CREDIT, Bar
from storage.database import Session
from storage.invitations import USED, Invitation
from storage.members import Member
from storage.suggestions import SHIPPED, Suggestion
from storage.votes import Vote


@dataclass
class Contribution:
    """What one person has given: never how much they talk."""

    asked: int = 0
    shipped: int = 0
    voted: int = 0
    weeks: set[tuple[int, int]] = field(default_factory=set)  # in which they asked or voted


async def list_contributions(session: Session, community_id: int) -> dict[int, Contribution]:
    """Everybody's, by person; who has given nothing yet is not in it."""
    found: dict[int, Contribution] = defaultdict(Contribution)
    asked = select(Suggestion.author_id, Suggestion.status, Suggestion.created_at)
    for author, status, at in await session.exec(asked.where(Suggestion.community_id == community_id)):
        found[author].asked += 1
        found[author].shipped += status == SHIPPED
        found[author].weeks.add(at.isocalendar()[:2])
    voted = select(Vote.person_id, Vote.created_at).join(Suggestion, col(Suggestion.id) == col(Vote.suggestion_id))
    for voter, at in await session.exec(voted.where(Suggestion.community_id == community_id)):
        found[voter].voted += 1
        found[voter].weeks.add(at.isocalendar()[:2])
    return dict(found)


async def count_shipped(session: Session, community_id: int, author_id: int) -> int:
    """How many of somebody's own suggestions have shipped."""
    query = select(func.count()).where(
        Suggestion.community_id == community_id, Suggestion.author_id == author_id, Suggestion.status == SHIPPED
    )
    return int((await session.exec(query)).one())


async def list_deeds(session: Session, community_id: int, person_id: int) -> list[datetime]:
    """When somebody asked or voted for something."""
    asked = select(Suggestion.created_at).where(
        Suggestion.community_id == community_id, Suggestion.author_id == person_id
    )
    voted = (
        select(Vote.created_at)
        .join(Suggestion, col(Suggestion.id) == col(Vote.suggestion_id))
        .where(Suggestion.community_id == community_id, Vote.person_id == person_id)
    )
    return [*await session.exec(asked), *await session.exec(voted)]


async def count_active_friends(session: Session, community_id: int, inviter_id: int, came_before: datetime) -> int:
    """How many of those somebody brought have stayed since then and asked or voted; withheld credit is left out.

    The tree says who brought whom, since the team may have mended it; the ledger, when they came.
    """
    asked = exists().where(
        col(Suggestion.community_id) == community_id, col(Suggestion.author_id) == col(Invitation.redeemer_id)
    )
    voted = exists().where(
        col(Vote.person_id) == col(Invitation.redeemer_id),
        col(Vote.suggestion_id) == col(Suggestion.id),
        col(Suggestion.community_id) == community_id,
    )
    withheld = exists().where(
        col(Bar.community_id) == community_id,
        col(Bar.person_id).in_((col(Member.person_id), col(Member.inviter_id))),
        col(Bar.kind) == CREDIT,
        col(Bar.lifted_at).is_(None),
    )
    query = (
        select(func.count())
        .select_from(Invitation)
        .join(
            Member, (col(Member.person_id) == col(Invitation.redeemer_id)) & (col(Member.community_id) == community_id)
        )
        .where(
            Invitation.community_id == community_id,
            Member.inviter_id == inviter_id,
            Invitation.state == USED,
            col(Invitation.used_at) <= came_before,
            col(Member.present),
            or_(asked, voted),
            ~withheld,
        )
    )
    return int((await session.exec(query)).one())
