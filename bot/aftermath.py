"""What follows from a call that failed: later, otherwise or never again, and who is told of it."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.outcomes import Outcome, Verdict
from bot.pace import Pace
from storage import communities, members, moves, outbox
from storage.database import Database, Session
from storage.outbox import OutboxRow, Recipient
from storage.suggestions import Suggestion

log = logging.getLogger(__name__)

MOST_TRIES = 10
LONGEST_PAUSE = 300  # seconds between two tries of what Telegram refuses for now
_TROUBLES = {Outcome.NO_TOPIC: "message_thread_id", Outcome.NO_MARKUP: "parse_mode"}


@dataclass(frozen=True)
class Tellers:
    """What is said of such trouble: the words are the texts', who stand above us."""

    doubt: Callable[[Session, OutboxRow, datetime], Awaitable[None]]  # nobody can know whether it has arrived
    topic_lost: Callable[[Session, OutboxRow, datetime], Awaitable[None]]
    renumbered: Callable[[Session, Sequence[Suggestion], datetime], Awaitable[None]]  # by a chat's move


class Aftermath:
    """Writes down what becomes of rows that could not be sent."""

    def __init__(self, database: Database, clock: Clock, pace: Pace | None, tellers: Tellers) -> None:
        self._database = database
        self._clock = clock
        self._pace = pace
        self._tellers = tellers

    async def settle_doubts(self) -> None:
        """Rows left *sending* by a program that ended in the middle: told to staff, not sent again."""
        async with self._database.writing() as session:
            for row in await outbox.set_doubtful(session):
                await self._tellers.doubt(session, row, self._clock.now())

    async def end(self, row: OutboxRow, reason: str) -> None:
        """Nothing more is tried."""
        async with self._database.writing() as session:
            await self._end_within(session, row, reason)

    async def _end_within(self, session: Session, row: OutboxRow, reason: str) -> None:
        """What is said at most once is for staff to look after."""
        await outbox.set_ended(session, row.id or 0, outbox.DOUBTFUL if row.once else outbox.DEAD, reason)
        if row.once:
            await self._tellers.doubt(session, row, self._clock.now())

    async def settle(self, row: OutboxRow, recipient: Recipient, verdict: Verdict, failures: int) -> datetime | None:
        """Write down what follows from a failure, of so many in a row; returns until when that recipient rests."""
        match verdict.outcome:
            case Outcome.DOUBT if row.once or row.attempts >= MOST_TRIES:
                await self.end(row, verdict.reason)
            case Outcome.LATER | Outcome.DOUBT:
                return await self._try_later(row, recipient, verdict, failures)
            case Outcome.MOVED | Outcome.NO_TOPIC | Outcome.NO_MARKUP | Outcome.NO_PICTURE | Outcome.NO_MESSAGE:
                await self._try_otherwise(row, recipient, verdict)
            case Outcome.GONE:
                await self._mark_gone(row, verdict)
            case _:
                await self.end(row, verdict.reason)
        return None

    async def _try_later(self, row: OutboxRow, recipient: Recipient, verdict: Verdict, failures: int) -> datetime:
        """Refused for now: again until it is worth nothing. In doubt: only so often, since each may have arrived."""
        pause = min(2 ** min(failures - 1, MOST_TRIES), LONGEST_PAUSE)
        until = self._clock.now() + timedelta(seconds=pause if verdict.seconds is None else verdict.seconds)
        if self._pace and verdict.seconds is not None and row.is_wordless:
            self._pace.hold_wordless(until)
        elif self._pace and verdict.seconds is not None:
            self._pace.hold(recipient.external_id, until)
        async with self._database.writing() as session:
            in_doubt = verdict.outcome is Outcome.DOUBT
            await outbox.set_later(session, row.id or 0, until, verdict.reason, tried=in_doubt)
        return until

    async def _try_otherwise(self, row: OutboxRow, recipient: Recipient, verdict: Verdict) -> None:
        """Mend what Telegram complained of and leave the row waiting; what cannot be mended is over."""
        async with self._database.writing() as session:
            if row.attempts >= MOST_TRIES or not await self._mend(session, row, recipient, verdict):
                await self._end_within(session, row, verdict.reason)

    async def _mend(self, session: Session, row: OutboxRow, recipient: Recipient, verdict: Verdict) -> bool:
        simpler = _simpler(row.arguments, verdict.outcome)
        if verdict.outcome is Outcome.NO_TOPIC:
            await self._tellers.topic_lost(session, row, self._clock.now())
        if verdict.outcome is Outcome.NO_MESSAGE and row.slot:
            await outbox.delete_slot(session, row.slot)
        elif verdict.outcome is Outcome.NO_PICTURE and "caption" in row.arguments:
            await outbox.set_arguments(session, row, _in_words(row.arguments), method="sendMessage")
        elif verdict.outcome is not Outcome.MOVED and simpler != row.arguments:
            await outbox.set_arguments(session, row, simpler)
        elif verdict.outcome is not Outcome.MOVED or row.chat_id is None:
            return False
        # Waiting again before the move, which mends all that waits for the chat.
        await outbox.set_later(session, row.id or 0, self._clock.now(), verdict.reason, tried=True)
        if verdict.moved_to:
            moved = await moves.follow(session, recipient.external_id, verdict.moved_to)
            await self._tellers.renumbered(session, moved, self._clock.now())
        return True

    async def _mark_gone(self, row: OutboxRow, verdict: Verdict) -> None:
        async with self._database.writing() as session:
            await self._end_within(session, row, verdict.reason)
            if row.person_id is not None:
                await members.set_reachable(session, row.person_id, False)
            elif row.chat_id is not None and row.method in ("sendMessage", "sendPhoto"):
                await communities.set_status(session, row.chat_id, "left")


def _in_words(fields: Mapping[str, object]) -> dict[str, object]:
    """What stood under a picture, without it."""
    kept = {name: value for name, value in fields.items() if name not in ("photo", "caption")}
    return {**kept, "text": fields["caption"]}


def _simpler(fields: dict[str, object], outcome: Outcome) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != _TROUBLES.get(outcome)}
