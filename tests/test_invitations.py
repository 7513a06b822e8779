"""The ledger of invitations: races, quotas, claims that go home, and who brought whom, on both databases."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.community import invitations, tree
from bot.community.errors import NoCommunity
from bot.community.invitations import GOOD_FOR, HELD_FOR, Admitted, Missed, Outcome, Own, Paused, Quota, Seated
from schedules.invitations import knock
from storage import communities, members, suggestions
from storage import invitations as rows
from storage import tree as kin
from storage.communities import Chat, Community
from storage.database import Database, Session
from storage.invitations import CLAIMED, EXPIRED, ISSUED, USED, Invitation
from storage.members import Member, Person
from storage.suggestions import SHIPPED, Suggestion

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
LATER = NOW + HELD_FOR + timedelta(seconds=1)


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
        return (await self.mint())[-1].code

    async def redeem(self, person: int, code: str, now: datetime = NOW, *, inside: bool = False) -> Outcome:
        async with self.database.writing() as session:
            return await invitations.redeem(session, person, [code], now, inside=inside)

    async def enter(self, person: int, now: datetime = SOON) -> int | None:
        async with self.database.writing() as session:
            return await invitations.enter(session, self.door, person, now)

    async def bring(self, person: int, holder: int) -> None:
        """The whole way in, with a code of the holder's."""
        await self.redeem(person, (await self.mint(holder))[-1].code)
        assert await self.enter(person) == holder

    async def quota(self, person: int, standing: str = "seed", now: datetime = NOW) -> Quota:
        async with self.database.reading() as look:
            return await invitations.count_quota(look, self.community_id, person, standing, now)

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


@pytest.fixture
def founded(database: Database) -> Callable[..., Awaitable[Circle]]:
    async def found(strangers: int = 3, *, gated: bool = True) -> Circle:
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

    return found


Founded = Callable[..., Awaitable[Circle]]


# -- races -----------------------------------------------------------------------------------------------------------


async def test_of_a_hundred_at_once_exactly_one_gets_the_code(founded: Founded) -> None:
    circle = await founded(strangers=100)
    code = await circle.code()
    outcomes = await asyncio.gather(*(circle.redeem(person, code) for person in circle.strangers))
    assert Counter(type(outcome) for outcome in outcomes) == {Admitted: 1, Missed: 99}
    winner = circle.strangers[[type(outcome) for outcome in outcomes].index(Admitted)]
    assert [(row.state, row.redeemer_id) for row in await circle.ledger()] == [(CLAIMED, winner)]


async def test_a_hundred_mints_at_once_with_a_quota_of_three_give_three(founded: Founded) -> None:
    circle = await founded()
    await asyncio.gather(*(circle.mint() for _ in range(100)))
    ledger = await circle.ledger()
    assert len({row.code for row in ledger}) == len(ledger) == 3


async def test_one_person_with_three_codes_at_once_claims_one(founded: Founded) -> None:
    circle = await founded(strangers=1)
    for _ in range(3):
        await circle.mint()
    person = circle.strangers[0]
    outcomes = await asyncio.gather(*(circle.redeem(person, row.code) for row in await circle.ledger()))
    assert [type(outcome) for outcome in outcomes] == [Admitted] * 3
    assert Counter(row.state for row in await circle.ledger()) == {CLAIMED: 1, ISSUED: 2}


async def test_two_who_invite_each_other_do_not_become_each_others_ancestors(founded: Founded) -> None:
    circle = await founded(strangers=2)
    one, other = circle.strangers
    async with circle.database.writing() as session:
        for person in (one, other):
            row = Member(community_id=circle.community_id, person_id=person, joined_at=NOW, seen_at=NOW)
            await members.add_member(session, row)
    await circle.ship(one)
    await circle.ship(other)
    ones, others = [(await circle.mint(person, "member"))[0].code for person in (one, other)]
    assert isinstance(await circle.redeem(other, ones), Admitted)
    assert isinstance(await circle.redeem(one, others), Admitted)
    await asyncio.gather(circle.enter(one), circle.enter(other))
    inviters = [(await circle.member(person)).inviter_id for person in (one, other)]
    assert inviters in ([other, None], [None, one])


