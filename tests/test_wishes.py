"""Overheard wishes: asked about where only their author sees it, or listed for the team; other talk is not stored."""

from datetime import timedelta

from sqlalchemy import text, update
from sqlmodel import col, select

from bot.community.wishes import MOST_LISTED
from bot.sandbox.model import Chat, Message
from storage import audit
from storage.communities import Chat as ChatRow
from storage.database import Session
from storage.inbox import InboxRow
from storage.members import Person
from storage.suggestions import Suggestion
from storage.wishes import DISMISSED, LISTED, NOTED, WAITING, Wish
from tests.test_hostile import HOSTILE
from tests.town import Town

WISH = "能不能加个夜间模式"
DAY = timedelta(days=1).total_seconds()


async def wishes(town: Town) -> list[Wish]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Wish).order_by(col(Wish.id))))


async def suggestions(town: Town) -> list[tuple[str, str, str | None]]:
    """Text, author, and who noted it for them."""
    async with town.database.reading() as look:
        people = {person.id: person.name for person in await look.exec(select(Person))}
        rows = await look.exec(select(Suggestion).order_by(col(Suggestion.number)))
        return [(row.text, people[row.author_id], people.get(row.captured_by_id)) for row in rows]


async def everything_stored(town: Town) -> str:
    """All text in every table, the inbox included."""
    async with town.database.reading() as look:
        return " ".join([await _dump(look, name) for name in await _tables(look, sqlite=town.database.is_sqlite)])


