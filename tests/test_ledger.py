"""The ledger under a random crowd: whatever people do in whatever order, what must hold holds after every step."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.community import bars, gifts, guesses, invitations, members, quota, rounds
from bot.community.errors import Refusal
from bot.community.invitations import Admitted
from storage import grants
from storage import members as people
from storage.bars import BRANCH, ENTRY, INVITING, Bar
from storage.database import Database, Session
from storage.invitations import CLAIMED, EXPIRED, ISSUED, REVOKED, USED, Invitation, InvitationEvent
from storage.members import Member
from tests.circle import NOW, Circle, found

OPERATIONS = int(os.environ.get("LEDGER_OPERATIONS", "1000"))  # on each database; CI sets more
IN_A_STEP = 50
AFTER = {"issued": ISSUED, "claimed": CLAIMED, "returned": ISSUED, "used": USED, "expired": EXPIRED, "revoked": REVOKED}


@dataclass
class Crowd:
    """People who do random things, many in one transaction; refusals are part of life."""

    circle: Circle
    dice: random.Random
    now: datetime = NOW
    most: Counter[int] = field(default_factory=Counter)  # the highest quota each has had

    @property
    def everyone(self) -> list[int]:
        return [self.circle.seed, *self.circle.strangers]

    async def step(self) -> None:
        async with self.circle.database.writing() as session:
            for _ in range(IN_A_STEP):
                self.now += timedelta(minutes=self.dice.choice((0, 0, 1, 7, 40)))
                with suppress(Refusal):
                    await self._act(session, self.dice.choice(self.everyone))

    async def _act(self, session: Session, who: int) -> None:
        acts = (
            self._mint,
            self._redeem,
            self._redeem,
            self._guess,
            self._ask,
            self._come,
            self._go,
            self._team,
            self._rest,
        )
        await self.dice.choices(acts, (4, 6, 6, 3, 4, 8, 3, 3, 1))[0](session, who)

    async def _mint(self, session: Session, who: int) -> None:
        community = self.circle.community_id
        member = await people.get_member(session, community, who)
        if member is None:
            return
        standing = await quota.count(session, community, who, member.role, self.now)
        self.most[who] = max(self.most[who], standing.total)
        await invitations.hand_out(session, community, who, member.role, self.now)

    async def _redeem(self, session: Session, who: int) -> None:
        query = select(Invitation.code).where(col(Invitation.code).is_not(None)).order_by(col(Invitation.id).desc())
        known = [code for code in await session.exec(query.limit(20)) if code]
        await invitations.redeem(session, who, [self.dice.choice(known or ["222222222222"])], self.now)

    async def _guess(self, session: Session, who: int) -> None:
        await invitations.redeem(session, who, ["222222222222"], self.now)

    async def _ask(self, session: Session, who: int) -> None:
        if await invitations.ask_in(session, self.circle.door, who, self.now):
            await self._come(session, who)

    async def _come(self, session: Session, who: int) -> None:
        """Only who has a place comes in; now and then the owner lets somebody in by hand."""
        community = self.circle.community_id
        waiting = await session.exec(select(Invitation.id).where(Invitation.redeemer_id == who))
        if waiting.first() is None and self.dice.random() > 0.02:
            return
        person = await people.get_person(session, who)
        await members.meet_member(session, self.circle.door, person, self.now)
        await invitations.enter(session, self.circle.door, who, self.now)
        assert await people.get_member(session, community, who)

    async def _go(self, session: Session, who: int) -> None:
        await members.leave(session, self.circle.community_id, who, self.now)

    async def _team(self, session: Session, who: int) -> None:
        community, by, now = self.circle.community_id, self.circle.seed, self.now
        match self.dice.randrange(8):
            case 0 if who != by:
                await bars.ban(session, community, who, by, now)
            case 1:
                await bars.unban(session, community, who, by, now)
            case 2 if who != by:
                await bars.bar(session, community, who, self.dice.choice((INVITING, BRANCH)), "why", by, now)
            case 3 | 4:
                await bars.lift(session, community, who, self.dice.choice((INVITING, BRANCH)), by, now)
            case 5:
                await gifts.give(session, community, who, 1, by, now)
            case 6 if self.dice.random() < 0.2:
                await rounds.open_round(session, community, 1, await grants.get_last(session, community), by, now)
            case _:
                live = [code for code in await session.exec(select(Invitation.code)) if code]
                await invitations.withdraw(session, community, live[-1:], who, now)

    async def _rest(self, session: Session, _: int) -> None:
        self.now += timedelta(days=self.dice.choice((0, 0, 1, 10)))
        await invitations.bring_home(session, self.now)


async def test_whatever_happens_the_ledger_adds_up(database: Database) -> None:
    crowd = Crowd(await found(database, strangers=40), random.Random(20261116))  # noqa: S311  # a test's dice
    for _ in range(OPERATIONS // IN_A_STEP):
        await crowd.step()
        await _check(crowd)
    ledger = await crowd.circle.ledger()
    assert {ISSUED, USED, REVOKED} <= {row.state for row in ledger}
    assert len([row for row in ledger if row.state == USED]) > 10


async def _check(crowd: Crowd) -> None:
    async with crowd.circle.database.reading() as look:
        ledger = list(await look.exec(select(Invitation)))
        known = {member.person_id: member for member in await look.exec(select(Member))}
        events = list(await look.exec(select(InvitationEvent).order_by(col(InvitationEvent.id))))
        barred = list(await look.exec(select(Bar).where(Bar.kind == ENTRY)))
    _one_inviter_and_no_cycle(ledger, known)
    _nobody_mints_too_many(crowd, ledger)
    _every_change_is_written_down(ledger, events)
    _the_barred_stay_out(events, barred)


def _one_inviter_and_no_cycle(ledger: Sequence[Invitation], known: dict[int, Member]) -> None:
    used = {row.redeemer_id: row.holder_id for row in ledger if row.state == USED}
    assert len(used) == len([row for row in ledger if row.state == USED])
    assert all(who in known and known[who].role == "seed" for who in used if who)
    inviters = {who: member.inviter_id for who, member in known.items() if member.inviter_id}
    assert inviters.items() <= used.items(), "who has an inviter came in with a code of theirs"
    for who in set(used) - set(inviters):
        assert who in _line(used[who], inviters), "only to close no circle is somebody nobody's"
    for who, inviter in inviters.items():
        assert who not in _line(inviter, inviters)


def _line(who: int | None, inviters: dict[int, int]) -> list[int]:
    line: list[int] = []
    while who is not None:
        line.append(who)
        assert len(line) <= len(inviters) + 1, "a circle"
        who = inviters.get(who)
    return line


def _nobody_mints_too_many(crowd: Crowd, ledger: Sequence[Invitation]) -> None:
    counts = [row for row in ledger if not row.is_gift and row.state in (ISSUED, CLAIMED, USED)]
    for holder, out in Counter(
        row.holder_id for row in counts if row.expires_at > crowd.now or row.state == USED
    ).items():
        assert out <= crowd.most[holder]


def _every_change_is_written_down(ledger: Sequence[Invitation], events: Sequence[InvitationEvent]) -> None:
    last = {event.invitation_id: event.what for event in events}
    assert {row.id: row.state for row in ledger} == {which: AFTER[what] for which, what in last.items()}
    for what in ("issued", "used", "expired", "revoked"):
        assert max(Counter(event.invitation_id for event in events if event.what == what).values(), default=1) == 1


def _the_barred_stay_out(events: Sequence[InvitationEvent], barred: Sequence[Bar]) -> None:
    for bar in barred:
        during = [e for e in events if bar.since < e.at and (bar.lifted_at is None or e.at < bar.lifted_at)]
        assert not [e for e in during if e.actor_id == bar.person_id and e.what in ("claimed", "used")]


async def test_a_hundred_people_at_once_over_two_hundred_codes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rush at the same few codes first, then at any: each gets in with one, no code lets in two, nothing fails."""
    monkeypatch.setattr(guesses, "MOST_IN_A_FLOOD", 10_000)  # here everybody tries until a code opens
    circle = await found(database, strangers=100)
    async with database.writing() as session:
        for _ in range(4):
            await gifts.give(session, circle.community_id, circle.seed, 50, circle.seed, NOW)
    codes = [row.code or "" for row in await circle.ledger()]
    dice = random.Random(7)  # noqa: S311  # a test's dice

    async def try_until_in(person: int) -> None:
        for code in [*codes[:5], *dice.sample(codes[5:], len(codes) - 5)]:
            if isinstance(await circle.redeem(person, code), Admitted):
                return

    await asyncio.gather(*map(try_until_in, circle.strangers))
    ledger = await circle.ledger()
    assert Counter(row.state for row in ledger) == {CLAIMED: 100, ISSUED: 100}
    assert [row.state for row in ledger[:5]] == [CLAIMED] * 5
    assert {row.redeemer_id for row in ledger if row.redeemer_id} == set(circle.strangers)
