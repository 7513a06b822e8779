"""What we are going to say, written in the same transaction as the change it speaks of. The courier alone sends it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, and_, bindparam, delete, not_, or_, text, true, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Chat
from storage.database import Session, insert_into
from storage.holds import UNASKED, list_held_chats, list_held_people
from storage.members import Person

WAITING, SENDING, SENT, DOUBTFUL, DEAD = "waiting", "sending", "sent", "doubtful", "dead"
HELD = "held"  # until somebody says what a database that was put back may still send

# Smaller goes first within a chat and when the total pace is short. Strangers at the door come after all who are in.
ANSWER, NOTICE, CARD, KNOCK = 0, 5, 8, 9

# Calls that put no message into their chat: Telegram's limits of messages do not count them, and they wait for none.
WORDLESS = frozenset({"approveChatJoinRequest", "setChatMemberTag"})

# How long a thing is worth saying where nobody said otherwise. A digest waits out an outage, not until the next.
GOOD_FOR, ONCE_GOOD_FOR = timedelta(hours=24), timedelta(days=6)


class OutboxRow(SQLModel, table=True):
    """One call to one recipient: a chat of ours, or a person's private chat."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'doubtful', 'dead', 'held')", name="state_known"),
        CheckConstraint("(chat_id IS NULL) <> (person_id IS NULL)", name="one_recipient"),
        Index(
            "outbox_waiting",
            "not_before",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("outbox_slot", "slot", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int | None = Field(default=None, foreign_key="chat.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    method: str  # the network's name of the call, such as sendMessage
    fields: str  # its arguments as JSON, without the recipient
    key: str | None = Field(default=None, unique=True)  # the reason it is said once
    slot: str | None = None  # one live message: a newer row overwrites the waiting one and edits the sent one
    once: bool = False  # rather in doubt than twice: marked sending before the call
    priority: int = NOTICE
    not_before: datetime
    good_until: datetime | None = None
    state: str = WAITING
    attempts: int = 0
    error: str | None = None
    message_ref: str | None = None  # the sent message's id in its chat
    created_at: datetime
    sent_at: datetime | None = None

    @property
    def is_wordless(self) -> bool:
        """Whether the call puts no message into its chat."""
        return self.method in WORDLESS

    @property
    def arguments(self) -> dict[str, object]:
        """The call's fields."""
        return dict(json.loads(self.fields))


class SlotRow(SQLModel, table=True):
    """Where a live message stands now, so that the next version edits it instead of being posted again."""

    __tablename__ = "slot"
    __table_args__ = (Index("slot_message", "chat_id", "message_ref"),)

    slot: str = Field(primary_key=True)
    chat_id: int | None = Field(default=None, foreign_key="chat.id", index=True)  # None in private
    message_ref: str
    rests_until: datetime | None = None  # no edit before, so that a hundred changes are a few edits


def call(
    method: str,
    fields: Mapping[str, object],
    now: datetime,
    *,
    chat_id: int | None = None,
    person_id: int | None = None,
    key: str | None = None,
    slot: str | None = None,
    once: bool = False,
    priority: int = NOTICE,
    not_before: datetime | None = None,
    good_for: timedelta | None = None,
) -> OutboxRow:
    """A row that is not yet stored; `good_for` is how long after it may be said it is still worth saying."""
    not_before = not_before or now
    return OutboxRow(
        chat_id=chat_id,
        person_id=person_id,
        method=method,
        fields=json.dumps(fields, ensure_ascii=False),
        key=key,
        slot=slot,
        once=once,
        priority=priority,
        not_before=not_before,
        good_until=not_before + (good_for or (ONCE_GOOD_FOR if once else GOOD_FOR)),
        created_at=now,
    )


async def add_rows(session: Session, rows: Sequence[OutboxRow]) -> None:
    """Store what is to be said; a key that was used before is said no second time, a waiting slot is overwritten."""
    latest = {row.slot or f"row/{n}": row for n, row in enumerate(rows)}.values()
    if session.info.get(UNASKED):
        await _hold(session, rows)
    new = [row for row in latest if not (row.slot and await _overwrite_waiting(session, row))]
    if not new:
        return
    rests = await _map_rests(session, [row.slot for row in new if row.slot and row.priority == CARD])
    for row in new:
        row.not_before = max(row.not_before, rests.get(row.slot or "") or row.not_before)
    insert = insert_into(session, OutboxRow).on_conflict_do_nothing(index_elements=["key"])
    await (await session.connection()).execute(insert, [row.model_dump(exclude={"id"}) for row in new])


async def _hold(session: Session, rows: Sequence[OutboxRow]) -> None:
    """Of communities that wait for somebody's word, what nobody has asked for is written down and not sent."""
    to_chats = [row.chat_id for row in rows if row.chat_id is not None]
    to_people = [row.person_id for row in rows if row.person_id is not None]
    chats = await list_held_chats(session, to_chats) if to_chats else set()
    people = await list_held_people(session, to_people) if to_people else set()
    for row in rows:
        if row.chat_id in chats or row.person_id in people:
            row.state = HELD


async def _overwrite_waiting(session: Session, row: OutboxRow) -> bool:
    overwrite = (
        update(OutboxRow)
        .where(col(OutboxRow.slot) == row.slot, col(OutboxRow.state) == WAITING)
        .values(method=row.method, fields=row.fields, good_until=row.good_until)
    )
    return (await session.exec(overwrite)).rowcount > 0


async def _map_rests(session: Session, slots: Sequence[str]) -> dict[str, datetime | None]:
    """Until when each live message rests."""
    if not slots:
        return {}
    return dict(
        (await session.exec(select(SlotRow.slot, SlotRow.rests_until).where(col(SlotRow.slot).in_(slots)))).all()
    )


@dataclass(frozen=True)
class Recipient:
    """Where a row goes, as the network knows it."""

    external_id: str
    is_group: bool
    standing: str | None = None  # the message there that shows the row's slot now


async def list_due(
    session: Session,
    now: datetime,
    *,
    but_chats: Collection[int] = (),
    but_people: Collection[int] = (),
    but_rows: Collection[int] = (),
    only_wordless: bool | None = None,
    once: bool | None = None,
    limit: int = 100,
) -> list[tuple[OutboxRow, Recipient]]:
    """What may be said now, the most important first, and within that in the order it was written.

    Recipients that cannot be written to at this moment are left out, so that a long queue to one hides no other; so
    are rows in hand. `only_wordless` asks for nothing but calls without a message, or for nothing but messages;
    `once` for nothing but what is said at most once, or for nothing but the rest.
    """
    unready = {"but_chats": but_chats, "but_people": but_people, "but_rows": but_rows}
    rows = await session.exec(_due(only_wordless, once), params={**unready, "now": now, "most": limit})
    return [(row, Recipient(chat or person or "", chat is not None, standing)) for row, chat, person, standing in rows]


@cache
def _due(only_wordless: bool | None, once: bool | None) -> Any:
    """The query is built once: it is asked after every call."""
    stands_there = and_(
        col(SlotRow.slot) == col(OutboxRow.slot), col(SlotRow.chat_id).is_not_distinct_from(col(OutboxRow.chat_id))
    )
    wordless, said_once = col(OutboxRow.method).in_(WORDLESS), col(OutboxRow.once)
    but_chats: Any = bindparam("but_chats", expanding=True)
    but_people: Any = bindparam("but_people", expanding=True)
    but_rows: Any = bindparam("but_rows", expanding=True)
    return (
        select(OutboxRow, Chat.external_id, Person.external_id, SlotRow.message_ref)
        .outerjoin(Chat, col(Chat.id) == col(OutboxRow.chat_id))
        .outerjoin(Person, col(Person.id) == col(OutboxRow.person_id))
        .outerjoin(SlotRow, stands_there)
        .where(OutboxRow.state == WAITING, OutboxRow.not_before <= bindparam("now"))
        .where(or_(col(OutboxRow.chat_id).is_(None), col(OutboxRow.chat_id).not_in(but_chats), wordless))
        .where(or_(col(OutboxRow.person_id).is_(None), col(OutboxRow.person_id).not_in(but_people)))
        .where({None: true(), True: wordless, False: not_(wordless)}[only_wordless])
        .where({None: true(), True: said_once, False: not_(said_once)}[once])
        .where(col(OutboxRow.id).not_in(but_rows))
        .order_by(col(OutboxRow.priority), col(OutboxRow.id))
        .limit(bindparam("most", type_=Integer))
    )


async def pull_back(session: Session, now: datetime, rests: timedelta, longest_pause: timedelta) -> None:
    """The clock was set back: what was to be said by its former time need not wait until it shows that again.

    What was put off after a failure waits no longer than our longest pause: if Telegram has asked for more, it says
    so again.
    """
    waiting = select(OutboxRow).where(OutboxRow.state == WAITING, OutboxRow.created_at > now)
    for row in await session.exec(waiting):
        ahead = row.created_at - now
        row.not_before, row.created_at = row.not_before - ahead, now
    await session.flush()
    by_then = now + longest_pause
    put_off = update(OutboxRow).where(col(OutboxRow.state) == WAITING, col(OutboxRow.error).is_not(None))
    await session.exec(put_off.where(col(OutboxRow.not_before) > by_then).values(not_before=by_then))
    too_long = update(SlotRow).where(col(SlotRow.rests_until) > now + rests)
    await session.exec(too_long.values(rests_until=None))


async def get_next_moment(session: Session, now: datetime) -> datetime | None:
    """When the next row that must still wait may be said."""
    return (await session.exec(_NEXT_MOMENT, params={"now": now})).first()


_NEXT_MOMENT = (
    select(OutboxRow.not_before)
    .where(OutboxRow.state == WAITING, OutboxRow.not_before > bindparam("now"))
    .order_by(col(OutboxRow.not_before))
    .limit(1)
)


async def get_row(session: Session, row_id: int) -> OutboxRow | None:
    return (await session.exec(select(OutboxRow).where(OutboxRow.id == row_id))).first()


async def get_slot(session: Session, slot: str) -> str | None:
    """The message that shows a slot now."""
    return (await session.exec(select(SlotRow.message_ref).where(SlotRow.slot == slot))).first()


async def list_slots(session: Session, slots: Collection[str]) -> set[str]:
    """Those of these live messages that stand somewhere."""
    return set(await session.exec(select(SlotRow.slot).where(col(SlotRow.slot).in_(slots))))


async def get_slot_of(session: Session, chat_id: int, message_ref: str) -> str | None:
    """The slot that a message of ours shows."""
    query = select(SlotRow.slot).where(SlotRow.chat_id == chat_id, SlotRow.message_ref == message_ref)
    return (await session.exec(query)).first()


async def list_standing(session: Session, prefix: str) -> list[tuple[str, str]]:
    """Live messages whose slot begins so: their chats' external ids, and their own."""
    query = select(Chat.external_id, SlotRow.message_ref).join(SlotRow, col(SlotRow.chat_id) == col(Chat.id))
    return list(await session.exec(query.where(col(SlotRow.slot).startswith(prefix))))


async def has_key(session: Session, key: str) -> bool:
    """Whether a thing has been said for this reason, or is about to be."""
    return (await session.exec(select(OutboxRow.id).where(OutboxRow.key == key))).first() is not None


async def has_slot(session: Session, slot: str) -> bool:
    """Whether the live message stands somewhere, or is about to."""
    coming = col(OutboxRow.state).in_((WAITING, HELD))
    waiting = select(OutboxRow.id).where(OutboxRow.slot == slot, coming).limit(1)
    return await get_slot(session, slot) is not None or (await session.exec(waiting)).first() is not None


async def claim_row(session: Session, row_id: int) -> bool:
    """Mark a row that must not be said twice, before it is said; False when somebody else has it."""
    return (await (await session.connection()).execute(_CLAIM, {"row_id": row_id})).rowcount == 1


_CLAIM = (
    update(OutboxRow)
    .where(col(OutboxRow.id) == bindparam("row_id"), col(OutboxRow.state) == WAITING)
    .values(state=SENDING)
)


async def set_sent(
    session: Session,
    row: OutboxRow,
    now: datetime,
    message_ref: str | None,
    *,
    edited: bool = False,
    rests_until: datetime | None = None,
) -> None:
    """Sent as it stood. A slot that was overwritten meanwhile keeps waiting, to follow as an edit after its rest."""
    said = {"row_id": row.id, "said": row.fields, "moment": now, "ref": message_ref}
    await (await session.connection()).execute(_SENT, said)
    if row.slot and message_ref and not edited:
        insert = insert_into(session, SlotRow).values(slot=row.slot, chat_id=row.chat_id, message_ref=message_ref)
        stands = {"chat_id": row.chat_id, "message_ref": message_ref}
        await session.exec(insert.on_conflict_do_update(index_elements=["slot"], set_=stands))
    if row.slot and rests_until:
        overwritten = update(OutboxRow).where(col(OutboxRow.id) == row.id, col(OutboxRow.state) == WAITING)
        await session.exec(overwritten.values(not_before=rests_until))
        await session.exec(update(SlotRow).where(col(SlotRow.slot) == row.slot).values(rests_until=rests_until))


_SENT = (
    update(OutboxRow)
    .where(col(OutboxRow.id) == bindparam("row_id"), col(OutboxRow.fields) == bindparam("said"))
    .values(state=SENT, sent_at=bindparam("moment"), message_ref=bindparam("ref"), error=None)
)


async def set_later(session: Session, row_id: int, not_before: datetime, error: str, *, tried: bool) -> None:
    """Try again at that moment; `tried` counts it as an attempt, of which there are only so many."""
    values = {"state": WAITING, "not_before": not_before, "error": error[:2000]}
    if tried:
        values["attempts"] = OutboxRow.attempts + 1
    await session.exec(update(OutboxRow).where(col(OutboxRow.id) == row_id).values(**values))


async def set_ended(session: Session, row_id: int, state: str, error: str) -> None:
    """Nothing more will be tried: dead, or in doubt whether it arrived."""
    await session.exec(update(OutboxRow).where(col(OutboxRow.id) == row_id).values(state=state, error=error[:2000]))


async def set_doubtful(session: Session) -> list[OutboxRow]:
    """Rows found *sending* at start: the program ended between the call and its answer."""
    found = list(await session.exec(select(OutboxRow).where(OutboxRow.state == SENDING)))
    await session.exec(update(OutboxRow).where(col(OutboxRow.state) == SENDING).values(state=DOUBTFUL))
    return found


async def set_arguments(
    session: Session, row: OutboxRow, fields: Mapping[str, object], *, method: str | None = None
) -> None:
    """Say it differently at the next try (without the topic that is gone, as plain text), unless it was overwritten."""
    unchanged = update(OutboxRow).where(col(OutboxRow.id) == row.id, col(OutboxRow.fields) == row.fields)
    said = json.dumps(fields, ensure_ascii=False)
    await session.exec(unchanged.values(fields=said, method=method or row.method))


async def delete_slot(session: Session, slot: str) -> None:
    """The live message is gone; the next version is posted anew."""
    await session.exec(delete(SlotRow).where(col(SlotRow.slot) == slot))


async def delete_sent(session: Session, now: datetime, keep: timedelta = timedelta(days=30)) -> None:
    """Forget old rows, but never a key: that is the reason a thing is said once."""
    old = or_(col(OutboxRow.state) == SENT, col(OutboxRow.state) == DEAD)
    await session.exec(
        delete(OutboxRow).where(old, col(OutboxRow.key).is_(None), col(OutboxRow.created_at) < now - keep)
    )
