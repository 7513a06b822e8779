"""Guessing is slowed down: so many codes that open nothing for each, and fewer while very many of them come in."""

from datetime import datetime, timedelta

from storage import guesses
from storage.database import Session

COUNT_FOR = timedelta(hours=1)
MOST_MISSES = 5
MOST_IN_A_FLOOD = 2  # for each, while so many come in over all: whoever has a good code needs one try
FLOOD = 500


async def paused_until(session: Session, person_id: int, now: datetime) -> datetime | None:
    """When somebody who has guessed too often may try again; None when they may now."""
    misses = await guesses.list_misses(session, person_id, now - COUNT_FOR)
    if len(misses) < MOST_IN_A_FLOOD:
        return None
    most = MOST_IN_A_FLOOD if await is_flood(session, now) else MOST_MISSES
    return misses[most - 1] + COUNT_FOR if len(misses) >= most else None


async def is_flood(session: Session, now: datetime) -> bool:
    """Whether codes are being guessed by many at once."""
    return await guesses.count_misses(session, now - COUNT_FOR, FLOOD) >= FLOOD


async def missed(session: Session, person_id: int, now: datetime) -> None:
    """Somebody sent a code that opens nothing."""
    await guesses.add_miss(session, person_id, now)


async def is_due(session: Session, now: datetime) -> bool:
    """Whether there is something to forget."""
    return await guesses.has_old(session, now - COUNT_FOR)


async def forget(session: Session, now: datetime) -> None:
    """Old misses count no more."""
    await guesses.delete_misses(session, now - COUNT_FOR)
