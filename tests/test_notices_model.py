"""Whatever happens in whatever order: everyone hears of each state at most once, once a day, never at night; nothing
is lost. A simple model of the rules reads the messages as people do and compares."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.community import notices, triage
from bot.community.errors import Refusal
from bot.community.triage import Decision
from schedules import notices as schedule
from storage import communities, follows, members, outbox
from storage.communities import Community
from storage.database import Database
from storage.members import IN_DIGEST, NOT_AT_ALL, PRIVATELY, Member, Person
from storage.notices import COLLECTED, WAITING, Notice
from storage.outbox import DEAD, SENT, OutboxRow
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion, add_suggestion
from tests.databases import SqliteMaker
from tests.town import MONDAY

ZONES = {1: "Asia/Shanghai", 2: "America/New_York"}
QUIET_FROM, QUIET_UNTIL = 22, 9  # what holds where nobody has set anything
SUGGESTIONS = {1: 1, 2: 1, 3: 2}  # by id, the community
PEOPLE = {1: (1, 2), 2: (1,), 3: (1, 2), 4: (2,), 5: (1, 2)}  # by id, the communities, where they met us first
DECIDER = 5
STATUSES = (OPEN, PLANNED, STARTED, DECLINED, SHIPPED)
WEEK = timedelta(days=7)

people, wishes = st.sampled_from(sorted(PEOPLE)), st.sampled_from(sorted(SUGGESTIONS))
acts = st.one_of(
    st.tuples(st.just("decide"), wishes, st.sampled_from(STATUSES)),
    st.tuples(st.just("decide"), wishes, st.sampled_from(STATUSES)),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 4, 30]), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 4, 30]), st.none()),
    st.tuples(st.just("mute"), people, wishes),
    st.tuples(st.just("way"), people, st.sampled_from([PRIVATELY, IN_DIGEST, NOT_AT_ALL])),
    st.tuples(st.just("move"), people, st.booleans()),
    st.tuples(st.just("block"), people, st.booleans()),
)


@dataclass
class Life:
    """What is true outside the database, and what people have heard."""

    database: Database
    now: datetime = MONDAY
    decisions: int = 0
    state: dict[int, int] = field(default_factory=dict)  # by suggestion, the number of its last decision
    decided_at: dict[int, datetime] = field(default_factory=dict)
    muted: set[tuple[int, int]] = field(default_factory=set)
    way: dict[int, str] = field(default_factory=lambda: dict.fromkeys(PEOPLE, PRIVATELY))
    present: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(PEOPLE, True))
    blocked: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(PEOPLE, False))
    changed_at: dict[int, datetime] = field(default_factory=lambda: dict.fromkeys(PEOPLE, MONDAY))
    heard: dict[tuple[int, int], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    days: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    issue_at: datetime = MONDAY + timedelta(days=4, hours=8)

    async def found(self) -> None:
        async with self.database.writing() as session:
            for community_id, zone in ZONES.items():
                made = Community(
                    id=community_id, name=zone, language="en", zone=zone, created_at=MONDAY, digest_due_at=MONDAY
                )
                await communities.add_community(session, made)
            for person_id, theirs in PEOPLE.items():
                known_as = f"p{person_id}"
                person = Person(
                    id=person_id, external_id=known_as, name=known_as, locale="en", reachable=True, created_at=MONDAY
                )
                await members.add_person(session, person)
                for place, community_id in enumerate(theirs):
                    met = MONDAY + timedelta(seconds=place)
                    member = Member(community_id=community_id, person_id=person_id, joined_at=met, seen_at=met)
                    await members.add_member(session, member)
            for wish, community_id in SUGGESTIONS.items():
                made_of = f"wish {wish}"
                suggestion = Suggestion(
                    id=wish, community_id=community_id, number=wish, author_id=1, text=made_of, origin=made_of,
                    created_at=MONDAY,
                )  # fmt: skip
                await add_suggestion(session, suggestion)
                for person_id, theirs in PEOPLE.items():
                    if community_id in theirs:
                        await follows.add_follow(session, wish, person_id, MONDAY)

    async def act(self, kind: str, who: int, what: object) -> None:
        if kind == "wait":
            await self.wait(timedelta(hours=who))
        else:
            await getattr(self, kind)(who, what)
            await self.knock()

    async def decide(self, wish: int, status: str) -> None:
        """A decision whose number stands in what is said of it."""
        number, community_id = self.decisions + 1, SUGGESTIONS[wish]
        self.now += timedelta(seconds=1)
        try:
            async with self.database.writing() as session:
                if status == SHIPPED:
                    release = Release(
                        community_id=community_id, version=f"k{number}", released_by_id=DECIDER, released_at=self.now
                    )
                    await triage.ship(session, release, [wish])
                else:
                    decision = Decision(status, f"k{number}", DECIDER)
                    await triage.decide(session, community_id, wish, decision, self.now)
        except Refusal:
            return
        self.decisions, self.state[wish], self.decided_at[wish] = number, number, self.now

    async def mute(self, who: int, wish: int) -> None:
        if SUGGESTIONS[wish] not in PEOPLE[who]:
            return
        self.muted ^= {(who, wish)}
        self.changed_at[who] = self.now
        async with self.database.writing() as session:
            await follows.set_muted(session, [wish], who, muted=(who, wish) in self.muted)

    async def choose(self, who: int, way: str) -> None:
        self.way[who], self.changed_at[who] = way, self.now
        async with self.database.writing() as session:
            for community_id in PEOPLE[who]:
                await members.set_hears(session, community_id, who, way)

    async def move(self, who: int, present: bool) -> None:
        self.present[who], self.changed_at[who] = present, self.now
        async with self.database.writing() as session:
            for member in await members.list_memberships(session, who):
                member.present = present

    async def block(self, who: int, blocked: bool) -> None:
        """Blocking is noticed at the next message; pressing Start at once."""
        self.blocked[who], self.changed_at[who] = blocked, self.now
        if not blocked:
            async with self.database.writing() as session:
                await members.set_reachable(session, who, True)

    async def wait(self, span: timedelta) -> None:
        until = self.now + span
        while self.now < until:
            self.now = min(await self.next_moment(), self.issue_at, until)
            if self.now == self.issue_at:
                self.issue_at += WEEK
                await self.issue()
            await self.knock()

    async def knock(self) -> None:
        await schedule.knock(self.database, self.now)
        if await self.carry():
            await schedule.knock(self.database, self.now)

    async def next_moment(self) -> datetime:
        """When something is due again; before that a knock changes nothing."""
        async with self.database.reading() as look:
            due = select(Notice.due_at).where(col(Notice.state).in_((WAITING, COLLECTED)), Notice.due_at > self.now)
            return (await look.exec(due.order_by(col(Notice.due_at)).limit(1))).first() or self.issue_at

    async def carry(self) -> bool:
        """The courier: what waits is sent, or refused by who has blocked us; True when there was anything."""
        async with self.database.writing() as session:
            rows = list(await session.exec(select(OutboxRow).where(OutboxRow.state == WAITING)))
            for row in rows:
                person_id = row.person_id or 0
                if self.blocked[person_id]:
                    await outbox.set_ended(session, row.id or 0, DEAD, "blocked")
                    await members.set_reachable(session, person_id, False)
                else:
                    row.state, row.sent_at = SENT, self.now
                    self.read(person_id, str(row.arguments["text"]))
        return bool(rows)

    def read(self, who: int, letter: str) -> None:
        """What somebody finds in a message, and whether it may have come now."""
        home = ZoneInfo(ZONES[PEOPLE[who][0]])
        self.days[who].append(self.now.astimezone(home).date().isoformat())
        found = re.findall(r"<b>#(\d+)</b> .*?\bk(\d+)", letter)
        assert found, letter
        for wish, number in ((int(wish), int(number)) for wish, number in found):
            hour = self.now.astimezone(ZoneInfo(ZONES[SUGGESTIONS[wish]])).hour
            assert QUIET_UNTIL <= hour < QUIET_FROM
            assert self.way[who] == PRIVATELY
            self.hear(who, wish, number)

    def hear(self, who: int, wish: int, number: int) -> None:
        assert number == self.state[wish], "overtaken"
        assert who != DECIDER
        assert (who, wish) not in self.muted
        assert not self.heard[who, number], "twice"
        self.heard[who, number].append(self.now)

    async def issue(self) -> None:
        """A digest in both communities."""
        async with self.database.writing() as session:
            for community_id in ZONES:
                collected = await notices.collect_for_digest(session, community_id)
                for one in collected:
                    for name in one.names:
                        who, wish = int(name.removeprefix("p")), one.suggestion.id or 0
                        assert self.present[who]
                        assert self.way[who] != NOT_AT_ALL
                        self.hear(who, wish, self.state[wish])
                await notices.set_named(session, collected, self.now)

    async def end(self) -> None:
        """Time passes until all is told: then nothing waits, and nobody who could be told has missed the last word."""
        await self.wait(timedelta(days=8))
        async with self.database.reading() as look:
            left = list(await look.exec(select(Notice).where(col(Notice.state).in_((WAITING, COLLECTED)))))
        assert not left
        for days in self.days.values():
            assert len(days) == len(set(days)), "two messages on one day"
        for wish, number in self.state.items():
            for who, theirs in PEOPLE.items():
                if SUGGESTIONS[wish] in theirs and who != DECIDER and self.must_hear(who, wish):
                    assert self.heard[who, number], (who, wish)

    def must_hear(self, who: int, wish: int) -> bool:
        """Whether nothing the person did since the decision could have kept it from them."""
        if self.changed_at[who] >= self.decided_at[wish] or (who, wish) in self.muted:
            return False
        reached = self.way[who] == PRIVATELY and not self.blocked[who]
        return self.way[who] != NOT_AT_ALL and (reached or self.present[who])


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.lists(acts, max_size=14))
def test_any_order_of_events_keeps_the_rules(
    sqlite: SqliteMaker, tmp_path: Path, story: Sequence[tuple[str, int, object]]
) -> None:
    asyncio.run(live(sqlite, tmp_path, story))


async def live(sqlite: SqliteMaker, folder: Path, story: Sequence[tuple[str, int, object]]) -> None:
    database = Database(await sqlite.make(folder))
    life = Life(database)
    try:
        await life.found()
        for kind, who, what in story:
            await life.act("choose" if kind == "way" else kind, who, what)
        await life.end()
    finally:
        await database.close()
