"""What did not work for enough of those who asked is open again, by the community's own act."""

from dataclasses import dataclass
from datetime import datetime

from bot.community import follows, triage, verdicts
from bot.community.triage import Decision
from bot.community.verdicts import Satisfaction
from storage import communities, members, releases, suggestions
from storage.database import Session
from storage.suggestions import OPEN, SHIPPED, Suggestion


@dataclass(frozen=True)
class Reopened:
    """A suggestion that is open again."""

    suggestion: Suggestion
    said: Satisfaction
    release_id: int


async def should_reopen(session: Session, suggestion: Suggestion) -> Satisfaction | None:
    """What was said, if it is enough; the suggestion is held, so that of several last words one reopens it."""
    held = await suggestions.lock_suggestions(session, suggestion.community_id, [suggestion.number])
    said = await verdicts.count(session, suggestion)
    return said if said.reopens and held and held[0].status == SHIPPED else None


async def reopen(session: Session, suggestion: Suggestion, said: Satisfaction, reason: str, now: datetime) -> Reopened:
    """Open it again. Nobody of the team decided it, and no asker is named for it: the community itself did."""
    community = await communities.get_community(session, suggestion.community_id)
    itself = await members.add_stand_in(session, community, now)
    release_id = suggestion.release_id or 0
    shipped = (await releases.list_releases(session, suggestion.community_id, [release_id]))[release_id]
    await follows.follow(session, suggestion, shipped.released_by_id, now)  # whoever shipped it has to hear this
    decision = Decision(OPEN, reason, itself.id or 0, action="reopened")
    opened = await triage.decide(session, suggestion.community_id, suggestion.number, decision, now)
    opened.handled_at = None  # nobody of the team has looked at it since
    return Reopened(opened, said, release_id)
