"""The draft in the staff chat: seen hours before, changed line by line, skipped, approved, posted at once."""

from datetime import timedelta
from typing import Any, cast

import pytest
from sqlmodel import select

from bot.sandbox.model import Chat, Message
from storage.drafts import Draft
from storage.suggestions import Suggestion
from tests.test_digests import FRIDAY, WEEK, a_staff_room, at, issues, outbox_rows
from tests.test_triage import an_english_group, suggested
from tests.town import Town

NOON = FRIDAY - timedelta(hours=4)


async def a_week(town: Town) -> tuple[Chat, Chat]:
    """A group and its staff room, with three things shipped this week."""
    group = await an_english_group(town)
    staff = await a_staff_room(town)
    await suggested(town, group, "a faster camera", "dark mode", "an alarm", "a wish")
    await town.say("yutong", staff, "/ship 1 2 3 v2.3 all faster")
    return group, staff


async def a_draft(town: Town) -> tuple[Chat, Message]:
    """The group, and the draft's page four hours before the digest."""
    group, staff = await a_week(town)
    await at(town, NOON)
    return group, town.last(staff)


def shipped(content: str) -> list[str]:
    return [line for line in content.splitlines() if "✅" in line]


async def drafts(town: Town) -> list[Draft]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Draft)))


async def test_the_team_sees_it_four_hours_before_and_it_goes_by_itself(town: Town) -> None:
    group, staff = await a_week(town)
    await at(town, NOON - timedelta(seconds=1))
    assert "Draft" not in town.last(staff).content
    await at(town, NOON)
    page = town.last(staff)
    assert "📝 Draft of Weekly digest. It goes out by itself on Fri, Nov 20 17:00." in page.content
    assert "1. ✅ #1 “a faster camera” — 阿禾" in page.content
    assert [button.label for button in page.buttons[0]][:3] == ["1", "2", "3"]
    for _ in range(3):
        await town.knock()
    await town.restart()
    await town.knock()
    assert town.last(staff) is page
    assert not issues(town, group)
    await at(town, FRIDAY)
    assert len(issues(town, group)) == 1
    assert page.content == "📝 Weekly digest is posted."
    assert not page.buttons


async def test_it_is_read_as_it_will_stand_with_its_picture(town: Town) -> None:
    _, page = await a_draft(town)
    said = len(town.said(page.chat))
    await town.press("yutong", page, "Read it as posted")
    picture, words = town.said(page.chat)[said:]
    assert picture.photo
    assert "3" in picture.content
    assert "As of now it says:" in words.content
    assert "the same day" in words.content
    await town.press("yutong", page, "Skip this week")
    await town.press("yutong", page, "Do not skip it")
    for _ in range(3):
        await town.press("yutong", page, "1")
        await town.press("yutong", page, "Leave out")
    await town.press("yutong", page, "Read it as posted")
    assert not town.last(page.chat).photo
    assert "shipped this time" not in town.said(page.chat)[-2].content, "what has no picture needs none"


async def test_lines_are_moved_dropped_and_reworded(town: Town) -> None:
    group, page = await a_draft(town)
    await town.press("yutong", page, "3")
    assert "✅ #3 “an alarm”" in page.content
    await town.press("yutong", page, "Up")
    await town.press("yutong", page, "Up")
    await town.press("yutong", page, "Back")
    assert "1. ✅ #3 “an alarm”" in page.content
    await town.press("yutong", page, "2")
    await town.press("yutong", page, "Leave out")
    assert "a faster camera" not in page.content
    await town.press("yutong", page, "2")
    await town.press("yutong", page, "Other words")
    staff = page.chat
    question = town.last(staff)
    await town.say("yutong", staff, "🌙 Night owls rejoice <b>", reply_to=question)
    assert "2. 🌙 Night owls rejoice <b>" in town.last(staff).content
    await at(town, FRIDAY)
    [issue] = issues(town, group)
    lines = issue.content.splitlines()
    assert lines[3:5] == [line for line in lines if "✅ #3" in line or "owls" in line]
    assert lines[4] == "🌙 Night owls rejoice <b>"
    assert "a faster camera" not in issue.content
    await at(town, FRIDAY + WEEK)
    assert "a faster camera" not in issues(town, group)[1].content  # left out on purpose, so it does not come back


