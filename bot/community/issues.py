"""What an issue says, whatever the language: drawn up from what no digest has told yet, as the team has changed it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.community import drafts, loop, notices, settings, verdicts
from bot.community.askers import Told, with_askers
from bot.community.drafts import Changes
from bot.community.loop import Missing, Pace
from bot.community.notices import Collected
from bot.community.questions import Promise, promise_kept
from bot.community.rituals import Ritual, ritual_of
from bot.community.settings import Settings
from bot.community.verdicts import Satisfaction
from storage import communities, digests, members, suggestions, votes
from storage import drafts as draft_rows
from storage import grids as grid_rows
from storage.communities import Chat, Community
from storage.database import Session
from storage.digests import Newcomer
from storage.drafts import Draft
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion

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

_SECTION_OF = {SHIPPED: "shipped", PLANNED: "on_the_way", STARTED: "on_the_way", DECLINED: "declined"}


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
    tells_quiet: bool = True  # it comes also when nothing has happened

    def lines(self, section: str) -> list[tuple[str, Any]]:
        """A section's lines by key, as the team wants them."""
        items: Sequence[Any] = self._still_unnamed() if section == "unreached" else getattr(self, section)
        return self.changes.arranged(section, [(f"{section}:{_number(item)}", item) for item in items])

    def _still_unnamed(self) -> list[Collected]:
        """Who could not be told privately, but for those whom the lines of what shipped name, beyond any fold.

        What the team has left out is not told here either.
        """
        shown = [one for key, one in self.lines("shipped")[:UNFOLDED] if key not in self.changes.words]
        named = {one.suggestion.id: one.named for one in shown}
        left = [
            replace(
                one, people={i: name for i, name in one.people.items() if i not in named.get(one.suggestion.id, ())}
            )
            for one in self.unreached
            if f"{_SECTION_OF.get(one.suggestion.status)}:{_number(one)}" not in self.changes.dropped
        ]
        return [one for one in left if one.people or one.hidden]

    def keys(self) -> list[str]:
        """All lines it has."""
        return [key for section in SECTIONS for key, _ in self.lines(section)]

    @property
    def told(self) -> list[Told]:
        """Everything it says was decided, and what the team has left out of it on purpose."""
        return [*self.shipped, *self.on_the_way, *self.declined]

    @property
    def reached(self) -> list[Collected]:
        """Those of the unreached whom it names, in a line of theirs or with what was shipped."""
        unnamed = {one.suggestion.id for one in self._still_unnamed()}
        return [
            one
            for one in self.unreached
            if one.suggestion.id not in unnamed or self.changes.settles(f"unreached:{_number(one)}")
        ]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened that one would tell."""
        return not (self.shipped or self.on_the_way or self.declined or self.newcomers)

    @property
    def keeps_silent(self) -> bool:
        """Whether it does not come unless the team wants it to."""
        return self.is_quiet and not self.tells_quiet


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


async def draft(session: Session, community: Community, due: datetime) -> Issue:
    """What the issue of that due moment says as things stand, with what the team has changed about it."""
    chosen = await settings.load(session, community.id or 0)
    drafted = await draft_rows.get_draft_of(session, community.id or 0, ritual_of(community).period(due))
    return await draw_up(session, community, due, chosen, drafted)


async def draw_up(
    session: Session, community: Community, due: datetime, chosen: Settings, drafted: Draft | None
) -> Issue:
    """It is drawn up for each community at its hour, often the same for all: so nothing is asked in vain."""
    community_id, zone = community.id or 0, ZoneInfo(community.zone)
    ritual = ritual_of(community)
    posted = await digests.list_issues(session, community_id)
    since = posted[0][1] if posted else community.created_at
    changes = drafts.changes_of(drafted)
    untold = await with_askers(session, community_id, await suggestions.list_untold(session, community_id))
    told = [one for one in untold if changes.settles(f"{_SECTION_OF[one.suggestion.status]}:{_number(one)}")]
    shipped = [one for one in told if one.suggestion.status == SHIPPED]
    newcomers = await _newcomers(session, community, posted)
    said = await verdicts.satisfaction(session, community_id, since)
    loved = await _loved(session, community_id, since, signed=not chosen.team_signs)
    around = await communities.list_chats(session, community_id)
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
        newcomers=[one for one in newcomers if one.name],
        thanks=await _thanks(session, community_id, _deeds(told, newcomers, loved, signed=not chosen.team_signs)),
        streak=_streak({period for period, _ in posted}, ritual, due),
        waiting=await digests.count_open(session, community_id) if not told else 0,
        promise=[kept] if (kept := await promise_kept(session, community_id, since, due)) else [],
        sources={chat.id or 0: chat for chat in around},
        changes=changes,
        tells_quiet=chosen.digest_when_quiet and not _has_only_channels(around),
    )
    figures = await loop.missing(session, community_id, since)
    waits = [(one.suggestion.created_at, one.suggestion.decided_at) for _, one in issue.lines("shipped")]
    pace = await loop.pace(session, community_id, waits, due) if waits else None
    return replace(issue, missing=[figures] if figures.voters else [], pace=pace)


async def _newcomers(session: Session, community: Community, posted: Sequence[tuple[str, datetime]]) -> list[Newcomer]:
    """Who came since the last issue, behind those who came too late to be approved for that one.

    At a community's beginning everyone is met for the first time, however long they have been in the group.
    """
    community_id, since = community.id or 0, [*(moment for _, moment in posted), community.created_at]
    fresh = await digests.list_newcomers(session, community_id, since[0], invited_only=not posted)
    last = drafts.changes_of(await draft_rows.get_draft_of(session, community_id, posted[0][0]) if posted else None)
    if last.only is None:
        return fresh
    before = await digests.list_newcomers(session, community_id, since[1], invited_only=len(posted) == 1)
    told = {one.person_id for one in fresh}
    late = [one for one in before if one.person_id not in told and not last.settles(f"newcomers:{one.person_id}")]
    return [*late, *fresh]


def _has_only_channels(chats: Sequence[Chat]) -> bool:
    """A channel that no group belongs to yet has nobody who could make its weeks less quiet."""
    return all(chat.is_channel for chat in chats)


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
