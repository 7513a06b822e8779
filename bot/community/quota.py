"""How many codes a member may hand out: the whole arithmetic, by named rules.

Everything is counted by person and community, for ever: leaving and coming back changes none of it. What is used never
comes back; what expired, was revoked or never opened the door comes home by no longer being counted. Gifts of the team
are neither earned nor counted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import contributions, grants
from storage import invitations as rows
from storage.database import Session
from storage.invitations import CLAIMED, ISSUED, USED

STARTS_WITH = {"member": 0, "seed": 3, "moderator": 5, "owner": 10}  # by standing
# Who came in by a code begins to invite once they have been here for so long and have asked or voted: otherwise one
# code would be three accounts within minutes, and nine, and twenty-seven.
SETTLED_AFTER = timedelta(days=7)
PER_SHIPPED = 1  # for each own suggestion that shipped
PER_FRIEND = 1  # for each friend who has stayed and takes part
FRIEND_STAYED = timedelta(days=14)
ACTIVE_WEEKS = 4  # so many weeks with something asked or voted for earn one
MOST_IN_HAND = 5  # unused codes at a time


@dataclass(frozen=True)
class Quota:
    """How many codes a member may hand out, and why."""

    start: int = 0  # by standing
    to_come: int = 0  # that start, for who has only just come in by a code
    shipped: int = 0  # own suggestions that shipped
    weeks: int = 0  # in which they asked or voted
    friends: int = 0  # whom they brought, who stayed and take part
    granted: int = 0  # by rounds and waves
    in_hand: int = 0  # codes not used yet
    spent: int = 0  # codes somebody came in with, or is about to

    @property
    def for_weeks(self) -> int:
        return self.weeks // ACTIVE_WEEKS

    @property
    def total(self) -> int:
        earned = PER_SHIPPED * self.shipped + self.for_weeks + PER_FRIEND * self.friends
        return self.start + earned + self.granted

    @property
    def left(self) -> int:
        """Codes that may still be made, now or once others are used."""
        return max(self.total - self.in_hand - self.spent, 0)

    @property
    def is_full(self) -> bool:
        """Whether there are so many unused codes that some have to be handed on first."""
        return self.in_hand >= MOST_IN_HAND


async def count(session: Session, community_id: int, person_id: int, standing: str, now: datetime) -> Quota:
    """A member's quota at this moment."""
    codes = await rows.count_by_state(session, community_id, person_id, now)
    deeds = await contributions.list_deeds(session, community_id, person_id)
    friends = await contributions.count_active_friends(session, community_id, person_id, now - FRIEND_STAYED)
    came = await rows.get_invitation_of(session, community_id, person_id) if standing == "seed" else None
    has_settled = came is None or (bool(deeds) and came.used_at is not None and came.used_at <= now - SETTLED_AFTER)
    start = STARTS_WITH[standing]
    return Quota(
        start=start if has_settled else 0,
        to_come=0 if has_settled else start,
        shipped=await contributions.count_shipped(session, community_id, person_id),
        weeks=len({deed.isocalendar()[:2] for deed in deeds}),
        friends=friends,
        granted=await grants.count_granted(session, community_id, person_id),
        in_hand=codes.get(ISSUED, 0),
        spent=codes.get(CLAIMED, 0) + codes.get(USED, 0),
    )
