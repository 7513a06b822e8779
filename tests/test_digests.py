"""The weekly issue: what it says, that it fits, and that each chat gets it once, whatever happens."""

import asyncio
import logging
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.community.digests import Issue, Told, publish
from bot.sandbox.markup import parse_html
from bot.sandbox.model import Chat, Message
from bot.texts import digests as texts
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.chats import ROLES
from bot.texts.html import units
from schedules import digests as schedule
from storage import communities
from storage.communities import Community
from storage.database import Database
from storage.digests import Digest
from storage.outbox import DEAD, DOUBTFUL, SENDING, SENT, OutboxRow
from storage.releases import Release
from storage.suggestions import DECLINED, PLANNED, SHIPPED, STARTED, Suggestion
from tests.test_triage import an_english_group, suggested
from tests.town import MONDAY, Town

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # five in the afternoon in Shanghai
WEEK = timedelta(days=7)


async def a_room(town: Town, title: str, role: str) -> Chat:
    """One more chat of Tang's community, with a role instead of being open to all."""
    room = town.group(title, "tang yutong")
    await town.settle()
    await town.press("tang", town.last(room), "Grain OS")
    town.world.press_data(town.person("tang"), town.last(room), f"role:{ROLES.index(role)}")
    await town.settle()
    return room


async def a_staff_room(town: Town) -> Chat:
    room = await a_room(town, "Grain staff", "staff")
    await town.say("tang", room, "/language")
    await town.press("tang", town.last(room), "English")
    return room


def issues(town: Town, chat: Chat) -> list[Message]:
    """The digests a chat has got, known by their headline."""
    return [m for m in town.world.messages(chat) if m.sender.is_bot and "· issue " in m.content.partition("\n")[0]]


async def outbox_rows(town: Town) -> list[OutboxRow]:
    async with town.database.reading() as look:
        posts = select(OutboxRow).where(col(OutboxRow.key).startswith("digest:")).order_by(col(OutboxRow.id))
        return list(await look.exec(posts))


async def at(town: Town, moment: datetime) -> None:
    town.clock.leap(to=moment)
    await town.knock()


async def test_the_ritual_posts_once_in_each_chat_at_its_hour(town: Town) -> None:
    group = await an_english_group(town)
    staff = await a_staff_room(town)
    await suggested(town, group, "a faster camera for @sam", "dark mode")
    await town.press("xiaoman", town.last(group), "👍")
    await town.say("yutong", staff, "/ship 1 v2.3 opens in half the time")
    await at(town, FRIDAY - timedelta(seconds=1))
    assert not issues(town, group)
    await at(town, FRIDAY)
    [issue] = issues(town, group)
    lines = issue.content.splitlines()
    assert lines[0] == "Weekly digest · Nov 16 – 20 · issue 1"
    assert "✅ #1 “a faster camera for ＠sam” — 阿禾 · 👍 0 · the same day · v2.3 · opens in half the time" in lines
    assert "#2 dark mode · 👍 1" in lines
    assert issue.silent
    assert issue.reply_to is None
    assert not issue.buttons
    assert "mention" not in {entity.type for entity in issue.entities}
    assert not issues(town, staff)
    for _ in range(3):
        town.clock.leap(3600)
        await town.knock()
    await town.restart()
    await town.knock()
    assert issues(town, group) == [issue]
    await at(town, FRIDAY + WEEK)
    assert len(issues(town, group)) == 2
    assert issues(town, group)[1].content.splitlines()[0] == "Weekly digest · Nov 20 – 27 · issue 2"


