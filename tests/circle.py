"""A small community around one gated chat, for the rules of invitations."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from bot.community import invitations, quota
from bot.community.invitations import HELD_FOR, Outcome
from bot.community.quota import Quota
from storage import communities, members, suggestions
from storage.communities import Chat, Community
from storage.database import Database, Session
from storage.invitations import Invitation
from storage.members import Member, Person
from storage.suggestions import SHIPPED, Suggestion

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
LATER = NOW + HELD_FOR + timedelta(minutes=2)


@dataclass
class Circle:
    """A community with a gated chat, one seed, and any number of strangers."""

    database: Database
    community_id: int
    door: Chat
    seed: int
    strangers: list[int]

    async def mint(self, holder: int | None = None, standing: str = "seed", now: datetime = NOW) -> list[Invitation]:
        async with self.database.writing() as session:
            who = holder or self.seed
            return (await invitations.hand_out(session, self.community_id, who, standing, now)).invitations

    async def code(self) -> str:
        return (await self.codes())[-1]

    async def codes(self, holder: int | None = None, standing: str = "seed", now: datetime = NOW) -> list[str]:
        """All that a holder can give away after asking for one more."""
        return [invitation.code or "" for invitation in await self.mint(holder, standing, now)]

    async def redeem(self, person: int, code: str, now: datetime = NOW, *, inside: bool = False) -> Outcome:
        async with self.database.writing() as session:
            return await invitations.redeem(session, person, [code], now, inside=inside)

    async def enter(self, person: int, now: datetime = SOON) -> int | None:
        async with self.database.writing() as session:
            return await invitations.enter(session, self.door, person, now)

    async def bring(self, person: int, holder: int) -> None:
        """The whole way in, with a code of the holder's."""
        await self.redeem(person, (await self.codes(holder))[-1])
        assert await self.enter(person) == holder

    async def quota(self, person: int, standing: str = "seed", now: datetime = NOW) -> Quota:
        async with self.database.reading() as look:
            return await quota.count(look, self.community_id, person, standing, now)

    async def find_member(self, person: int) -> Member | None:
        async with self.database.reading() as look:
            return await members.get_member(look, self.community_id, person)

    async def member(self, person: int) -> Member:
        found = await self.find_member(person)
        assert found is not None
        return found

    async def ledger(self) -> list[Invitation]:
        async with self.database.reading() as look:
            return list(await look.exec(select(Invitation).order_by(col(Invitation.id))))

    async def ship(self, author: int, count: int = 1) -> None:
        async with self.database.writing() as session:
            for _ in range(count):
                number = await communities.claim_number(session, self.community_id)
                await suggestions.add_suggestion(session, _shipped(self.community_id, author, number))


def _shipped(community_id: int, author: int, number: int) -> Suggestion:
    return Suggestion(
        community_id=community_id,
        number=number,
        author_id=author,
        text="静音快门",
        status=SHIPPED,
        origin=f"made/{community_id}/{number}",
        created_at=NOW,
        decided_at=NOW,
    )


async def _people(session: Session, count: int) -> list[int]:
    people = [Person(external_id=str(n), name=f"person {n}", created_at=NOW) for n in range(1, count + 1)]
    return [(await members.add_person(session, person)).id or 0 for person in people]


async def found(database: Database, strangers: int = 3, *, gated: bool = True) -> Circle:
    """A community with one seed and so many strangers; its only chat is gated, or not."""
    async with database.writing() as session:
        community = await communities.add_community(
            session, Community(name="谷雨", language="zh-hans", zone="UTC", digest_due_at=NOW, created_at=NOW)
        )
        chat = Chat(community_id=community.id or 0, external_id="-1001", kind="supergroup", is_seed=gated)
        door = await communities.add_chat(session, chat)
        seed, *others = await _people(session, strangers + 1)
        member = Member(community_id=community.id or 0, person_id=seed, role="seed", joined_at=NOW, seen_at=NOW)
        await members.add_member(session, member)
    return Circle(database, community.id or 0, door, seed, others)
