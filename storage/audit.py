"""What moderators did: who, when, before and after."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

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


async def get_action(session: Session, action_id: int) -> AuditRow | None:
    """An action in any community: who asks must compare it with the one spoken in."""
    query = select(AuditRow).where(AuditRow.id == action_id)
    return (await session.exec(query)).first()


async def list_actions(
    session: Session, community_id: int, limit: int, *, before_id: int | None = None, subject: str | None = None
) -> list[AuditRow]:
    """The newest first; `before_id` turns the page, `subject` asks for the history of one thing."""
    query = _newest(community_id)
    if before_id is not None:
        query = query.where(col(AuditRow.id) < before_id)
    if subject is not None:
        query = query.where(AuditRow.subject == subject)
    return list(await session.exec(query.limit(limit)))


async def get_merge(session: Session, community_id: int, subject: str) -> AuditRow | None:
    """The last action that made the suggestion part of another; undoing a split is one too."""
    rows = await session.exec(_newest(community_id).where(AuditRow.subject == subject))
    return next((row for row in rows if row.became.get("status") == "merged"), None)


async def get_last_of(session: Session, community_id: int, actor_id: int, names: Collection[str]) -> AuditRow | None:
    """The newest action of these kinds by somebody that still stands."""
    query = _newest(community_id).where(AuditRow.actor_id == actor_id, col(AuditRow.action).in_(names))
    return (await session.exec(query.where(col(AuditRow.undone_at).is_(None)).limit(1))).first()


async def list_later(session: Session, row: AuditRow) -> list[AuditRow]:
    """What was done to the same thing afterwards and still stands."""
    later = _newest(row.community_id).where(AuditRow.subject == row.subject, col(AuditRow.id) > row.id)
    return list(await session.exec(later.where(col(AuditRow.undone_at).is_(None), AuditRow.action != "undo")))


async def list_together(session: Session, row: AuditRow) -> list[AuditRow]:
    """What was done by the same person in the same breath, and still stands: one shipment is several rows."""
    same = _newest(row.community_id).where(
        AuditRow.actor_id == row.actor_id, AuditRow.action == row.action, AuditRow.at == row.at
    )
    return list(await session.exec(same.where(col(AuditRow.undone_at).is_(None))))


def _newest(community_id: int) -> SelectOfScalar[AuditRow]:
    return select(AuditRow).where(AuditRow.community_id == community_id).order_by(col(AuditRow.id).desc())


async def claim_undo(session: Session, action_id: int, person_id: int, now: datetime) -> bool:
    """True for the one who undoes it."""
    claim = update(AuditRow).where(col(AuditRow.id) == action_id, col(AuditRow.undone_at).is_(None))
    return (await session.exec(claim.values(undone_at=now, undone_by_id=person_id))).rowcount == 1
