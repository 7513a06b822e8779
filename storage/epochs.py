"""How far a database has come, so that an old copy of it that is put back is known for what it is.

At each knock the one row counts a beat, and the same number is written into a file beside the database: a copy that is
put back is behind that file. And the row knows where it stands: the number of SQLite's file, or the transaction that
wrote it in PostgreSQL. Copied files and restored dumps have another, even if the file beside them was copied too.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field, SQLModel, select

from storage.database import Session

# xmin is the low half of the number of the transaction that wrote a row; a dump that is read in writes it anew.
_DATABASE = "(SELECT oid FROM pg_database WHERE datname = current_database())"
_STANDS = text(f"SELECT xmin::text || '/' || {_DATABASE} FROM epoch")  # noqa: S608  # nothing of anybody's in it
_WRITTEN = text(f"SELECT (txid_current() % 4294967296)::text || '/' || {_DATABASE}")  # as above


@dataclass(frozen=True, order=True)
class Beat:
    """The epoch, which begins anew with each copy that is put back, and the beats since."""

    epoch: int = 0
    number: int = 0

    def __str__(self) -> str:
        return f"{self.epoch:010}.{self.number:015}"

    @classmethod
    def read(cls, written: str) -> "Beat | None":
        found = re.match(r"(\d{10})\.(\d{15})\b", written)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def next(self) -> "Beat":
        return Beat(self.epoch, self.number + 1)


class Epoch(SQLModel, table=True):
    """The one row, made by the migration that made this table."""

    id: int = Field(primary_key=True)
    epoch: int = 0
    number: int = 0
    place: str = ""  # where the row stood when it was written
    beaten_at: datetime | None = None  # None before the first beat

    @property
    def beat(self) -> Beat:
        return Beat(self.epoch, self.number)


async def claim_epoch(session: Session) -> Epoch:
    """The row, held until the transaction ends."""
    return (await session.exec(select(Epoch).with_for_update())).one()


async def has_moved(session: Session, row: Epoch) -> bool:
    """Whether the row stands elsewhere than where it was written: this is a copy."""
    return row.beaten_at is not None and row.place != await _get_place(session, written=False)


async def set_beat(session: Session, row: Epoch, beat: Beat, now: datetime) -> None:
    """Come so far."""
    row.epoch, row.number, row.beaten_at = beat.epoch, beat.number, now
    row.place = await _get_place(session, written=True)
    await session.flush()


async def set_copied(session: Session) -> None:
    """The operator says that this is a copy that was put back."""
    (await claim_epoch(session)).place = "put back"
    await session.flush()


def lives_beside_its_mark(session: Session) -> bool:
    """Whether the file beside it is as lasting as the database itself."""
    return session.get_bind().dialect.name == "sqlite"


async def _get_place(session: Session, *, written: bool) -> str:
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        return str(os.stat(connection.engine.url.database or ".").st_ino)  # noqa: PTH116  # takes a microsecond
    return str((await connection.execute(_WRITTEN if written else _STANDS)).scalar_one())
