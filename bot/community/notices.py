"""What people should hear once: kept when it happens, brought when it may be, by the way each of them chose.

A notice waits a few minutes, so that what is decided together is told together and a slip that is mended at once
is not told at all. Then it goes into the person's one message of the day; or waits for the next digest, where they
are named; or is dropped by a rule: muted, overtaken, a week old, or not wanted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.community import budget, settings
from bot.community.followers import followers_of, list_muted, map_hearing
from storage import communities, members, merges
from storage import notices as rows
from storage.communities import Community
from storage.database import Session
from storage.members import IN_DIGEST, NOT_AT_ALL, PRIVATELY, Person
from storage.notices import COLLECTED, DROPPED, NAMED, TOLD, Notice, Waiting
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion

SETTLES_IN = timedelta(minutes=10)  # before anybody hears of it
STALE_AFTER = timedelta(days=7)  # then it is no news
WAITS_FOR_DIGEST = timedelta(days=8)  # a digest a week, and some room for clock changes and late posts

KIND_OF_STATUS = {OPEN: "reopened", PLANNED: "planned", STARTED: "started", DECLINED: "declined", SHIPPED: "shipped"}
EARLY = "early"  # as "shipped", to those who reserved it
UNDONE = "undone"  # a decision they had heard of was taken back
OF_STATUS = {*KIND_OF_STATUS.values(), EARLY, UNDONE}
FOR_ALL_TO_READ = {*OF_STATUS, "merged", "split"}  # the digest may tell it; the others concern one person only
WAYS = (PRIVATELY, IN_DIGEST, NOT_AT_ALL)


@dataclass(frozen=True)
class News:
    """What happened to a suggestion.

    `about` is what makes it one thing, such as the moment of the decision; `words` are what else there is to say: a
    reason, a version, for "merged" and "split" the number of the other suggestion, for "undone" the
    status taken back and the one it has again.
    """

    kind: str
    about: str
    words: str = ""


@dataclass(frozen=True)
class Undone:
    """A decision that was taken back: the status it gave, when, and in which release."""

    status: str
    moment: str
    release_id: int | None


@dataclass(frozen=True)
class Item:
    """A line of a letter: what happened to which suggestion of which community."""

    news: News
    suggestion: Suggestion
    community: Community


@dataclass(frozen=True)
class Letter:
    """A person's one message of the day."""

    key: str
    person: Person
    items: Sequence[Item]
    names_communities: bool  # they are in several


@dataclass(frozen=True)
class Collected:
    """People who could not be told privately, for the digest to name: in its line about one suggestion."""

    suggestion: Suggestion
    people: Mapping[int, str]  # their names by id
    hidden: int  # further people, who do not want to be named
    notice_ids: Sequence[int]
    into: int | None = None  # the number of what it was merged into

    @property
    def names(self) -> list[str]:
        """Of those who are named."""
        return list(self.people.values())


# -- when it happens -------------------------------------------------------------------------------------------------


async def notify(
    session: Session, suggestion: Suggestion, person_ids: Iterable[int], news: News, now: datetime
) -> None:
    """Let each of these people hear it, once."""
    kept = [
        Notice(
            community_id=suggestion.community_id,
            person_id=person_id,
            suggestion_id=suggestion.id or 0,
            kind=news.kind,
            about=news.about,
            words=news.words,
            due_at=now + SETTLES_IN,
            created_at=now,
        )
        for person_id in person_ids
    ]
    await rows.add_notices(session, kept)


async def tell_decision(
    session: Session, suggestion: Suggestion, now: datetime, release: Release | None = None
) -> None:
    """All followers hear of the status the suggestion has just got, but for the one who decided it."""
    words = release.version if release else suggestion.reason
    news = News(KIND_OF_STATUS[suggestion.status], moment_of(suggestion), words)
    concerned = await followers_of(session, suggestion)
    await notify(session, suggestion, [i for i in concerned if i != suggestion.decided_by_id], news, now)


