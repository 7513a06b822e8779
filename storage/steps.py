"""Work that asks the database several times, taken in one go: on SQLite in the very thread that has the connection.

A hop between the event loop and that thread costs more than a small statement, and what is done with the rows is better
done away from the loop anyway. Steps are a generator that yields questions and is sent their rows.
"""

import asyncio
import sqlite3
from collections.abc import Generator, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from storage.database import Session

T = TypeVar("T")


class Question(NamedTuple):
    """A statement as each database has it, and the values that stand for $1, $2 and so on."""

    in_sqlite: str
    in_postgresql: str
    values: Sequence[object]


Steps: TypeAlias = Generator[Question, list[Any], T]


async def take(session: Session, steps: Steps[T]) -> T:
    """What the steps come to. They run in threads: what they share with others must bear it."""
    connection = await session.connection()
    driven: Any = (await connection.get_raw_connection()).driver_connection
    if connection.dialect.name == "sqlite":
        found: T = await driven.hop(_take, steps)
        return found
    question, found = await asyncio.to_thread(_step, steps, None)
    while question is not None:
        rows = await driven.fetch(question.in_postgresql, *question.values)
        question, found = await asyncio.to_thread(_step, steps, rows)
    return found


def _take(opened: sqlite3.Connection, steps: Steps[T]) -> T:
    question, found = _step(steps, None)
    while question is not None:
        values = {str(number): value for number, value in enumerate(question.values, 1)}
        question, found = _step(steps, opened.execute(question.in_sqlite, values).fetchall())
    return found


def _step(steps: Steps[T], rows: Any) -> tuple[Question, Any] | tuple[None, T]:
    """The next question, or none and what has been found: a StopIteration cannot leave a thread."""
    try:
        return steps.send(rows), None
    except StopIteration as end:
        return None, end.value
