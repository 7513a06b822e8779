"""One suggestion in full: who asked, everyone's own words, what the team decided, and how the reader stands to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.community.followers import map_hearing
from storage import audit, communities, members, merges, votes
from storage.communities import Community
from storage.database import Session
from storage.suggestions import STATUSES, Suggestion
from storage.wordings import Wording

VOICES_A_PAGE = 5
LONGEST_HISTORY = 5  # decisions
MOST_LOOKED_AT = 30  # of the team's actions


@dataclass(frozen=True)
class Decided:
    """A status the team gave, and when."""

    status: str
    at: datetime


@dataclass(frozen=True)
class Shown:
    """What there is to show; `voices` are those of one page, each with its name."""

    community: Community
    suggestion: Suggestion
    asker: str
    captured_by: str | None
    edited: bool
    votes: int
    voices: Sequence[tuple[str, Wording]]
    pages: int
    page: int
    history: Sequence[Decided]  # the oldest first
    hears: bool  # the reader follows it
    own_words: bool  # some of the words are the reader's


async def gather(session: Session, suggestion: Suggestion, person_id: int, page: int) -> Shown:
    """The suggestion as one reader sees it; a page beyond the last is the last."""
    suggestion_id = suggestion.id or 0
    said = await merges.list_voices(session, suggestion_id)
    joined = [voice for voice in said if voice.person_id != suggestion.author_id]
    pages = max(1, -(-len(joined) // VOICES_A_PAGE))
    page = min(page, pages - 1)
    shown = joined[page * VOICES_A_PAGE :][:VOICES_A_PAGE]
    named = [suggestion.author_id, suggestion.captured_by_id or 0, *(voice.person_id for voice in shown)]
    people = await members.list_people(session, named)
    captured_by = people.get(suggestion.captured_by_id or 0)
    return Shown(
        community=await communities.get_community(session, suggestion.community_id),
        suggestion=suggestion,
        asker=people[suggestion.author_id].name,
        captured_by=captured_by.name if captured_by else None,
        edited=any(voice.edited_at for voice in said if voice.person_id == suggestion.author_id),
        votes=(await votes.count_votes(session, [suggestion_id])).get(suggestion_id, 0),
        voices=[(people[voice.person_id].name, voice) for voice in shown],
        pages=pages,
        page=page,
        history=await _decisions(session, suggestion),
        hears=(await map_hearing(session, person_id, [suggestion])).get(suggestion_id, False),
        own_words=any(voice.person_id == person_id for voice in said),
    )


async def _decisions(session: Session, suggestion: Suggestion) -> list[Decided]:
    subject = f"#{suggestion.number}"
    done = await audit.list_actions(session, suggestion.community_id, MOST_LOOKED_AT, subject=subject)
    said = [(row.became.get("status"), row.at) for row in done if row.undone_at is None]
    decided = [Decided(str(status), at) for status, at in said if status in STATUSES]
    return decided[:LONGEST_HISTORY][::-1]
