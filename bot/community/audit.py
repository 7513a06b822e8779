"""The audit log: every action of the team's leaves a row, with how things stood before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from storage import audit as rows
from storage.audit import AuditRow
from storage.database import Session
from storage.suggestions import Suggestion

# What the team gives a suggestion: taken down before and after each action, and set back to undo it.
STANDING = (
    "status",
    "reason",
    "release_id",
    "decided_at",
    "decided_by_id",
    "decided_as_team",
    "digest_id",
    "merged_into_id",
    "owner_id",
    "due_on",
)


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


def about(suggestion: Suggestion, actor_id: int, name: str) -> Action:
    """An action on a suggestion."""
    return Action(suggestion.community_id, actor_id, name, f"#{suggestion.number}")


def standing(suggestion: Suggestion) -> dict[str, object]:
    """How a suggestion stands with the team."""
    return {name: _written(getattr(suggestion, name)) for name in STANDING}


async def record_change(
    session: Session, suggestion: Suggestion, action: Action, before: Mapping[str, object], now: datetime
) -> AuditRow:
    """Write down what an action has changed on a suggestion, of which somebody of the team has now taken care."""
    suggestion.handled_at = now
    after = standing(suggestion)
    changed = [name for name in STANDING if before[name] != after[name]]
    was, became = ({name: side[name] for name in changed} for side in (before, after))
    return await record(session, action, was, became, now)


def set_back(suggestion: Suggestion, values: Mapping[str, Any]) -> None:
    """Give a suggestion values that `standing` has taken down."""
    for name, value in values.items():
        setattr(suggestion, name, _read(name, value))


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> object:
    if value is None:
        return None
    if name == "decided_at":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name == "due_on" else value
