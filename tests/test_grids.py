"""The four-grid report: asked two days after an issue, answered by members where nobody else sees it, told to all."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlmodel import select

from bot.community import restores
from bot.community.grids import LATEST, OPEN_FOR, at_its_hour
from bot.community.restores import Choice
from bot.community.rituals import Ritual
from bot.sandbox.model import Chat, Message
from storage import holds
from storage.grids import CLOSED, DROPPED, Grid
from tests.test_digests import FRIDAY, a_room, a_staff_room, at, issues
from tests.test_triage import an_english_group, suggested
from tests.test_voices import take_back
from tests.town import Town

SUNDAY, TUESDAY = FRIDAY + timedelta(days=2), FRIDAY + timedelta(days=4)


def question(town: Town, chat: Chat) -> Message | None:
    found = (m for m in town.public(chat) if m.content.startswith("🗳") and m.photo is None)
    return next(found, None)


def pictures(town: Town, chat: Chat) -> list[Message]:
    return [m for m in town.public(chat) if m.content.startswith("🗳") and m.photo]


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


async def grids(town: Town) -> list[Grid]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Grid).order_by(Grid.id)))  # type: ignore[arg-type]


async def ballot(town: Town, who: str, chat: Chat) -> Message:
    """Somebody presses "Answer" and gets a ballot that only they see."""
    asked = question(town, chat)
    assert asked
    await town.press(who, asked, labels(asked)[0])
    return next(m for m in reversed(chat.whispers.values()) if m.receiver is town.person(who))


async def taps(town: Town, who: str, chat: Chat, *chosen: str) -> Message:
    shown = await ballot(town, who, chat)
    for label in chosen:
        await town.press(who, shown, label)
    return shown


async def shipped_week(town: Town, *texts: str) -> Chat:
    """A group whose Friday tells of two changes, one refusal and one plan."""
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode", "a louder alarm", "an offline map")
    await town.say("yutong", group, "/ship 1 2 v2.3")
    await town.say("yutong", group, "/decline 3 it woke the neighbours")
    await town.say("yutong", group, "/status 4 planned")
    return group


async def test_four_taps_and_what_comes_of_them(any_town: Town) -> None:
    town = any_town
    group = await shipped_week(town)
    staff = await a_staff_room(town)
    seeds = await a_room(town, "种子群", "seed")
    await at(town, FRIDAY)
    await at(town, SUNDAY - timedelta(seconds=1))
    assert question(town, group) is None
    await at(town, SUNDAY)
    asked = question(town, group)
    assert asked is not None
    assert asked.silent
    assert "issue 1" in asked.content
    assert "Tue, Nov 24 17:00" in asked.content
    assert question(town, seeds) is not None
    assert question(town, staff) is None

    first = await ballot(town, "xiaoman", group)
    assert "1 of 4" in first.content
    assert labels(first)[:3] == ["😊 Happy", "😐 So-so", "😞 Unhappy"]
    await town.press("xiaoman", first, "Happy")
    assert "2 of 4" in first.content
    assert labels(first)[:3] == ["#1 a faster camera", "#2 dark mode", "Nothing this time"]
    await town.press("xiaoman", first, "#2")
    assert labels(first)[:4] == ["#1 a faster camera", "#2 dark mode", "#3 a louder alarm", "Nothing this time"]
    await town.press("xiaoman", first, "#3")
    await town.press("xiaoman", first, "#4")
    assert "Best-loved: #2 dark mode" in first.content
    await town.press("xiaoman", first, "Best-loved")
    assert "✓ #2 dark mode" in labels(first)
    await town.press("xiaoman", first, "#1")
    assert "Best-loved: #1 a faster camera" in first.content
    assert "1 person has answered" in asked.content
    # The asker's own love counts in the grid, and not for the trophy; nor does a second chat give a second voice.
    await taps(town, "ahe", group, "So-so", "#2", "Nothing", "#4")
    town.world.join(town.person("ahe"), seeds)
    await town.settle()
    await taps(town, "ahe", seeds)
    again = next(m for m in reversed(seeds.whispers.values()) if m.receiver is town.person("ahe"))
    assert "#2 dark mode" in again.content
    assert "2 people have answered" in asked.content

    private = await town.start("xiaoman", "gridword-1")
    await town.say("xiaoman", private, "dark mode is <b>too</b> dark, @yutong")
    assert "nobody else" in town.last(private).content
    word = town.last(staff)
    assert "小满: “dark mode is <b>too</b> dark, ＠yutong”" in word.content
    assert not [m for m in town.public(group) if "too" in m.content]

    await at(town, TUESDAY)
    [shown] = pictures(town, group)
    assert shown.silent
    assert "2 of 4 answered" in shown.content
    assert "😊 Happy (1) · 😐 So-so (1) · 😞 Unhappy (0)" in shown.content
    assert "🏆 #1, asked for by 阿禾, made by 雨桐" in shown.content
    assert not asked.buttons
    assert "2 of 4 answered" in asked.content
    assert len(pictures(town, seeds)) == 1
    frozen = shown.content
    late = await town.press("xiaoman", first, "Best-loved")
    assert "closed" in late
    await town.restart()
    await at(town, TUESDAY + timedelta(days=1))
    assert [m.content for m in pictures(town, group)] == [frozen]
    card = next(m for m in town.public(group) if m.content.startswith("✅ #1"))
    assert "🏆 best-loved change of issue 1" in card.content
    await town.say("xiaoman", group, "/show 1")
    assert "🏆 best-loved change of issue 1" in town.last(group).content
    await town.say("ahe", await town.start("ahe"), "/my")
    assert "🏆 Best-loved: #1" in town.last(town.private("ahe")).content
    await town.say("xiaoman", private, "/grid")
    assert "2 of 4 answered" in town.last(private).content
    await at(town, FRIDAY + timedelta(days=7))
    thanks = issues(town, group)[-1].content
    assert "🙏 阿禾: 🏆 best-loved: #1" in thanks
    assert "🙏 雨桐: 🏆 best-loved: #1" in thanks


async def test_a_change_that_was_taken_back_is_neither_asked_about_nor_crowned(any_town: Town) -> None:
    town = any_town
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode", "a louder alarm")
    await town.say("yutong", group, "/decline 3 it woke the neighbours")
    await town.say("yutong", group, "/ship 1 v2.3")
    town.clock.leap(60)
    await town.say("yutong", group, "/ship 2 v2.4")
    await at(town, FRIDAY)
    await at(town, SUNDAY)
    shown = await taps(town, "xiaoman", group, "Happy", "#2", "#3", "Nothing")
    await town.say("yutong", group, "/undo")
    await town.say("yutong", group, "/status 3 planned")
    again = await ballot(town, "xiaoman", group)
    for place in ("2 of 4", "3 of 4"):  # what they chose is not to be had: they are asked anew
        assert place in again.content
        assert labels(again)[:2] == ["#1 a faster camera", "Nothing this time"]
        await town.press("xiaoman", again, "›")
    town.world.press_data(town.person("xiaoman"), shown, "gridsay:1:1:2")
    await town.settle()
    await at(town, TUESDAY)
    [result] = pictures(town, group)
    assert "1 of 4 answered" in result.content
    assert "Best-loved: –" in result.content
    assert "🏆" not in result.content


async def test_what_was_merged_is_awaited_as_one_and_what_was_withdrawn_by_nobody(town: Town) -> None:
    group = await shipped_week(town)
    await suggested(town, group, "a map without network", "louder bells")
    await at(town, FRIDAY)
    await at(town, SUNDAY)
    await taps(town, "ahe", group, "Happy", "#1", "Nothing", "#4")
    theirs = await taps(town, "xiaoman", group, "Happy", "#1", "Nothing", "#5")
    await town.say("yutong", group, "/merge 5 4")
    await town.press("yutong", town.last(group), "Merge")
    await town.press("xiaoman", theirs, "Most awaited")
    assert labels(theirs)[:2] == ["✓ #4 an offline map", "#6 louder bells"]
    await take_back(town, "ahe", group, 6)
    late = await ballot(town, "yutong", group)
    town.world.press_data(town.person("yutong"), late, "gridsay:1:3:6")
    await town.settle()
    await at(town, TUESDAY)
    [result] = pictures(town, group)
    assert "issue 1 · 2 of 4 answered" in result.content
    assert "Most awaited: #4 an offline map (2)" in result.content


async def test_only_members_answer_and_nobody_on_a_message_that_others_see(town: Town) -> None:
    group = await shipped_week(town)
    elsewhere = await an_english_group(town, "Elsewhere", "sam ahe")
    await at(town, FRIDAY)
    await at(town, SUNDAY)
    asked = question(town, group)
    assert asked
    assert "Only who is in one" in await town.press("sam", asked, "Answer")
    card = next(m for m in town.public(elsewhere) if m.content)
    for data in ("grid:1", "gridsay:1:0:1", "gridstep:1:1", "gridword:1"):
        town.world.press_data(town.person("sam"), card, data)
        town.world.press_data(town.person("ahe"), asked, data.replace("grid:", "gridstep:1:"))
        await town.settle()
    own = await town.start("ahe")
    for data in ("gridsay:1:0:9", "gridsay:1:1:4", "gridsay:1:7:1", "gridsay:2:0:1", "gridstep:1:9"):
        town.world.press_data(town.person("ahe"), town.last(own), data)
        await town.settle()
    assert question(town, group) is asked
    assert labels(asked) == ["🗳 Answer"]
    # Who has only just come is not counted; nobody else answered, so there is no picture to look at.
    town.clock.leap(to=TUESDAY - timedelta(hours=1))
    town.world.add_person("bo", "Bo", "en")
    town.world.join(town.person("bo"), group)
    await town.settle()
    await taps(town, "bo", group, "Unhappy")
    assert "answered" not in asked.content
    await at(town, TUESDAY)
    assert "0 of 3 answered" in asked.content
    assert not pictures(town, group)
    assert [(g.state, g.winner_id) for g in await grids(town)] == [(CLOSED, None)]


async def test_in_private_it_says_and_means_the_community_it_is_about(town: Town) -> None:
    group = await shipped_week(town)
    await town.say("ahe", await an_english_group(town, "Elsewhere", "sam ahe"), "/top")
    await at(town, FRIDAY)
    await at(town, SUNDAY)
    shown = await taps(town, "ahe", group, "Happy", "#1", "Nothing", "Nothing")
    link = shown.buttons[-1][0].url or ""
    own = await town.start("ahe")
    for community, title, said in ((2, "Elsewhere", "asked"), (1, group.title, "This is what you say")):
        town.clock.leap(60)
        town.world.press_data(town.person("ahe"), town.last(own), f"community:{community}")
        await town.settle()
        await town.say("ahe", own, "/grid")
        assert town.last(own).content.startswith(f"{title}\n"), community
        assert said in town.last(own).content
    await town.press("ahe", town.last(own), "Mood")
    await town.press("ahe", town.last(own), "So-so")
    assert town.last(own).content.startswith(f"{group.title}\n")
    town.clock.leap(60)
    town.world.press_data(town.person("ahe"), town.last(own), "community:2")
    await town.settle()
    await town.start("ahe", link.rpartition("=")[2])
    assert town.last(own).content.startswith(f"{group.title}\nWhat would you like")


async def test_where_nothing_can_be_whispered_it_is_answered_in_private(town: Town) -> None:
    group = await shipped_week(town)
    await at(town, FRIDAY)
    await at(town, SUNDAY)
    town.world.demote(group, town.world.bot)
    await town.settle()
    asked = question(town, group)
    assert asked
    await town.say("xiaoman", group, "/grid")
    assert "/grid in our private chat" in town.last(group).content
    pressed = town.world.press(town.person("xiaoman"), asked, labels(asked)[0])
    await town.settle()
    assert pressed.answer
    town.world.open_link(town.person("xiaoman"), pressed.answer.url or "")
    await town.settle()
    private = town.private("xiaoman")
    mine = town.last(private)
    for label in ("Unhappy", "Nothing", "#1", "Nothing"):
        await town.press("xiaoman", mine, label)
    await town.press("xiaoman", mine, "A word to the team")
    await town.say("xiaoman", private, "x" * 501)
    assert "500" in town.last(private).content
    await at(town, TUESDAY)
    [shown] = pictures(town, group)
    assert "😞 Unhappy (1)" in shown.content  # a bad result is shown like a good one
    assert "🏆" not in shown.content


@pytest.mark.parametrize("why", ["off", "off later", "skipped", "quiet", "too late", "unseen"])
async def test_no_report_where_there_is_nothing_to_ask(town: Town, why: str) -> None:
    group = await an_english_group(town) if why == "quiet" else await shipped_week(town)
    if why == "off":
        await town.say("yutong", group, "/settings report_days 0")
    if why == "unseen":
        town.sandbox.faults.add("403", "sendPhoto", chat_id=group.id)
    if why == "skipped":
        await town.start("yutong")
        await at(town, FRIDAY - timedelta(hours=4))
        draft = town.last(town.private("yutong"))
        await town.press("yutong", draft, "Skip this week")
    await at(town, FRIDAY)
    if why == "off later":
        await town.say("yutong", group, "/settings report_days 0")
    await at(town, SUNDAY + (LATEST if why == "too late" else timedelta()))
    assert question(town, group) is None
    assert [g.state for g in await grids(town)] in ([], [DROPPED])


def test_it_comes_at_the_rituals_hour_also_when_the_clocks_change() -> None:
    for zone in ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca"):
        for weekday in range(7):
            ritual = Ritual(weekday, 17, 30, zone)
            due = ritual.next_due(datetime.combine(date(2026, 1, 1), datetime.min.time(), ZoneInfo("UTC")))
            while due.year == 2026:
                opens = at_its_hour(ritual, due + timedelta(days=2, seconds=40))
                assert opens.astimezone(ZoneInfo(zone)).time() == due.astimezone(ZoneInfo(zone)).time()
                assert (opens.astimezone(ZoneInfo(zone)).date() - ritual.scheduled_day(due)).days == 2
                closes = at_its_hour(ritual, opens + OPEN_FOR)
                assert (closes.astimezone(ZoneInfo(zone)).date() - ritual.scheduled_day(due)).days == 4
                due = ritual.next_due(due)


async def test_questions_that_closed_while_the_database_waited_for_a_word_have_no_button(town: Town) -> None:
    group = await shipped_week(town)
    await at(town, FRIDAY)
    async with town.database.writing() as session:
        await holds.add_holds(session, None, town.clock.now())
    await at(town, SUNDAY)
    assert question(town, group) is None
    async with town.database.writing() as session:
        await session.exec(update(Grid).values(due_at=SUNDAY + timedelta(hours=1)))
    await at(town, SUNDAY + timedelta(hours=2))
    async with town.database.writing() as session:
        await restores.decide(session, 1, Choice.SEND, None, town.clock.now())
    await town.knock()
    asked = question(town, group)
    assert asked is not None
    assert not asked.buttons
