"""Questions of ours that wait for typed words: a reason, a new wording, a date."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.outbox import SlotRow


class PromptRow(SQLModel, table=True):
    """One question to one person. Its message is the slot `prompt:<id>`; in a group the answer replies to that."""

    __tablename__ = "prompt"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    chat_id: int | None = Field(default=None, foreign_key="chat.id")  # None in private
    community_id: int | None = Field(default=None, foreign_key="community.id")
    name: str
    numbers: str = ""  # what it is about, separated by colons like a button's data
    kept: str = ""  # what else the answer belongs to, such as a picture
    asked_at: datetime
    answered_at: datetime | None = None


def slot_of(prompt: PromptRow) -> str:
    """The live message in which it is asked."""
    return f"prompt:{prompt.id}"


async def add_prompt(session: Session, prompt: PromptRow) -> PromptRow:
    session.add(prompt)
    await session.flush()
    return prompt


async def get_prompt_of_message(session: Session, chat_id: int, message_ref: str) -> PromptRow | None:
    """The question that a message of ours in a group asks."""
    named = select(SlotRow.slot).where(SlotRow.chat_id == chat_id, SlotRow.message_ref == message_ref)
    slot = (await session.exec(named.where(col(SlotRow.slot).startswith("prompt:")))).first()
    if slot is None:
        return None
    return await get_prompt(session, int(slot.partition(":")[2]))


async def get_prompt(session: Session, prompt_id: int) -> PromptRow | None:
    return (await session.exec(select(PromptRow).where(PromptRow.id == prompt_id))).first()


async def get_private_prompt(session: Session, person_id: int, since: datetime) -> PromptRow | None:
    """The newest question to a person in private that still waits."""
    query = select(PromptRow).where(
        PromptRow.person_id == person_id,
        col(PromptRow.chat_id).is_(None),
        col(PromptRow.answered_at).is_(None),
        PromptRow.asked_at > since,
    )
    return (await session.exec(query.order_by(col(PromptRow.id).desc()).limit(1))).first()


async def claim_prompt(session: Session, prompt_id: int, now: datetime) -> bool:
    """True for the one answer that counts."""
    claim = update(PromptRow).where(col(PromptRow.id) == prompt_id, col(PromptRow.answered_at).is_(None))
    return (await session.exec(claim.values(answered_at=now))).rowcount == 1


async def set_private_prompts_over(session: Session, newest: PromptRow, now: datetime) -> None:
    """Neither this question nor an older one waits for the person's next words: they have said something else."""
    waiting = update(PromptRow).where(
        col(PromptRow.person_id) == newest.person_id,
        col(PromptRow.id) <= newest.id,
        col(PromptRow.chat_id).is_(None),
        col(PromptRow.answered_at).is_(None),
    )
    await session.exec(waiting.values(answered_at=now))