# -- quota -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("standing", "codes"), [("member", 0), ("seed", 3), ("moderator", 5), ("owner", 5)])
async def test_each_standing_starts_with_its_number(founded: Founded, standing: str, codes: int) -> None:
    circle = await founded()
    for _ in range(12):
        await circle.mint(standing=standing)
    assert len(await circle.ledger()) == codes


async def test_an_owner_gets_more_once_some_are_used_and_using_never_refills(founded: Founded) -> None:
    circle = await founded(strangers=12)
    for person in circle.strangers:
        for row in await circle.mint(standing="owner"):
            if isinstance(await circle.redeem(person, row.code), Admitted):
                await circle.enter(person)
                break
    assert Counter(row.state for row in await circle.ledger()) == {USED: 10}
    assert (await circle.quota(circle.seed, "owner")).left == 0


async def test_a_shipped_suggestion_of_ones_own_earns_a_code(founded: Founded) -> None:
    circle = await founded()
    member = circle.strangers[0]
    async with circle.database.writing() as session:
        await members.add_member(
            session, Member(community_id=circle.community_id, person_id=member, joined_at=NOW, seen_at=NOW)
        )
    assert await circle.mint(member, "member") == []
    await circle.ship(member)
    assert len(await circle.mint(member, "member")) == 1
    assert await circle.quota(member, "member") == Quota(start=0, shipped=1, in_hand=1, spent=0)
    await circle.ship(circle.seed)
    assert (await circle.quota(circle.seed)).total == 4


async def test_expired_codes_come_home_before_and_after_the_knock(founded: Founded) -> None:
    circle = await founded()
    old = await circle.code()
    then = NOW + GOOD_FOR
    assert (await circle.quota(circle.seed, now=then)).left == 3
    await knock(circle.database, then)
    assert [(row.code, row.state) for row in await circle.ledger()] == [(old, EXPIRED)]
    assert isinstance(await circle.redeem(circle.strangers[0], old, then), Missed)
    assert len(await circle.mint(now=then)) == 1


async def test_who_is_no_member_gets_none(founded: Founded) -> None:
    circle = await founded()
    with pytest.raises(NoCommunity):
        await circle.mint(circle.strangers[0])


async def test_fifty_times_leaving_and_coming_back_gives_nothing(founded: Founded) -> None:
    circle = await founded()
    friend = circle.strangers[0]
    await circle.bring(friend, circle.seed)
    for _ in range(50):
        assert await circle.enter(friend) is None
        await circle.mint(friend)
    assert Counter(row.holder_id for row in await circle.ledger()) == {circle.seed: 1, friend: 3}
    member = await circle.member(friend)
    assert (member.role, member.inviter_id) == ("seed", circle.seed)


# -- redeeming -------------------------------------------------------------------------------------------------------


async def test_a_claimed_code_is_used_when_the_person_is_in(founded: Founded) -> None:
    circle = await founded()
    friend, code = circle.strangers[0], await circle.code()
    assert await circle.redeem(friend, code) == Admitted(circle.seed, [], through_door=True)
    assert await circle.find_member(friend) is None
    assert await circle.enter(friend) == circle.seed
    assert await circle.enter(friend) is None
    member = await circle.member(friend)
    assert (member.role, member.inviter_id) == ("seed", circle.seed)
    assert [(row.state, row.used_at) for row in await circle.ledger()] == [(USED, SOON)]


async def test_nobody_burns_a_code_by_opening_it(founded: Founded) -> None:
    circle = await founded()
    code = await circle.code()
    friend, other = circle.strangers[:2]
    assert isinstance(await circle.redeem(circle.seed, code), Own)
    assert isinstance(await circle.redeem(other, code, inside=True), Seated)
    await circle.bring(friend, circle.seed)
    assert isinstance(await circle.redeem(friend, code), Seated)
    assert [row.code for row in await circle.ledger() if row.state == ISSUED] == [code]


