"""Codes that were read by everybody: nobody else is to come in with them."""

from dataclasses import dataclass
from datetime import datetime

from bot.community.invitations import draft_like, mint
from storage import invitations
from storage.database import Session


@dataclass(frozen=True)
class Leak:
    """A code that was read by everybody is withdrawn; its holder has another instead."""

    holder_id: int
    old: str
    new: str


async def withdraw(session: Session, community_id: int, posted: list[str], poster_id: int, now: datetime) -> list[Leak]:
    """Replace those of the posted codes that anybody could still open; one being opened is its claimant's alone."""
    leaks: list[Leak] = []
    for leaked in await invitations.list_good(session, posted, now):
        old = leaked.code or ""
        if leaked.community_id != community_id or leaked.kept_for_id is not None:
            continue
        await invitations.set_last_claim(session, leaked.id or 0, now)
        if await invitations.set_revoked(session, leaked.id or 0, poster_id, now, "leaked"):
            fresh = await mint(session, draft_like(leaked), poster_id, now, f"instead of {leaked.id}")
            leaks.append(Leak(leaked.holder_id, old, fresh.code or ""))
    return leaks
