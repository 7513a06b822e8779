"""“I'll try it first”: on what is planned or started; the team sees who, and they hear first when it ships."""

from sqlmodel import select

from bot.community.notices import EARLY
from storage import reservations
from storage.notices import Notice
from tests.town import Town


async def names(town: Town) -> list[str]:
    async with town.database.reading() as look:
        found = await reservations.list_reserving(look, [1])
        assert await reservations.count_reservations(look, [1, 1]) == len(found)
        return [person.name for person in found]


async def test_reserving_by_button_and_by_word(any_town: Town) -> None:
    town, group = any_town, any_town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    card = town.public(group)[-1]
    await town.say("ahe", group, "/reserve 1")
    assert "/vote 1" in town.last(group).content, "too early: what to do instead"
    assert not card.button("reserve:1")
    await town.say("yutong", group, "/status 1 planned")
    public = len(town.public(group))
    assert await town.press("ahe", card, "✋")
    town.clock.leap(5)
    await town.say("xiaoman", group, "预约 1")
    assert await names(town) == ["阿禾", "小满"]
    await town.press("ahe", card, "✋")
    await town.press("sam", card, "✋")
    assert await names(town) == ["小满"]
    await town.say("ahe", group, "預約 1")
    assert len(town.public(group)) == public, "nobody else was disturbed"
    await town.say("ahe", group, "/reservations 1")
    assert "小满" not in town.last(group).content, "who reserves is the team's to know"
    await town.say("yutong", group, "/reservations 1")
    assert "阿禾" in town.last(group).content
    assert len(town.public(group)) == public


async def test_who_reserved_hears_first_when_it_ships(any_town: Town) -> None:
    town, group = any_town, any_town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.say("yutong", group, "/status 1 started")
    for who in ("ahe", "tang"):
        await town.say(who, group, "/reserve 1")
    await town.say("yutong", group, "/ship 1 v2.3 来了")
    async with town.database.reading() as look:
        told = list(await look.exec(select(Notice).where(Notice.kind == EARLY)))
    assert len({notice.person_id for notice in told}) == len(told) == 2
    await town.say("ahe", group, "/reserve 1")
    assert len(await names(town)) == 2, "what is shipped is not reserved any more"
