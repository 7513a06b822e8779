"""The waiting list: joined at the door, an honest place, sponsored and donated codes that open for one alone."""

import pytest
from sqlalchemy import or_
from sqlmodel import col, select

from bot.community import bars, gifts, waiting
from bot.community.codes import written
from bot.community.invitations import Admitted
from storage import claims
from storage import waiting as rows
from storage.bars import INVITING
from storage.database import Database
from storage.invitations import CLAIMED, ISSUED, USED, Invitation
from tests.circle import NOW, SOON, found
from tests.test_invitation_stories import CODE, NOTHING, gated, invite, inviter_of, is_in, ledger
from tests.town import Town


async def test_from_the_door_to_the_seat(town: Town) -> None:
    chat = await gated(town)
    for who in ("sam", "xiaoman"):
        town.world.request_join(town.person(who), chat)
        await town.settle()
        asked = town.last(town.private(who))
        await town.press(who, asked, asked.buttons[0][0].label)
    assert "number 1 of 1" in town.last(town.private("sam")).content
    assert "第 2，共 2" in town.last(town.private("xiaoman")).content
    await town.start("ahe")
    await town.say("ahe", town.private("ahe"), "/sponsor")
    await town.press("ahe", town.last(town.private("ahe")), "小满")
    code = CODE.findall(town.last(town.private("xiaoman")).content)[0]
    assert await ledger(town) == [ISSUED]
    await town.say("sam", town.private("sam"), code)
    assert NOTHING in town.last(town.private("sam")).content, "it is kept for 小满 alone"
    await town.say("xiaoman", town.private("xiaoman"), code)
    assert is_in(town, "xiaoman", chat)
    assert await inviter_of(town, "xiaoman") == "阿禾"
    await town.say("xiaoman", town.private("xiaoman"), "/donate")
    assert "/invite" in town.last(town.private("xiaoman")).content, "who has none is not asked for one"


async def test_a_donated_code_goes_to_who_has_waited_longest(town: Town) -> None:
    chat = await gated(town)
    await town.say("ahe", await town.start("ahe"), "/donate")
    assert await ledger(town) == [], "a slip of the finger gives nothing away"
    await town.press("ahe", town.last(town.private("ahe")), "🎁")
    assert await ledger(town) == [ISSUED]
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    asked = town.last(town.private("sam"))
    await town.press("sam", asked, "no code")
    code = CODE.findall(town.last(town.private("sam")).content)[0]
    await town.say("sam", town.private("sam"), code)
    assert await ledger(town) in ([CLAIMED], [USED])
    assert is_in(town, "sam", chat)


async def test_ones_own_donated_code_holds_up_no_other(database: Database) -> None:
    """阿禾 gave a code and waits: it serves whoever is not 阿禾, and 阿禾 is served by somebody else's."""
    circle = await found(database, strangers=2)
    ahe, sam = circle.strangers
    await circle.bring(ahe, circle.seed)
    async with database.writing() as session:
        await gifts.give(session, circle.community_id, ahe, 1, circle.seed, NOW)
        await waiting.join(session, circle.community_id, ahe, NOW)
        assert (await waiting.donate(session, circle.community_id, ahe, "seed", NOW))[1] is None
        _, theirs = await waiting.donate(session, circle.community_id, circle.seed, "seed", NOW)
        assert theirs is not None
        assert (theirs.person_id, theirs.invitation.holder_id) == (ahe, circle.seed)
        await waiting.join(session, circle.community_id, sam, SOON)
        his = await waiting.serve(session, circle.community_id, SOON)
        assert his is not None
        assert (his.person_id, his.invitation.holder_id) == (sam, ahe)
        assert await waiting.serve(session, circle.community_id, SOON) is None


