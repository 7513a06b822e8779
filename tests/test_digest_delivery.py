"""The weekly issue reaches each chat once, whatever happens on the way."""

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.community.digests import publish
from bot.community.errors import StaffOnly
from bot.community.issues import draft
from bot.sandbox.model import Chat
from bot.texts import pictures
from bot.texts.catalogues import translator
from bot.texts.errors import explain
from schedules import digests as schedule
from storage import communities, digests, members
from storage.communities import Community
from storage.database import Database
from storage.digests import Digest
from storage.members import Member, Person
from storage.outbox import DEAD, DOUBTFUL, SENDING, SENT, OutboxRow
from tests.test_digests import FRIDAY, WEEK, a_room, a_staff_room, at, issues, outbox_rows
from tests.test_triage import an_english_group, suggested
from tests.town import MONDAY, Town


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(days=5), 3 * WEEK + timedelta(days=5)])
async def test_after_a_long_absence_there_is_one_issue(town: Town, back: timedelta) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    await town.millet.stop()
    town.clock.leap(to=FRIDAY + back)
    await town.restart()
    await town.knock()
    await town.knock()
    [issue] = issues(town, group)
    assert "issue 1" in issue.content
    assert "a faster camera" in issue.content


async def test_an_issue_older_than_six_days_is_left_to_the_next(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    await at(town, FRIDAY + 3 * WEEK + timedelta(days=6))
    assert not issues(town, group)
    await at(town, FRIDAY + 4 * WEEK)
    [issue] = issues(town, group)
    assert "issue 1" in issue.content
    assert "a faster camera" in issue.content


async def test_a_post_that_could_not_go_out_in_time_never_comes_late(town: Town) -> None:
    group = await an_english_group(town)
    town.sandbox.faults.add("429", chat_id=group.id, retry_after=7 * 86_400)
    await at(town, FRIDAY)
    town.clock.leap(7 * 86_400 - 60)
    await town.restart()
    town.clock.leap(60)
    await town.settle()
    assert not issues(town, group)
    assert [row.state for row in await outbox_rows(town)] == [DOUBTFUL]


async def test_a_lost_answer_is_told_to_staff_and_nothing_is_resent(town: Town) -> None:
    group = await an_english_group(town)
    staff = await a_staff_room(town)
    town.sandbox.faults.add("lost_answer", chat_id=group.id)
    await at(town, FRIDAY)
    question = town.last(staff)
    assert "Grain OS" in question.content
    for _ in range(3):
        town.clock.leap(3600)
        await town.knock()
    await town.restart()
    await town.knock()
    assert len(issues(town, group)) == 1
    assert [row.state for row in await outbox_rows(town)] == [DOUBTFUL]
    assert town.last(staff) is question
    await town.press("yutong", question, "It is there")
    assert "雨桐" in question.content
    assert not question.buttons
    assert [row.state for row in await outbox_rows(town)] == [SENT]
    assert len(issues(town, group)) == 1


def _no_ink(_: object) -> bytes:
    raise OSError


@pytest.mark.parametrize("refused", ["not enough rights to send photos to the chat", "", "unpainted"])
async def test_where_no_picture_may_stand_the_words_go_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    if refused == "unpainted":
        pictures._painted.cache_clear()
        monkeypatch.setitem(pictures._PAINTERS, "digest", _no_ink)
    elif refused:
        town.sandbox.faults.add("400", "sendPhoto", group.id, description=f"Bad Request: {refused}")
    await at(town, FRIDAY)
    [issue] = issues(town, group)
    assert (issue.photo is None) == bool(refused)
    assert "a faster camera" in issue.content
    assert issue.silent
    assert [row.state for row in await outbox_rows(town)] == [SENT]


@pytest.mark.parametrize("lost", ["closed", "deleted"])
async def test_an_issue_for_a_topic_that_is_no_more_comes_outside_and_the_team_hears_once(
    town: Town, lost: str
) -> None:
    """With its picture, which is said at most once, and beside a group in another language."""
    group = await an_english_group(town)
    staff = await a_staff_room(town)
    group.forum = True
    news = town.world.add_topic(town.person("tang"), group, "News")
    other = await a_room(town, "种子群", "seed")
    await suggested(town, group, "a faster camera")
    async with town.database.writing() as session:
        chat = await communities.get_chat_by_external_id(session, str(group.id))
        assert chat is not None
        await communities.set_topic(session, chat.id or 0, str(news.id))
    await town.say("yutong", staff, "/ship 1 v2.3")
    await at(town, FRIDAY)
    [first] = issues(town, group)
    assert (first.topic, bool(first.photo)) == (news.id, True)
    if lost == "closed":
        town.world.set_topic_closed(town.person("tang"), group, news, closed=True)
    else:
        del group.topics[news.id]
    await suggested(town, group, "dark mode")
    await town.say("yutong", staff, "/ship 2 v2.4")
    for weeks in (1, 2):
        await at(town, FRIDAY + weeks * WEEK)
    _, second, third = issues(town, group)
    assert (second.topic, bool(second.photo), third.topic) == (None, True, None)
    assert sum("closed" in text and "/setup" in text for text in town.texts(staff)) == 1
    assert {row.state for row in await outbox_rows(town)} == {SENT}
    there = [message for message in town.public(other) if message.photo]
    assert len(there) == 2
    assert all("你提的，我们做了" in message.content for message in there)


async def _settled(town: Town) -> bool:
    return not any(row.state == SENDING for row in await outbox_rows(town))


async def killed_while_sending(town: Town) -> None:
    """As a kill leaves it: the row is marked, Telegram's answer was never written down."""
    await town.millet.stop()
    database = Database(town.url)
    async with database.writing() as session:
        posts = update(OutboxRow).where(col(OutboxRow.key).startswith("digest:"))
        await session.exec(posts.values(state=SENDING, message_ref=None, sent_at=None))
    await database.close()
    await town.restart()
    async with asyncio.timeout(30):
        while not await _settled(town):  # noqa: ASYNC110  # a row tells nobody that it has changed
            await asyncio.sleep(0.01)
    await town.settle()


async def test_a_kill_while_sending_is_told_and_staff_may_post_it_again(town: Town) -> None:
    group = await an_english_group(town)
    staff = await a_staff_room(town)
    await at(town, FRIDAY)
    [first] = issues(town, group)
    town.world.erase(first)
    await killed_while_sending(town)
    assert not issues(town, group)
    question = town.last(staff)
    town.world.join(town.person("ahe"), staff)
    assert await town.press("ahe", question, "Post it again") == explain(StaffOnly(), translator("en"))
    repost = question.buttons[0][0].data or ""
    for _ in range(2):
        town.world.press_data(town.person("yutong"), question, repost)
        await town.settle()
    [again] = issues(town, group)
    assert again.content == first.content
    assert [row.state for row in await outbox_rows(town)] == [DEAD, SENT]
    assert (await outbox_rows(town))[1].key == "digest:1:2026-W47:1:again"


async def test_another_communitys_doubt_cannot_be_touched(town: Town) -> None:
    group = await an_english_group(town)
    theirs = await an_english_group(town, "Elsewhere", "sam ahe")
    await suggested(town, theirs, "tea in the kitchen")
    await at(town, FRIDAY)
    await killed_while_sending(town)
    [doubt, _] = await outbox_rows(town)
    card = next(m for m in town.world.messages(theirs) if m.buttons)
    for name in ("repost", "arrived"):
        pressed = town.world.press_data(town.person("sam"), card, f"{name}:{doubt.id}")
        await town.settle()
        assert pressed.answer is not None
    assert (await outbox_rows(town))[0].state == DOUBTFUL
    assert len(issues(town, group)) == 1


async def test_without_a_staff_chat_the_log_tells(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    group = await an_english_group(town)
    town.sandbox.faults.add("lost_answer", chat_id=group.id)
    with caplog.at_level(logging.WARNING):
        await at(town, FRIDAY)
    assert "digest:1:2026-W47:1" in caplog.text
    assert [row.state for row in await outbox_rows(town)] == [DOUBTFUL]


async def lost_without_a_staff_chat(town: Town) -> Chat:
    """A group whose team has no room of its own, after a digest whose answer was lost."""
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.start("yutong")
    await town.say("yutong", group, "/ship 1 v2.3")
    town.sandbox.faults.add("lost_answer", "sendPhoto", chat_id=group.id)
    await at(town, FRIDAY)
    return group


async def test_without_a_staff_chat_who_shipped_last_is_asked_privately(town: Town) -> None:
    group = await lost_without_a_staff_chat(town)
    question = town.last(town.private("yutong"))
    assert "Grain OS" in question.content
    [first] = issues(town, group)
    town.world.erase(first)
    town.clock.leap(7200)
    elsewhere = await an_english_group(town, "Elsewhere", "sam yutong")
    await town.say("yutong", elsewhere, "/top")
    await town.press("yutong", question, "Post it again")
    [again] = issues(town, group)
    assert again.content == first.content
    assert not issues(town, elsewhere)
    assert not question.buttons


async def test_who_is_no_longer_of_the_team_cannot_settle_it_privately(town: Town) -> None:
    group = await lost_without_a_staff_chat(town)
    question = town.last(town.private("yutong"))
    town.world.demote(group, town.person("yutong"))
    await town.settle()
    town.world.press_data(town.person("yutong"), question, question.buttons[0][0].data or "")
    await town.settle()
    assert [row.state for row in await outbox_rows(town)] == [DOUBTFUL]


async def test_the_preview_shows_what_nobody_has_settled(town: Town) -> None:
    group = await an_english_group(town)
    town.sandbox.faults.add("lost_answer", chat_id=group.id)
    await at(town, FRIDAY)
    await town.say("yutong", group, "/digest")
    question = town.last(group)
    assert "may not have reached these chats" in question.content
    assert "· Grain OS" in question.content
    await town.press("yutong", question, "It is there")
    assert [row.state for row in await outbox_rows(town)] == [SENT]
    await town.say("yutong", group, "/digest")
    assert "As of now it says" in town.last(group).content


async def test_the_preview_keeps_silent_about_another_communitys_doubt(town: Town) -> None:
    await lost_without_a_staff_chat(town)
    theirs = await an_english_group(town, "Elsewhere", "sam ahe")
    await town.say("sam", theirs, "/digest")
    assert "As of now it says" in town.last(theirs).content


async def a_community(database: Database, name: str, zone: str = "Asia/Shanghai", chats: int = 2) -> Community:
    async with database.writing() as session:
        made = Community(name=name, language="en", zone=zone, created_at=MONDAY, digest_due_at=FRIDAY)
        community = await communities.add_community(session, made)
        for number in range(chats):
            chat = communities.Chat(
                community_id=community.id or 0, external_id=f"{name}/{number}", kind="supergroup", is_seed=number == 1
            )
            await communities.add_chat(session, chat)
    return community


async def posts(database: Database) -> list[str]:
    async with database.reading() as look:
        return sorted(str(key) for key in await look.exec(select(OutboxRow.key)))


async def test_many_who_knock_at_once_make_one_digest(database: Database) -> None:
    await a_community(database, "grain")
    await asyncio.gather(*(schedule.knock(database, FRIDAY) for _ in range(6)))
    async with database.reading() as look:
        [digest] = await look.exec(select(Digest))
        community = await communities.get_community(look, 1)
    assert (digest.period, digest.state, digest.published_at) == ("2026-W47", "posted", FRIDAY)
    assert community.digest_due_at == FRIDAY + WEEK
    assert await posts(database) == ["digest:1:2026-W47:1", "digest:1:2026-W47:2"]


async def test_a_failing_community_stops_no_other(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    await a_community(database, "broken", zone="Mars/Olympus")
    await a_community(database, "grain", chats=1)
    await schedule.knock(database, FRIDAY)
    assert await posts(database) == ["digest:2:2026-W47:3"]
    assert "community 1 failed" in caplog.text
    assert "Mars/Olympus" in caplog.text


async def test_a_publication_that_breaks_off_leaves_nothing(database: Database) -> None:
    await a_community(database, "grain")

    async def break_off() -> None:
        async with database.writing() as session:
            assert await publish(session, 1, FRIDAY)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await break_off()
    await schedule.knock(database, FRIDAY + timedelta(minutes=1))
    assert len(await posts(database)) == 2


async def test_a_community_without_chats_keeps_its_news(database: Database) -> None:
    await a_community(database, "grain", chats=0)
    await schedule.knock(database, FRIDAY)
    async with database.reading() as look:
        [digest] = await look.exec(select(Digest))
    assert digest.state == "skipped"
    assert not await posts(database)


async def test_newcomers_stand_with_who_brought_them(database: Database) -> None:
    community = await a_community(database, "grain")
    async with database.writing() as session:
        people = [
            await members.add_person(session, Person(external_id=name, name=name, created_at=MONDAY))
            for name in ("阿禾", "Sam", "小满", "gone", "shy", "雨桐")
        ]
        ahe, sam, xiaoman, gone, shy, yutong = (person.id or 0 for person in people)
        for person, inviter, present in (
            (ahe, None, True),
            (sam, ahe, True),
            (xiaoman, None, True),
            (gone, ahe, False),
            (shy, ahe, True),
            (yutong, shy, True),
        ):
            member = Member(community_id=1, person_id=person, inviter_id=inviter, joined_at=FRIDAY, seen_at=FRIDAY)
            member.named = person != shy
            member.present = present
            await members.add_member(session, member)
        first = await draft(session, community, FRIDAY)
        before = FRIDAY - timedelta(seconds=1)
        posted = Digest(community_id=1, period="2026-W46", state="posted", published_at=before)
        await digests.add_digest(session, posted)
        second = await draft(session, community, FRIDAY)
    invited = [("Sam", "阿禾"), ("雨桐", None)]  # whoever does not want to be named is not, whether new or inviting
    # At the beginning everyone is new to the bot.
    assert [(new.name, new.inviter) for new in first.newcomers] == invited
    assert [(new.name, new.inviter) for new in second.newcomers] == [*invited, ("阿禾", None), ("小满", None)]
    assert [(thanked.name, thanked.brought) for thanked in second.thanks] == [("阿禾", 2)]
    assert (first.number, second.number) == (1, 2)
