"""All that a suggestion's cards show, to members and to the team, looked up once for both."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.community import settings
from storage import cards, members, merges
from storage.cards import Counts
from storage.database import Session
from storage.members import Person
from storage.suggestions import Suggestion


@dataclass(frozen=True)
class Facts:
    """What a card says beside the suggestion's own words; `into` and `together` are numbers."""

    author: Person
    owner: Person | None
    decider: Person | None
    team_signs: bool  # a decision is the team's, without a name
    counts: Counts
    family: Sequence[int]  # ids: itself, and all that were merged into it
    into: int | None
    together: Sequence[int]


async def gather(session: Session, suggestion: Suggestion) -> Facts:
    """The facts as they are now."""
    relatives = await cards.list_relatives(session, suggestion.id or 0)
    family = [one.id for one in relatives]
    named = (suggestion.author_id, suggestion.owner_id, suggestion.decided_by_id)
    people = await members.list_people(session, [i for i in named if i])
    root = await merges.get_root(session, suggestion)
    return Facts(
        author=people[suggestion.author_id],
        owner=people.get(suggestion.owner_id or 0),
        decider=people.get(suggestion.decided_by_id or 0),
        team_signs=await is_signed_by_team(session, suggestion),
        counts=await cards.count_people(session, family, suggestion.author_id),
        family=family,
        into=root.number if root.id != suggestion.id else None,
        together=[one.number for one in relatives if one.id != suggestion.id and not one.gone],
    )


async def is_signed_by_team(session: Session, suggestion: Suggestion) -> bool:
    """Whether the last decision is shown as the team's."""
    if suggestion.decided_by_id is None or suggestion.decided_as_team:
        return suggestion.decided_as_team
    return (await settings.load(session, suggestion.community_id)).team_signs
