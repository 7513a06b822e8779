"""The weekly issue: what it says, where and when."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from bot.sandbox.model import Chat, Message
from bot.texts.chats import ROLES
from storage.outbox import SENT, OutboxRow
from tests.test_triage import an_english_group, suggested
from tests.test_voices import take_back
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
        return [row for row in await look.exec(posts) if not str(row.key).endswith(":picture")]


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
    assert "✅ #1 “a faster camera for ＠sam” — 阿禾 · the same day · v2.3 · opens in half the time" in lines
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
    assert "“a faster camera” — 阿禾 · after 1 day" in content
    assert "“dark mode” — 阿禾 · after 3 days" in content


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
    assert "✅ #1 “a faster camera” — 阿禾 · after 4 days · v3" in second
    assert "flicker" not in second
    await at(town, FRIDAY + 2 * WEEK)
    third = issues(town, group)[2].content
    assert "a faster camera" not in third
    assert "A quiet week: nothing shipped, because nothing was decided. 1 suggestion waits for its turn." in third
    assert "#3 an alarm" in third


async def test_a_quiet_week_in_a_young_group_is_two_lines(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await take_back(town, "ahe", group, 1)
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
