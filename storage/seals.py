"""Keyed hashes of what must be recognised when it comes again, but never shown: spent codes, phone numbers.

The key lives in the database: it moves with a backup, outlives a replaced token, and needs no setting. It keeps what is
sealed from who sees a table or an export; who has stolen the whole database can still try out guesses.
"""

import hashlib
import hmac
from collections.abc import Sequence

from sqlmodel import Field, SQLModel, select

from storage.database import Session


class SealKey(SQLModel, table=True):
    """The one key, made by the migration that made this table."""

    __tablename__ = "seal_key"

    id: int = Field(primary_key=True)
    key: str


async def seal(session: Session, words: Sequence[str]) -> list[str]:
    """The keyed hash of each of these."""
    key = (await session.exec(select(SealKey.key))).one()
    return [sealed(word, key) for word in words]


def sealed(word: str, key: str) -> str:
    """A word's keyed hash, 128 bits of it."""
    return hmac.new(bytes.fromhex(key), word.encode(), hashlib.sha256).hexdigest()[:32]
