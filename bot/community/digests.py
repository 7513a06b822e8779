"""The weekly issue: drafted from what no digest has told yet, published once a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.community import notices, verdicts
from bot.community.notices import Collected
from bot.community.questions import Promise, promise_kept
from bot.community.rituals import ritual_of
from bot.community.verdicts import Satisfaction
from storage import communities, digests, members, merges, releases, suggestions, votes
from storage.communities import Chat, Community
from storage.database import Session
from storage.digests import POSTED, SKIPPED, Digest
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion

STALE_AFTER = timedelta(days=6)  # an issue that is older speaks of last week; the next one tells it all
MOST_WANTED = 3
CO_ASKERS = 2  # named beside the asker: those of what was merged into it
NOTHING_SAID = Satisfaction(0, 0, 0)


@dataclass(frozen=True)
class Told:
    """A suggestion with those who asked for it."""

    suggestion: Suggestion
    asker: str  # empty where they do not want to be named
    others: int  # further people who asked or voted for it
    votes: int
    release: Release | None
    co_askers: Sequence[str] = ()


@dataclass(frozen=True)
class Issue:
    """What one digest says, whatever the language."""

    name: str  # the ritual's; empty when the community has given it none
    number: int
    since: date
    until: date
    shipped: Sequence[Told]
    on_the_way: Sequence[Told]
    declined: Sequence[Told]
    wanted: Sequence[tuple[Suggestion, int]]
    newcomers: Sequence[tuple[str, str | None]]  # with who brought them
    promise: Promise | None = None  # how soon questions were answered
    unreached: Sequence[Collected] = ()  # followers who could not be told privately
    satisfaction: Satisfaction = NOTHING_SAID

    @property
    def told(self) -> list[Told]:
        """Everything it says was decided."""
        return [*self.shipped, *self.on_the_way, *self.declined]


@dataclass(frozen=True)
class Published:
    """An issue, and the chats in which it is to be posted."""

    community: Community
    period: str
    due: datetime
    issue: Issue
    chats: Sequence[Chat]


async def with_askers(session: Session, community_id: int, decided: Sequence[Suggestion]) -> list[Told]:
    """The suggestions with who asked, the most voted first."""
    ids = [suggestion.id or 0 for suggestion in decided]
    counted = await votes.count_votes(session, ids)
    supporters = await digests.count_supporters(session, ids)
    people = await members.list_people(session, [suggestion.author_id for suggestion in decided])
    nameless = await members.list_nameless(session, community_id, list(people))
    co_askers = await merges.list_co_askers(session, community_id, ids, CO_ASKERS)
    shipped_in = [suggestion.release_id for suggestion in decided if suggestion.release_id]
    released = await releases.list_releases(session, community_id, shipped_in)
    told = [
        Told(
            suggestion,
            asker="" if suggestion.author_id in nameless else people[suggestion.author_id].name,
            others=max(supporters.get(suggestion.id or 0, 1) - 1 - len(co_askers.get(suggestion.id or 0, [])), 0),
            co_askers=co_askers.get(suggestion.id or 0, []),
            votes=counted.get(suggestion.id or 0, 0),
            release=released.get(suggestion.release_id or 0),
        )
        for suggestion in decided
    ]
    return sorted(told, key=lambda one: (-one.votes, one.suggestion.number))


async def draft(session: Session, community: Community, due: datetime) -> Issue:
    """What the issue of that due moment says as things stand."""
    community_id, zone = community.id or 0, ZoneInfo(community.zone)
    last = await digests.get_last_posted(session, community_id)
    since = last.published_at if last else community.created_at
    told = await with_askers(session, community_id, await suggestions.list_untold(session, community_id))
    # At a community's beginning everyone is met for the first time, however long they have been in the group.
    newcomers = await digests.list_newcomers(session, community_id, since, invited_only=last is None)
    return Issue(
        name=community.ritual_name,
        number=await digests.count_posted(session, community_id) + 1,
        since=since.astimezone(zone).date(),
        until=ritual_of(community).scheduled_day(due),
        shipped=[one for one in told if one.suggestion.status == SHIPPED],
        on_the_way=[one for one in told if one.suggestion.status in (PLANNED, STARTED)],
        declined=[one for one in told if one.suggestion.status == DECLINED],
        wanted=await votes.list_most_wanted(session, community_id, MOST_WANTED, (OPEN,)),
        newcomers=newcomers,
        promise=await promise_kept(session, community_id, since, due),
        unreached=await notices.collect_for_digest(session, community_id),
        satisfaction=await verdicts.satisfaction(session, community_id, since),
    )


async def publish(session: Session, community_id: int, now: datetime) -> Published | None:
    """Settle what is due: of several weeks missed only the newest is told, and that only while it is fresh.

    None when nothing is due (any more) or the period is skipped.
    """
    community = await communities.get_community(session, community_id)
    ritual = ritual_of(community)
    if community.digest_due_at > now or not await digests.claim_due(session, community, ritual.next_due(now)):
        return None
    due = ritual.last_due(now)
    chats = [chat for chat in await communities.list_chats(session, community_id) if chat.is_open or chat.is_seed]
    state = POSTED if chats and now - due < STALE_AFTER else SKIPPED
    issue = await draft(session, community, due)
    digest = Digest(community_id=community_id, period=ritual.period(due), state=state, published_at=now)
    digest_id = await digests.add_digest(session, digest)
    if digest_id is None or state == SKIPPED:
        return None
    await digests.set_told(session, [one.suggestion.id or 0 for one in issue.told], digest_id)
    await notices.set_named(session, issue.unreached, now)
    return Published(community, digest.period, due, issue, chats)
