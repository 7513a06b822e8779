"""When many ask at once in a chat, one live message stands for several cards, so that Telegram's limits are kept."""

from datetime import datetime, timedelta

from storage import suggestions
from storage.database import Session
from storage.suggestions import Suggestion

MOST_CARDS = 6  # of their own in a chat and minute
MINUTE = timedelta(minutes=1)
MOST_IN_ONE = 20  # what fits into one message with a button each


async def gather(session: Session, suggestion: Suggestion, now: datetime) -> None:
    """Let a new suggestion share a card with those around it in its topic when too many come within a minute."""
    if suggestion.source_chat_id is None:
        return
    recent = await suggestions.list_recent(session, suggestion, now - MINUTE)
    if len(recent) < MOST_CARDS:
        return
    shared = next((one.roundup_id for one in reversed(recent) if one.topic == suggestion.topic), None)
    if shared is None or await suggestions.count_roundup(session, shared) >= MOST_IN_ONE:
        shared = suggestion.id
    suggestion.roundup_id = shared
    await session.flush()
