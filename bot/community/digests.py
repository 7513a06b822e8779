"""The weekly issue: drafted from what no digest has told yet, published once a period."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.community import drafts, grids, loop, notices, settings, verdicts
from bot.community.askers import Told, with_askers
from bot.community.drafts import Changes
from bot.community.grids import Subject
from bot.community.loop import Missing, Pace
from bot.community.notices import Collected
from bot.community.questions import Promise, promise_kept
from bot.community.rituals import Ritual, ritual_of
from bot.community.settings import Settings
from bot.community.verdicts import Satisfaction
from storage import communities, digests, members, suggestions, votes
from storage import drafts as draft_rows
from storage import grids as grid_rows
from storage.communities import FARTHEST_DUE, Chat, Community
from storage.database import Session
from storage.digests import POSTED, SKIPPED, Digest, Newcomer
from storage.drafts import Draft
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion

STALE_AFTER = timedelta(days=6)  # an issue that is older speaks of last week; the next one tells it all
MOST_WANTED = 5
MOST_THANKED = 5
UNFOLDED = 5  # lines of a section that everybody sees

# In this order they stand in the issue; buttons name them by their place here.
SECTIONS = (
    "shipped",
    "on_the_way",
    "declined",
    "satisfaction",
    "unreached",
    "wanted",
    "newcomers",
    "thanks",
    "promise",
    "missing",
)


@dataclass(frozen=True)
class Thanked:
    """Somebody who did something for all this week: asked for or made what was loved best, brought people, decided."""

    person_id: int
    name: str
    decided: int = 0
    brought: int = 0
    loved: Sequence[int] = ()  # what they asked for or made, by number, that was loved best


@dataclass(frozen=True)
class Issue:
    """What one digest says, whatever the language."""

    name: str  # the ritual's; empty when the community has given it none
    number: int
    since: date
    until: date
    shipped: Sequence[Told] = ()
    on_the_way: Sequence[Told] = ()
    declined: Sequence[Told] = ()
    satisfaction: Sequence[Satisfaction] = ()
    unreached: Sequence[Collected] = ()  # followers who could not be told privately
    wanted: Sequence[tuple[Suggestion, int]] = ()
    newcomers: Sequence[Newcomer] = ()  # with who brought them
    thanks: Sequence[Thanked] = ()
    promise: Sequence[Promise] = ()  # how soon questions were answered
    missing: Sequence[Missing] = ()
    streak: int = 1  # weeks in a row, with this one
    waiting: int = 0  # open suggestions that wait for a decision
    pace: Pace | None = None
    sources: Mapping[int, Chat] = field(default_factory=dict)  # the chats in which things were asked for
    changes: Changes = field(default_factory=Changes)

    def lines(self, section: str) -> list[tuple[str, Any]]:
        """A section's lines by key, as the team wants them."""
        items: Sequence[Any] = self._still_unnamed() if section == "unreached" else getattr(self, section)
        return self.changes.arranged(section, [(f"{section}:{_number(item)}", item) for item in items])

    def _still_unnamed(self) -> list[Collected]:
        """Who could not be told privately, but for those whom the lines of what shipped name, beyond any fold."""
        shown = [one for key, one in self.lines("shipped")[:UNFOLDED] if key not in self.changes.words]
        named = {one.suggestion.id: one.named for one in shown}
        left = [
            replace(
                one, people={i: name for i, name in one.people.items() if i not in named.get(one.suggestion.id, ())}
            )
            for one in self.unreached
        ]
        return [one for one in left if one.people or one.hidden]

    def keys(self) -> list[str]:
        """All lines it has."""
        return [key for section in SECTIONS for key, _ in self.lines(section)]

    @property
    def told(self) -> list[Told]:
        """Everything it says was decided, and what the team has left out of it on purpose."""
        decided = [("shipped", self.shipped), ("on_the_way", self.on_the_way), ("declined", self.declined)]
        only = self.changes.only
        return [
            one
            for section, items in decided
            for one in items
            if only is None or {f"{section}:{_number(one)}"} & {*only, *self.changes.dropped}
        ]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened that one would tell."""
        return not (self.shipped or self.on_the_way or self.declined or self.newcomers)


def _number(
    item: Told | Collected | tuple[Suggestion, int] | Newcomer | Thanked | Missing | Satisfaction | Promise,
) -> int:
    """What a line is known by within its section, whatever else changes."""
    match item:
        case Told() | Collected():
            return item.suggestion.number
        case Newcomer() | Thanked():
            return item.person_id
        case Missing() | Satisfaction() | Promise():
            return 0
        case (suggestion, _):
            return suggestion.number


@dataclass(frozen=True)
class Published:
    """An issue, and the chats in which it is to be posted."""

    community: Community
    digest_id: int
    period: str
    due: datetime
    issue: Issue
    chats: Sequence[Chat]
    draft: Draft | None = None  # the team's, if it was shown one


async def draft(session: Session, community: Community, due: datetime) -> Issue:
    """What the issue of that due moment says as things stand, with what the team has changed about it."""
    chosen = await settings.load(session, community.id or 0)
    drafted = await draft_rows.get_draft_of(session, community.id or 0, ritual_of(community).period(due))
    return await _drawn_up(session, community, due, chosen, drafted)


async def _drawn_up(
    session: Session, community: Community, due: datetime, chosen: Settings, drafted: Draft | None
) -> Issue:
    """It is drawn up for each community at its hour, often the same for all: so nothing is asked in vain."""
    community_id, zone = community.id or 0, ZoneInfo(community.zone)
    ritual = ritual_of(community)
    posted = await digests.list_issues(session, community_id)
    since = posted[0][1] if posted else community.created_at
    told = await with_askers(session, community_id, await suggestions.list_untold(session, community_id))
    shipped = [one for one in told if one.suggestion.status == SHIPPED]
    # At a community's beginning everyone is met for the first time, however long they have been in the group.
    newcomers = await digests.list_newcomers(session, community_id, since, invited_only=not posted)
    said = await verdicts.satisfaction(session, community_id, since)
    loved = await _loved(session, community_id, since, signed=not chosen.team_signs)
    issue = Issue(
        name=community.ritual_name,
        number=len(posted) + 1,
        since=since.astimezone(zone).date(),
        until=ritual.scheduled_day(due),
        shipped=shipped,
        on_the_way=[one for one in told if one.suggestion.status in (PLANNED, STARTED)],
        declined=[one for one in told if one.suggestion.status == DECLINED],
        satisfaction=[said] if said.answers else [],
        unreached=await notices.collect_for_digest(session, community_id),
        wanted=await votes.list_most_wanted(session, community_id, MOST_WANTED, (OPEN,)),
        newcomers=newcomers,
        thanks=await _thanks(session, community_id, _deeds(told, newcomers, loved, signed=not chosen.team_signs)),
        streak=_streak({period for period, _ in posted}, ritual, due),
        waiting=await digests.count_open(session, community_id) if not told else 0,
        pace=await loop.pace(session, community_id, since, due) if shipped else None,
        promise=[kept] if (kept := await promise_kept(session, community_id, since, due)) else [],
        sources={chat.id or 0: chat for chat in await communities.list_chats(session, community_id)},
        changes=drafts.changes_of(drafted),
    )
    figures = await loop.missing(session, community_id, since)
    return replace(issue, missing=[figures] if figures.voters else [])


def _deeds(
    told: Sequence[Told], newcomers: Sequence[Newcomer], loved: Mapping[int, Sequence[int]], *, signed: bool
) -> list[Thanked]:
    """Who gave what was loved best, looked after what is told, brought the new ones: deeds, not loudness."""
    decided = Counter(one.suggestion.decided_by_id or 0 for one in told if signed)
    brought = Counter(one.inviter_id for one in newcomers if one.inviter_id)
    return [Thanked(i, "", decided[i], brought[i], loved.get(i, ())) for i in {*decided, *brought, *loved}]


async def _thanks(session: Session, community_id: int, deeds: Sequence[Thanked]) -> list[Thanked]:
    """The first of them who may be named."""
    if not deeds:
        return []
    names = await members.list_names(session, community_id, [one.person_id for one in deeds])
    thanked = [replace(one, name=names[one.person_id]) for one in deeds if one.person_id in names]
    by_deeds = sorted(thanked, key=lambda one: (-len(one.loved), -one.brought, -one.decided, one.person_id))
    return by_deeds[:MOST_THANKED]


async def _loved(session: Session, community_id: int, since: datetime, *, signed: bool) -> dict[int, list[int]]:
    """By person, the best-loved changes since then that they asked for, or made under their name."""
    loved: dict[int, list[int]] = {}
    for trophy in await grid_rows.list_trophies(session, community_id, since=since):
        makes = trophy.maker_id if signed and not trophy.suggestion.decided_as_team else None
        for person_id in {trophy.asker_id, makes} - {None}:
            loved.setdefault(person_id or 0, []).append(trophy.suggestion.number)
    return loved


def _streak(posted: Collection[str], ritual: Ritual, due: datetime) -> int:
    """How many weeks in a row there has been an issue, counting this one."""
    streak, day = 1, ritual.scheduled_day(due) - timedelta(days=7)
    while _week(day) in posted:
        streak, day = streak + 1, day - timedelta(days=7)
    return streak


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def due_of(community: Community, now: datetime) -> datetime:
    """The due moment of the issue that comes next, or that has waited for approval."""
    return max(community.digest_due_at, ritual_of(community).last_due(now))


def period_of(community: Community, now: datetime) -> str:
    """The week the coming issue stands for."""
    return ritual_of(community).period(due_of(community, now))


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
    chosen = await settings.load(session, community.id or 0)
    period = period_of(community, now)
    return await drafts.prepare(session, community.id or 0, period, now, needs_approval=chosen.digest_needs_approval)


async def publish(session: Session, community_id: int, now: datetime, *, at_once: bool = False) -> Published | None:
    """Settle what is due: of several weeks missed only the newest is told, and that only while it is fresh.

    None when nothing is due (any more), the period is skipped, or its draft waits for approval. `at_once` is the
    team's word to post the coming issue now.
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
    issue = _until_now(await _drawn_up(session, community, due, chosen, drafted), community, due, now)
    around = issue.sources.values()
    chats = [chat for chat in around if chat.is_told]
    # A channel that no group belongs to yet has nobody who could make its weeks less quiet.
    tells_quiet = chosen.digest_when_quiet and not all(chat.is_channel for chat in around)
    skipped = (drafted is not None and drafted.state == draft_rows.SKIPPED) or (issue.is_quiet and not tells_quiet)
    state = POSTED if chats and now - due < STALE_AFTER and not skipped else SKIPPED
    digest = Digest(community_id=community_id, period=ritual.period(due), state=state, published_at=now)
    digest_id = await digests.add_digest(session, digest)
    if drafted is not None:
        drafted.state = draft_rows.POSTED if state == POSTED else draft_rows.SKIPPED
    if digest_id is None or state == SKIPPED:
        return None
    if issue.told:
        await digests.set_told(session, [one.suggestion.id or 0 for one in issue.told], digest_id)
    await notices.set_named(session, issue.unreached, now)
    about = Subject(digest_id, issue.number, *_decided(issue))
    await grids.plan(session, community, about, chosen.report_days, now)
    return Published(community, digest_id, digest.period, due, issue, chats, drafted)


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
    if drafted is None:
        return chosen.digest_needs_approval
    return drafted.needs_approval and drafted.state == draft_rows.OPEN
