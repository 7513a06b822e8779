"""Gifts of the team: codes outside of anybody's quota, perhaps with the name of the door they are for."""

from datetime import datetime

from bot.community import invitations
from bot.community.errors import GiftUnclear, NotAMember
from bot.community.invitations import Draft
from storage import invitations as rows
from storage.database import Session
from storage.invitations import LONGEST_CAMPAIGN, TOUCHPOINTS, Invitation

MOST_AT_ONCE = 50


async def give(  # what a gift is, in full
    session: Session,
    community_id: int,
    holder_id: int,
    count: int,
    by_id: int,
    now: datetime,
    *,
    touchpoint: str = "user",
    campaign: str = "",
) -> list[Invitation]:
    """Make so many codes for a member. Raises GiftUnclear, NotAMember."""
    if not 1 <= count <= MOST_AT_ONCE or touchpoint not in TOUCHPOINTS:
        raise GiftUnclear(MOST_AT_ONCE)
    if await rows.claim_member(session, community_id, holder_id) is None:
        raise NotAMember
    door = campaign[:LONGEST_CAMPAIGN]
    draft = Draft(community_id, holder_id, is_gift=True, touchpoint=touchpoint, campaign=door)
    return [await invitations.mint(session, draft, by_id, now, "gift") for _ in range(count)]
