"""What a person should hear once about a suggestion: privately if they can be reached, else in the next digest."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.database import Session, insert_into

WAITING, TOLD, COLLECTED, NAMED, DROPPED = "waiting", "told", "collected", "named", "dropped"


class Notice(SQLModel, table=True):
    """One thing for one person: waiting, then told privately, or collected and named in the digest, or dropped."""

    __table_args__ = (
        UniqueConstraint("person_id", "suggestion_id", "kind", "about"),
        CheckConstraint("state IN ('waiting', 'told', 'collected', 'named', 'dropped')", name="state_known"),
        Index(
            "notice_waiting",
            "person_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    suggestion_id: int = Field(foreign_key="suggestion.id", index=True)
    kind: str  # such as "status", "merged"
    about: str = ""  # what makes it the one thing that is said once, such as the moment of the decision
    state: str = WAITING
    created_at: datetime
    settled_at: datetime | None = None


async def add_notices(session: Session, notices: Sequence[Notice]) -> None:
    """Keep what is to be heard; the same thing for the same person is kept once."""
    for notice in notices:
        insert = insert_into(session, Notice).values(**notice.model_dump(exclude={"id"}))
        await session.exec(insert.on_conflict_do_nothing())