async def _tables(look: Session, *, sqlite: bool) -> list[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if sqlite
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    return [str(row[0]) for row in await (await look.connection()).execute(text(query))]


async def _dump(look: Session, table: str) -> str:
    rows = await (await look.connection()).execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608  # a table's own name
    return " ".join(str(tuple(row)) for row in rows)


def whispers(chat: Chat, key: str) -> list[Message]:
    return [message for message in chat.whispers.values() if message.receiver and message.receiver.key == key]


async def a_plain_group(town: Town) -> Chat:
    """Where the bot is no administrator but sees all, as with privacy mode off."""
    group = town.group(admin=False)
    town.world.privacy = False
    await town.settle()
    return group


async def a_team_room(town: Town, community_id: int = 1, owner: str = "tang") -> Chat:
    """The team's own chat of a community."""
    room = town.group(f"团队 {community_id}", f"{owner} yutong" if owner == "tang" else owner)
    await town.settle()
    async with town.database.writing() as session:
        row = update(ChatRow).where(col(ChatRow.external_id) == str(room.id))
        await session.exec(row.values(community_id=community_id, is_staff=True, is_open=False, language="en"))
    await town.knock()
    return room


async def test_the_author_is_asked_quietly_and_notes_it(any_town: Town) -> None:
    town = any_town
    group = town.group()
    await town.settle()
    public = len(town.public(group))
    said = await town.say("ahe", group, WISH)
    assert len(town.public(group)) == public
    [asked] = whispers(group, "ahe")
    assert WISH in asked.content
    assert await suggestions(town) == []
    await town.press("ahe", asked, "记下来")
    assert await suggestions(town) == [(WISH, "阿禾", None)]
    assert "#1" in whispers(group, "ahe")[0].content
    assert not whispers(group, "ahe")[0].buttons
    card = town.public(group)[-1]
    assert f"💡 #1 {WISH}" in card.content
    assert card.reply_to is said
    [wish] = await wishes(town)
    assert (wish.state, wish.text) == (NOTED, "")


async def test_ordinary_talk_is_stored_nowhere(any_town: Town) -> None:
    group = any_town.group()
    await any_town.say("ahe", group, "/top")
    for said in (
        "今天的会议改到下午三点了",
        "希望大家周末愉快",
        "能不能别吵了",
        "I wish you all a happy new year",
        "在吗？",
    ):
        await any_town.say("ahe", group, said)
        assert said not in await everything_stored(any_town)
    async with any_town.database.reading() as look:
        updates = len((await look.exec(select(InboxRow.update_id))).all())
    await any_town.say("ahe", group, "昨天那家店的面真好吃")
    async with any_town.database.reading() as look:
        assert len((await look.exec(select(InboxRow.update_id))).all()) == updates


async def test_no_thanks_forgets_the_words(any_town: Town) -> None:
    group = any_town.group()
    await any_town.say("ahe", group, WISH)
    [asked] = whispers(group, "ahe")
    await any_town.press("ahe", asked, "不用了")
    [wish] = await wishes(any_town)
    assert (wish.state, wish.text) == (DISMISSED, "")
    assert await suggestions(any_town) == []
    assert "settled" not in whispers(group, "ahe")[0].content


async def test_who_does_not_want_to_be_asked_is_not_even_listed(town: Town) -> None:
    group = town.group()
    await town.say("ahe", group, WISH)
    await town.press("ahe", whispers(group, "ahe")[0], "别问我")
    town.clock.leap(2 * DAY)
    await town.say("ahe", group, "希望支持双卡")
    assert len(whispers(group, "ahe")) == 1
    assert len(await wishes(town)) == 1
    await town.say("xiaoman", group, "希望支持双卡")
    assert len(whispers(group, "xiaoman")) == 1


async def test_one_question_a_person_and_day_the_rest_is_for_the_team(town: Town) -> None:
    group = town.group()
    await town.say("ahe", group, WISH)
    await town.say("ahe", group, "希望支持双卡")
    assert len(whispers(group, "ahe")) == 1
    assert [wish.state for wish in await wishes(town)][1:] == [WAITING]
    town.clock.leap(DAY + 60)
    await town.say("ahe", group, "求增加一键静音")
    assert len(whispers(group, "ahe")) == 2


async def test_a_similar_one_is_offered_to_its_author(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "能不能支持深色模式啊")
    await town.press("ahe", whispers(group, "ahe")[0], "记下来")
    [offer] = whispers(group, "ahe")
    assert "#1" in offer.content
    await town.press("ahe", offer, "+1")
    assert len(await suggestions(town)) == 1
    assert "👍 1" in str([message for message in town.public(group) if "💡 #1" in message.content][-1])


async def test_nobody_answers_for_another(town: Town) -> None:
    group = town.group()
    await town.say("ahe", group, WISH)
    [asked] = whispers(group, "ahe")
    for label in ("记下来", "不用了", "别问我"):
        assert await town.press("xiaoman", asked, label) != ""
    assert await suggestions(town) == []
    assert (await wishes(town))[0].text == WISH


async def test_what_is_captured_by_reply_is_not_noted_again(town: Town) -> None:
    group = town.group()
    said = await town.say("ahe", group, WISH)
    await town.say("yutong", group, "/suggest", reply_to=said)
    await town.press("ahe", whispers(group, "ahe")[0], "记下来")
    assert await suggestions(town) == [(WISH, "阿禾", "雨桐")]
    assert "#1" in whispers(group, "ahe")[0].content


async def test_where_the_bot_cannot_whisper_the_team_has_one_daily_list(any_town: Town) -> None:
    town = any_town
    group = await a_plain_group(town)
    room = await a_team_room(town)
    said = await town.say("ahe", group, WISH)
    await town.say("xiaoman", group, "希望支持双卡")
    public, before = len(town.public(group)), len(town.texts(room))
    assert not group.whispers
    await town.knock()
    assert len(town.texts(room)) == before
    town.clock.leap(DAY)
    for _ in range(3):
        await town.knock()
    await town.restart()
    await town.knock()
    assert len(town.texts(room)) == before + 1
    listed = town.last(room)
    assert WISH in listed.content
    assert "希望支持双卡" in listed.content
    assert f"/{said.id}" in str([entity.url for entity in listed.entities])
    await town.press("yutong", listed, "✍️ 1")
    assert await suggestions(town) == [(WISH, "阿禾", "雨桐")]
    assert WISH not in listed.content
    assert "💡 #1" in town.public(group)[-1].content
    await town.press("yutong", listed, "✕ 1")
    assert "settled" in listed.content
    assert [(wish.state, wish.text) for wish in await wishes(town)] == [(NOTED, ""), (DISMISSED, "")]
    assert len(town.public(group)) == public + 1, "only the card"
    async with town.database.reading() as look:
        log = await audit.list_actions(look, 1, 10)
    assert [(row.action, row.subject) for row in log] == [("drop", "wish"), ("note", "#1")]
    town.clock.leap(2 * DAY)
    await town.knock()
    assert len(town.texts(room)) == before + 2, "the list and the card of what was noted, nothing more"


async def test_a_button_of_the_list_is_the_teams_and_pressed_twice_changes_nothing(town: Town) -> None:
    group = await a_plain_group(town)
    room = await a_team_room(town)
    await town.say("ahe", group, WISH)
    town.clock.leap(DAY)
    await town.knock()
    listed = town.last(room)
    note = listed.buttons[0][0].data or ""
    for key, chat in (("ahe", group), ("xiaoman", group)):
        town.world.press_data(town.person(key), town.last(chat), note)
        await town.settle()
    assert await suggestions(town) == []
    for _ in range(2):
        town.world.press_data(town.person("yutong"), listed, note)
        await town.settle()
    assert len(await suggestions(town)) == 1


async def test_another_communitys_team_takes_nothing(town: Town) -> None:
    group = await a_plain_group(town)
    await a_team_room(town)
    await town.say("ahe", group, WISH)
    others = town.group("别的产品", "sam")
    town.clock.leap(DAY)
    await town.knock()
    assert (await wishes(town))[0].state == LISTED
    await town.say("sam", others, "/top")
    for name in ("wish_take", "wish_drop", "wish_note"):
        town.world.press_data(town.person("sam"), town.last(others), f"{name}:1")
        await town.settle()
    assert await suggestions(town) == []
    assert (await wishes(town))[0].state == LISTED


async def test_a_community_may_switch_overhearing_off(town: Town) -> None:
    group = town.group()
    await town.say("yutong", group, "/settings overhear off")
    await town.say("ahe", group, WISH)
    await town.knock()
    await town.say("ahe", group, "希望支持双卡")
    assert not whispers(group, "ahe")
    assert await wishes(town) == []
    assert "双卡" not in await everything_stored(town)


async def test_the_teams_room_is_not_listened_to(town: Town) -> None:
    room = await a_team_room(town)
    await town.say("tang", room, WISH)
    assert await wishes(town) == []
    assert WISH not in await everything_stored(town)


async def test_only_peoples_own_words_count(town: Town) -> None:
    group, channel = town.group(), town.world.add_chat("频道", kind="channel", owner=town.person("tang"))
    await town.say("ahe", group, "/top")
    town.world.say_anonymous_admin(group, WISH)
    town.world.say_as_channel(channel, group, WISH)
    await town.say("ahe", group, WISH, reply_to=town.public(group)[-1])
    command = await town.say("ahe", group, "/top")
    await town.say("xiaoman", group, WISH, reply_to=command)
    body = {
        "message_id": 5000,
        "date": 1_794_790_800,
        "chat": {"id": group.id, "type": "supergroup", "title": group.title},
        "from": {"id": town.person("ahe").id, "is_bot": False, "first_name": "阿禾"},
        "text": WISH,
    }
    origin = {"type": "hidden_user", "date": 1_794_790_800, "sender_user_name": "someone"}
    town.sandbox.inject({"message": body | {"forward_origin": origin}})
    town.sandbox.inject({"message": body | {"message_id": 5001, "from": {"id": 99, "is_bot": True, "first_name": "b"}}})
    await town.settle()
    assert await wishes(town) == []


async def test_the_same_update_twice_asks_once(town: Town) -> None:
    group = town.group()
    said = await town.say("ahe", group, WISH)
    body = {
        "message_id": said.id,
        "date": 1_794_790_800,
        "chat": {"id": group.id, "type": "supergroup", "title": group.title},
        "from": {"id": town.person("ahe").id, "is_bot": False, "first_name": "阿禾", "username": "ahe_rice"},
        "text": WISH,
    }
    town.sandbox.inject({"message": body})
    await town.settle()
    assert len(whispers(group, "ahe")) == 1
    assert len(await wishes(town)) == 1


async def test_in_a_topic_too(town: Town) -> None:
    group = town.group()
    group.forum = True
    topic = town.world.add_topic(town.person("tang"), group, "想法")
    said = town.world.say(town.person("ahe"), group, WISH, topic=topic)
    await town.settle()
    await town.press("ahe", whispers(group, "ahe")[0], "记下来")
    card = town.public(group)[-1]
    assert card.reply_to is said
    assert card.topic == topic.id


async def test_a_week_later_it_is_forgotten(town: Town) -> None:
    group = town.group()
    await town.say("ahe", group, WISH)
    town.clock.leap(6.9 * DAY)
    await town.knock()
    assert len(await wishes(town)) == 1
    town.clock.leap(DAY)
    await town.knock()
    assert await wishes(town) == []
    assert await town.press("ahe", whispers(group, "ahe")[0], "记下来") != ""
    assert await suggestions(town) == []


async def test_hostile_words_are_listed_literally(any_town: Town) -> None:
    town = any_town
    group = await a_plain_group(town)
    room = await a_team_room(town)
    town.world.people.rename(town.person("ahe"), name='<b>\u202e%(name)s {} 😀"&')
    for hostile in HOSTILE[:MOST_LISTED]:
        await town.say("ahe", group, f"希望支持双卡 {hostile}"[:2000])
    town.clock.leap(DAY)
    await town.knock()
    listed = town.last(room).content
    assert listed.count("希望支持双卡") == MOST_LISTED
    assert listed.count('<b>%(name)s {} 😀"&') == MOST_LISTED
    assert '<b>&"' in listed
    assert "\u202e" not in listed
    assert all(call.ok for call in town.sandbox.calls if call.method != "getUpdates")


async def test_a_list_has_an_end_and_the_rest_comes_the_next_day(town: Town) -> None:
    group = await a_plain_group(town)
    room = await a_team_room(town)
    for n in range(17):
        await town.say("ahe", group, f"希望支持 {n} 张卡同时上网")
    before = len(town.texts(room))
    for _ in range(3):
        town.clock.leap(DAY)
        await town.knock()
    lists = town.texts(room)[before:]
    assert ["16 张" in said for said in lists] == [False, True]
    assert "15." in lists[0]


async def test_after_a_move_the_wish_is_there_without_its_message(town: Town) -> None:
    group = town.world.add_chat("谷雨 OS", kind="group", owner=town.person("tang"))
    town.world.join(town.person("ahe"), group)
    town.world.add_bot(group, town.person("tang"), admin=True)
    await town.say("ahe", group, WISH)
    town.world.migrate_to_supergroup(group)
    await town.settle()
    [wish] = await wishes(town)
    assert wish.message is None
    assert wish.text == WISH
