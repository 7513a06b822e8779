"""How many codes, and why; rounds, gifts and bars, as the team and the members live them."""

from datetime import timedelta

from sqlmodel import col, select

from bot.community import bars, gifts, invitations, quota
from bot.community.quota import FRIEND_STAYED, Quota
from storage import members
from storage.audit import AuditRow
from storage.bars import BRANCH, CREDIT, INVITING
from storage.database import Database
from storage.invitations import Invitation
from storage.votes import Vote
from tests.circle import NOW, SOON, Circle, found
from tests.test_invitation_stories import CODE, belong, gated, invite
from tests.town import Town

STAYED = SOON + FRIEND_STAYED


async def vote(circle: Circle, person: int, number: int, weeks: int = 0) -> None:
    async with circle.database.writing() as session:
        when = NOW + timedelta(weeks=weeks)
        session.add(Vote(suggestion_id=number, person_id=person, created_at=when))


# -- the arithmetic --------------------------------------------------------------------------------------------------


def test_the_sum() -> None:
    theirs = Quota(start=3, shipped=2, weeks=9, friends=1, granted=4, in_hand=3, spent=5)
    assert theirs.total == 3 + 2 + 2 + 1 + 4
    assert theirs.left == 4
    assert not theirs.is_full
    assert Quota(start=1, spent=3).left == 0


async def test_four_weeks_of_taking_part_earn_a_code_however_much_is_said_in_them(database: Database) -> None:
    circle = await found(database)
    await circle.ship(circle.strangers[0], count=9)
    for number in range(1, 6):
        await vote(circle, circle.seed, number)
    assert (await circle.quota(circle.seed)).for_weeks == 0
    for number in range(6, 9):
        await vote(circle, circle.seed, number, weeks=number)
    theirs = await circle.quota(circle.seed)
    assert (theirs.weeks, theirs.for_weeks) == (4, 1)


async def test_a_friend_counts_once_they_have_stayed_and_taken_part(database: Database) -> None:
    circle = await found(database)
    friend = circle.strangers[0]
    await circle.bring(friend, circle.seed)
    assert (await circle.quota(circle.seed, now=STAYED)).friends == 0, "who only watches is no reason"
    await circle.ship(friend)
    assert (await circle.quota(circle.seed, now=STAYED - timedelta(days=1))).friends == 0
    assert (await circle.quota(circle.seed, now=STAYED)).friends == 1
    async with database.writing() as session:
        await members.set_reachable(session, friend, reachable=True)
        await bars.bar(session, circle.community_id, friend, CREDIT, "刷号", circle.seed, STAYED)
    assert (await circle.quota(circle.seed, now=STAYED)).friends == 0


async def test_gifts_are_apart_from_what_is_earned(database: Database) -> None:
    circle = await found(database, strangers=1)
    for _ in range(3):
        await circle.mint()
    async with database.writing() as session:
        await gifts.give(session, circle.community_id, circle.seed, 7, circle.seed, NOW)
    theirs = await circle.quota(circle.seed)
    assert (theirs.in_hand, theirs.left, theirs.is_full) == (3, 0, False)
    assert len(await circle.mint()) == 10
    friend = circle.strangers[0]
    await circle.redeem(friend, (await circle.codes())[-1])
    await circle.enter(friend)
    assert (await circle.quota(circle.seed)).spent == 0


async def test_a_barred_members_codes_open_nothing_until_it_is_over(database: Database) -> None:
    circle = await found(database)
    code, friend = await circle.code(), circle.strangers[0]
    async with database.writing() as session:
        await bars.bar(session, circle.community_id, circle.seed, INVITING, "转卖", friend, NOW)
    assert isinstance(await circle.redeem(friend, code), invitations.Missed)
    async with database.writing() as session:
        await bars.lift(session, circle.community_id, circle.seed, INVITING, friend, NOW)
    assert isinstance(await circle.redeem(friend, code), invitations.Admitted)


async def test_a_paused_branch_is_all_below(database: Database) -> None:
    circle = await found(database, strangers=3)
    one, two, stranger = circle.strangers
    await circle.bring(one, circle.seed)
    await circle.bring(two, one)
    below, above = (await circle.codes(two))[-1], await circle.code()
    async with database.writing() as session:
        await bars.bar(session, circle.community_id, one, BRANCH, "刷号", circle.seed, NOW)
    assert isinstance(await circle.redeem(stranger, below), invitations.Missed)
    assert isinstance(await circle.redeem(stranger, above), invitations.Admitted)
    async with database.writing() as session:
        gone = await bars.revoke_branch(session, circle.community_id, one, "刷号", circle.seed, NOW)
        assert gone == {two: 1}
        assert (await quota.count(session, circle.community_id, two, "moderator", NOW)).left == 5, "it came home"


