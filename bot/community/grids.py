"""The four-grid report: two days after an issue, four taps say how it was taken; the best-loved change earns 🏆."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.community import settings
from bot.community.errors import GridClosed, StaleButton, TextTooLong, WordsWanted
from bot.community.rituals import Ritual, ritual_of
from storage import communities, digests, grids, members, merges, suggestions, votes
from storage.communities import Chat, Community
from storage.database import Session
from storage.grids import AWAITED, CLOSED, DROPPED, LONGEST_WORDS, LOVED, MISSED, MOOD, OPEN, PLANNED, Grid, GridAnswer
from storage.suggestions import DECLINED, SHIPPED, Suggestion

QUESTIONS = (MOOD, LOVED, MISSED, AWAITED)
HAPPY, SO_SO, UNHAPPY = 1, 2, 3
MOODS = (HAPPY, SO_SO, UNHAPPY)
NONE = 0  # "nothing this time"
OPEN_FOR = timedelta(days=2)
LATEST = timedelta(days=3)  # a report that could not be opened by then asks about an issue long read
MOST_CHOICES, MOST_DECLINED = 8, 2  # as buttons below each other


@dataclass(frozen=True)
class Subject:
    """The issue that is asked about: its number, and by id what it says was shipped and declined."""

    digest_id: int
    issue: int
    shipped: Sequence[int]
    declined: Sequence[int]


@dataclass(frozen=True)
class Choices:
    """What one can choose from now: what the issue told of while it is so, and what the merged has become."""

    offered: Mapping[int, Sequence[Suggestion]]  # by question
    roots: Mapping[int, int]  # of what was merged

    def meant(self, question: int, choice: int) -> int | None:
        """What a choice comes to now; None when nobody can choose it any more."""
        if question == MOOD:
            return choice if choice in MOODS else None
        root = self.roots.get(choice, choice)
        return root if root in (NONE, *(one.id for one in self.offered[question])) else None


@dataclass(frozen=True)
class Ballot:
    """The four questions as one person sees them."""

    grid: Grid
    community: Community
    choices: Mapping[int, Sequence[Suggestion]]  # by question
    answers: Mapping[int, int]  # by question


@dataclass(frozen=True)
class Line:
    """So many chose this."""

    choice: int
    count: int
    suggestion: Suggestion | None = None  # None for a mood, and for none of them


@dataclass(frozen=True)
class Report:
    """How it stood at the end: for each question what was chosen, the most first."""

    grid: Grid
    community: Community
    answered: int
    members: int
    cells: Sequence[Sequence[Line]] = ()
    winner: Suggestion | None = None
    asker: str = ""  # empty where they do not want to be named
    maker: str = ""  # empty where it was the team's


def at_its_hour(ritual: Ritual, moment: datetime) -> datetime:
    """The ritual's hour nearest to a moment, on whatever day: read off the wall, so right across clock changes."""
    day = moment.astimezone(ZoneInfo(ritual.zone)).date()
    around = [ritual.due_on(day + timedelta(days=n)) for n in (-1, 0, 1)]
    return min(around, key=lambda one: abs(one - moment))


async def plan(session: Session, community: Community, about: Subject, days: int, now: datetime) -> None:
    """An issue that tells of something shipped is asked about so many days later; 0: never."""
    if not days or not about.shipped:
        return
    loved = list(about.shipped[:MOST_CHOICES])
    grid = Grid(
        community_id=community.id or 0,
        digest_id=about.digest_id,
        issue=about.issue,
        due_at=at_its_hour(ritual_of(community), now + timedelta(days=days)),
        choices=grids.written({LOVED: loved, MISSED: [*loved, *about.declined[:MOST_DECLINED]]}),
    )
    await grids.add_grid(session, grid)


async def open_grid(session: Session, grid_id: int, now: datetime) -> tuple[Grid, list[Chat]] | None:
    """Open a report that is due, and say in which chats; None when it is not, or is not worth asking any more."""
    grid = await grids.get_grid(session, grid_id)
    if grid is None or grid.state != PLANNED or grid.due_at is None or grid.due_at > now:
        return None
    chats = await grids.list_reached(session, grid)
    still = await list_choices(session, grid)
    if not chats or not still.offered[LOVED] or not await _is_worth_asking(session, grid, grid.due_at, now):
        await grids.claim_step(session, grid, state=DROPPED, due_at=None)
        return None
    community = await communities.get_community(session, grid.community_id)
    wanted = await votes.list_most_wanted(session, grid.community_id, MOST_CHOICES)
    choices = {question: grid.offered(question) for question in (LOVED, MISSED)}
    closes_at = at_its_hour(ritual_of(community), now + OPEN_FOR)
    written = grids.written({**choices, AWAITED: [one.id for one, _ in wanted]})
    opened = await grids.claim_step(session, grid, state=OPEN, due_at=closes_at, choices=written)
    return (grid, chats) if opened else None


