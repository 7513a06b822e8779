"""The bot's life in chats: the welcome, what a chat is for, chats of one community, moving, leaving, languages."""

from datetime import timedelta

from sqlmodel import select

from bot.sandbox.model import Chat
from storage import communities
from storage.communities import Chat as ChatRow
from storage.communities import Community
from tests.town import Town


async def row(town: Town, chat: Chat) -> ChatRow:
    async with town.database.reading() as look:
        found = await communities.get_chat_by_external_id(look, str(chat.id))
    assert found is not None
    return found


async def test_the_welcome_says_what_it_sees_and_wants(town: Town) -> None:
    plain = town.group("甲", admin=False)
    await town.settle()
    trusted = town.group("乙")
    await town.settle()
    assert len(town.texts(plain)) == len(town.texts(trusted)) == 1
    assert town.last(plain).content != town.last(trusted).content.replace("乙", "甲")
    for group in (plain, trusted):
        offered = [button.data for row in town.last(group).buttons for button in row]
        assert [data for data in offered if not (data or "").startswith("belongs")] == ["setup"]


async def test_the_rights_wanted_are_said_privately_where_that_can_be(town: Town) -> None:
    private = await town.start("tang")
    group = town.group("甲", admin=False)
    await town.settle()
    assert len(town.texts(group)) == 1
    assert "甲" in town.last(private).content
    before = len(town.texts(group))
    town.world.promote(group, town.world.bot, can_delete_messages=True)
    town.world.promote(group, town.world.bot)
    await town.settle()
    assert len(town.texts(group)) == before, "when rights change nothing is said"


async def forum(town: Town) -> Chat:
    chat = town.world.add_chat("论坛", owner=town.person("tang"), forum=True)
    for who in ("yutong", "xiaoman"):
        town.world.join(town.person(who), chat)
    town.world.promote(chat, town.person("yutong"))
    town.world.add_bot(chat, town.person("tang"), admin=True)
    await town.settle()
    return chat


async def test_answers_stay_in_their_topic_and_posts_go_where_the_team_says(town: Town) -> None:
    chat = await forum(town)
    ideas = town.world.add_topic(town.person("tang"), chat, "点子")
    news = town.world.add_topic(town.person("tang"), chat, "公告")
    said = town.world.say(town.person("xiaoman"), chat, "/suggest 夜间模式", topic=ideas)
    await town.settle()
    assert town.public(chat)[-1].topic == ideas.id
    assert town.public(chat)[-1].reply_to is said
    town.world.say(town.person("yutong"), chat, "/setup", topic=news)
    await town.settle()
    assert await town.press("xiaoman", town.last(chat), town.last(chat).buttons[-1][0].label)
    await town.press("yutong", town.last(chat), town.last(chat).buttons[-1][0].label)
    assert (await row(town, chat)).topic == str(news.id)
    await town.say("yutong", chat, "/ship 1 v2.3 赶上了")
    town.clock.leap(timedelta(days=5).total_seconds())
    await town.knock()
    assert "v2.3" in town.public(chat)[-1].content
    assert town.public(chat)[-1].topic == news.id


async def test_a_closed_topic_is_left_and_the_team_told_once(town: Town) -> None:
    chat = await forum(town)
    news = town.world.add_topic(town.person("tang"), chat, "公告")
    async with town.database.writing() as session:
        await communities.set_topic(session, (await row(town, chat)).id or 0, str(news.id))
    await town.start("yutong")
    await town.say("xiaoman", chat, "/suggest 夜间模式")
    await town.say("yutong", chat, "/ship 1 v2.3 赶上了")
    town.world.set_topic_closed(town.person("tang"), chat, news, closed=True)
    for _ in range(2):
        town.clock.leap(timedelta(days=7).total_seconds())
        await town.knock()
    assert "v2.3" in "".join(message.content for message in town.public(chat) if message.topic is None)
    assert sum("/setup" in text for text in town.texts(town.private("yutong"))) == 1
    assert (await row(town, chat)).topic is None


async def test_only_the_owner_says_what_a_chat_is_for(town: Town) -> None:
    group = town.group()
    await town.settle()
    welcome = town.last(group)
    assert await town.press("xiaoman", welcome, welcome.buttons[0][0].label)
    await town.press("tang", welcome, welcome.buttons[0][0].label)
    welcome = town.last(group)
    assert welcome not in town.public(group)
    gated = welcome.buttons[0][1].label
    assert await town.press("xiaoman", welcome, gated)
    assert await town.press("yutong", welcome, gated)
    assert not (await row(town, group)).is_seed
    await town.press("tang", welcome, gated)
    assert (await row(town, group)).is_seed
    assert not (await row(town, group)).is_open
    await town.press("tang", welcome, gated)
    assert (await row(town, group)).is_open


