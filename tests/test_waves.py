"""Waves: the plan against those who stayed, codes for the trusted middle, what each door brings."""

from datetime import timedelta

import pytest

from bot.community import bars, gifts, reattaching, waves
from bot.community.errors import AlreadySettled, Overtaken
from bot.community.invitations import GOOD_FOR
from bot.community.waves import EVERY, HERE_FOR, share
from bot.texts.catalogues import translator
from bot.texts.waves import handed_out
from schedules.waves import knock
from storage import grants, outbox
from storage import waves as rows
from storage.bars import BRANCH, INVITING
from storage.database import Database
from storage.votes import Vote
from storage.waves import Door, Proposal
from tests.circle import NOW, Circle, found
from tests.test_invitation_stories import gated
from tests.town import Town

THEN = NOW + HERE_FOR + timedelta(days=1)


async def grown(database: Database) -> Circle:
    """Twenty people the seed brought; ten of them take part, one of those much louder than the others."""
    circle = await found(database, strangers=20)
    await circle.ship(circle.seed, count=32)
    for person in circle.strangers:
        await circle.redeem(person, (await circle.codes())[-1])
        await circle.enter(person)
    async with database.writing() as session:
        for number, person in enumerate(circle.strangers[:10], start=1):
            session.add(Vote(suggestion_id=number, person_id=person, created_at=NOW))
        for suggestion in range(11, 30):
            session.add(Vote(suggestion_id=suggestion, person_id=circle.strangers[0], created_at=NOW))
    return circle


async def test_codes_go_to_the_trusted_middle(database: Database) -> None:
    circle = await grown(database)
    async with database.writing() as session:
        plan = await waves.plan(session, circle.community_id, [30, 60], circle.seed, THEN)
        made, shares = await waves.propose(session, plan, THEN)
        assert (made.stayed, made.goal) == (21, 30)
        trusted = await waves.list_trusted(session, circle.community_id, THEN)
        assert set(shares) <= set(trusted) == set(circle.strangers[2:10]), (
            "neither the loudest tenth nor those who only watch"
        )
        assert not await waves.list_trusted(session, circle.community_id, NOW), "trust takes time"
        assert await waves.accept(session, made, circle.seed, THEN) == shares
        who, codes = next(iter(shares.items()))
        assert await grants.count_granted(session, circle.community_id, who) == codes


async def test_the_tree_says_who_has_brought_fewest_and_who_stands_below_a_bar(database: Database) -> None:
    circle = await grown(database)
    community, team, trusted = circle.community_id, circle.seed, circle.strangers[2:10]
    first, *_, branch, own = trusted
    async with database.writing() as session:
        await reattaching.reattach(session, community, circle.strangers[15], first, team, team, THEN)
        for person, inviter in ((circle.strangers[16], branch), (trusted[1], circle.strangers[16])):
            await reattaching.reattach(session, community, person, inviter, team, team, THEN)
        await bars.bar(session, community, branch, BRANCH, "转卖", team, THEN)
        await bars.bar(session, community, own, INVITING, "转卖", team, THEN)
        found = await waves.list_trusted(session, community, THEN)
    assert found == [*trusted[2:-2], first], "nobody barred or below a pause, and who has brought somebody comes last"


def test_the_arithmetic() -> None:
    assert share([1, 2, 3], 2) == {1: 1, 2: 1}
    assert share([1, 2, 3], 5) == {1: 2, 2: 2, 3: 1}
    assert share([1, 2, 3], 50) == {1: 2, 2: 2, 3: 2}
    assert waves.measure([Door("user", "", 40, 20, 15, 10, 40)]) == (25, 40)
    assert waves.measure([Door("user", "", 4, 1, 1, 1, 4)]) == (50, 4), "too few to tell"
    past = Proposal(community_id=1, stayed=100, goal=200, percent=50, made_at=NOW)
    assert waves.forecast([past], 150, 200, NOW + 2 * EVERY) == 2
    assert waves.forecast([past], 100, 200, NOW + 2 * EVERY) is None


async def test_a_proposal_is_made_once_a_week(database: Database) -> None:
    circle = await grown(database)
    async with database.writing() as session:
        await waves.plan(session, circle.community_id, [30, 60], circle.seed, THEN)
    for now in (THEN, THEN + timedelta(hours=1), THEN + EVERY):
        await knock(database, now)
    async with database.reading() as look:
        assert len(await rows.list_proposals(look, circle.community_id)) == 2
        asked = await outbox.list_due(look, THEN + EVERY)
        assert {row.person_id for row, *_ in asked} == {circle.seed}, "without a room of the team, who made the plan"
    async with database.writing() as session:
        (await session.merge(await circle.member(circle.seed))).present = False
    await knock(database, THEN + 2 * EVERY)
    async with database.reading() as look:
        assert len(await outbox.list_due(look, THEN + 2 * EVERY)) == len(asked), "who has left is no longer asked"


async def test_a_proposal_that_was_left_lying_hands_out_nothing_and_nobody_barred_gets_any(database: Database) -> None:
    circle = await grown(database)
    async with database.writing() as session:
        plan = await waves.plan(session, circle.community_id, [30, 60], circle.seed, THEN)
        left, _ = await waves.propose(session, plan, THEN)
        made, shares = await waves.propose(session, plan, THEN + EVERY)
        with pytest.raises(Overtaken):
            await waves.accept(session, left, circle.seed, THEN + EVERY)
        unlucky, *others = shares
        await bars.bar(session, circle.community_id, unlucky, INVITING, "转卖", circle.seed, THEN + EVERY)
        handed = await waves.accept(session, made, circle.seed, THEN + EVERY)
        assert list(handed) == sorted(others)
        assert not await grants.count_granted(session, circle.community_id, unlucky)
        with pytest.raises(AlreadySettled):
            await waves.decline(session, made, circle.seed, THEN + EVERY)
    assert "0" not in handed_out(translator("en"), {})


async def test_who_came_yesterday_does_not_tell_whether_people_stay(database: Database) -> None:
    """Twenty came, and every code that nobody used in a month is gone: only the latter tell something as yet."""
    circle = await grown(database)
    async with database.writing() as session:
        await gifts.give(session, circle.community_id, circle.seed, 20, circle.seed, NOW - GOOD_FOR)
        plan = await waves.plan(session, circle.community_id, [30, 60], circle.seed, NOW)
        assert (await waves.look(session, plan, NOW + timedelta(days=1))).percent == 1
        assert (await waves.look(session, plan, THEN)).percent == 50


async def test_the_plan_as_the_owner_sees_it(town: Town) -> None:
    chat = await gated(town)
    await town.say("tang", chat, "/waves")
    await town.say("yutong", chat, "/waves 5 10")
    await town.say("tang", chat, "/waves 10 5")
    await town.say("tang", chat, "/waves 5 10 20")
    assert "5 → 10 → 20" in town.last(chat).content