async def test_what_is_reworded_stands_so_on_the_picture_and_lines_further_down_are_changed_too(town: Town) -> None:
    group = await an_english_group(town)
    staff = await a_staff_room(town)
    asked = [
        "camera",
        "dark mode",
        "alarm clock",
        "battery saver",
        "maps offline",
        "fonts",
        "lock screen",
        "keyboard",
        "translator",
    ]
    await suggested(town, group, *asked)
    await town.say("yutong", staff, "/ship 1 2 3 4 5 6 7 8 9 v2.3")
    await at(town, NOON)
    page = town.last(staff)
    await town.press("yutong", page, "… +3")
    assert [button.label for button in page.buttons[0]] == ["7", "8", "9"]
    assert "8. ✅ #8 “keyboard”" in page.content
    await town.press("yutong", page, "8")
    await town.press("yutong", page, "Leave out")
    await town.press("yutong", page, "1")
    await town.press("yutong", page, "Other words")
    await town.say("yutong", staff, "📷 Snappy!", reply_to=town.last(staff))
    for data in ("draftmore:1:0:900", "draftmore:1:77:6", "draftmore:1:1:6"):
        town.world.press_data(town.person("yutong"), page, data)
        await town.settle()
    await at(town, FRIDAY)
    [issue] = issues(town, group)
    assert issue.photo
    assert "📷 Snappy!" in issue.content
    assert "#7" in issue.content
    assert "#8" not in issue.content, "nor is who could not be told of it privately"
    assert "📬 阿禾: #9 is shipped" in issue.content
    [row] = await outbox_rows(town)
    first, second = cast("Any", row.arguments)["photo"]["ingredients"]["shipped"][:2]
    assert (first, second["words"]) == ({"words": "📷 Snappy!", "who": ""}, "#2 dark mode")


async def test_changes_are_undone(town: Town) -> None:
    _, page = await a_draft(town)
    await town.press("yutong", page, "1")
    await town.press("yutong", page, "Back")
    before = page.content
    await town.press("yutong", page, "1")
    await town.press("yutong", page, "Leave out")
    assert page.content != before
    await town.press("yutong", page, "Undo my changes")
    assert page.content == before


async def test_posted_now_is_not_posted_again(town: Town) -> None:
    group, page = await a_draft(town)
    await town.press("yutong", page, "Post now")
    [issue] = issues(town, group)
    assert len(shipped(issue.content)) == 3
    assert page.content == "📝 Weekly digest is posted."
    await at(town, FRIDAY)
    await at(town, FRIDAY + timedelta(hours=1))
    assert issues(town, group) == [issue]
    await at(town, FRIDAY + WEEK)
    assert "issue 2" in issues(town, group)[1].content


async def test_posted_days_early_it_tells_of_no_day_to_come(town: Town) -> None:
    group, staff = await a_week(town)
    await town.say("xiaoman", group, "how do I turn off the ads?")
    town.clock.leap(2 * 3600)
    await town.say("yutong", staff, "/digest")
    await town.press("yutong", town.last(staff), "Change, skip or post it")
    await town.press("yutong", town.last(staff), "Post now")
    [issue] = issues(town, group)
    assert issue.content.startswith("Weekly digest · Nov 16 · issue 1")
    assert "the oldest open one has waited 2 hours" in issue.content
    assert "members, week by week: 4" in issue.content
    await at(town, FRIDAY)
    assert len([message for message in issues(town, group) if message.photo]) == 1


async def test_a_skipped_week_is_told_by_the_next(town: Town) -> None:
    group, page = await a_draft(town)
    await town.press("yutong", page, "Skip this week")
    assert "skipped this week" in page.content
    await at(town, FRIDAY)
    assert not issues(town, group)
    await at(town, FRIDAY + WEEK)
    [issue] = issues(town, group)
    assert "issue 1" in issue.content
    assert len(shipped(issue.content)) == 3


async def test_skipping_can_be_thought_better_of(town: Town) -> None:
    group, page = await a_draft(town)
    await town.press("yutong", page, "Skip this week")
    await town.press("yutong", page, "Do not skip it")
    await at(town, FRIDAY)
    assert len(issues(town, group)) == 1