async def test_several_chats_of_one_owner_become_one_community(town: Town) -> None:
    first = town.group("谷雨 OS")
    await town.settle()
    second = town.group("种子群")
    await town.settle()
    strange = town.group("别家的群", "sam")
    await town.settle()
    await town.press("tang", town.last(second), "谷雨 OS")
    assert (await row(town, first)).community_id == (await row(town, second)).community_id
    assert (await row(town, strange)).community_id != (await row(town, first)).community_id
    async with town.database.reading() as look:
        assert len((await look.exec(select(Community))).all()) == 2
    await town.say("xiaoman", first, "/suggest 夜间模式")
    await town.say("ahe", second, "/vote 1")
    assert town.world.messages(first)[-1].buttons[0][0].label == "👍 1"


async def test_a_chat_joins_later_too_and_after_its_role_was_set(town: Town) -> None:
    first = town.group("谷雨 OS")
    await town.settle()
    second = town.group("种子群")
    await town.settle()
    town.clock.leap(timedelta(days=8).total_seconds())
    await town.knock()
    await town.say("tang", second, "/setup")
    card = town.last(second)
    await town.press("tang", card, card.buttons[0][1].label)
    await town.press("tang", card, "谷雨 OS")
    assert (await row(town, first)).community_id == (await row(town, second)).community_id
    assert (await row(town, second)).is_seed


async def test_nobody_takes_a_chat_into_a_community_that_is_not_theirs(town: Town) -> None:
    ours = town.group("谷雨 OS")
    await town.settle()
    theirs = town.group("坏人的群", "sam")
    await town.settle()
    mine = (await row(town, ours)).community_id
    town.world.press_data(town.person("sam"), town.last(theirs), f"belongs:{mine}")
    await town.settle()
    assert (await row(town, theirs)).community_id != mine


async def test_a_group_that_becomes_a_supergroup_keeps_everything(any_town: Town) -> None:
    old = any_town.world.add_chat("谷雨 OS", kind="group", owner=any_town.person("tang"))
    any_town.world.join(any_town.person("xiaoman"), old)
    any_town.world.add_bot(old, any_town.person("tang"), admin=True)
    await any_town.say("xiaoman", old, "/suggest 夜间模式")
    before = await row(any_town, old)
    new = any_town.world.migrate_to_supergroup(old)
    await any_town.settle()
    assert (await row(any_town, new)).id == before.id
    assert (await row(any_town, old)).id == before.id, "a late update still names the old id"
    await any_town.say("tang", new, "/vote 1")
    await any_town.say("tang", new, "/top")
    assert "#1" in any_town.last(new).content
    async with any_town.database.reading() as look:
        assert len((await look.exec(select(Community))).all()) == 1


async def test_removed_and_brought_back(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    town.world.kick(group, town.world.bot, by=town.person("tang"))
    await town.settle()
    assert (await row(town, group)).status == "left"
    town.world.unban(group, town.world.bot)
    town.world.add_bot(group, town.person("tang"), admin=True)
    await town.say("xiaoman", group, "/top")
    assert (await row(town, group)).status == "administrator"
    assert "#1" in town.last(group).content


async def test_each_chat_and_each_person_has_a_language(town: Town) -> None:
    group = town.group()
    await town.say("yutong", group, "/language")
    await town.press("yutong", town.last(group), "English")
    await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.say("yutong", group, "/decline 1 屏幕不支持")
    assert "declined" in town.public(group)[-1].content
    await town.say("xiaoman", group, "/top")
    assert "还没有人提建议" in town.last(group).content, "what only one reads is in their own language"
    private = await town.start("sam")
    assert "Hello, I am Millet" in town.last(private).content
    await town.say("sam", private, "/language")
    await town.press("sam", town.last(private), "繁體中文")
    assert "繁體中文" in town.last(private).content
    await town.say("sam", private, "/help")
    assert "想了解什麼" in town.last(private).content


async def test_members_cannot_change_a_chats_language(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/language")
    assert await town.press("xiaoman", town.last(group), "English")
    assert (await row(town, group)).language is None


async def test_a_demotion_takes_effect_at_once(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.say("yutong", group, "/status 1 planned")
    town.world.demote(group, town.person("yutong"))
    await town.say("yutong", group, "/decline 1 because")
    async with town.database.reading() as look:
        chat = await communities.get_chat_by_external_id(look, str(group.id))
        assert chat is not None
    assert "🚫" not in "".join(town.texts(group))
