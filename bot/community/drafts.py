"""The coming issue in the team's hands: lines dropped, moved or reworded, skipped, approved.

A draft stores what the team has changed and not the lines themselves: what ships an hour before the digest is still
in it. Only where it waits for approval does it stay what was approved.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from bot.community import settings
from bot.community.errors import DraftSettled, TextTooLong
from storage import drafts
from storage.database import Session
from storage.drafts import APPROVED, OPEN, SKIPPED, Draft

LONGEST_LINE = 300
Item = TypeVar("Item")


@dataclass(frozen=True)
class Changes:
    """What the team has changed. Lines are named by their section and what they speak of, such as `shipped:12`."""

    dropped: Sequence[str] = ()
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by section; what is not named stands below
    words: Mapping[str, str] = field(default_factory=dict)
    only: Sequence[str] | None = None  # the lines that were approved

    def settles(self, key: str) -> bool:
        """Whether a line is said by this issue, or left out of it for good: of the rest, the next one tells."""
        return self.only is None or key in self.only or key in self.dropped

    def arranged(self, section: str, lines: Sequence[tuple[str, Item]]) -> list[tuple[str, Item]]:
        """A section's lines as the team wants them."""
        kept = [line for line in lines if line[0] not in self.dropped and (self.only is None or line[0] in self.only)]
        places = {key: place for place, key in enumerate(self.order.get(section, ()))}
        return sorted(kept, key=lambda line: places.get(line[0], len(places)))

    def moved(self, section: str, keys: Sequence[str], key: str, by: int) -> "Changes":
        """The line a place higher or lower among its section's."""
        order = list(keys)
        if key in order:
            place = order.index(key)
            order.insert(max(place + by, 0), order.pop(place))
        return replace(self, order={**self.order, section: order})


def changes_of(draft: Draft | None) -> Changes:
    """What has been changed; nothing where there is no draft."""
    stored: dict[str, Any] = json.loads(draft.changes) if draft else {}
    return Changes(**stored)


async def access_draft(session: Session, community_id: int, draft_id: int, period: str, *states: str) -> Draft:
    """The draft of that week, held until the transaction ends; raises DraftSettled when it is past changing."""
    draft = await drafts.get_draft(session, community_id, draft_id)
    if draft is None or draft.period != period or draft.state not in (states or (OPEN, APPROVED)):
        raise DraftSettled
    return await _as_set(session, draft)


async def _as_set(session: Session, draft: Draft) -> Draft:
    """Whether it waits for approval is the community's to say until it is posted, whenever the draft was made."""
    draft.needs_approval = (await settings.load(session, draft.community_id)).digest_needs_approval
    return draft


async def change(session: Session, draft: Draft, changes: Changes) -> None:
    """Keep the changes. What was approved before them is not approved any more."""
    draft.changes = json.dumps(asdict(replace(changes, only=None)), ensure_ascii=False)
    draft.state = OPEN
    await session.flush()


async def drop(session: Session, draft: Draft, key: str) -> None:
    """Leave a line out, this week and later: it counts as told."""
    changes = changes_of(draft)
    await change(session, draft, replace(changes, dropped=[*changes.dropped, key]))


async def reword(session: Session, draft: Draft, key: str, words: str) -> None:
    """Say a line in the team's own words, alike in every language; raises TextTooLong."""
    if len(words) > LONGEST_LINE:
        raise TextTooLong(LONGEST_LINE)
    changes = changes_of(draft)
    await change(session, draft, replace(changes, words={**changes.words, key: words}))


async def approve(session: Session, draft: Draft, keys: Sequence[str]) -> None:
    """The issue may go out with these lines; what is decided later waits for the next."""
    draft.changes = json.dumps(asdict(replace(changes_of(draft), only=list(keys))), ensure_ascii=False)
    draft.state = APPROVED
    await session.flush()


async def skip(session: Session, draft: Draft) -> None:
    """No issue this week; the next one tells it all."""
    draft.state = SKIPPED
    await session.flush()


async def reopen(session: Session, draft: Draft) -> None:
    """The team has thought better of skipping it; what was approved before is not approved any more."""
    await change(session, draft, changes_of(draft))


async def prepare(session: Session, community_id: int, period: str, now: datetime) -> Draft:
    """The period's draft, made where there is none yet."""
    new = Draft(community_id=community_id, period=period, created_at=now)
    return await _as_set(session, await drafts.add_draft(session, new))
