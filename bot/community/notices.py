"""What people should hear once: kept here when it happens, brought to them by the timetable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage import notices as rows
from storage.database import Session
from storage.notices import Notice
from storage.suggestions import Suggestion


@dataclass(frozen=True)
class News:
    """What happened to a suggestion; `about` is what makes it one thing, such as the moment of the decision."""

    kind: str
    about: str


async def notify(
    session: Session, suggestion: Suggestion, person_ids: Iterable[int], news: News, now: datetime
) -> None:
    """Let each of these people hear it, once."""
    kept = [
        Notice(
            community_id=suggestion.community_id,
            person_id=person_id,
            suggestion_id=suggestion.id or 0,
            kind=news.kind,
            about=news.about,
            created_at=now,
        )
        for person_id in person_ids
    ]
    await rows.add_notices(session, kept)