async def tell_undone(session: Session, suggestion: Suggestion, undone: Undone, actor_id: int, now: datetime) -> None:
    """Who has heard of a decision hears that it was taken back; who has not need hear of neither."""
    abouts = [undone.moment, about_release(undone.release_id)]
    told = await rows.list_told(session, suggestion.id or 0, abouts)
    news = News(UNDONE, now.astimezone(UTC).isoformat(), f"{undone.status} {suggestion.status}")
    await notify(session, suggestion, [i for i in told if i != actor_id], news, now)


def about_release(release_id: int | None) -> str:
    """What "early" is known by."""
    return f"release/{release_id}"


def moment_of(suggestion: Suggestion) -> str:
    """What its present status is known by: the moment of the decision."""
    return suggestion.decided_at.astimezone(UTC).isoformat() if suggestion.decided_at else ""


async def count_ways(session: Session, shipped: Sequence[Suggestion]) -> tuple[int, int]:
    """How many people will hear of a shipment privately, and how many by the digest."""
    hearing = {i for one in shipped for i in await followers_of(session, one) if i != one.decided_by_id}
    community_id = shipped[0].community_id
    found = await members.list_memberships_of(session, community_id, list(hearing))
    ways = [way_of(one.person, one.member) for one in found]
    return ways.count(TOLD), ways.count(COLLECTED)


# -- bringing it -----------------------------------------------------------------------------------------------------


async def deliver(session: Session, person_id: int, now: datetime) -> Letter | None:
    """Settle what waits for a person: their message of the day, if it may be written now, and the rest."""
    waiting = await rows.list_waiting(session, person_id)
    hearing = await map_hearing(session, person_id, [one.suggestion for one in waiting])
    heard = await rows.list_last_heard(session, person_id, OF_STATUS)
    ways: dict[str, list[Waiting]] = {TOLD: [], COLLECTED: [], DROPPED: []}
    for one in waiting:
        hears = hearing.get(one.suggestion.id or 0)
        is_unwanted = _is_unwanted(one, hears) or _is_known(one.notice, heard) or _is_overtaken(one, waiting)
        ways[DROPPED if is_unwanted else _way(one, now)].append(one)
    await rows.set_settled(session, _ids(ways[DROPPED]), DROPPED, now)
    for one in ways[COLLECTED]:
        await rows.set_collected(session, _ids([one]), one.notice.created_at + WAITS_FOR_DIGEST)
    return await _write(session, ways[TOLD], now) if ways[TOLD] else None


def _way(one: Waiting, now: datetime) -> str:
    """Which way a notice goes."""
    collected = one.notice.state == COLLECTED
    too_old = now - one.notice.created_at > (WAITS_FOR_DIGEST if collected else STALE_AFTER)
    if too_old:
        return DROPPED
    way = way_of(one.person, one.member)
    if collected:
        return way if way == DROPPED else COLLECTED
    return DROPPED if way == COLLECTED and one.notice.kind not in FOR_ALL_TO_READ else way


def way_of(person: Person, member: members.Member | None) -> str:
    """How somebody hears of things: privately, by the digest, or not at all.

    Who has left asked all the same and is told privately; the digest of a group they are not in does not name them.
    """
    hears = member.hears if member else PRIVATELY
    if hears == PRIVATELY and person.reachable:
        return TOLD
    return COLLECTED if hears != NOT_AT_ALL and member is not None and member.present else DROPPED


def _is_unwanted(one: Waiting, hears: bool | None) -> bool:
    """Whether the person has muted it or, None, follows it no more: then a status is no news to them.

    Who wanted to try it first still hears that it is here.
    """
    return hears is False or (hears is None and one.notice.kind in OF_STATUS - {EARLY})


def _is_overtaken(one: Waiting, waiting: Sequence[Waiting]) -> bool:
    """Whether a status is not the suggestion's any more, or another line says the same and more."""
    kind, suggestion = one.notice.kind, one.suggestion
    if suggestion.withdrawn_at is not None:
        return True
    if kind not in OF_STATUS:
        return False
    if kind == EARLY:
        return suggestion.status != SHIPPED
    if kind == UNDONE:  # decided anew since then
        return moment_of(suggestion) >= one.notice.about
    said_better = any(o.notice.kind == EARLY and o.suggestion.id == suggestion.id for o in waiting)
    if kind == KIND_OF_STATUS[SHIPPED] and said_better:
        return True
    return (kind, one.notice.about) != (KIND_OF_STATUS.get(suggestion.status), moment_of(suggestion))


