"""What the team can do to members and their branches: by command and button, written down, taken back, told or not."""

import pytest
from sqlmodel import col, select, update

from bot.community import bars, gifts, reattaching
from bot.community.errors import BroughtByThem, LaterAction, TreeChanged, WouldCircle
from bot.community.undoing import undo_last
from bot.sandbox.model import Chat
from storage import audit as log
from storage import bars as rows
from storage import invitations
from storage.bars import BRANCH, CREDIT, INVITING
from storage.communities import Chat as ChatRow
from storage.database import Database
from storage.invitations import ISSUED, REVOKED
from tests.circle import NOW, SOON, Circle, found
from tests.test_invitation_stories import belong, follow, gated, invite, inviter_of, ledger, url_of
from tests.town import Town


async def line(database: Database, length: int) -> Circle:
    """A seed who brought one, who brought another, and so on; two strangers outside."""
    circle = await found(database, strangers=length + 2)
    above = circle.seed
    for person in circle.strangers[:length]:
        await circle.bring(person, above)
        above = person
    return circle


async def test_every_bar_is_undone_and_so_is_its_end(database: Database) -> None:
    circle = await line(database, 1)
    one, team = circle.strangers[0], circle.seed
    for kind in (INVITING, BRANCH, CREDIT):
        async with database.writing() as session:
            await bars.bar(session, circle.community_id, one, kind, "转卖", team, NOW)
            await bars.bar(session, circle.community_id, team, kind, "另一个人", team, NOW)
            await undo_last(session, circle.community_id, team, NOW)
            assert not await rows.get_bar(session, circle.community_id, team, kind)
            await bars.lift(session, circle.community_id, one, kind, team, NOW)
            await undo_last(session, circle.community_id, team, SOON)
            again = await rows.get_bar(session, circle.community_id, one, kind)
            assert again is not None
            assert again.reason == "转卖"
            await undo_last(session, circle.community_id, team, SOON)
            assert not await rows.get_bar(session, circle.community_id, one, kind)


async def test_undoing_one_persons_bar_minds_nobody_of_the_same_name_nor_another_kind(database: Database) -> None:
    circle = await line(database, 2)
    one, two = circle.strangers[:2]
    async with database.writing() as session:
        for person in (one, two):
            await session.exec(update(rows.Bar).where(col(rows.Bar.person_id) == person).values(reason=""))
        await bars.bar(session, circle.community_id, one, INVITING, "a", circle.seed, NOW)
        await bars.bar(session, circle.community_id, one, CREDIT, "b", two, NOW)
        await undo_last(session, circle.community_id, circle.seed, SOON)
        assert [bar.kind for bar in await rows.list_bars(session, circle.community_id)] == [CREDIT]
        await bars.bar(session, circle.community_id, one, INVITING, "c", circle.seed, NOW)
        await bars.lift(session, circle.community_id, one, INVITING, two, NOW)
        with pytest.raises(LaterAction):
            await undo_last(session, circle.community_id, circle.seed, SOON)


async def test_a_branchs_codes_are_withdrawn_and_gifts_come_back_when_that_is_undone(database: Database) -> None:
    circle = await line(database, 2)
    one, two, stranger = circle.strangers[:3]
    kept, lost = await circle.code(), (await circle.codes(two))[-1]
    async with database.writing() as session:
        await gifts.give(session, circle.community_id, one, 2, circle.seed, NOW, campaign="春季")
        gone = await bars.revoke_branch(session, circle.community_id, one, "刷号", circle.seed, NOW)
        assert gone == {one: 2, two: 1}
        await undo_last(session, circle.community_id, circle.seed, SOON)
    unused = [row for row in await circle.ledger() if row.state == ISSUED]
    assert [(row.holder_id, row.is_gift, row.campaign) for row in unused] == [
        (circle.seed, False, ""),
        (one, True, "春季"),
        (one, True, "春季"),
    ]
    assert kept in {row.code for row in unused}
    assert (await circle.quota(two, "moderator")).left == 5
    assert not isinstance(await circle.redeem(stranger, lost), invitations.Invitation)
    assert {row.state for row in await circle.ledger()} >= {REVOKED}


