"""The waiting list: joined at the door, an honest place, sponsored and donated codes that open for one alone."""

from bot.community import gifts, waiting
from storage.database import Database
from storage.invitations import CLAIMED, ISSUED, USED
from tests.circle import NOW, SOON, found
from tests.test_invitation_stories import CODE, NOTHING, gated, inviter_of, is_in, ledger
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
        assert await waiting.donate(session, circle.community_id, ahe, "seed", NOW) is None
        theirs = await waiting.donate(session, circle.community_id, circle.seed, "seed", NOW)
        assert theirs is not None
        assert (theirs.person_id, theirs.invitation.holder_id) == (ahe, circle.seed)
        await waiting.join(session, circle.community_id, sam, SOON)
        his = await waiting.serve(session, circle.community_id, SOON)
        assert his is not None
        assert (his.person_id, his.invitation.holder_id) == (sam, ahe)
        assert await waiting.serve(session, circle.community_id, SOON) is None