async def test_who_holds_a_claim_comes_in_with_it_and_does_not_burn_a_second(founded: Founded) -> None:
    circle = await founded()
    friend, first, second = circle.strangers[0], await circle.code(), await circle.code()
    assert isinstance(await circle.redeem(friend, first), Admitted)
    assert isinstance(await circle.redeem(friend, second), Admitted)
    assert [row.state for row in await circle.ledger()] == [CLAIMED, ISSUED]


async def test_used_expired_and_unknown_codes_are_all_the_same_to_strangers(founded: Founded) -> None:
    circle = await founded(strangers=2)
    friend, stranger = circle.strangers
    await circle.bring(friend, circle.seed)
    used = (await circle.ledger())[0].code
    expired = await circle.code()
    assert await circle.redeem(stranger, used) == Missed()
    assert await circle.redeem(stranger, "000000000000") == Missed()
    assert await circle.redeem(stranger, expired, NOW + GOOD_FOR) == Missed()


async def test_without_a_gated_chat_a_code_makes_a_member_at_once(founded: Founded) -> None:
    circle = await founded(gated=False)
    friend, code = circle.strangers[0], await circle.code()
    assert await circle.redeem(friend, code) == Admitted(circle.seed, [], through_door=False)
    member = await circle.member(friend)
    assert (member.role, member.inviter_id) == ("member", circle.seed)
    assert [row.state for row in await circle.ledger()] == [USED]
    assert isinstance(await circle.redeem(friend, await circle.code()), Seated)


async def test_guessing_is_paused_after_five_misses_and_goes_on_within_the_hour(founded: Founded) -> None:
    circle = await founded()
    guesser, friend = circle.strangers[:2]
    code = await circle.code()
    for minute in range(5):
        assert await circle.redeem(guesser, "000000000000", NOW + timedelta(minutes=minute)) == Missed()
    pause = Paused(NOW + timedelta(hours=1))
    assert await circle.redeem(guesser, "000000000000", NOW + timedelta(minutes=5)) == pause
    assert await circle.redeem(guesser, code, NOW + timedelta(minutes=59)) == pause
    assert isinstance(await circle.redeem(friend, code, NOW + timedelta(minutes=5)), Admitted)
    assert await circle.redeem(guesser, code, NOW + timedelta(hours=1)) == Missed()
    await knock(circle.database, NOW + timedelta(hours=3))
    async with circle.database.reading() as look:
        assert await rows.list_misses(look, guesser, NOW - timedelta(days=1)) == []


# -- claims that go home ---------------------------------------------------------------------------------------------


async def test_a_claim_goes_home_after_half_an_hour(founded: Founded) -> None:
    circle = await founded()
    first, second = circle.strangers[:2]
    code = await circle.code()
    await circle.redeem(first, code)
    await knock(circle.database, NOW + HELD_FOR)
    assert isinstance(await circle.redeem(second, code, NOW + HELD_FOR), Missed)
    await knock(circle.database, LATER)
    assert isinstance(await circle.redeem(second, code, LATER), Admitted)


async def test_news_of_an_arrival_that_comes_late_still_spends_the_code(founded: Founded) -> None:
    circle = await founded()
    friend = circle.strangers[0]
    await circle.redeem(friend, await circle.code())
    await knock(circle.database, LATER)
    assert await circle.enter(friend, LATER) == circle.seed
    assert [(row.state, row.redeemer_id) for row in await circle.ledger()] == [(USED, friend)]


async def test_a_code_that_went_home_and_on_to_somebody_else_is_theirs(founded: Founded) -> None:
    circle = await founded()
    late, quick = circle.strangers[:2]
    code = await circle.code()
    await circle.redeem(late, code)
    await knock(circle.database, LATER)
    await circle.redeem(quick, code, LATER)
    assert await circle.enter(late, LATER) is None
    assert await circle.enter(quick, LATER) == circle.seed


async def test_a_second_code_is_not_spent_by_coming_back(founded: Founded) -> None:
    circle = await founded()
    friend, first, second = circle.strangers[0], await circle.code(), await circle.code()
    await circle.redeem(friend, first)
    await knock(circle.database, LATER)
    await circle.redeem(friend, second, LATER)
    assert await circle.enter(friend, LATER) == circle.seed
    assert await circle.enter(friend, LATER) is None
    assert [row.state for row in await circle.ledger()] == [ISSUED, USED]