async def test_days_from_ask_to_ship(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode")
    town.clock.leap(to=MONDAY + timedelta(days=1, hours=1))
    await town.say("yutong", group, "/ship 1")
    town.clock.leap(to=MONDAY + timedelta(days=3, hours=23))
    await town.say("yutong", group, "/ship 2")
    await at(town, FRIDAY)
    content = issues(town, group)[0].content
    assert "“a faster camera” — 阿禾 · 👍 0 · after 1 day" in content
    assert "“dark mode” — 阿禾 · 👍 0 · after 3 days" in content


async def test_each_chat_reads_it_in_its_language_and_the_gated_one_too(town: Town) -> None:
    group = await an_english_group(town)
    seed = await a_room(town, "种子群", "seed")
    await suggested(town, group, "a faster camera")
    await at(town, FRIDAY)
    assert len(issues(town, group)) == 1
    rows = await outbox_rows(town)
    assert [row.state for row in rows] == [SENT, SENT]
    assert {row.key for row in rows} == {"digest:1:2026-W47:1", "digest:1:2026-W47:2"}
    heard = [m.content for m in town.world.messages(seed) if m.sender.is_bot and "11月16日至20日" in m.content]
    assert len(heard) == 1


async def test_a_decision_is_told_once_and_a_new_one_again(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode", "an alarm")
    await town.say("yutong", group, "/status 1 planned in spring")
    await town.say("yutong", group, "/decline 2 the screen would flicker")
    await at(town, FRIDAY)
    first = issues(town, group)[0].content
    assert "Nothing shipped this week." in first
    assert "🗓 #1 a faster camera — in spring" in first
    assert "🚫 #2 dark mode — the screen would flicker" in first
    # Decided at the very moment of the issue, but after it: that is for the next one.
    await town.say("yutong", group, "/ship 1 v3")
    await at(town, FRIDAY + WEEK)
    second = issues(town, group)[1].content
    assert "✅ #1 “a faster camera” — 阿禾 · 👍 0 · after 4 days · v3" in second
    assert "flicker" not in second
    await at(town, FRIDAY + 2 * WEEK)
    third = issues(town, group)[2].content
    assert "a faster camera" not in third
    assert "A quiet week: nothing shipped this week." in third
    assert "#3 an alarm · 👍 0" in third


async def test_a_quiet_week_in_a_young_group_is_two_lines(town: Town) -> None:
    group = await an_english_group(town)
    await at(town, FRIDAY)
    content = issues(town, group)[0].content
    assert len([line for line in content.splitlines() if line]) == 2
    assert "/suggest" in content


async def test_new_faces(town: Town) -> None:
    group = await an_english_group(town)
    await town.say("xiaoman", group, "/top")
    await at(town, FRIDAY)
    assert "New faces" not in issues(town, group)[0].content  # at the beginning everyone is new to the bot
    town.clock.leap(3600)
    town.world.join(town.person("sam"), group)
    await town.settle()
    await at(town, FRIDAY + WEEK)
    assert "🌱 Sam" in issues(town, group)[1].content


async def test_the_preview_is_for_staff(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    await town.say("ahe", group, "/digest")
    assert "Only administrators" in town.last(group).content
    await town.say("yutong", group, "/digest")
    preview = town.last(group).content
    assert "Fri, Nov 20 17:00" in preview
    assert "issue 1" in preview
    assert "✅ #1 “a faster camera”" in preview
    await at(town, FRIDAY)
    assert "✅ #1 “a faster camera”" in issues(town, group)[0].content


async def test_a_new_ritual_is_kept(town: Town) -> None:
    group = await an_english_group(town)
    await town.say("ahe", group, "/ritual tea fri 17:00")
    assert "Only administrators" in town.last(group).content
    for words in ("/ritual", "/ritual 橙色 17:00", "/ritual wed 25:00", "/ritual wed 9:30 Asia/Beijing"):
        await town.say("yutong", group, words)
        assert (
            "/ritual Orange Friday fri 17:00" in town.last(group).content or "Asia/Shanghai" in town.last(group).content
        )
    await town.say("tang", group, "/ritual 蓝色星期三 wed 9:30")
    answer = town.last(group).content
    assert "蓝色星期三: every Wednesday at 09:30 (Asia/Shanghai)" in answer
    for day in ("Wed, Nov 18 09:30", "Wed, Nov 25 09:30", "Wed, Dec 2 09:30"):
        assert day in answer
    await at(town, datetime(2026, 11, 18, 1, 30, tzinfo=UTC))
    assert issues(town, group)[0].content.startswith("蓝色星期三 · Nov 16 – 18 · issue 1")
    await town.say("tang", group, "/ritual thu 9:30")  # this week has had its issue
    assert "Thu, Nov 26 09:30" in town.last(group).content
    await at(town, FRIDAY)
    assert len(issues(town, group)) == 1


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
    assert [row.state for row in await outbox_rows(town)] == [DEAD]


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
    async with asyncio.timeout(10):
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
    assert "Only administrators" in await town.press("ahe", question, "Post it again")
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


def one(number: int, status: str = SHIPPED, **fields: object) -> Told:
    suggestion = Suggestion(
        community_id=1,
        number=number,
        author_id=1,
        text="把<b>相机</b>&\u202eopen \U0001f4f7" * 200,
        status=status,
        reason="“为什么”\n" * 100,
        origin=f"o/{number}",
        created_at=MONDAY - timedelta(days=number),
        decided_at=MONDAY,
    )
    release = Release(
        id=number, community_id=1, version="v9." * 20, note="🌾" * 500, released_by_id=1, released_at=MONDAY
    )
    asker = "".join(chr(0x1F600 + n) for n in range(64))
    return Told(suggestion, asker, others=number * 7, votes=number * 7, release=release)


def a_monstrous_issue(size: int) -> Issue:
    numbers = range(2**31 - 1, 2**31 - 1 - size, -1)
    return Issue(
        name="橙" * 64,
        number=1042,
        since=date(2026, 11, 13),
        until=date(2026, 11, 20),
        shipped=[one(n % 1000) for n in numbers],
        on_the_way=[one(n % 1000, PLANNED if n % 2 else STARTED) for n in numbers],
        declined=[one(n % 1000, DECLINED) for n in numbers],
        wanted=[(told.suggestion, told.votes) for told in (one(1), one(2), one(3))],
        newcomers=[("א" * 64 + str(n), "👩‍👩‍👧‍👦" * 64) for n in range(size)],
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [0, 1, 5, 6, 60, 400])
def test_whatever_happened_fits_into_one_message(language: str, size: int) -> None:
    said = texts.issue(translator(language), a_monstrous_issue(size))
    plain, entities = parse_html(said.text, lambda _: None)
    assert units(plain) <= 4096
    assert len(entities) <= 100
    assert {entity.type for entity in entities} <= {"bold", "expandable_blockquote"}
    assert "\u202e" not in plain
    headings = [entity for entity in entities if entity.type == "bold"]
    assert all(earlier.offset < later.offset for earlier, later in pairwise(headings))


def test_sixty_shipped_fold_well() -> None:
    issue = a_monstrous_issue(60)
    plain, entities = parse_html(texts.issue(translator("en"), issue).text, lambda _: None)
    shipped = plain[plain.index("You asked, we shipped") : plain.index("On the way")]
    assert 1 <= shipped.partition("… and ")[0].count("✅") <= 5
    for section in plain.split("\n\n")[1:]:
        assert len(section.partition("\n… and ")[0].splitlines()) <= 6
    short = Issue("", 1, issue.since, issue.until, issue.shipped, (), (), (), ())
    plain, entities = parse_html(texts.issue(translator("en"), short).text, lambda _: None)
    assert [entity.type for entity in entities].count("expandable_blockquote") == 1
    assert plain.partition("… and 55 more")[0].count("✅") == 5
    assert plain.count("✅") > 6


def test_the_note_of_a_release_is_told_once() -> None:
    release = Release(id=1, community_id=1, version="v2", note="all faster", released_by_id=1, released_at=MONDAY)
    shipped = [Told(one(n).suggestion, "阿禾", 0, 0, release) for n in (1, 2)]
    issue = Issue("", 1, date(2026, 11, 13), date(2026, 11, 20), shipped, (), (), (), ())
    plain, _ = parse_html(texts.issue(translator("en"), issue).text, lambda _: None)
    assert plain.count("· v2") == 2
    assert plain.count("all faster") == 1
