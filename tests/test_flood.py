"""Thousands at the door at once: who has a code is in within seconds, everybody else is asked for one in good time."""

import asyncio
import statistics
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import select

from bot.app import Tempo
from bot.sandbox.model import Chat
from bot.sandbox.people import Person
from bot.texts.doors import ANSWER_WITHIN
from storage import communities, members
from storage.invitations import CLAIMED, USED, Invitation
from storage.members import Member
from storage.members import Person as Row
from storage.outbox import WAITING, OutboxRow
from storage.seals import seal
from tests.databases import SqliteMaker
from tests.sizes import size
from tests.test_invitation_stories import gated
from tests.test_live_card import is_done
from tests.town import Town

REQUESTS = size(120, 10_000)
WITHIN = timedelta(seconds=size(2, 600))  # so quickly they come
EVERY = 10  # one of so many holds a code
LET_IN_WITHIN = 5  # seconds, for nineteen of twenty
A_STEP = 0.25  # seconds by which the clock moves once everything possible is done
PACED = Tempo(poll_seconds=20, knock_seconds=3600, paced=True)


@dataclass
class Rush:
    """Who knocks, when, and who of them holds a code."""

    town: Town
    chat: Chat
    holders: list[Person] = field(default_factory=list)
    strangers: list[Person] = field(default_factory=list)
    asked_at: dict[int, datetime] = field(default_factory=dict)

    async def prepare(self) -> None:
        """The holders have claimed their codes already."""
        for n in range(REQUESTS):
            person = self.town.world.add_person(f"p{n}", f"Person {n}", "en")
            (self.strangers if n % EVERY else self.holders).append(person)
        async with self.town.database.writing() as session:
            now = self.town.clock.now()
            door = await communities.get_chat_by_external_id(session, str(self.chat.id))
            assert door is not None
            inviter = (await session.exec(select(Member).where(Member.role == "seed"))).first()
            assert inviter is not None
            codes = [f"{n:012d}" for n in range(len(self.holders))]
            for person, code, sealed in zip(self.holders, codes, await seal(session, codes), strict=True):
                row = Row(external_id=str(person.id), name=person.name, locale="en", reachable=True, created_at=now)
                redeemer = await members.add_person(session, row)
                session.add(
                    Invitation(
                        community_id=door.community_id,
                        code=code,
                        seal=sealed,
                        holder_id=inviter.person_id,
                        redeemer_id=redeemer.id,
                        state=CLAIMED,
                        issued_at=now,
                        claimed_at=now,
                        expires_at=now + timedelta(days=30),
                    )
                )

    async def play(self) -> None:
        """All come, evenly spread over the time; the clock stands while the bot works, so only its pace counts."""
        began, coming = self.town.clock.now(), deque(self.town.person(f"p{n}") for n in range(REQUESTS))
        while coming or await self.is_anybody_unanswered():
            while coming and self.town.clock.now() >= began + WITHIN * (1 - len(coming) / REQUESTS):
                person = coming.popleft()
                self.asked_at[person.id] = self.town.clock.now()
                self.town.world.request_join(person, self.chat)
            while len(self.town.world.queue) or not await is_done(self.town):  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0.02)
            self.town.clock.leap(A_STEP)
            self.town.millet.courier.wake()

    async def is_anybody_unanswered(self) -> bool:
        async with self.town.database.reading() as look:
            return (
                await look.exec(select(OutboxRow.id).where(OutboxRow.state == WAITING).limit(1))
            ).first() is not None

    def waits(self, method: str, person: str, among: list[Person]) -> list[float]:
        """Seconds from each one's knock to the first such call about them."""
        ids = {one.id for one in among}
        first: dict[int, datetime] = {}
        for call in self.town.sandbox.calls:
            if call.method == method and call.ok and int(str(call.params.get(person, 0))) in ids:
                first.setdefault(int(str(call.params[person])), call.at)
        return [(at - self.asked_at[who]).total_seconds() for who, at in first.items()]


async def test_a_flood_at_the_door(sqlite: SqliteMaker, tmp_path: Path) -> None:
    url = await sqlite.make(tmp_path)
    async with Town.open(url, tmp_path, enforce_limits=True) as town:
        chat = await gated(town)
        rush = Rush(town, chat)
        await rush.prepare()
        town.tempo = PACED
        await town.restart()
        before, busy = len(town.sandbox.calls), time.process_time()
        await rush.play()
        busy = time.process_time() - busy
        let_in = rush.waits("approveChatJoinRequest", "user_id", rush.holders)
        asked = rush.waits("sendMessage", "chat_id", rush.strangers)
        p95 = statistics.quantiles(let_in, n=20)[-1]
        print(
            f"{REQUESTS} at the door: let in p95 {p95:.1f} s, last {max(let_in):.1f} s; asked p50 "
            f"{statistics.median(asked):.1f} s, last {max(asked):.1f} s; {1000 * busy / REQUESTS:.1f} ms of CPU each"
        )
        inside = set(town.world.members(chat))
        assert set(rush.holders) <= inside, "everybody with a code is in"
        assert not inside & set(rush.strangers), "and nobody else"
        assert len(asked) == len(rush.strangers)
        assert max(asked) <= ANSWER_WITHIN.total_seconds()
        assert p95 <= LET_IN_WITHIN
        assert town.sandbox.limits.refused == 0
        assert "getChatMember" not in {call.method for call in town.sandbox.calls[before:]}, "the database decides"
        async with town.database.reading() as look:
            used = list(await look.exec(select(Invitation).where(Invitation.state == USED)))
        assert len(used) == len(rush.holders)