def _is_known(notice: Notice, heard: Mapping[int, Notice]) -> bool:
    """Whether things are again as the person heard last: what came between was overtaken before it was told."""
    last = heard.get(notice.suggestion_id)
    return last is not None and (last.kind, last.words) == (notice.kind, notice.words)


async def _write(session: Session, waiting: Sequence[Waiting], now: datetime) -> Letter | None:
    """The message, if the person's day is free and it is not night where the longest waiting news comes from."""
    person, eldest = waiting[0].person, waiting[0].notice
    moment = await budget.take_day(session, eldest.community_id, person.id or 0, now)
    if moment > now:
        await rows.set_due(session, _ids(waiting), moment)
        return None
    known = {i: await communities.get_community(session, i) for i in {one.notice.community_id for one in waiting}}
    awake = {i: budget.awake_from(now, known[i], await settings.load(session, i)) for i in known}
    ready = [one for one in waiting if awake[one.notice.community_id] <= now]
    for one in waiting:
        if one not in ready:  # another community's night: tomorrow it waits longest, and decides
            await rows.set_due(session, _ids([one]), awake[one.notice.community_id])
    key = f"letter:{person.id}:{now.isoformat()}"
    await rows.set_letter(session, _ids(ready), key)
    items = [Item(_news(one.notice), one.suggestion, known[one.notice.community_id]) for one in ready]
    return Letter(key, person, items, len(await members.list_memberships(session, person.id or 0)) > 1)


async def settle(session: Session, letter: str, now: datetime, *, arrived: bool) -> None:
    """The courier knows what became of a message: its news are told, or go the other way."""
    if arrived:
        await rows.set_letter_arrived(session, letter, now)
    else:
        await rows.set_letter_lost(session, letter, now)


# -- the digest's part -----------------------------------------------------------------------------------------------


async def collect_for_digest(session: Session, community_id: int) -> list[Collected]:
    """Who could not be told privately, by suggestion; each person once. `set_named` goes with the issue's post."""
    about: dict[int, list[Waiting]] = {}
    for one in await rows.list_collected(session, community_id):
        if one.member is not None and one.member.present and not _is_overtaken(one, ()):
            about.setdefault(one.suggestion.number, []).append(one)
    wanted = [await _wanted(session, found) for _, found in sorted(about.items())]
    return [await _collected(session, found) for found in wanted if found]


async def _wanted(session: Session, about_one: Sequence[Waiting]) -> list[Waiting]:
    """Those of the notices about one suggestion that their people still want to hear."""
    suggestion = about_one[0].suggestion
    following, muted = set(await followers_of(session, suggestion)), await list_muted(session, suggestion)
    hearing = {**dict.fromkeys(following, True), **dict.fromkeys(muted, False)}
    return [one for one in about_one if not _is_unwanted(one, hearing.get(one.person.id or 0))]


async def _collected(session: Session, found: Sequence[Waiting]) -> Collected:
    people = {one.person.id or 0: one for one in found}
    named = {i: one.person.name for i, one in people.items() if one.member is not None and one.member.named}
    suggestion = found[0].suggestion
    root = await merges.get_root(session, suggestion)
    into = root.number if root.id != suggestion.id else None
    return Collected(suggestion, named, len(people) - len(named), _ids(found), into)


async def set_named(session: Session, collected: Sequence[Collected], now: datetime) -> None:
    """The issue with these lines is posted, in the same transaction."""
    for one in collected:
        await rows.set_settled(session, one.notice_ids, NAMED, now)


def _ids(waiting: Sequence[Waiting]) -> list[int]:
    return [one.notice.id or 0 for one in waiting]


def _news(notice: Notice) -> News:
    return News(notice.kind, notice.about, notice.words)
