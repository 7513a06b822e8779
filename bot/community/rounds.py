"""Rounds: an owner gives everyone with a seat so many codes more, after seeing how many seats that opens."""

from dataclasses import dataclass
from datetime import datetime

from bot.community.errors import RoundChanged, RoundUnclear
from storage import communities, grants, tree
from storage.database import Session
from storage.grants import ROUND

MOST_EACH = 10


@dataclass(frozen=True)
class Preview:
    """What a round would do; `before` names the state of things it was made from."""

    each: int
    people: list[int]
    before: int

    @property
    def seats(self) -> int:
        """How many people could come in by it."""
        return self.each * len(self.people)


async def preview(session: Session, community_id: int, each: int) -> Preview:
    """What `each` codes more for everyone would open. Raises RoundUnclear."""
    if not 1 <= each <= MOST_EACH:
        raise RoundUnclear(MOST_EACH)
    gated = any(chat.is_seed for chat in await communities.list_chats(session, community_id))
    people = await grants.list_in_the_round(session, community_id, gated=gated)
    return Preview(each, people, await grants.get_last(session, community_id))


async def open_round(
    session: Session, community_id: int, each: int, before: int, people: int, by_id: int, now: datetime
) -> Preview:
    """Give everyone their codes, once for a preview, and no more than it named. Raises RoundUnclear, RoundChanged."""
    await tree.claim_tree(session, community_id)  # two presses at once are one round
    seen = await preview(session, community_id, each)
    if (seen.before, len(seen.people)) != (before, people):
        raise RoundChanged
    await grants.add_grants(session, community_id, dict.fromkeys(seen.people, each), ROUND, by_id, now)
    return seen