async def test_the_tree_is_mended_without_a_circle_and_set_back(database: Database) -> None:
    circle = await line(database, 3)
    one, two, three = circle.strangers[:3]
    community, team = circle.community_id, circle.seed
    async with database.writing() as session:
        for inviter, refusal in ((three, WouldCircle), (one, WouldCircle), (team, BroughtByThem)):
            with pytest.raises(refusal):
                await reattaching.preview(session, community, one, inviter)
        with pytest.raises(TreeChanged):
            await reattaching.reattach(session, community, three, one, one, team, NOW)
        seen = await reattaching.reattach(session, community, two, team, one, team, NOW)
        assert seen.below == 1
    assert (await circle.member(two)).inviter_id == team
    async with database.writing() as session:
        await reattaching.reattach(session, community, one, three, team, three, NOW)
    with pytest.raises(LaterAction):
        async with database.writing() as session:
            await undo_last(session, community, team, SOON)  # one stands below two by now: that would be a circle
    async with database.writing() as session:
        await undo_last(session, community, three, SOON)
        await undo_last(session, community, team, SOON)
        assert (await log.get_last_of(session, community, team, ["reattach"])) is None
    assert [(await circle.member(who)).inviter_id for who in (one, two, three)] == [team, one, two]


async def test_a_friend_counts_for_whoever_the_tree_names(database: Database) -> None:
    circle = await line(database, 2)
    one, two = circle.strangers[:2]
    await circle.ship(two)
    later = NOW.replace(month=12, day=20)
    async with database.writing() as session:
        await reattaching.reattach(session, circle.community_id, two, circle.seed, one, circle.seed, NOW)
    assert (await circle.quota(one, now=later)).friends == 0
    assert (await circle.quota(circle.seed, now=later)).friends == 1


# -- as it is lived --------------------------------------------------------------------------------------------------


async def a_team_room(town: Town) -> tuple[Chat, Chat]:
    """The gated group, and the team's room of the same community; 阿禾 brought Sam. The team reads English."""
    town.person("tang").language_code = "en"
    chat = await gated(town)
    await town.start("sam", (await invite(town))[0].replace("-", ""))
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    room = town.group("管理组", "tang yutong")
    await town.settle()
    await belong(town, room, "小米种子")
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).values(language="en"))
        there = col(ChatRow.external_id) == str(room.id)
        await session.exec(update(ChatRow).where(there).values(is_staff=True))
    await town.say("tang", await town.start("tang"), "/help")
    await town.say("yutong", chat, "/help")
    return chat, room


async def kinds_in_force(town: Town) -> list[str]:
    async with town.database.reading() as look:
        return list(await look.exec(select(rows.Bar.kind).where(col(rows.Bar.lifted_at).is_(None))))