async def _is_worth_asking(session: Session, grid: Grid, due_at: datetime, now: datetime) -> bool:
    newest = await digests.get_last_posted(session, grid.community_id)
    wanted = (await settings.load(session, grid.community_id)).report_days > 0
    return wanted and newest is not None and newest.id == grid.digest_id and now - due_at < LATEST


async def close_grid(session: Session, grid_id: int, now: datetime) -> Report | None:
    """Close a report that is due: from now on nothing about it changes. None when it is not due."""
    grid = await grids.get_grid(session, grid_id)
    if grid is None or grid.state != OPEN or grid.due_at is None or grid.due_at > now:
        return None
    arrived_by = await arrived_in_time(session, grid, grid.due_at)
    if not await grids.claim_step(session, grid, state=CLOSED, due_at=None, closed_at=now):
        return None
    choices = await list_choices(session, grid)
    counted = as_meant(choices, await grids.count_answers(session, grid, arrived_by))
    by_question = {question: {c: n for (q, c), n in counted.items() if q == question} for question in QUESTIONS}
    grid.results = grids.written(
        {
            "answered": await grids.count_people(session, grid, arrived_by),
            "members": await grids.count_members(session, grid, arrived_by),
            "counts": by_question,
        }
    )
    if winner := await _winner(session, grid, choices, counted, arrived_by):
        grid.winner_id, grid.asker_id, grid.maker_id = winner.id, winner.author_id, maker_of(winner)
    await session.flush()
    return await report(session, grid)


async def arrived_in_time(session: Session, grid: Grid, closes_at: datetime) -> datetime:
    """Who has come by then is counted when it closes: the same people as may vote at that moment."""
    return closes_at - timedelta(hours=(await settings.load(session, grid.community_id)).vote_wait_hours)


async def list_choices(session: Session, grid: Grid) -> Choices:
    """What one can choose from now; what was taken back is in none."""
    told = {question: grid.offered(question) for question in QUESTIONS[1:]}
    ids = {choice for choices in told.values() for choice in choices}
    roots = await merges.map_roots(session, ids)
    standing = sorted({roots.get(choice, choice) for choice in ids})
    found = {one.id or 0: one for one in await suggestions.list_suggestions(session, grid.community_id, standing)}

    def is_so(question: int, choice: int) -> bool:
        one = found.get(roots.get(choice, choice))
        was = SHIPPED if choice in told[LOVED] else DECLINED
        return one is not None and (question == AWAITED or one.status == was)

    kept = {q: dict.fromkeys(roots.get(c, c) for c in choices if is_so(q, c)) for q, choices in told.items()}
    return Choices({question: [found[choice] for choice in choices] for question, choices in kept.items()}, roots)


def as_meant(choices: Choices, counted: Mapping[tuple[int, int], int]) -> Mapping[tuple[int, int], int]:
    """The answers by what they come to now; what was merged is counted together."""
    summed: Counter[tuple[int, int]] = Counter()
    for (question, choice), count in counted.items():
        if (meant := choices.meant(question, choice)) is not None:
            summed[question, meant] += count
    return summed


async def _winner(
    session: Session,
    grid: Grid,
    choices: Choices,
    counted: Mapping[tuple[int, int], int],
    arrived_by: datetime,
) -> Suggestion | None:
    """The change most loved by others than who asked for it and made it; of equals, who disappointed the fewest."""
    offered = choices.offered[LOVED]
    people = {one.id: {one.author_id, maker_of(one) or 0} for one in offered}
    loved = await grids.list_loved(session, grid, arrived_by, sorted({who for both in people.values() for who in both}))
    own = {who: choices.meant(LOVED, choice) for who, choice in loved.items()}

    def loves(one: Suggestion) -> int:
        return counted.get((LOVED, one.id or 0), 0) - sum(own.get(who) == one.id for who in people[one.id])

    best = max(offered, key=lambda one: (loves(one), -counted.get((MISSED, one.id or 0), 0)), default=None)
    return best if best and loves(best) > 0 else None


