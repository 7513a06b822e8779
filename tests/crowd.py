"""A random crowd around two gated chats: whatever members, strangers and the team may do, in any order."""

import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.community import bars, gifts, invitations, members, phones, reattaching, rounds, undoing, waiting
from bot.community import quota as arithmetic
from bot.community.errors import Refusal
from bot.community.invitations import Admitted, PhoneWanted
from bot.community.members import Defaults, SeenChat
from storage import communities, moves
from storage import members as people
from storage.bars import BRANCH, CREDIT, INVITING, list_bars
from storage.communities import Chat
from storage.database import Session
from storage.invitations import Invitation
from storage.members import Person
from storage.phones import PhoneProof
from tests.circle import NOW, Circle, ship

NO_CODE = "222222222222"
SECRET = "a secret of the operator's, long enough"
IN_A_STEP = 50
NEWCOMERS = 40  # most codes are opened by the latest so many


@dataclass
class Crowd:
    """People who do random things, many in one transaction; what is refused leaves nothing behind."""

    circles: list[Circle]
    dice: random.Random
    now: datetime = NOW
    most: Counter[tuple[int, int]] = field(default_factory=Counter)  # the highest quota each has had
    approved: list[tuple[Circle, int]] = field(default_factory=list)  # for whom a door was opened; they may be late
    known: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))  # codes that go from mouth to mouth
    inside: list[int] = field(default_factory=list)  # who came in anywhere, at some time
    strays: dict[int, int] = field(default_factory=dict)  # communities that turned out to be others

    @property
    def everyone(self) -> list[int]:
        """The seed is the team."""
        return [self.circles[0].seed, *self.circles[0].strangers]

    async def step(self) -> None:
        """One more person is there, and fifty things happen; now and then the last is that a group moves."""
        async with self.circles[0].database.writing() as session:
            await self._somebody_new(session)
            for circle in self.circles:
                await self._hear(session, circle.community_id)
            for _ in range(IN_A_STEP):
                self._later()
                with suppress(Refusal):
                    async with session.begin_nested():
                        await self._act(session)
            if self.dice.random() < 0.1:
                await self._move(session, self.dice.choice(self.circles))

    def _later(self) -> None:
        """Nothing happens at the moment of anything else, so that what was first can be told afterwards."""
        self.now += timedelta(minutes=self.dice.choice((0, 0, 0, 1, 9)), seconds=1)

    async def _somebody_new(self, session: Session) -> None:
        one = Person(external_id=f"new {len(self.everyone)}", name="new", created_at=self.now)
        self.circles[0].strangers.append((await people.add_person(session, one)).id or 0)

    async def _hear(self, session: Session, community_id: int) -> None:
        query = select(Invitation.code).where(
            Invitation.community_id == community_id, col(Invitation.code).is_not(None)
        )
        latest = await session.exec(query.order_by(col(Invitation.id).desc()).limit(20))
        self.known[community_id] = [code for code in latest if code]

    async def _act(self, session: Session) -> None:
        acts: dict[Callable[[Session, Circle, int], Awaitable[object]], float] = {
            self._mint: 4,
            self._redeem: 12,
            self._guess: 1,
            self._ask: 4,
            self._come: 8,
            self._go: 2,
            self._ship: 1,
            self._wait: 3,
            self._mend: 7,
            self._bar: 5,
            self._give: 1.5,
            self._leak: 1,
            self._rest: 1.5,
        }
        (act,) = self.dice.choices(list(acts), list(acts.values()))
        newcomers = self.everyone[-NEWCOMERS:]
        among = newcomers if act in (self._redeem, self._guess) else (self.inside or newcomers)
        who = self.dice.choice(among if self.dice.random() < 0.8 else self.everyone)
        await act(session, self.dice.choice(self.circles), who)

    async def _standing(self, session: Session, circle: Circle, who: int) -> str:
        """Whoever is about to make codes: how many are theirs at this moment is remembered."""
        member = await people.get_member(session, circle.community_id, who)
        standing = member.role if member else "member"
        theirs = await arithmetic.count(session, circle.community_id, who, standing, self.now)
        self._remember(circle, who, theirs.total)
        return standing

    def _remember(self, circle: Circle, who: int, total: int) -> None:
        key = circle.community_id, who
        self.most[key] = max(self.most[key], total)

    async def _mint(self, session: Session, circle: Circle, who: int) -> None:
        member = await people.get_member(session, circle.community_id, who)
        standing = member.role if member else "member"
        hand = await invitations.hand_out(session, circle.community_id, who, standing, self.now)
        self._remember(circle, who, hand.quota.total)
        self.known[circle.community_id] += [one.code or "" for one in hand.invitations[-1:]]

    async def _redeem(self, session: Session, circle: Circle, who: int) -> None:
        code = self.dice.choice(self.known[circle.community_id] or [NO_CODE])
        outcome = await invitations.redeem(session, who, [code], self.now)
        if isinstance(outcome, PhoneWanted) and self.dice.random() < 0.8:
            self._later()
            outcome = await invitations.prove(session, who, f"{who // 2}", SECRET, self.now)  # two share a phone
        if isinstance(outcome, Admitted) and self.dice.random() < 0.8:
            await self._ask(session, circle, who)

    async def _guess(self, session: Session, _: Circle, who: int) -> None:
        await invitations.redeem(session, who, [NO_CODE], self.now)

    async def _ask(self, session: Session, circle: Circle, who: int) -> None:
        if await invitations.ask_in(session, circle.door, who, self.now):
            self.approved.append((circle, who))

    async def _come(self, session: Session, circle: Circle, who: int) -> None:
        """Who was let in comes at some time or other; now and then the owner lets somebody in by hand."""
        if self.approved and self.dice.random() > 0.02:
            circle, who = self.approved.pop(self.dice.randrange(len(self.approved)))
        elif circle is not self.circles[0]:
            return
        await self._arrive(session, circle.door, who)

    async def _arrive(self, session: Session, door: Chat, who: int) -> None:
        self.inside.append(who)
        person = await people.get_person(session, who)
        await members.arrive(session, door, person, self.now)
        await invitations.enter(session, door, who, self.now)

    async def _go(self, session: Session, circle: Circle, who: int) -> None:
        await members.leave(session, circle.community_id, who, self.now)

    async def _ship(self, session: Session, circle: Circle, who: int) -> None:
        await ship(session, circle.community_id, who)

    async def _wait(self, session: Session, circle: Circle, who: int) -> None:
        community, now = circle.community_id, self.now
        match self.dice.randrange(3):
            case 0:
                await waiting.join(session, community, who, now)
                await waiting.serve(session, community, now)
            case 1:
                await waiting.donate(session, community, who, await self._standing(session, circle, who), now)
            case _:
                standing = await self._standing(session, circle, who)
                whom = self.dice.choice(self.everyone[-NEWCOMERS:])
                await waiting.sponsor(session, community, who, whom, standing, now)

    async def _mend(self, session: Session, circle: Circle, who: int) -> None:
        community, team, now = circle.community_id, circle.seed, self.now
        match self.dice.randrange(3):
            case 0:
                member = await people.get_member(session, community, who)
                above, was = self.dice.choice(self.inside or self.everyone), member.inviter_id if member else None
                await reattaching.reattach(session, community, who, above, was, team, now)
            case 1:
                await undoing.undo_last(session, community, team, now)
            case 2 if self.dice.random() < 0.2:
                await self._free_one(session)

    async def _free_one(self, session: Session) -> None:
        asking = self.circles[1]
        bound = select(PhoneProof.person_id).where(PhoneProof.community_id == asking.community_id)
        if shown := list(await session.exec(bound.order_by(col(PhoneProof.person_id)))):
            await phones.free(session, asking.community_id, self.dice.choice(shown), asking.seed, self.now)

    async def _bar(self, session: Session, circle: Circle, who: int) -> None:
        community, team, now = circle.community_id, circle.seed, self.now
        kind = self.dice.choice((INVITING, BRANCH, CREDIT))
        match self.dice.randrange(7):
            case 0 if who != team:
                await bars.ban(session, community, who, team, now)
                self.approved = [one for one in self.approved if one != (circle, who)]
            case 1 if who != team:
                await bars.bar(session, community, who, kind, "why", team, now)
            case 2 if self.dice.random() < 0.2:
                await bars.revoke_branch(session, community, who, "why", team, now)
            case _:
                await self._lift_one(session, circle)

    async def _lift_one(self, session: Session, circle: Circle) -> None:
        in_force = await list_bars(session, circle.community_id)
        if not in_force:
            return
        one = self.dice.choice(in_force)
        if one.kind in bars.KINDS:
            await bars.lift(session, circle.community_id, one.person_id, one.kind, circle.seed, self.now)
        else:
            await bars.unban(session, circle.community_id, one.person_id, circle.seed, self.now)

    async def _give(self, session: Session, circle: Circle, who: int) -> None:
        community, team = circle.community_id, circle.seed
        if self.dice.random() < 0.02:
            seen = await rounds.preview(session, community, 1)
            await rounds.open_round(session, community, 1, seen.before, len(seen.people), team, self.now)
        else:
            await gifts.give(session, community, who, 1, team, self.now)

    async def _leak(self, session: Session, circle: Circle, who: int) -> None:
        await invitations.withdraw(session, circle.community_id, self.known[circle.community_id][:1], who, self.now)

    async def _rest(self, session: Session, _: Circle, __: int) -> None:
        self.now += timedelta(days=self.dice.choice((0, 0, 1, 3, 20)))
        await invitations.bring_home(session, self.now)

    async def _move(self, session: Session, circle: Circle) -> None:
        """The group became a supergroup, and was met under its new id before we heard of it; people came there, too."""
        old = (await communities.get_chat(session, circle.door.id or 0)).external_id
        new = f"-2{len(self.strays)}"
        seen = SeenChat(new, "supergroup", "谷雨")
        stray = await members.meet_chat(session, seen, Defaults("zh-hans", "UTC"), self.now)
        stray.is_seed = True
        giver, *guests = self.dice.sample(self.everyone[-NEWCOMERS:], 4)
        await self._arrive(session, stray, giver)
        for guest in guests:
            self._later()
            (gift,) = await gifts.give(session, stray.community_id, giver, 1, circle.seed, self.now)
            self._later()
            await invitations.redeem(session, guest, [gift.code or ""], self.now)
            self._later()
            await self._arrive(session, stray, guest)
            giver = guest
        await session.flush()
        self.strays[stray.community_id] = circle.community_id
        await moves.follow(session, old, new)