async def test_the_team_acts_by_words_and_buttons_and_members_learn_what_concerns_them(any_town: Town) -> None:
    town = any_town
    chat, room = await a_team_room(town)
    ahe, sam = town.private("ahe"), town.private("sam")
    heard = [len(town.public(one)) for one in (chat, ahe, sam)]

    # silently: refused where members read it, never told to them
    await town.say("tang", chat, "/withhold Sam 一个人两个号")
    assert "Members must not read this" in town.last(chat).content
    await town.say("tang", room, "/withhold Sam 一个人两个号")
    assert "Credit of Sam is withheld" in town.last(room).content
    assert await kinds_in_force(town) == [CREDIT]
    await town.say("tang", room, "/audit")
    assert "credit withheld: – → 一个人两个号" in town.last(room).content
    await town.say("tang", room, "/undo")
    assert await kinds_in_force(town) == []
    assert [len(town.public(one)) for one in (chat, ahe, sam)] == heard

    # the card: a button asks for the reason; the words that answer it do it
    await invite(town)
    await town.say("tang", room, "/signs 阿禾")
    card = town.last(room)
    assert "brought 1, and 0 through them · unused codes below: 1" in card.content
    await town.press("yutong", card, "Pause branch")
    assert "Why is the branch of 阿禾 paused? They are told.\nPlease reply" in town.last(room).content, "one language"
    await town.press("tang", card, "Pause branch")
    await town.say("tang", room, "转卖邀请码", reply_to=town.last(room))
    assert await kinds_in_force(town) == [BRANCH]
    assert "转卖邀请码" in town.last(ahe).content
    await town.say("tang", room, "/signs 阿禾")
    card = town.last(room)
    assert "branch paused: 转卖邀请码" in card.content
    assert "counts" not in await town.press("tang", card, "End the pause")
    assert "branch paused" not in card.content
    assert "邀请" in town.last(ahe).content
    await town.press("tang", card, "Withdraw 1 code")
    await town.say("tang", room, "贴在了论坛", reply_to=town.last(room))
    assert (await ledger(town)).count(REVOKED) == 1
    assert "贴在了论坛" in town.last(ahe).content
    assert "1 unused code in the branch of 阿禾" in town.last(room).content

    # the tree: a preview, a press, an undo
    await town.press("tang", card, "Another inviter")
    await town.say("tang", room, "Sam", reply_to=town.last(room))
    assert "circle" in town.last(room).content
    await town.say("tang", room, "/reattach Sam 雨桐")
    assert "Who brought Sam: 阿禾 → 雨桐" in town.last(room).content
    assert await inviter_of(town, "sam") == "阿禾"
    await town.press("tang", town.last(room), "Move")
    assert await inviter_of(town, "sam") == "雨桐"
    await town.say("tang", room, "/audit")
    assert "brought by: 阿禾 → 雨桐" in town.last(room).content
    await town.say("tang", room, "/undo")
    assert await inviter_of(town, "sam") == "阿禾"
    assert len(town.public(sam)) == heard[2], "what the team mends is no business of Sam's"


async def test_who_is_not_of_the_team_can_do_none_of_it(town: Town) -> None:
    chat, room = await a_team_room(town)
    await town.say("tang", room, "/signs 阿禾")
    card = town.last(room)
    for text in ("/withhold Sam x", "/revoke Sam x", "/reattach Sam 雨桐", "/signs", "/signs Sam", "/bar Sam x"):
        await town.say("ahe", town.private("ahe"), text)
        assert "管理员" in town.last(town.private("ahe")).content, text
    for row in card.buttons:
        for button in row:
            town.world.press_data(town.person("ahe"), town.last(town.private("ahe")), button.data or "")
            await town.settle()
    assert await kinds_in_force(town) == []
    assert await inviter_of(town, "sam") == "阿禾"
    assert len(town.public(chat)) <= 2


async def test_lifting_one_of_several_bars_promises_nothing(town: Town) -> None:
    _, room = await a_team_room(town)
    ahe, sam = town.private("ahe"), town.private("sam")
    for text in ("/bar 阿禾 转卖", "/pause 阿禾 刷号", "/bar Sam 广告"):
        await town.say("tang", room, text)
    await town.say("tang", room, "/signs 阿禾")
    card = town.last(room)
    assert "the branch of 阿禾 is paused" in await town.press("tang", card, "Let invite again")
    assert "刷号" in town.last(ahe).content
    await town.say("tang", room, "/unbar Sam")
    assert "Sam still may not invite: the branch of 阿禾" in town.last(room).content
    assert "over, but invitations rest in your whole branch" in town.last(sam).content
    await town.press("tang", card, "End the pause")
    assert "你又可以邀请朋友" in town.last(ahe).content
