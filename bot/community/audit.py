"""The audit log: every action of the team's leaves a row, with how things stood before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import audit as rows
from storage.audit import AuditRow
from storage.database import Session


@dataclass(frozen=True)
class Action:
    """What somebody of the team does to what, such as "status" to "#12"."""

    community_id: int
    actor_id: int
    name: str
    subject: str


async def record(
    session: Session, action: Action, before: Mapping[str, object], after: Mapping[str, object], now: datetime
) -> AuditRow:
    """Write the action down, in the same transaction as its effect."""
    row = AuditRow(
        community_id=action.community_id,
        actor_id=action.actor_id,
        action=action.name,
        subject=action.subject,
        at=now,
    )
    return await rows.add_action(session, row, before, after)
