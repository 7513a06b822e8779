"""The waiting list: joined at the door, an honest place, sponsored and donated codes that open for one alone."""

import asyncio

import pytest
from sqlalchemy import or_
from sqlmodel import col, select

from bot.community import bars, gifts, restores, waiting
from bot.community.codes import written
from bot.community.invitations import MOST_CLAIMS, Admitted
from bot.community.waiting import Turn
from bot.sandbox.model import Chat, Message
from storage import claims, holds
from storage import waiting as rows
from storage.bars import INVITING
from storage.database import Database
from storage.invitations import CLAIMED, ISSUED, USED, Invitation
from tests.circle import LATER, NOW, SOON, found
from tests.test_invitation_stories import CODE, NOTHING, follow, gated, invite, inviter_of, is_in, ledger, url_of
from tests.town import Town


async def test_from_the_door_to_the_seat(town: Town) -> None:
    chat = await gated(town)
    for who in ("sam", "xiaoman"):
        await town.start(who)
        await stand_in_line(town, chat, who)
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


async def test_who_never_pressed_start_is_asked_to_before_a_code_is_spent_on_them(town: Town) -> None:
    """Who only asked to join can be written to for five minutes: a turn they would not hear of is nobody's."""
    chat = await gated(town)
    asked = await stand_in_line(town, chat, "sam")
    assert "number 1 of 1" in asked.content
    assert "I cannot write to you" in asked.content
    town.clock.leap(600)
    await donate(town)
    assert "联系得上的人" in town.last(town.private("ahe")).content, "somebody does wait"
    await town.say("ahe", town.private("ahe"), "/sponsor")
    assert "联系得上的人" in town.last(town.private("ahe")).content
    assert not town.last(town.private("ahe")).buttons
    await follow(town, "sam", url_of(asked))
    code = CODE.findall(town.last(town.private("sam")).content)[0]
    await town.say("sam", town.private("sam"), code)
    assert is_in(town, "sam", chat)


async def test_a_code_that_lies_there_is_given_out_as_soon_as_it_can_be(town: Town) -> None:
    """Who could not be told says something by themselves; who gave it may invite again; a promise is withdrawn."""
    chat = await gated(town)
    sam, xiaoman = town.private("sam"), town.private("xiaoman")
    for who in ("sam", "xiaoman"):
        await stand_in_line(town, chat, who)
    town.clock.leap(600)
    await donate(town)
    await town.say("sam", sam, "hi")
    code = CODE.findall(town.last(sam).content)[0]
    await town.say("sam", sam, code)
    assert is_in(town, "sam", chat)

    await town.start("yutong")
    await donate(town)
    await town.say("yutong", town.private("yutong"), "/bar 阿禾 resold")
    await town.say("xiaoman", xiaoman, "/waiting")
    assert "第 1，共 1" in town.last(xiaoman).content
    await town.say("yutong", town.private("yutong"), "/unbar 阿禾")
    first = CODE.findall(town.last(xiaoman).content)[0]

    await town.say("yutong", chat, "/donate")
    assert "私下告訴你" in town.last(chat).content, "to one alone, in their language"
    await follow(town, "yutong", url_of(town.last(chat)))
    await town.press("yutong", town.last(town.private("yutong")), "🎁")
    await town.start("tang")
    await town.say("tang", town.private("tang"), "/revoke 阿禾 resold")
    (second,) = CODE.findall(town.last(xiaoman).content)
    assert second.replace("-", "") in await kept_codes(town)
    assert second != first, "what was promised is withdrawn, and another lay there"


async def test_a_donated_code_goes_to_who_has_waited_longest(town: Town) -> None:
    chat = await gated(town)
    await town.start("ahe")
    town.world.add_bot(chat, town.person("tang"), admin=False)
    await town.settle()
    await town.say("ahe", chat, "/donate")
    assert not [button for row in town.last(chat).buttons for button in row if button.data], "others could press it"
    await follow(town, "ahe", url_of(town.last(chat)))
    town.world.add_bot(chat, town.person("tang"), admin=True)
    await town.settle()
    assert await ledger(town) == [], "a slip of the finger gives nothing away"
    await town.press("ahe", town.last(town.private("ahe")), "🎁")
    assert await ledger(town) == [ISSUED]
    await town.start("sam")
    await stand_in_line(town, chat, "sam")
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


