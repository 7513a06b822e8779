"""The waiting list: who would like to come in, in the order they asked."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Session, insert_into
from storage.invitations import ISSUED, Invitation
from storage.members import Person


class Waiting(SQLModel, table=True):
    """Somebody who asked for a place; served when a code is kept for them."""

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    since: datetime
    served_at: datetime | None = None


async def get_waiting(session: Session, community_id: int, person_id: int) -> Waiting | None:
    query = select(Waiting).where(Waiting.community_id == community_id, Waiting.person_id == person_id)
    return (await session.exec(query.where(col(Waiting.served_at).is_(None)))).first()


async def list_waiting(session: Session, community_id: int, limit: int) -> list[tuple[Waiting, Person]]:
    """Those who wait and can be told of a code, the longest first."""
    query = (
        select(Waiting, Person)
        .join(Person, col(Person.id) == col(Waiting.person_id))
        .where(Waiting.community_id == community_id, col(Waiting.served_at).is_(None), col(Person.reachable))
        .order_by(col(Waiting.since), col(Waiting.person_id))
        .limit(limit)
    )
    return list(await session.exec(query))


async def count_before(session: Session, waiting: Waiting) -> int:
    """How many asked earlier and still wait."""
    earlier = (col(Waiting.since) < waiting.since) | (
        (col(Waiting.since) == waiting.since) & (col(Waiting.person_id) < waiting.person_id)
    )
    query = select(func.count()).where(
        Waiting.community_id == waiting.community_id, col(Waiting.served_at).is_(None), earlier
    )
    return int((await session.exec(query)).one())


async def count_waiting(session: Session, community_id: int) -> int:
    query = select(func.count()).where(Waiting.community_id == community_id, col(Waiting.served_at).is_(None))
    return int((await session.exec(query)).one())


async def count_served(session: Session, community_id: int, since: datetime) -> int:
    """How many were offered a place since then."""
    query = select(func.count()).where(Waiting.community_id == community_id, col(Waiting.served_at) >= since)
    return int((await session.exec(query)).one())


async def list_waited_for(session: Session, person_id: int) -> list[int]:
    """The communities somebody waits for."""
    query = select(Waiting.community_id).where(Waiting.person_id == person_id, col(Waiting.served_at).is_(None))
    return list(await session.exec(query.order_by(col(Waiting.since))))


async def get_first_pair(
    session: Session, community_id: int, now: datetime, but: Collection[int] = ()
) -> tuple[int, Invitation] | None:
    """Who has waited longest and can be told of it, with the oldest donated code that is promised to nobody yet.

    Their own codes are passed over, and those of some holders, who may not invite now.
    """
    query = (
        select(Waiting.person_id, Invitation)
        .join(Invitation, col(Invitation.community_id) == col(Waiting.community_id))
        .join(Person, col(Person.id) == col(Waiting.person_id))
        .where(
            Waiting.community_id == community_id,
            col(Waiting.served_at).is_(None),
            col(Person.reachable),
            Invitation.state == ISSUED,
            Invitation.expires_at > now,
            col(Invitation.is_pooled),
            col(Invitation.kept_for_id).is_(None),
            Invitation.holder_id != Waiting.person_id,
            col(Invitation.holder_id).not_in(but),
        )
        .order_by(col(Waiting.since), col(Waiting.person_id), col(Invitation.id))
    )
    return (await session.exec(query.limit(1))).first()


async def add_waiting(session: Session, community_id: int, person_id: int, now: datetime) -> None:
    """On the list; who is on it already keeps their place, who was offered one goes to the end."""
    values = {"community_id": community_id, "person_id": person_id, "since": now}
    insert = insert_into(session, Waiting).values(**values, served_at=None)
    anew = insert.on_conflict_do_update(
        index_elements=["community_id", "person_id"],
        set_={"since": now, "served_at": None},
        where=col(Waiting.served_at).is_not(None),
    )
    await session.exec(anew)


async def claim_turn(session: Session, community_id: int, person_id: int, now: datetime) -> bool:
    """Somebody's turn has come; False when they wait no more."""
    serve = update(Waiting).where(
        col(Waiting.community_id) == community_id,
        col(Waiting.person_id) == person_id,
        col(Waiting.served_at).is_(None),
    )
    return (await session.exec(serve.values(served_at=now))).rowcount == 1


async def claim_for(session: Session, invitation_id: int, person_id: int, *, pooled: bool) -> bool:
    """Keep an unused code for one person."""
    keep = update(Invitation).where(
        col(Invitation.id) == invitation_id, col(Invitation.state) == ISSUED, col(Invitation.kept_for_id).is_(None)
    )
    return (await session.exec(keep.values(kept_for_id=person_id, is_pooled=pooled))).rowcount == 1


async def set_waiting_again(session: Session, community_id: int, invitation_ids: Collection[int]) -> None:
    """Whom one of these codes was kept for, which are no more, has the place in the list that they had."""
    kept_for = select(Invitation.kept_for_id).where(
        Invitation.community_id == community_id, col(Invitation.id).in_(invitation_ids)
    )
    theirs = update(Waiting).where(col(Waiting.community_id) == community_id, col(Waiting.person_id).in_(kept_for))
    await session.exec(theirs.values(served_at=None).execution_options(synchronize_session=False))


async def set_unserved(session: Session, community_id: int, person_id: int) -> None:
    """Somebody waits on, where they did."""
    theirs = update(Waiting).where(col(Waiting.community_id) == community_id, col(Waiting.person_id) == person_id)
    await session.exec(theirs.values(served_at=None))


async def set_pooled(session: Session, invitation_id: int) -> bool:
    """Give an unused code to the waiting list."""
    give = update(Invitation).where(
        col(Invitation.id) == invitation_id, col(Invitation.state) == ISSUED, col(Invitation.kept_for_id).is_(None)
    )
    return (await session.exec(give.values(is_pooled=True))).rowcount == 1


async def delete_waiting(session: Session, community_id: int, person_id: int) -> None:
    """Off the list."""
    row = (col(Waiting.community_id) == community_id, col(Waiting.person_id) == person_id)
    await session.exec(delete(Waiting).where(*row))


async def list_kept_for(session: Session, community_id: int, person_id: int, now: datetime) -> list[Invitation]:
    """Good codes that open for this person alone."""
    theirs = _kept_for(person_id, now).where(Invitation.community_id == community_id)
    return list(await session.exec(theirs.order_by(col(Invitation.id))))


async def get_kept(session: Session, person_id: int, now: datetime) -> Invitation | None:
    """The latest good code that opens for this person alone, in whatever community."""
    return (await session.exec(_kept_for(person_id, now).order_by(col(Invitation.id).desc()).limit(1))).first()


def _kept_for(person_id: int, now: datetime) -> SelectOfScalar[Invitation]:
    return select(Invitation).where(
        Invitation.kept_for_id == person_id, Invitation.state == ISSUED, Invitation.expires_at > now
    )
