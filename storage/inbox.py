"""Updates Telegram was told we have, until they are done. `update_id` is the key: a repeat has no second effect."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ColumnElement, Index, delete, text, update
from sqlmodel import BigInteger, Field, SQLModel, col, select

from storage.database import Session, insert_into

WAITING, DONE, PARKED = "waiting", "done", "parked"


class InboxRow(SQLModel, table=True):
    """One raw update. Once done its content is gone and only the id stays, to recognise a repeated delivery."""

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'parked')", name="state_known"),
        Index(
            "inbox_waiting",
            "update_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    update_id: int = Field(primary_key=True, sa_type=BigInteger)
    lane: str = ""  # updates of one lane keep their order: a chat's id
    payload: str | None = None  # the update as JSON
    state: str = WAITING
    received_at: datetime
    attempts: int = 0
    error: str | None = None

    @property
    def update(self) -> dict[str, object]:
        """The raw update."""
        return dict(json.loads(self.payload or "{}"))


async def add_updates(session: Session, rows: Sequence[InboxRow]) -> set[int]:
    """Store a batch; what is already known (also as done or parked) is left as it is. Returns the new ones' ids."""
    if not rows:
        return set()
    insert = insert_into(session, InboxRow).on_conflict_do_nothing(index_elements=["update_id"])
    # Many sets of values for one statement, not one statement with many values, which would be compiled for each batch.
    stored = await (await session.connection()).execute(
        insert.returning(col(InboxRow.update_id)), [row.model_dump() for row in rows]
    )
    return {int(row[0]) for row in stored}


async def list_waiting(session: Session, after: int | None = None, limit: int = 500) -> list[InboxRow]:
    """The next updates in Telegram's order."""
    query = select(InboxRow).where(InboxRow.state == WAITING)
    if after is not None:
        query = query.where(InboxRow.update_id > after)
    return list(await session.exec(query.order_by(col(InboxRow.update_id)).limit(limit)))


async def list_parked(session: Session, limit: int = 100) -> list[InboxRow]:
    query = select(InboxRow).where(InboxRow.state == PARKED).order_by(col(InboxRow.update_id)).limit(limit)
    return list(await session.exec(query))


async def set_done(session: Session, update_id: int) -> bool:
    """Mark handled, in the same transaction as its effects; False when it was done already, so they must not stand."""
    done = update(InboxRow).where(col(InboxRow.update_id) == update_id, col(InboxRow.state) == WAITING)
    return (await session.exec(done.values(state=DONE, payload=None, error=None))).rowcount == 1


async def set_failed(session: Session, update_id: int, error: str, *, attempts: int, parked: bool) -> None:
    """Remember that handling failed, and set the update aside when it is to be tried no more; done stays done."""
    values = {"attempts": attempts, "error": error[:2000], "state": PARKED if parked else WAITING}
    failed = update(InboxRow).where(col(InboxRow.update_id) == update_id, col(InboxRow.state) == WAITING)
    await session.exec(failed.values(**values))
    if parked:
        await _blank_numbers(session, col(InboxRow.update_id) == update_id)


async def set_all_parked(session: Session, reason: str) -> int:
    """Set aside what waits: it may have been handled already, after this copy of the database was made."""
    waiting = update(InboxRow).where(col(InboxRow.state) == WAITING)
    parked = int((await session.exec(waiting.values(state=PARKED, error=reason))).rowcount)
    await _blank_numbers(session)
    return parked


async def _blank_numbers(session: Session, *which: ColumnElement[bool]) -> None:
    """What is set aside may lie there for long, and so without the phone numbers that were shown."""
    shown = select(InboxRow).where(InboxRow.state == PARKED, col(InboxRow.payload).contains('"phone_number"'), *which)
    for row in await session.exec(shown.execution_options(populate_existing=True)):
        row.payload = json.dumps(json.loads(row.payload or "{}", object_hook=_without_number), ensure_ascii=False)
    await session.flush()


def _without_number(part: dict[str, object]) -> dict[str, object]:
    return part | dict.fromkeys(part.keys() & {"phone_number", "vcard"}, "")


async def set_waiting(session: Session, update_ids: Sequence[int] = ()) -> int:
    """Put parked updates (all, or the named ones) back to be handled anew; returns how many."""
    replay = update(InboxRow).where(col(InboxRow.state) == PARKED).values(state=WAITING, attempts=0)
    if update_ids:
        replay = replay.where(col(InboxRow.update_id).in_(update_ids))
    return int((await session.exec(replay)).rowcount)


async def delete_done(session: Session, now: datetime, keep: timedelta = timedelta(days=2)) -> None:
    """Forget ids Telegram cannot send again: it keeps an update for 24 hours."""
    await session.exec(delete(InboxRow).where(col(InboxRow.state) == DONE, col(InboxRow.received_at) < now - keep))
