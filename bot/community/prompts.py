"""Questions that wait for typed words: asked of one person, answered once, in good time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.community.errors import AskedOfAnother, StaleButton
from storage import prompts as rows
from storage.database import Session
from storage.prompts import PromptRow

WAITS_PRIVATELY = timedelta(hours=1)  # then the next words are ordinary words again
WAITS_IN_A_GROUP = timedelta(days=2)  # there an answer replies to the question, and cannot be mistaken


@dataclass(frozen=True)
class Asking:
    """What is asked of whom; `numbers` say what it is about."""

    name: str
    numbers: tuple[int, ...]
    person_id: int
    chat_id: int | None
    community_id: int | None
    kept: str = ""


async def ask(session: Session, asking: Asking, now: datetime) -> PromptRow:
    """Keep the question until it is answered."""
    numbers = ":".join(map(str, asking.numbers))
    row = PromptRow(
        person_id=asking.person_id,
        chat_id=asking.chat_id,
        community_id=asking.community_id,
        name=asking.name,
        numbers=numbers,
        kept=asking.kept,
        asked_at=now,
    )
    return await rows.add_prompt(session, row)


async def find_private(session: Session, person_id: int, now: datetime) -> PromptRow | None:
    """The question that somebody's next words in private answer."""
    return await rows.get_private_prompt(session, person_id, now - WAITS_PRIVATELY)


async def find_replied(session: Session, chat_id: int, message_ref: str, now: datetime) -> PromptRow | None:
    """The question that a reply in a group answers."""
    row = await rows.get_prompt_of_message(session, chat_id, message_ref)
    return row if row is not None and _waits(row, now) else None


async def access_asked(session: Session, prompt_id: int, chat_id: int, person_id: int, now: datetime) -> PromptRow:
    """The question in a group that this person may answer; raises StaleButton, AskedOfAnother."""
    row = await rows.get_prompt(session, prompt_id)
    if row is None or row.chat_id != chat_id or not _waits(row, now):
        raise StaleButton
    if row.person_id != person_id:
        raise AskedOfAnother
    return row


async def settle(session: Session, prompt: PromptRow, now: datetime) -> bool:
    """True for the one answer that counts."""
    return await rows.claim_prompt(session, prompt.id or 0, now)


async def drop(session: Session, newest: PromptRow, now: datetime) -> None:
    """Somebody said something else in private: their next words answer neither this question nor an older one."""
    await rows.set_private_prompts_over(session, newest, now)


def _waits(asked_in_a_group: PromptRow, now: datetime) -> bool:
    return asked_in_a_group.answered_at is None and now - asked_in_a_group.asked_at < WAITS_IN_A_GROUP