async def test_with_approval_it_waits_and_says_only_what_was_approved(town: Town) -> None:
    group, staff = await a_week(town)
    await town.say("yutong", staff, "/settings digest_needs_approval on")
    await at(town, NOON)
    page = town.last(staff)
    assert "It waits until you approve it." in page.content
    for label in ("Approve", "Skip this week", "Do not skip it"):
        await town.press("yutong", page, label)
    await suggested(town, group, "a torch")
    await town.say("yutong", staff, "/decline 5 no")
    await town.press("yutong", page, "1")
    await town.press("yutong", page, "Back")
    assert "#5" in page.content, "what was approved before it was skipped binds nobody"
    await town.press("yutong", page, "Approve")
    assert "It goes out by itself" in page.content
    await town.say("yutong", staff, "/ship 4 v2.4")
    await at(town, FRIDAY)
    [issue] = issues(town, group)
    assert len(shipped(issue.content)) == 3
    await at(town, FRIDAY + WEEK)
    assert len(issues(town, group)) == 1
    late = town.last(staff)
    assert "It waits until you approve it." in late.content
    await town.press("yutong", late, "Approve")  # its hour has passed: it goes at once
    assert shipped(issues(town, group)[1].content) == [
        line for line in shipped(issues(town, group)[1].content) if "#4" in line
    ]
    assert len(shipped(issues(town, group)[1].content)) == 1


async def test_what_nobody_approves_for_weeks_becomes_one_issue(town: Town) -> None:
    group, staff = await a_week(town)
    await town.say("yutong", staff, "/settings digest_needs_approval on")
    for week in range(3):
        await at(town, FRIDAY + week * WEEK - timedelta(hours=4))
        await at(town, FRIDAY + week * WEEK)
    assert not issues(town, group)
    await town.press("yutong", town.last(staff), "Approve")
    [issue] = issues(town, group)
    assert "issue 1" in issue.content
    assert {row.key for row in await outbox_rows(town)} == {"digest:1:2026-W49:1"}


async def test_whether_it_waits_is_what_the_community_wants_at_its_hour(town: Town) -> None:
    group, staff = await a_week(town)
    await town.say("yutong", staff, "/digest")
    assert "It goes out by itself on Fri, Nov 20 17:00. As of now it says:" in town.said(staff)[-1].content
    await town.say("yutong", staff, "/settings digest_needs_approval on")
    await at(town, NOON)
    assert "It waits until you approve it." in town.last(staff).content
    await at(town, FRIDAY)
    assert not issues(town, group)
    await town.say("yutong", staff, "/digest")
    assert "for Fri, Nov 20 17:00. It waits until you approve it. As of now" in town.last(staff).content
    await town.say("yutong", staff, "/settings digest_needs_approval off")
    await town.knock()
    assert len(issues(town, group)) == 1


async def test_who_is_reached_after_the_approval_is_named_by_the_next(town: Town) -> None:
    group, staff = await a_week(town)
    await town.say("yutong", staff, "/settings digest_needs_approval on")
    await town.say("xiaoman", group, "/vote 4")
    await at(town, NOON)
    await town.press("yutong", town.last(staff), "Approve")
    await town.say("yutong", staff, "/ship 4 v2.4")
    await at(town, NOON + timedelta(minutes=11))  # whom nobody can tell privately is the digest's to name
    await at(town, FRIDAY)
    await at(town, FRIDAY + WEEK - timedelta(hours=1))
    await town.press("yutong", town.last(staff), "Approve")
    await at(town, FRIDAY + WEEK)
    first, second = issues(town, group)
    assert "小满" not in first.content
    assert "(median): <1 d" in first.content, "of what it tells, and not of what waits for the next"
    assert "📬 小满: #4 is shipped" in second.content
    assert "(median): 4 d" in second.content


async def test_who_comes_after_the_approval_is_welcomed_by_the_next(town: Town) -> None:
    group, staff = await a_week(town)
    await town.say("yutong", staff, "/settings digest_needs_approval on")
    for week, who in enumerate(("xiaoman", "sam", "")):
        await at(town, NOON + week * WEEK)
        await town.press("yutong", town.last(staff), "Approve")
        if who:
            town.world.join(town.person(who), group)
            await town.settle()
        await at(town, FRIDAY + week * WEEK)
    welcomed = [[name for name in ("小满", "Sam") if f"🌱 {name}" in issue.content] for issue in issues(town, group)]
    assert welcomed == [[], [], ["Sam"]]


async def test_a_week_that_is_over_has_nothing_to_press(town: Town) -> None:
    group, page = await a_draft(town)
    staff = page.chat
    await town.press("yutong", page, "Skip this week")
    await at(town, FRIDAY)
    assert (page.content, page.buttons) == (
        "📝 Weekly digest is skipped this week. The next issue tells it all.",
        (),
    )
    town.world.press_data(town.person("yutong"), page, "draftopen:1")
    await town.settle()
    await town.say("yutong", staff, "/settings digest_needs_approval on")
    for days in (0, 7):
        await at(town, FRIDAY + WEEK + timedelta(days=days) - timedelta(hours=4))
    await town.knock()
    assert [draft.state for draft in await drafts(town)] == ["skipped", "skipped", "open"]
    for data in ("draft:1", "draftopen:1", "draftok:2", "draftopen:2"):
        town.world.press_data(town.person("yutong"), page, data)
        await town.settle()
    assert "skipped" in page.content
    assert [draft.state for draft in await drafts(town)] == ["skipped", "skipped", "open"]
    assert not issues(town, group)