async def test_who_leaves_the_list_and_who_is_served_do_not_wait_for_each_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds one's place holds it before the code, in whatever is done."""
    if database.is_sqlite:
        return  # one writes after the other there
    circle = await found(database, strangers=2)
    first, second = circle.strangers
    community, at_hand, really = circle.community_id, asyncio.Event(), rows.claim_turn
    async with database.writing() as session:
        await waiting.donate(session, community, circle.seed, "seed", NOW)
        await waiting.join(session, community, first, NOW)
        await waiting.join(session, community, second, SOON)

    async def serve() -> Turn | None:
        async with database.writing() as session:
            return await waiting.serve(session, community, SOON)

    async def claim_turn(*asked: object) -> bool:
        at_hand.set()
        return await really(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr("storage.waiting.claim_turn", claim_turn)
    async with database.writing() as session:
        await waiting.leave(session, community, first, "came in", first, SOON)
        serving = asyncio.create_task(serve())
        await at_hand.wait()
        ours = await waiting.serve(session, community, SOON)
    turns = [ours, await serving]
    assert [turn.person_id for turn in turns if turn] == [second]


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


async def test_who_was_promised_a_code_that_is_withdrawn_has_their_old_place(database: Database) -> None:
    circle = await found(database, strangers=3)
    cheat, first, second = circle.strangers
    community = circle.community_id
    await circle.bring(cheat, circle.seed)
    async with database.writing() as session:
        await gifts.give(session, community, cheat, 1, circle.seed, NOW)
        for who in (first, second):
            await waiting.join(session, community, who, NOW)
        await waiting.sponsor(session, community, cheat, first, "seed", NOW)
        assert await waiting.find(session, community, first, NOW) is None
        await bars.revoke_branch(session, community, cheat, "转卖", circle.seed, SOON)
        place = await waiting.find(session, community, first, SOON)
        assert place is not None
        assert place.position == 1
        _, turn = await waiting.donate(session, community, circle.seed, "seed", SOON)
        assert turn is not None
        assert turn.person_id == first
        await holds.add_holds(session, SOON, SOON)
        await restores.decide(session, community, restores.Choice.REPLACE_CODES, circle.seed, SOON)
        assert await waiting.find(session, community, first, SOON) == place, "nor by what is replaced after a copy"
        await bars.ban(session, community, first, circle.seed, SOON)
        assert await waiting.find(session, community, first, SOON) is None, "the banned do not wait"


async def test_the_code_in_a_friends_hands_is_not_given_away_a_second_time(database: Database) -> None:
    circle = await found(database, strangers=2)
    friend, sam = circle.strangers
    code = await circle.code()
    async with database.writing() as session:
        await waiting.join(session, circle.community_id, sam, NOW)
        turn = await waiting.sponsor(session, circle.community_id, circle.seed, sam, "seed", NOW)
    assert turn.invitation.code != code
    assert isinstance(await circle.redeem(friend, code), Admitted)


async def test_a_code_that_opens_for_one_alone_keeps_opening_for_them(database: Database) -> None:
    """However often they claim it and do not come in: it is kept from nobody else by that."""
    circle = await found(database, strangers=1)
    (sam,) = circle.strangers
    async with database.writing() as session:
        await waiting.join(session, circle.community_id, sam, NOW)
        turn = await waiting.sponsor(session, circle.community_id, circle.seed, sam, "seed", NOW)
    for time in range(MOST_CLAIMS + 1):
        now = NOW + (LATER - NOW) * time
        assert isinstance(await circle.redeem(sam, turn.invitation.code or "", now), Admitted)


async def test_who_came_in_another_way_waits_no_more_and_their_code_serves_the_next(town: Town) -> None:
    chat = await gated(town)
    for who in ("sam", "xiaoman"):
        await town.start(who)
        await stand_in_line(town, chat, who)
    friend = (await invite(town, "yutong"))[0]
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


async def stand_in_line(town: Town, chat: Chat, who: str) -> Message:
    """Somebody knocks, has no code and asks for a place; returns what the bot asked them."""
    town.world.request_join(town.person(who), chat)
    await town.settle()
    asked = town.last(town.private(who))
    await town.press(who, asked, "no code" if who == "sam" else "帮我排队")
    return asked


async def donate(town: Town) -> None:
    """阿禾 gives a code to the list, and says so twice."""
    await town.say("ahe", await town.start("ahe"), "/donate")
    await town.press("ahe", town.last(town.private("ahe")), "🎁")


async def kept_codes(town: Town) -> list[str]:
    """The codes that are kept for somebody, or given to the list."""
    given = or_(col(Invitation.is_pooled), col(Invitation.kept_for_id).is_not(None))
    async with town.database.reading() as look:
        found = await look.exec(select(Invitation.code).where(given, Invitation.state == ISSUED))
        return [code or "" for code in found]
