"""A small community around one gated chat, for the rules of invitations."""

from dataclasses import dataclass, replace
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

    async def mint(self, holder: int | None = None, standing: str = "", now: datetime = NOW) -> list[Invitation]:
        """One more code; who has only just come in themselves has codes as one of the team."""
        who = holder or self.seed
        standing = standing or ("seed" if who == self.seed else "moderator")
        async with self.database.writing() as session:
            return (await invitations.hand_out(session, self.community_id, who, standing, now)).invitations

    async def code(self) -> str:
        return (await self.codes())[-1]

    async def codes(self, holder: int | None = None, standing: str = "", now: datetime = NOW) -> list[str]:
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
                await ship(session, self.community_id, author)


async def ship(session: Session, community_id: int, author: int) -> None:
    """Something somebody asked for has shipped."""
    number = await communities.claim_number(session, community_id)
    shipped = Suggestion(
        community_id=community_id,
        number=number,
        author_id=author,
        text="静音快门",
        status=SHIPPED,
        origin=f"made/{community_id}/{number}",
        created_at=NOW,
        decided_at=NOW,
    )
    await suggestions.add_suggestion(session, shipped)


async def _people(session: Session, count: int) -> list[int]:
    people = [
        Person(external_id=str(n), name=f"person {n}", reachable=True, created_at=NOW) for n in range(1, count + 1)
    ]
    return [(await members.add_person(session, person)).id or 0 for person in people]


async def another(circle: Circle) -> Circle:
    """Another community of the same seed, among the same strangers."""
    async with circle.database.writing() as session:
        community_id, door = await _gate(session, "-1002", gated=True)
        await _seat(session, community_id, circle.seed)
    return replace(circle, community_id=community_id, door=door)


async def _gate(session: Session, external_id: str, *, gated: bool) -> tuple[int, Chat]:
    """A community whose only chat is gated, or not."""
    new = Community(name="谷雨", language="zh-hans", zone="UTC", digest_due_at=NOW, created_at=NOW)
    community_id = (await communities.add_community(session, new)).id or 0
    chat = Chat(community_id=community_id, external_id=external_id, kind="supergroup", is_seed=gated)
    return community_id, await communities.add_chat(session, chat)


async def _seat(session: Session, community_id: int, seed: int) -> None:
    member = Member(community_id=community_id, person_id=seed, role="seed", joined_at=NOW, seen_at=NOW)
    await members.add_member(session, member)


async def found(database: Database, strangers: int = 3, *, gated: bool = True) -> Circle:
    """A community with one seed and so many strangers; its only chat is gated, or not."""
    async with database.writing() as session:
        community_id, door = await _gate(session, "-1001", gated=gated)
        seed, *others = await _people(session, strangers + 1)
        await _seat(session, community_id, seed)
    return Circle(database, community_id, door, seed, others)
