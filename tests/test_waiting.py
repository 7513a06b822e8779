"""The waiting list: joined at the door, an honest place, sponsored and donated codes that open for one alone."""

from storage.invitations import CLAIMED, ISSUED, USED
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


async def test_a_donated_code_goes_to_who_has_waited_longest(town: Town) -> None:
    chat = await gated(town)
    await town.say("ahe", await town.start("ahe"), "/donate")
    assert await ledger(town) == [ISSUED]
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    asked = town.last(town.private("sam"))
    await town.press("sam", asked, "no code")
    code = CODE.findall(town.last(town.private("sam")).content)[0]
    await town.say("sam", town.private("sam"), code)
    assert await ledger(town) in ([CLAIMED], [USED])
    assert is_in(town, "sam", chat)
