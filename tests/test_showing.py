"""`/show 12`: whole, for one reader, with a link only where they can open it."""

from bot.community.audit import Action, record
from bot.sandbox.model import Chat
from storage import communities
from tests.town import Town


async def row_of(town: Town, chat: Chat) -> communities.Chat:
    async with town.database.reading() as look:
        found = await communities.get_chat_by_external_id(look, str(chat.id))
    assert found is not None
    return found


async def a_staff_room(town: Town) -> Chat:
    """The team's own chat of the first community."""
    room = town.group("小米团队", "tang yutong")
    await town.settle()
    async with town.database.writing() as session:
        row = await communities.get_chat_by_external_id(session, str(room.id))
        assert row is not None
        row.community_id, row.is_staff, row.is_open = 1, True, False
    return room


async def joined(town: Town, group: Chat, *who: str) -> None:
    """小满 asks for something, and others join with words of their own."""
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    for one in who:
        await town.say(one, group, f"建议 支援深色模式{'啊' * len(one)}")
        await town.press(one, town.last(group), "+1")


def links(town: Town, chat: Chat) -> list[str]:
    return [button.url for row in town.last(chat).buttons for button in row if button.url]


def labels(town: Town, chat: Chat) -> str:
    return " ".join(button.label for row in town.last(chat).buttons for button in row)


async def test_it_shows_everything_to_one_reader(any_town: Town) -> None:
    group = any_town.group()
    await joined(any_town, group, "ahe")
    await any_town.say("yutong", group, "/decline 1 屏幕不支持")
    async with any_town.database.writing() as session:
        action = Action(1, 1, "status", "#1")
        await record(session, action, {"status": "open"}, {"status": "planned"}, any_town.clock.now())
    public = len(any_town.public(group))
    await any_town.say("yutong", group, "查看 1")
    shown = any_town.last(group).content
    for part in ("希望支持深色模式", "小满", "👍 1", "屏幕不支持", "阿禾", "支援深色模式啊", "11月16日", "已計畫"):
        assert part in shown, part
    assert len(any_town.public(group)) == public


async def test_its_author_can_change_it_there_and_others_can_vote(town: Town) -> None:
    group = town.group()
    await joined(town, group)
    await town.say("xiaoman", group, "/show 1")
    assert "👍" not in labels(town, group)
    await town.press("xiaoman", town.last(group), "✏")
    await town.say("xiaoman", group, "深色模式", reply_to=town.last(group))
    await town.say("ahe", group, "/show 1")
    page = town.last(group)
    assert "💡 #1 深色模式" in page.content
    assert "✏" not in labels(town, group)
    assert await town.press("ahe", page, "👍")
    await town.press("ahe", page, "🔔")
    assert "🔕" in str(page.buttons)
    await town.press("ahe", page, "🔕")
    assert "🔔" in str(page.buttons)


async def test_voices_have_pages(town: Town) -> None:
    group = town.group()
    people = [f"p{n}" for n in range(7)]
    for key in people:
        town.world.add_person(key, f"路人{key}", "zh-hans")
        town.world.join(town.person(key), group)
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    for n, key in enumerate(people):
        await town.say(key, group, f"建议 支援深色模式{'啊' * n}")
        await town.press(key, town.last(group), "+1")
    await town.say("yutong", group, "/show 1")
    page = town.last(group)
    assert "路人p4" in page.content
    assert "路人p5" not in page.content
    await town.press("yutong", page, "▶")
    assert "路人p4" not in page.content
    assert "路人p6" in page.content
    await town.press("yutong", page, "◀")
    assert "路人p0" in page.content
    town.world.press_data(town.person("yutong"), page, "show:1:999")
    await town.settle()
    assert "路人p6" in page.content


async def test_the_source_is_linked_where_its_readers_can_open_it(town: Town) -> None:
    gated = town.world.add_chat("种子群", owner=town.person("tang"))
    for who in ("xiaoman", "yutong"):
        town.world.join(town.person(who), gated)
    town.world.add_bot(gated, town.person("tang"), admin=True)
    said = await town.say("xiaoman", gated, "/suggest 夜间模式")
    link = f"https://t.me/c/{str(gated.id).removeprefix('-100')}/{said.id}"
    staff, other = await a_staff_room(town), town.group("公测群", "tang ahe xiaoman")
    await town.settle()
    async with town.database.writing() as session:
        await session.merge(await row_of(town, other))
        row = await communities.get_chat_by_external_id(session, str(other.id))
        assert row is not None
        row.community_id = 1
    for who, chat, expected in (("xiaoman", gated, [link]), ("yutong", staff, [link]), ("ahe", other, [])):
        await town.say(who, chat, "/show 1")
        assert links(town, chat) == expected, chat.title
    for who, expected in (("xiaoman", [link]), ("ahe", [])):
        private = await town.start(who)
        await town.say(who, private, "/show 1")
        assert links(town, private) == expected, who


async def test_a_public_chat_and_a_topic_are_linked_by_name(town: Town) -> None:
    forum = town.world.add_chat("论坛", owner=town.person("tang"), username="guyu_forum", forum=True)
    town.world.join(town.person("xiaoman"), forum)
    town.world.add_bot(forum, town.person("tang"), admin=True)
    topic = town.world.add_topic(town.person("tang"), forum, "点子")
    said = town.world.say(town.person("xiaoman"), forum, "/suggest 夜间模式", topic=topic)
    await town.settle()
    assert town.public(forum)[-1].topic == topic.id, "the card stands in the source's topic"
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, "/show 1")
    assert links(town, private) == [f"https://t.me/guyu_forum/{topic.id}/{said.id}"]


async def test_the_team_sees_the_picture(town: Town) -> None:
    group = town.group()
    await town.settle()
    shown = town.world.send_photo(town.person("xiaoman"), group, "建议 状态栏太挤了")
    staff = await a_staff_room(town)
    await town.say("yutong", group, "/show 1")
    assert "🖼" not in labels(town, group), "there it can be seen above"
    await town.say("yutong", staff, "/show 1")
    await town.press("yutong", town.last(staff), "🖼")
    assert town.public(staff)[-1].photo is shown.photo
    private = await town.start("ahe")
    await town.say("ahe", private, "/show 1")
    assert "🖼" not in labels(town, private)
    town.world.press_data(town.person("ahe"), town.last(private), "picture:1")
    await town.settle()
    assert not [message for message in town.said(private) if message.photo]


async def test_another_communitys_is_not_there(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    other = town.group("别的产品", "sam")
    await town.say("sam", other, "/show 1")
    assert "夜间模式" not in town.last(other).content
