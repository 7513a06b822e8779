"""Seeds: called for, applying in private, chosen from a ranked list, numbered for ever."""

from bot.community import seeds
from storage import seeds as rows
from storage.database import Database
from storage.seeds import ACCEPTED
from tests.circle import NOW, found
from tests.test_invitation_stories import belong, gated, is_in, url_of
from tests.test_quota import audited
from tests.town import Town


async def test_the_list_goes_by_what_was_given_and_never_by_talk(database: Database) -> None:
    circle = await found(database, strangers=3)
    shipper, asker, newcomer = circle.strangers
    async with database.writing() as session:
        await seeds.open_call(session, circle.community_id, 100, circle.seed, NOW)
        for person in (newcomer, asker, shipper):
            for question in (1, 2, 3):
                await seeds.answer(session, circle.community_id, person, question, "话很多 " * 200, NOW)
    await circle.ship(shipper)
    async with database.reading() as look:
        ranked = await seeds.rank(look, circle.community_id)
    assert [one.person.id for one in ranked] == [shipper, newcomer, asker]
    async with database.writing() as session:
        numbers = [await seeds.accept(session, one.application, circle.seed, NOW) for one in ranked]
    assert numbers == [2, 3, 4], "who was a seed before is number one"
    async with database.reading() as look:
        assert len(await rows.list_applications(look, circle.community_id, ACCEPTED)) == 3


async def test_from_the_call_to_the_seat(town: Town) -> None:
    chat = await gated(town)
    plaza = town.group("谷雨广场", "tang yutong ahe xiaoman")
    await town.settle()
    await belong(town, plaza, "小米种子")
    await town.say("xiaoman", plaza, "/suggest 锁屏显示日程")
    await town.say("yutong", plaza, "/seeds open 100")
    called = next(message for message in reversed(town.public(plaza)) if "🌱" in message.content)
    town.world.open_link(town.person("xiaoman"), url_of(called))
    await town.settle()
    private = town.private("xiaoman")
    for number, words in enumerate(("每天看日程", "锁屏要解锁才看得到", "锁屏卡片，小米 15"), start=1):
        assert f"{number}/3" in town.last(private).content
        await town.say("xiaoman", private, "／aply")  # a command nobody knows is no answer
        await town.say("xiaoman", private, words)
    await town.say("yutong", plaza, "/seeds")
    listed = town.last(plaza)
    assert "100 個席位，已有 0 個有主" in listed.content, "who was there before takes none"
    assert "锁屏卡片" in listed.content
    assert "锁屏卡片" not in "".join(message.content for message in town.public(plaza) if message.sender.is_bot)
    await town.press("yutong", listed, "1.")
    seat = town.last(private)
    assert "002" in seat.content, "阿禾 was there first"
    town.world.open_link(town.person("xiaoman"), url_of(seat))
    await town.settle()
    assert is_in(town, "xiaoman", chat)
    await town.say("xiaoman", private, "/hall")
    assert "001 阿禾" in town.last(private).content
    assert "002 小满 🌱" in town.last(private).content
    assert await audited(town) == ["seeds open", "seeds accepted"]
    assert [chat.members[town.person(who).id].tag for who in ("ahe", "xiaoman")] == ["种子 001", "种子 002"]
    town.world.leave(town.person("xiaoman"), chat)
    town.clock.leap(86_400)
    town.world.open_link(town.person("xiaoman"), url_of(seat))
    await town.settle()
    assert chat.members[town.person("xiaoman").id].tag == "种子 002", "who comes back has it again"


async def test_who_has_only_read_along_so_far_may_apply(town: Town) -> None:
    await gated(town)
    plaza = town.group("谷雨广场", "tang yutong xiaoman")
    await town.settle()
    await belong(town, plaza, "小米种子")
    await town.say("yutong", plaza, "/seeds open 100")
    for who, answer in (("xiaoman", "1/3"), ("sam", "none of my communities")):
        town.world.open_link(town.person(who), url_of(town.public(plaza)[-1]))
        await town.settle()
        assert answer in town.last(town.private(who)).content


async def test_without_the_right_to_tag_a_seed_comes_in_all_the_same(town: Town) -> None:
    chat = await gated(town)
    town.world.promote(chat, town.world.bot, can_invite_users=True)
    await town.settle()
    await town.say("yutong", chat, "/seeds open 100")
    refused = [call for call in town.sandbox.calls if call.method == "setChatMemberTag"]
    assert refused
    assert not any(call.ok for call in refused)
    assert chat.members[town.person("ahe").id].tag == ""
    await town.say("ahe", town.private("ahe"), "/hall")
    assert "002 阿禾" in town.last(town.private("ahe")).content
