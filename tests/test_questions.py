"""The promise to answer: questions wait for the team's first answer or reaction; the team is told of the late ones."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.community import questions
from bot.sandbox.model import Chat
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.html import units, visible
from bot.texts.links import Known
from bot.texts.questions import promise, unanswered
from storage.communities import Chat as ChatRow
from storage.inbox import InboxRow
from storage.members import Person
from storage.questions import ANSWERED, DISMISSED, OPEN, Question
from tests.test_hostile import HOSTILE
from tests.test_wishes import a_team_room, everything_stored
from tests.town import MONDAY, Town

QUESTION = "请问怎么关掉开屏广告？"
HOUR = 3600.0


async def asked(town: Town) -> list[Question]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Question).order_by(col(Question.id))))


async def states(town: Town) -> list[str]:
    return [question.state for question in await asked(town)]


async def english(town: Town, chat: Chat) -> Chat:
    await town.settle()
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.external_id) == str(chat.id)).values(language="en"))
    return chat


async def test_the_teams_reply_stops_the_clock_and_only_times_stay(any_town: Town) -> None:
    town = any_town
    group = town.group()
    said = await town.say("xiaoman", group, QUESTION)
    assert [question.excerpt for question in await asked(town)] == [QUESTION]
    town.clock.leap(HOUR)
    await town.say("ahe", group, "我也想知道", reply_to=said)
    assert await states(town) == [OPEN]
    await town.say("yutong", group, "在设置、通知里", reply_to=said)
    [question] = await asked(town)
    assert (question.state, question.excerpt, question.person_id, question.message) == (ANSWERED, "", None, None)
    assert question.answered_at == MONDAY + timedelta(hours=1)
    stored = await everything_stored(town)
    assert not [words for words in (QUESTION, "我也想知道", "在设置、通知里") if words in stored]


async def test_a_reaction_by_the_team_is_an_answer_and_nobody_elses(any_town: Town) -> None:
    town = any_town
    group = town.group()
    said = await town.say("xiaoman", group, QUESTION)
    town.world.react(town.person("ahe"), said, "👍")
    town.world.react(town.person("xiaoman"), said, "👍")
    await town.settle()
    assert await states(town) == [OPEN]
    town.world.react(town.person("yutong"), said, "👍")
    await town.settle()
    assert await states(town) == [ANSWERED]
    assert not town.world.queue


async def test_an_anonymous_administrators_reply_is_the_teams(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, QUESTION)
    town.world.say_anonymous_admin(group, "见置顶", reply_to=said)
    await town.settle()
    assert await states(town) == [ANSWERED]


async def test_an_answer_may_follow_within_the_same_batch(town: Town) -> None:
    group = town.group()
    await town.say("ahe", group, "/top")
    said = town.world.say(town.person("xiaoman"), group, QUESTION)
    town.world.say(town.person("yutong"), group, "在设置里", reply_to=said)
    await town.settle()
    assert await states(town) == [ANSWERED]


async def test_an_answer_after_a_restart(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, QUESTION)
    await town.restart()
    await town.say("yutong", group, "在设置里", reply_to=said)
    assert await states(town) == [ANSWERED]


async def test_talk_that_answers_nothing_is_not_even_in_the_inbox(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, QUESTION)
    other = await town.say("ahe", group, "今天天气真好")
    await town.say("yutong", group, "答了", reply_to=said)
    for _ in range(2):
        await town.knock()
    async with town.database.reading() as look:
        before = len((await look.exec(select(InboxRow.update_id))).all())
    await town.say("yutong", group, "是啊", reply_to=other)
    await town.say("ahe", group, "谢谢", reply_to=said)
    async with town.database.reading() as look:
        assert len((await look.exec(select(InboxRow.update_id))).all()) == before


async def test_the_teams_own_questions_are_no_promise(town: Town) -> None:
    group = town.group()
    await town.say("yutong", group, QUESTION)
    await town.say("xiaoman", group, "在吗？")
    await town.say("xiaoman", group, "能不能加个夜间模式？")
    assert await asked(town) == []


async def test_nothing_is_promised_where_the_community_does_not(town: Town) -> None:
    group = town.group()
    await town.say("yutong", group, "/settings promise_hours 0")
    await town.knock()
    await town.say("xiaoman", group, QUESTION)
    assert await asked(town) == []
    assert QUESTION not in await everything_stored(town)


async def test_unanswered_lists_the_overdue_oldest_first(any_town: Town) -> None:
    town = any_town
    group = await english(town, town.group())
    town.world.people.rename(town.person("yutong"), name="Yutong")
    town.person("yutong").language_code = "en"
    first = await town.say("xiaoman", group, QUESTION)
    town.clock.leap(23 * HOUR)
    await town.say("ahe", group, "这个支持 NFC 吗？")
    await town.say("yutong", group, "/unanswered")
    assert "No question waits" in town.last(group).content
    town.clock.leap(2 * HOUR)
    await town.say("yutong", group, "/unanswered")
    shown = town.last(group)
    assert "1 question waits" in shown.content
    assert f"1. “{QUESTION}” — 小满, 25 hours ago" in shown.content
    assert f"/{first.id}" in str([entity.url for entity in shown.entities])
    town.clock.leap(24 * HOUR)
    await town.say("yutong", group, "/unanswered")
    shown = town.last(group)
    assert shown.content.index(QUESTION) < shown.content.index("NFC")
    assert "2 days ago" in shown.content
    await town.press("yutong", shown, "✓ 1")
    assert await states(town) == [DISMISSED, OPEN]
    assert QUESTION not in town.last(group).content
    await town.say("ahe", group, "/unanswered")
    assert "Only administrators" in town.last(group).content or "管理员" in town.last(group).content


async def test_the_team_is_told_once_a_day_at_most_and_of_each_once(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, QUESTION)
    room = await a_team_room(town)
    await town.say("tang", room, "/settings draft_hours 0")
    await town.say("ahe", group, "这个支持 NFC 吗？")
    before = len(town.texts(room))
    town.clock.leap(24 * HOUR)
    await town.knock()
    assert len(town.texts(room)) == before, "not overdue yet, or not the hour"
    for _ in range(8):
        town.clock.leap(6 * HOUR)
        await town.knock()
    assert len(town.texts(room)) == before + 1
    assert "2 questions wait" in town.last(room).content
    await town.say("ahe", group, "怎么申请退款？")
    for _ in range(12):
        town.clock.leap(6 * HOUR)
        await town.knock()
    assert len(town.texts(room)) == before + 2
    assert "3 questions wait" in town.last(room).content
    told = [said.content for said in town.public(group)]
    assert len([said for said in told if "周报" not in said]) == 1, "nothing is said to the members but hello"


async def test_another_communitys_team_settles_nothing(town: Town) -> None:
    group = town.group()
    await town.settle()
    others = town.group("别的产品", "sam")
    said = await town.say("xiaoman", group, QUESTION)
    await town.say("sam", others, "/top")
    town.world.press_data(town.person("sam"), town.last(others), "question_over:1")
    town.world.join(town.person("sam"), group)
    await town.say("sam", group, "不知道", reply_to=said)
    town.clock.leap(25 * HOUR)
    await town.say("sam", others, "/unanswered")
    assert QUESTION not in town.last(others).content
    assert await states(town) == [OPEN]


async def test_the_digest_says_how_the_promise_was_kept(any_town: Town) -> None:
    town = any_town
    group = await english(town, town.group())
    for hours in (1, 3, 8):
        said = await town.say("xiaoman", group, QUESTION)
        town.clock.leap(hours * HOUR)
        await town.say("yutong", group, "在设置里", reply_to=said)
    await town.say("ahe", group, "这个支持 NFC 吗？")
    now = town.clock.now()
    async with town.database.reading() as look:
        kept = await questions.promise_kept(look, 1, MONDAY - timedelta(days=1), now)
    assert kept == questions.Promise(answered=3, within=timedelta(hours=3), open=1, oldest_waits=timedelta())
    town.clock.leap(to=MONDAY + timedelta(days=4, hours=8))
    await town.knock()
    [issue] = [said for said in town.texts(group) if "issue 1" in said]
    assert issue.splitlines()[-1] == "💬 half were answered within 3 hours · the oldest open one has waited 3 days"
    town.clock.leap(to=MONDAY + timedelta(days=11, hours=8))
    await town.knock()
    later = next(said for said in town.texts(group) if "issue 2" in said)
    assert later.splitlines()[-1] == "💬 the oldest open one has waited 10 days"


async def test_old_ones_are_forgotten(town: Town) -> None:
    group = town.group()
    said = await town.say("xiaoman", group, QUESTION)
    await town.say("yutong", group, "在设置里", reply_to=said)
    town.clock.leap(91 * 24 * HOUR)
    await town.knock()
    assert await asked(town) == []


async def test_after_a_move_a_question_is_open_and_no_strangers_message_answers_it(town: Town) -> None:
    old = town.world.add_chat("谷雨 OS", kind="group", owner=town.person("tang"))
    for key in ("ahe", "xiaoman"):
        town.world.join(town.person(key), old)
    town.world.add_bot(old, town.person("tang"), admin=True)
    said = await town.say("ahe", old, QUESTION)
    new = town.world.migrate_to_supergroup(old)
    await town.settle()
    for _ in range(said.id + 2):
        latest = await town.say("xiaoman", new, "嗯")
        await town.say("tang", new, "好", reply_to=latest)
    assert await states(town) == [OPEN]
    town.clock.leap(25 * HOUR)
    await town.say("tang", new, "/unanswered")
    assert QUESTION in town.last(new).content


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_fit_and_show_literally(language: str, hostile: str) -> None:
    t = translator(language)
    person = Person(id=1, external_id="1", name=hostile[:255], created_at=MONDAY)
    chat = ChatRow(id=1, community_id=1, external_id="-1001", kind="supergroup")
    many = [
        Question(
            id=2**30,
            community_id=1,
            chat_id=1,
            person_id=1,
            message="7",
            origin=str(n),
            excerpt=hostile[:120],
            asked_at=MONDAY,
            due_at=MONDAY,
            tell_at=None,
        )
        for n in range(10)
    ]
    said = unanswered(t, many, 10**6, Known({1: person}, {1: chat}), MONDAY + timedelta(days=400))
    assert units(visible(said.text)) <= 4096
    assert all(len((button.data or "").encode()) <= 64 for row in said.keyboard for button in row)
    kept = questions.Promise(answered=1, within=timedelta(seconds=3), open=1, oldest_waits=timedelta(days=4000))
    assert "4000" in promise(t, kept)


@pytest.mark.parametrize(
    ("answered", "said"), [(1, "one was answered, after 3 hours"), (2, "2 were answered, all within 3 hours")]
)
def test_a_few_answers_have_no_median(answered: int, said: str) -> None:
    kept = questions.Promise(answered=answered, within=timedelta(hours=3), open=0, oldest_waits=None)
    assert said in visible(promise(translator("en"), kept))


async def test_where_telegram_does_not_tell_who_is_of_the_team_nobody_is_troubled(town: Town) -> None:
    group = town.group()
    await town.settle()
    public = len(town.public(group))
    town.sandbox.faults.add("500", "getChatAdministrators", times=None)
    said = await town.say("xiaoman", group, QUESTION)
    await town.say("ahe", group, "我也想知道", reply_to=said)
    assert len(town.public(group)) == public
    assert not group.whispers
    assert await states(town) == [OPEN]