async def test_no_turn_is_lost_to_what_happens_at_that_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code is opened, or who waits leaves the list, between the look at both and the promise."""
    circle = await found(database, strangers=3)
    quick, first, second = circle.strangers
    community = circle.community_id
    really = rows.get_first_pair
    async with database.writing() as session:
        for _ in range(2):
            await waiting.donate(session, community, circle.seed, "seed", NOW)
        await waiting.join(session, community, first, NOW)
        await waiting.join(session, community, second, SOON)

        async def and_it_is_opened(*asked: object) -> object:
            pair = await really(*asked)  # type: ignore[arg-type]
            monkeypatch.setattr("storage.waiting.get_first_pair", and_they_left)
            assert pair is not None
            assert await claims.claim_invitation(session, pair[1].id or 0, quick, NOW)
            return pair

        async def and_they_left(*asked: object) -> object:
            pair = await really(*asked)  # type: ignore[arg-type]
            monkeypatch.setattr("storage.waiting.get_first_pair", really)
            await rows.delete_waiting(session, community, first)
            return pair

        monkeypatch.setattr("storage.waiting.get_first_pair", and_it_is_opened)
        turn = await waiting.serve(session, community, SOON)
    assert turn is not None
    assert turn.person_id == second
    assert [(row.state, row.kept_for_id) for row in await circle.ledger()] == [(CLAIMED, None), (ISSUED, second)]


async def test_a_donated_code_that_opens_nothing_for_now_is_promised_to_nobody(database: Database) -> None:
    circle = await found(database, strangers=2)
    member, sam = circle.strangers
    await circle.bring(member, circle.seed)
    async with database.writing() as session:
        await waiting.donate(session, circle.community_id, circle.seed, "seed", NOW)
        await bars.bar(session, circle.community_id, circle.seed, INVITING, "resold", member, NOW)
        await waiting.join(session, circle.community_id, sam, NOW)
        assert await waiting.serve(session, circle.community_id, SOON) is None
        await gifts.give(session, circle.community_id, member, 1, circle.seed, NOW)
        _, theirs = await waiting.donate(session, circle.community_id, member, "seed", SOON)
    assert theirs is not None
    assert theirs.invitation.holder_id == member


async def test_the_code_in_a_friends_hands_is_not_given_away_a_second_time(database: Database) -> None:
    circle = await found(database, strangers=2)
    friend, sam = circle.strangers
    code = await circle.code()
    async with database.writing() as session:
        await waiting.join(session, circle.community_id, sam, NOW)
        turn = await waiting.sponsor(session, circle.community_id, circle.seed, sam, "seed", NOW)
    assert turn.invitation.code != code
    assert isinstance(await circle.redeem(friend, code), Admitted)


async def test_who_came_in_another_way_waits_no_more_and_their_code_serves_the_next(town: Town) -> None:
    chat = await gated(town)
    for who in ("sam", "xiaoman"):
        town.world.request_join(town.person(who), chat)
        await town.settle()
        await town.press(who, town.last(town.private(who)), "no code" if who == "sam" else "帮我排队")
    friend = (await invite(town, "yutong"))[0]
    await town.start("ahe")
    await donate(town)
    assert "your turn" in town.last(town.private("sam")).content
    kept = CODE.findall(town.last(town.private("sam")).content)[0]
    await town.say("sam", town.private("sam"), "/waiting")
    assert kept in town.last(town.private("sam")).content, "shown again to who has lost it"
    await donate(town)
    assert f"{(await kept_codes(town))[1][:4]}-…" in town.last(town.private("ahe")).content
    town.world.add_member(chat, town.person("sam"), by=town.person("tang"))
    await town.settle()
    theirs = CODE.findall(town.last(town.private("xiaoman")).content)[0]
    assert theirs not in (kept, friend)
    await town.say("xiaoman", town.private("xiaoman"), friend)
    assert is_in(town, "xiaoman", chat)
    await town.say("yutong", town.private("yutong"), "/waiting")
    assert "沒有人在排隊" in town.last(town.private("yutong")).content
    own = written((await kept_codes(town))[-1])
    await town.say("ahe", town.private("ahe"), own)
    assert "排队的人" in town.last(town.private("ahe")).content


async def donate(town: Town) -> None:
    """阿禾 gives a code to the list, and says so twice."""
    await town.say("ahe", town.private("ahe"), "/donate")
    await town.press("ahe", town.last(town.private("ahe")), "🎁")


async def kept_codes(town: Town) -> list[str]:
    """The codes that are kept for somebody, or given to the list."""
    given = or_(col(Invitation.is_pooled), col(Invitation.kept_for_id).is_not(None))
    async with town.database.reading() as look:
        found = await look.exec(select(Invitation.code).where(given, Invitation.state == ISSUED))
        return [code or "" for code in found]