async def test_asking_in_starts_the_time_of_the_claim_anew(founded: Founded) -> None:
    circle = await founded()
    friend = circle.strangers[0]
    await circle.redeem(friend, await circle.code())
    async with circle.database.writing() as session:
        assert await invitations.ask_in(session, circle.door, friend, NOW + timedelta(minutes=29))
    await knock(circle.database, LATER)
    assert await circle.enter(friend, LATER) == circle.seed


async def test_only_who_has_a_place_may_come_in(founded: Founded) -> None:
    circle = await founded()
    friend, stranger = circle.strangers[:2]
    await circle.bring(friend, circle.seed)
    async with circle.database.writing() as session:
        answers = [await invitations.ask_in(session, circle.door, who, NOW) for who in (circle.seed, friend, stranger)]
    assert answers == [True, True, False]
    code = await circle.code()
    assert await circle.redeem(stranger, code) == Admitted(circle.seed, [circle.door.id or 0], through_door=True)


# -- the tree --------------------------------------------------------------------------------------------------------


async def test_the_tree_shows_each_above_those_they_brought(founded: Founded) -> None:
    circle = await founded(strangers=4)
    one, two, three, _ = circle.strangers
    await circle.bring(one, circle.seed)
    await circle.bring(two, circle.seed)
    await circle.bring(three, one)
    async with circle.database.reading() as look:
        whole = tree.grow(await kin.list_kin(look, circle.community_id))
        branch = tree.grow(await kin.list_branch(look, circle.community_id, one), one)
    assert [(twig.person_id, twig.depth, twig.brought) for twig in whole] == [
        (circle.seed, 0, 2),
        (one, 1, 1),
        (three, 2, 0),
        (two, 1, 0),
    ]
    assert [(twig.person_id, twig.depth) for twig in branch] == [(one, 0), (three, 1)]


async def test_nobody_is_brought_by_those_they_brought(founded: Founded) -> None:
    circle = await founded(strangers=2)
    one, two = circle.strangers
    await circle.bring(one, circle.seed)
    await circle.bring(two, one)
    async with circle.database.writing() as session:
        await session.exec(update(Member).where(col(Member.person_id) == circle.seed).values(role="member"))
    await circle.bring(circle.seed, two)
    member = await circle.member(circle.seed)
    assert (member.role, member.inviter_id) == ("seed", None)


@pytest.mark.timeout(240)
async def test_whatever_happens_the_ledger_adds_up(founded: Founded) -> None:
    """Random members do random things in a random order; what must hold, holds after each of them."""
    circle = await founded(strangers=12)
    everyone = [circle.seed, *circle.strangers]
    dice = random.Random(20261116)  # noqa: S311  # a test's dice
    now = NOW
    for _ in range(400):
        now += timedelta(minutes=dice.choice((0, 1, 7, 40)))
        person = dice.choice(everyone)
        match dice.randrange(5):
            case 0 if await circle.find_member(person):
                await circle.mint(person, now=now)
            case 1 | 2:
                code = dice.choice([row.code for row in await circle.ledger()] or ["000000000000"])
                await circle.redeem(person, code, now)
            case 3:
                await circle.enter(person, now)
            case _:
                await knock(circle.database, now)
        await _check(circle)
    assert len([row for row in await circle.ledger() if row.state == USED]) > 5


async def _check(circle: Circle) -> None:
    async with circle.database.reading() as look:
        ledger = list(await look.exec(select(Invitation)))
        inviters = {place.person_id: place.inviter_id for place in await kin.list_kin(look, circle.community_id)}
    for holder, out in Counter(row.holder_id for row in ledger if row.state != EXPIRED).items():
        assert holder in inviters
        assert out <= 3
    used = {row.redeemer_id: row.holder_id for row in ledger if row.state == USED}
    assert len(used) == len([row for row in ledger if row.state == USED])
    assert {person: inviter for person, inviter in inviters.items() if inviter} == used
    for person in inviters:
        seen = set()
        above: int | None = person
        while above:
            assert above not in seen
            seen.add(above)
            above = inviters[above]
