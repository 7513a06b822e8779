"""Everybody who comes by a code: they do by the rules what the cast does in the chats, only faster.

Eight hundred people writing to the bot would take minutes. So each of them asks for codes, opens one, knocks, comes in,
votes and leaves by the very verbs that the bot's handlers call: the ledger cannot tell them from anybody else.
"""

import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

from bot.clock import SteerableClock
from bot.community import invitations, members, votes
from bot.community.invitations import Admitted
from bot.community.members import SeenPerson
from bot.sandbox.model import Chat
from bot.sandbox.people import Person
from bot.sandbox.world import World
from storage import communities, suggestions
from storage import invitations as ledger
from storage import members as people
from storage.database import Database, Session
from storage.suggestions import OPEN, PLANNED

Some = TypeVar("Some")
MOST_LOOKED_AT = 40  # suggestions
AT_ONCE = 20  # codes in one transaction, so that the bot has its turn in between
LOST, HESITANT = 0.1, 0.05  # codes nobody opens; people who open one and never knock
TAKES_PART, LEAVES_SOON, LEAVES = 0.75, 0.1, 0.01  # the last two in a week
_FAMILY = "赵钱孙李周吴郑王陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任袁柳"
_GIVEN = "安白冰晨川丹恩方果海禾佳可岚乐麦宁鹏青然森书棠唯夏晓妍一雨泽舟子云星禹"


class Crowd:
    """The dice fall alike every time, so that each visitor sees the same story."""

    def __init__(self, database: Database, clock: SteerableClock, world: World, door: Chat) -> None:
        self.database, self._clock, self._world, self._door = database, clock, world, door
        self._dice = random.Random(2004)  # noqa: S311  # nothing secret
        self._met = 0
        self.here: dict[int, Person] = {}  # by our own number, in the order they came

    async def hand_on(self, shares: dict[int, int]) -> int:
        """These people ask for so many codes each and pass them on; how many came in."""
        codes: list[str] = []
        for some in _groups(list(shares.items())):
            async with self.database.writing() as session:
                for who, count in some:
                    codes += await self._ask_for(session, who, count)
        return await self.bring(codes)

    async def _ask_for(self, session: Session, who: int, count: int) -> list[str]:
        community_id, now = await self._community(session), self._clock.now()
        before = {one.code for one in await ledger.list_in_hand(session, community_id, who, now)}
        for _ in range(count):
            await invitations.hand_out(session, community_id, who, "seed", now)
        held = await ledger.list_in_hand(session, community_id, who, now)
        return [one.code for one in held if one.code and one.code not in before]

    async def bring(self, codes: Sequence[str]) -> int:
        """So many codes are passed on: some are lost, the others open the door for somebody new."""
        before = len(self.here)
        for some in _groups([code for code in codes if self._dice.random() >= LOST]):
            async with self.database.writing() as session:
                for code in some:
                    await self._come(session, code)
        return len(self.here) - before

    async def _come(self, session: Session, code: str) -> None:
        """One person's way in: the bot opened, the code sent, a knock, the door."""
        now, friend = self._clock.now(), self._somebody()
        row = await members.meet_person(session, SeenPerson(str(friend.id), friend.name, None, "zh-hans"), now)
        outcome = await invitations.redeem(session, row.id or 0, [code], now)
        chat = await communities.get_chat_by_external_id(session, str(self._door.id))
        if not isinstance(outcome, Admitted) or chat is None or self._dice.random() < HESITANT:
            return
        if await invitations.ask_in(session, chat, row.id or 0, now):
            await members.arrive(session, chat, row, now)
            await invitations.enter(session, chat, row.id or 0, now)
            self._world.seat(friend, self._door)
            self.here[row.id or 0] = friend

    def _somebody(self) -> Person:
        name = self._dice.choice(_FAMILY) + "".join(self._dice.sample(_GIVEN, self._dice.choice((1, 2))))
        self._met += 1
        return self._world.add_person(f"friend{self._met}", name, "zh-hans")

    async def take_part(self, newcomers: int) -> None:
        """Most of the newest find something among the suggestions that they want too."""
        for some in _groups([who for who in list(self.here)[-newcomers:] if newcomers]):
            async with self.database.writing() as session:
                asked = await suggestions.list_newer(session, await self._community(session), 0, MOST_LOOKED_AT)
                wanted = [one for one in asked if one.status in (OPEN, PLANNED)]
                for who in some:
                    if wanted and self._dice.random() < TAKES_PART:
                        await votes.vote(session, self._dice.choice(wanted), who, self._clock.now())

    async def some_leave(self, newcomers: int) -> int:
        """It is not for everybody, and the newest see that soonest; how many walk out."""
        young = set(list(self.here)[-newcomers:] if newcomers else ())
        leaving = [who for who in self.here if self._dice.random() < (LEAVES_SOON if who in young else LEAVES)]
        async with self.database.writing() as session:
            community_id = await self._community(session)
            for who in leaving:
                await members.leave(session, community_id, who, self._clock.now())
                self._world.unseat(self.here.pop(who), self._door)
        return len(leaving)

    async def number_of(self, person: Person) -> int:
        """Our own number of somebody."""
        async with self.database.reading() as look:
            row = await people.get_person_by_external_id(look, str(person.id))
        return (row and row.id) or 0

    async def codes_of(self, person_id: int) -> list[str]:
        """All codes somebody can give away, gifts too."""
        async with self.database.reading() as look:
            community_id = await self._community(look)
            held = await ledger.list_in_hand(look, community_id, person_id, self._clock.now())
        return [one.code for one in held if one.code]

    async def _community(self, session: Session) -> int:
        chat = await communities.get_chat_by_external_id(session, str(self._door.id))
        return chat.community_id if chat else 0


def _groups(many: Sequence[Some]) -> Iterable[Sequence[Some]]:
    return (many[begin : begin + AT_ONCE] for begin in range(0, len(many), AT_ONCE))
