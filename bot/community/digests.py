"""The weekly issue at its hour: shown to the team as a draft, published once a period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.community import drafts, grids, issues, notices, settings
from bot.community.grids import Subject
from bot.community.issues import Issue
from bot.community.rituals import ritual_of
from bot.community.settings import Settings
from storage import communities, digests
from storage import drafts as draft_rows
from storage.communities import FARTHEST_DUE, Chat, Community
from storage.database import Session
from storage.digests import POSTED, SKIPPED, Digest
from storage.drafts import Draft

STALE_AFTER = timedelta(days=6)  # an issue that is older speaks of last week; the next one tells it all


@dataclass(frozen=True)
class Published:
    """An issue, and the chats in which it is to be posted; none where its week is skipped."""

    community: Community
    digest_id: int
    period: str
    due: datetime
    issue: Issue
    chats: Sequence[Chat]
    draft: Draft | None = None  # the team's, if it was shown one


def due_of(community: Community, now: datetime) -> datetime:
    """The due moment of the issue that comes next, or that has waited for approval."""
    return max(community.digest_due_at, ritual_of(community).last_due(now))


def period_of(community: Community, now: datetime) -> str:
    """The week the coming issue stands for."""
    return ritual_of(community).period(due_of(community, now))


async def access_draft(session: Session, community_id: int, draft_id: int, now: datetime, *states: str) -> Draft:
    """The coming issue's draft, held until the transaction ends; raises DraftSettled for any other."""
    community = await communities.get_community(session, community_id)
    return await drafts.access_draft(session, community_id, draft_id, period_of(community, now), *states)


async def begin_draft(session: Session, community_id: int, now: datetime) -> Draft | None:
    """The draft of the coming issue, once, when it is time to show it to the team; None when it is not."""
    community = await communities.get_community(session, community_id)
    chosen = await settings.load(session, community_id)
    due = community.digest_due_at
    wanted = chosen.digest_needs_approval or (chosen.draft_hours > 0 and now < due)
    if not wanted or now < due - timedelta(hours=chosen.draft_hours):
        return None
    if not await draft_rows.claim_draft(session, community):
        return None
    return await coming_draft(session, community, now)


async def coming_draft(session: Session, community: Community, now: datetime) -> Draft:
    """The draft of the coming issue, made where there is none yet."""
    return await drafts.prepare(session, community.id or 0, period_of(community, now), now)


async def publish(session: Session, community_id: int, now: datetime, *, at_once: bool = False) -> Published | None:
    """Settle what is due: of several weeks missed only the newest is told, and that only while it is fresh.

    None when nothing is due (any more), or its draft waits for approval. `at_once` is the team's word to post the
    coming issue now.
    """
    community = await communities.get_community(session, community_id)
    ritual = ritual_of(community)
    if community.digest_due_at > now + FARTHEST_DUE:  # by a clock that was far ahead, and has been set right
        await digests.claim_due(session, community, ritual.next_due(now))
    if community.digest_due_at > now and not at_once:
        return None
    due = due_of(community, now)
    chosen = await settings.load(session, community_id)
    drafted = await draft_rows.get_draft_of(session, community_id, ritual.period(due))
    if not at_once and now - due < STALE_AFTER and _waits(drafted, chosen):
        await digests.claim_due(session, community, due)  # of a week long gone there is no draft to approve
        return None
    if not await digests.claim_due(session, community, ritual.next_due(max(now, due))):
        return None
    issue = _until_now(await issues.draw_up(session, community, due, chosen, drafted), community, due, now)
    wanted = at_once or _is_wanted(issue, drafted)
    chats = [chat for chat in issue.sources.values() if chat.is_told and wanted and now - due < STALE_AFTER]
    digest = Digest(community_id=community_id, period=ritual.period(due), state=SKIPPED, published_at=now)
    digest.state = POSTED if chats else SKIPPED
    digest_id = await digests.add_digest(session, digest)
    if drafted is not None:
        drafted.state = draft_rows.POSTED if chats else draft_rows.SKIPPED
    if digest_id is None:
        return None
    published = Published(community, digest_id, digest.period, due, issue, chats, drafted)
    if chats:
        await _note_told(session, published, chosen, now)
    return published


def _is_wanted(issue: Issue, drafted: Draft | None) -> bool:
    """Whether it goes out by itself: the team has not skipped it, and it is not to be silent."""
    state = drafted.state if drafted else draft_rows.OPEN
    return state != draft_rows.SKIPPED and (not issue.keeps_silent or state == draft_rows.APPROVED)


async def _note_told(session: Session, published: Published, chosen: Settings, now: datetime) -> None:
    """What the issue tells need no other tell; and its readers are asked about it later."""
    issue = published.issue
    if issue.told:
        await digests.set_told(session, [one.suggestion.id or 0 for one in issue.told], published.digest_id)
    await notices.set_named(session, issue.reached, now)
    about = Subject(published.digest_id, issue.number, *_decided(issue))
    await grids.plan(session, published.community, about, chosen.report_days, now)


def _until_now(issue: Issue, community: Community, due: datetime, now: datetime) -> Issue:
    """One that the team posts before its hour tells of no day to come."""
    early = max(due - now, timedelta())
    today = now.astimezone(ZoneInfo(community.zone)).date()
    kept = [
        replace(one, oldest_waits=one.oldest_waits - early if one.oldest_waits is not None else None)
        for one in issue.promise
    ]
    return replace(issue, until=min(issue.until, today), promise=kept)


def _decided(issue: Issue) -> tuple[list[int], list[int]]:
    """What the issue says was shipped, and declined."""
    shipped, declined = ([one.suggestion.id or 0 for _, one in issue.lines(name)] for name in ("shipped", "declined"))
    return shipped, declined


def _waits(drafted: Draft | None, chosen: Settings) -> bool:
    """Whether the issue may not go out before somebody of the team has said so."""
    return chosen.digest_needs_approval and (drafted is None or drafted.state == draft_rows.OPEN)
