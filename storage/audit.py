"""What moderators did: who, when, before and after."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session


class AuditRow(SQLModel, table=True):
    """One action of the team's. Rows are never changed, but for being undone."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_newest", "community_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    actor_id: int = Field(foreign_key="person.id")
    action: str  # such as "status", "merge"
    subject: str  # such as "#12"
    before: str = "{}"  # JSON
    after: str = "{}"
    at: datetime
    undone_at: datetime | None = None
    undone_by_id: int | None = Field(default=None, foreign_key="person.id")

    @property
    def was(self) -> dict[str, object]:
        """How it stood before."""
        return dict(json.loads(self.before))

    @property
    def became(self) -> dict[str, object]:
        """How it stood afterwards."""
        return dict(json.loads(self.after))


async def add_action(
    session: Session, row: AuditRow, before: Mapping[str, object], after: Mapping[str, object]
) -> AuditRow:
    row.before, row.after = json.dumps(before, ensure_ascii=False), json.dumps(after, ensure_ascii=False)
    session.add(row)
    await session.flush()
    return row


async def get_action(session: Session, community_id: int, action_id: int) -> AuditRow | None:
    query = select(AuditRow).where(AuditRow.community_id == community_id, AuditRow.id == action_id)
    return (await session.exec(query)).first()


async def list_actions(
    session: Session, community_id: int, limit: int, *, before_id: int | None = None, subject: str | None = None
) -> list[AuditRow]:
    """The newest first; `before_id` turns the page, `subject` asks for the history of one thing."""
    query = select(AuditRow).where(AuditRow.community_id == community_id)
    if before_id is not None:
        query = query.where(col(AuditRow.id) < before_id)
    if subject is not None:
        query = query.where(AuditRow.subject == subject)
    return list(await session.exec(query.order_by(col(AuditRow.id).desc()).limit(limit)))


async def claim_undo(session: Session, action_id: int, person_id: int, now: datetime) -> bool:
    """True for the one who undoes it."""
    claim = update(AuditRow).where(col(AuditRow.id) == action_id, col(AuditRow.undone_at).is_(None))
    return (await session.exec(claim.values(undone_at=now, undone_by_id=person_id))).rowcount == 1