def maker_of(suggestion: Suggestion) -> int | None:
    """Who made it: who looked after it, or else who shipped it."""
    return suggestion.owner_id or suggestion.decided_by_id


async def report(session: Session, grid: Grid) -> Report:
    """A closed report as it was counted at its end."""
    counts: Mapping[str, Mapping[str, int]] = grid.counted.get("counts", {})
    chosen = {int(choice) for question in QUESTIONS[1:] for choice in counts.get(str(question), ())}
    known = await suggestions.list_suggestions(session, grid.community_id, sorted(chosen))
    by_id = {one.id or 0: one for one in known}
    asker, maker = await _names(session, grid, by_id.get(grid.winner_id or 0))
    return Report(
        grid=grid,
        community=await communities.get_community(session, grid.community_id),
        answered=grid.counted.get("answered", 0),
        members=grid.counted.get("members", 0),
        cells=[_cell(question, counts.get(str(question), {}), by_id) for question in QUESTIONS],
        winner=by_id.get(grid.winner_id or 0),
        asker=asker,
        maker=maker,
    )


def _cell(question: int, counts: Mapping[str, int], by_id: Mapping[int, Suggestion]) -> list[Line]:
    """What was chosen; of what was taken back since, nothing is said."""
    said = {int(choice): count for choice, count in counts.items()}
    if question == MOOD:
        return [Line(mood, said.get(mood, 0)) for mood in MOODS]
    lines = [Line(choice, count, by_id.get(choice)) for choice, count in said.items() if choice in (NONE, *by_id)]
    return sorted(lines, key=lambda line: (-line.count, line.choice == NONE, line.choice))


async def _names(session: Session, grid: Grid, winner: Suggestion | None) -> tuple[str, str]:
    involved = [who for who in (grid.asker_id, grid.maker_id) if who]
    people = await members.list_people(session, involved)
    nameless = await members.list_nameless(session, grid.community_id, involved)
    signs = (await settings.load(session, grid.community_id)).team_signs or (winner and winner.decided_as_team)
    names = {who: person.name for who, person in people.items() if who not in nameless}
    return names.get(grid.asker_id or 0, ""), "" if signs else names.get(grid.maker_id or 0, "")


async def access_open(session: Session, community_id: int, grid_id: int, now: datetime) -> Grid:
    """A report one can still answer, held until the transaction ends; raises StaleButton, GridClosed."""
    grid = await grids.lock_grid(session, community_id, grid_id)
    if grid is None or grid.state in (PLANNED, DROPPED):
        raise StaleButton
    if grid.state == CLOSED or grid.due_at is None or grid.due_at <= now:
        raise GridClosed
    return grid


async def ballot(session: Session, grid: Grid, person_id: int) -> Ballot:
    """The questions, with what the person has answered so far."""
    choices = await list_choices(session, grid)
    given = await grids.list_answers(session, grid.id or 0, person_id)
    known = {question: choices.meant(question, choice) for question, choice in given.items()}
    return Ballot(
        grid=grid,
        community=await communities.get_community(session, grid.community_id),
        choices=choices.offered,
        answers={question: meant for question, meant in known.items() if meant is not None},
    )


async def answer(session: Session, grid: Grid, person_id: int, question: int, choice: int) -> bool:
    """One person's one answer to a question, the last one given; True for their first of all. Raises StaleButton."""
    meant = (await list_choices(session, grid)).meant(question, choice) if question in QUESTIONS else None
    if meant is None:
        raise StaleButton
    is_first = not await grids.list_answers(session, grid.id or 0, person_id)
    answered = GridAnswer(grid_id=grid.id or 0, question=question, person_id=person_id, choice=meant)
    await grids.set_answer(session, answered)
    return is_first


async def add_words(session: Session, grid: Grid, person_id: int, words: str) -> None:
    """Keep what somebody says to the team, and to nobody else; raises WordsWanted, TextTooLong."""
    kept = words.replace("\x00", "").strip()  # PostgreSQL stores no NUL
    if not kept:
        raise WordsWanted
    if len(kept) > LONGEST_WORDS:
        raise TextTooLong(LONGEST_WORDS)
    await grids.set_words(session, grid.id or 0, person_id, kept)
