"""Who wants to be the first to try a suggestion when it ships."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into
from storage.members import Person


class Reservation(SQLModel, table=True):
    """ "I'll try it first": one a person and suggestion."""

    suggestion_id: int = Field(foreign_key="suggestion.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    created_at: datetime


async def count_reservations(session: Session, suggestion_ids: Sequence[int]) -> int:
    """People who reserved any of these suggestions, each once."""
    people = func.count(func.distinct(Reservation.person_id))
    return int((await session.exec(select(people).where(col(Reservation.suggestion_id).in_(suggestion_ids)))).one())


async def list_reserving(session: Session, suggestion_ids: Sequence[int]) -> list[Person]:
    """People who reserved any of these suggestions, each once, the first first."""
    query = select(Person).join(Reservation, col(Reservation.person_id) == col(Person.id))
    reserved = query.where(col(Reservation.suggestion_id).in_(suggestion_ids)).group_by(col(Person.id))
    return list(await session.exec(reserved.order_by(func.min(Reservation.created_at), col(Person.id))))


async def add_reservation(session: Session, reservation: Reservation) -> bool:
    """True when the person had not reserved it yet."""
    insert = insert_into(session, Reservation).values(**reservation.model_dump()).on_conflict_do_nothing()
    return (await session.exec(insert)).rowcount == 1


async def delete_reservations(session: Session, suggestion_ids: Sequence[int], person_id: int) -> bool:
    """True when the person had reserved any of these."""
    theirs = (col(Reservation.suggestion_id).in_(suggestion_ids), col(Reservation.person_id) == person_id)
    return (await session.exec(delete(Reservation).where(*theirs))).rowcount > 0