async def test_a_quiet_week_comes_only_if_the_team_wants_it(town: Town) -> None:
    group = await an_english_group(town)
    staff = await a_staff_room(town)
    await town.say("yutong", staff, "/settings digest_when_quiet off")
    await at(town, NOON)
    page = town.last(staff)
    assert "The week is quiet: it goes out only if you press “Post now”." in page.content
    await at(town, FRIDAY)
    assert not issues(town, group)
    assert "skipped this week" in page.content
    assert not page.buttons
    await at(town, NOON + WEEK)
    await town.press("yutong", town.last(staff), "Post now")
    assert "A quiet week" in issues(town, group)[0].content
    await town.say("yutong", staff, "/settings digest_needs_approval on")
    await at(town, NOON + 2 * WEEK)
    page = town.last(staff)
    assert "It waits until you approve it." in page.content
    await town.press("yutong", page, "Approve")
    await at(town, FRIDAY + 2 * WEEK)
    assert len(issues(town, group)) == 2


async def test_among_members_only_who_asks_sees_what_is_not_posted_yet(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    seen = len(town.public(group))
    await town.say("yutong", group, "/digest")
    mine = town.last(group)
    for label in ("Change", "1"):
        await town.press("yutong", mine, label)
    toast = await town.press("yutong", mine, "Other words")
    assert toast.startswith("Members must not read this.")
    for label in ("Back", "Read it as posted"):
        await town.press("yutong", mine, label)
    assert "the same day" in town.last(group).content
    assert len(town.public(group)) == seen
    town.world.demote(group, town.world.bot)
    await town.settle()
    await town.say("yutong", group, "/digest")
    assert "Members must not read this." in town.last(group).content


async def test_a_quiet_week_can_be_silent(town: Town) -> None:
    group = await an_english_group(town)
    await town.say("yutong", group, "/settings digest_when_quiet off")
    await at(town, FRIDAY)
    assert not issues(town, group)
    await suggested(town, group, "a wish")
    await town.say("yutong", group, "/ship 1")
    await at(town, FRIDAY + WEEK)
    assert "issue 1" in issues(town, group)[0].content


@pytest.mark.parametrize("label", ["1", "Post now", "Skip", "Read"])
async def test_the_draft_is_the_teams(town: Town, label: str) -> None:
    group, page = await a_draft(town)
    town.world.join(town.person("ahe"), page.chat)
    await town.settle()
    before = page.content
    assert await town.press("ahe", page, label) != ""
    assert page.content == before
    theirs = await an_english_group(town, "Elsewhere", "sam xiaoman")
    [card] = await suggested(town, theirs, "tea", by="xiaoman")
    for name in ("draft:1", "line:1:0:1", "linedrop:1:0:1", "draftpost:1", "draftok:1", "draftskip:1", "linesay:1:0:1"):
        town.world.press_data(town.person("sam"), card, name)
        await town.settle()
    assert page.content == before
    assert not issues(town, group)
    [draft] = await drafts(town)
    assert (draft.state, draft.changes) == ("open", "{}")


async def test_buttons_of_what_is_past_or_never_was_change_nothing(town: Town) -> None:
    group, page = await a_draft(town)
    for name in ("line:1:0:99", "line:1:77:1", "linedrop:9:0:1", "draftok:99", "lineup:1:7:5"):
        pressed = town.world.press_data(town.person("yutong"), page, name)
        await town.settle()
        assert pressed.answer is not None
    await at(town, FRIDAY)
    for name in ("draftpost:1", "linedrop:1:0:1", "draftskip:1", "draftok:1", "draftopen:1"):
        town.world.press_data(town.person("yutong"), page, name)
        await town.settle()
    assert len(issues(town, group)) == 1
    async with town.database.reading() as look:
        assert all(one.digest_id for one in await look.exec(select(Suggestion).where(Suggestion.status == "shipped")))


async def test_without_a_staff_chat_who_decided_last_sees_the_draft_privately(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.start("yutong")
    await town.say("yutong", group, "/ship 1 v2.3")
    await at(town, NOON)
    page = town.last(town.private("yutong"))
    assert page.content.startswith("📝")
    town.world.press_data(town.person("yutong"), page, "draftpost:1")
    await town.settle()
    assert len(issues(town, group)) == 1