# -- as it is lived --------------------------------------------------------------------------------------------------


async def test_invite_says_how_many_and_why(town: Town) -> None:
    await gated(town)
    await shown(town, "ahe", times=4)
    said = town.last(town.private("ahe")).content
    assert "起始 3 个" in said, "why"
    assert "上线" in said, "what earns more"
    await town.start("tang")
    await town.say("tang", town.private("tang"), "/gift 阿禾 1")
    assert await shown(town, "ahe", times=1) == 4
    said = town.last(town.private("ahe")).content
    assert "手里有 3 个" in said, "gifts are apart"
    assert said.count("团队送的") == 1


async def test_what_the_team_does_with_codes_is_no_news_to_an_open_group(town: Town) -> None:
    """Only the call for seeds is for everybody."""
    await gated(town)
    plaza = town.group("谷雨广场", "tang yutong ahe xiaoman")
    await town.settle()
    await belong(town, plaza, "小米种子")
    assert await shown(town, "xiaoman", times=1) == 0
    before = len(town.public(plaza))
    for said in ("/waves", "/waves 5 10", "/round 1", "/gift 小满 1", "/seeds open 2", "/seeds question 1 ?", "/apply"):
        heard = len(town.said(plaza))
        await town.say("tang", plaza, said)
        assert len(town.said(plaza)) > heard, said
    await town.say("tang", plaza, "/seeds close")
    assert ["🌱" in message.content for message in town.public(plaza)[before:]] == [True]
    assert await shown(town, "xiaoman", times=1) == 1
    assert "还没有可以送" not in town.last(town.private("xiaoman")).content, "a gift is something to give"


async def test_a_round_is_previewed_opened_once_and_told_where_everyone_is(town: Town) -> None:
    chat = await gated(town)
    await town.say("yutong", chat, "/round 2")
    assert "seats" not in town.last(chat).content
    await town.say("tang", chat, "/round 2")
    asked = town.last(chat)
    await town.say("tang", chat, "/round 2")
    twice = town.last(chat)
    await town.press("yutong", asked, "6")
    assert await shown(town, "ahe", times=6) == 3
    await town.press("tang", asked, "6")
    assert "🌾" in town.last(chat).content
    await town.press("tang", twice, "6")
    assert await shown(town, "ahe", times=3) == 5, "two more, and no more than five in the hand"
    await town.say("tang", chat, "/round 1")
    town.world.add_member(chat, town.person("xiaoman"), by=town.person("tang"))
    await town.settle()
    assert "不一样" in await town.press("tang", town.last(chat), "3"), "four are there now"
    assert "round" in await audited(town)


async def shown(town: Town, who: str, times: int) -> int:
    return len([await invite(town, who) for _ in range(times)][-1])


async def audited(town: Town) -> list[str]:
    async with town.database.reading() as look:
        return list(await look.exec(select(AuditRow.action).order_by(col(AuditRow.id))))


async def test_a_gift_with_a_door_is_told_privately(town: Town) -> None:
    chat = await gated(town)
    await town.start("ahe")
    await town.say("ahe", chat, "/gift 阿禾 2")
    await town.say("yutong", chat, "/gift 阿禾 2 partner 春季发布会")
    assert "春季发布会" in town.last(chat).content
    assert "2" in town.last(town.private("ahe")).content
    async with town.database.reading() as look:
        given = list(await look.exec(select(Invitation)))
    assert [(row.is_gift, row.touchpoint, row.campaign) for row in given] == [(True, "partner", "春季发布会")] * 2
    assert await audited(town) == ["gift"]


async def test_a_bar_has_a_reason_is_told_and_can_be_lifted(town: Town) -> None:
    chat = await gated(town)
    await invite(town)
    wish = await town.say("ahe", chat, "大家好")
    await town.say("yutong", chat, "/bar", reply_to=wish)
    await town.say("yutong", chat, "/bar 邀请码被转卖", reply_to=wish)
    assert "邀请码被转卖" in town.last(town.private("ahe")).content
    assert not await invite(town)
    assert "邀请码被转卖" in town.last(town.private("ahe")).content
    await town.say("yutong", chat, "/unbar 阿禾")
    assert CODE.search("\n".join(await invite(town)))
    assert await audited(town) == ["bar", "bar"]
