"""Somebody looks after every suggestion: the team's card and its buttons, the inbox, owners, tags, dates, reminders."""

from datetime import date

import pytest

from bot.community import care
from bot.community.errors import DateUnclear
from bot.sandbox.model import Chat, Message
from storage import care as rows
from storage import communities, members
from storage.suggestions import DECLINED, OPEN, PLANNED, STARTED
from tests.test_merges import a_room
from tests.test_triage import an_english_group, stored, suggested
from tests.town import Town

WEEK = 7 * 86_400
TWELVE = (
    "night mode",
    "louder alarm",
    "offline maps",
    "call recording",
    "rounder icons",
    "faster camera",
    "split screen",
    "battery health",
    "wallpaper shuffle",
    "scam filter",
    "calendar widget",
    "kitchen timer",
)


async def a_team_card(town: Town) -> tuple[Chat, Chat, Message]:
    """A group, the team's room, and the card of its one suggestion there."""
    group = await an_english_group(town)
    room = await a_room(town, group)
    await suggested(town, group, "a faster camera")
    return group, room, town.public(room)[-1]


def labels(card: Message) -> list[str]:
    return [button.label for row in card.buttons for button in row]


async def test_the_teams_card_lives_with_the_suggestion(any_town: Town) -> None:
    town = any_town
    group, room, card = await a_team_card(town)
    public = town.last(group)
    posted = len(town.public(room))
    assert "#1 a faster camera" in card.content
    assert "阿禾 · 👍 0" in card.content
    await town.press("xiaoman", public, "👍")
    assert "👍 1" in card.content
    await town.press("yutong", card, "Plan")
    assert (await stored(town, 1)).status == PLANNED
    assert "planned — 雨桐" in public.content
    assert "planned — 雨桐" in card.content
    assert not any("Plan" in label or "Seen" in label for label in labels(card))
    await town.press("yutong", card, "Mine")
    assert "👤 雨桐" in card.content
    await town.press("yutong", card, "Mine / let go")
    assert "👤 雨桐" not in card.content
    await town.press("tang", card, "Date")
    choice = town.last(room)
    await town.press("tang", choice, "this week")
    assert (await stored(town, 1)).due_on == date(2026, 11, 22)
    assert "📅 Sun, Nov 22" in card.content
    await town.press("yutong", card, "Date")
    await town.press("yutong", town.last(room), "another day")
    question = town.last(room)
    await town.say("yutong", room, "yesterday", reply_to=question)
    assert "2026-12-01" in town.last(room).content
    await town.say("yutong", room, "12-24", reply_to=question)
    assert (await stored(town, 1)).due_on == date(2026, 12, 24)
    await town.press("tang", card, "Decline")
    question = town.last(room)
    assert town.person("tang") in [entity.user for entity in question.entities], "its mention opens 老唐's field alone"
    assert "reply to this message" in question.content
    await town.say("tang", room, "the sensor cannot do it", reply_to=town.last(room))
    assert (await stored(town, 1)).status == DECLINED
    assert "declined: the sensor cannot do it — 老唐" in public.content
    await town.press("tang", card, "Reopen")
    assert (await stored(town, 1)).status == OPEN
    cards = [one for one in town.public(room) if "faster camera" in one.content]
    assert cards == [card]
    assert len(town.public(room)) >= posted

    # a question that is overtaken: the reason given meanwhile stands
    await town.press("tang", card, "Decline")
    question = town.last(room)
    await town.say("yutong", room, "/decline 1 the lens cannot do it")
    for words in ("too dear", "much too dear"):
        await town.say("tang", room, words, reply_to=question)
        assert (await stored(town, 1)).reason == "the lens cannot do it"
    assert [said for said in town.texts(room) if "is declined already" in said], "said once, then the question is over"


async def test_strangers_members_and_the_demoted_press_in_vain(town: Town) -> None:
    group, room, card = await a_team_card(town)
    theirs = await an_english_group(town, "Elsewhere", "sam ahe")
    [foreign] = await suggested(town, theirs, "tea in the kitchen")
    town.world.join(town.person("xiaoman"), room)
    await town.settle()
    for who, message in (("xiaoman", card), ("sam", foreign)):
        for data in ("move:1:1", "move:1:3", "move:1:99", "refuse:1", "mine:1", "seen:1", "due:1:20261201", "apart:1"):
            pressed = town.world.press_data(town.person(who), message, data)
            await town.settle()
            assert pressed.answer is not None, data
    for data in ("move:2:1", "due:1:99999999", "unite:1:2", "open:77", "undo:1:0", "found:1:0"):
        town.world.press_data(town.person("tang"), card, data)
        await town.settle()
    town.world.press_data(town.person("sam"), foreign, "found:1:0")
    await town.settle()
    suggestion = await stored(town, 1)
    assert (suggestion.status, suggestion.owner_id, suggestion.due_on) == (OPEN, None, None)
    assert suggestion.handled_at is None
    town.world.demote(room, town.person("yutong"))
    town.world.demote(group, town.person("yutong"))
    await town.settle()
    assert "Only administrators" in await town.press("yutong", card, "Plan")
    assert (await stored(town, 1)).status == OPEN


async def test_a_room_set_up_later_is_not_flooded_and_the_inbox_shows_all(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, *TWELVE)
    room = await a_room(town, group)
    before = len(town.texts(room))
    town.clock.leap(60)
    await town.press("tang", town.public(group)[-1], "👍")
    assert len(town.texts(room)) == before
    await town.say("tang", room, "/inbox")
    inbox = town.last(room)
    assert "12 wait for a first look" in inbox.content
    assert "#10" in inbox.content
    assert "#11 " not in inbox.content
    await town.press("tang", inbox, "→")
    assert "#12" in inbox.content
    await town.press("tang", inbox, "←")
    await town.press("tang", inbox, "#1")
    copy = town.last(room)
    await town.press("tang", copy, "Seen")
    assert "Seen" not in " ".join(labels(copy))
    await town.say("tang", room, "/tag 2 Camera #battery")
    await town.say("tang", room, "/mine 3")
    await town.say("tang", room, "/due 4 2026-12-01")
    await town.say("tang", room, "/status 5 planned")
    await town.say("tang", room, "/inbox")
    assert "7 wait" in town.last(room).content


async def test_owners_and_tags_by_command(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    name = town.person("ahe").username
    for said, answer in (
        (f"/assign 1 @{name}", "阿禾 looks after #1 now."),
        (f"/assign 1 @{name}", "stands like that already"),
        ("/assign 1", "Who looks after it?"),
        ("/assign 1 @nobody_knows", "I have not met"),
        ("/指派 1 我", "雨桐 looks after #1 now."),
        ("/assign 1 nobody", "Nobody looks after #1"),
        ("/tag 1 camera, 夜景", "camera, 夜景"),
        ("/tag 1", "short words"),
        ("/tag 1 " + "x" * 33, "short words"),
        ("/untag 1 camera", "#1 is tagged: 夜景"),
        ("/untag 1", "no tags any more"),
        ("/due 1 12月1日", "by Tue, Dec 1"),
        ("/due 1 none", "no date any more"),
    ):
        town.clock.leap(20)
        await town.say("yutong", group, said)
        assert answer in town.last(group).content, said


async def test_an_owner_is_reminded_once_a_week_at_a_sane_hour(town: Town) -> None:
    group = await an_english_group(town)
    room = await a_room(town, group)
    await suggested(town, group, "a faster camera", "dark mode")
    await town.say("yutong", room, "/mine 1")
    await town.say("yutong", room, "/mine 2")
    await town.say("yutong", room, "/status 1 started")
    async with town.database.writing() as session:
        for chat in await communities.list_chats(session, 1):
            await communities.set_topic(session, chat.id or 0, "7" if chat.is_staff else None)
    town.clock.leap(WEEK)
    await town.knock()
    assert "no news" not in town.last(room).content
    town.clock.leap(3 * 3600)
    await town.knock()
    assert town.last(room).content == "👤 雨桐: no news for a week of #1."
    assert [call.params.get("message_thread_id") for call in town.sandbox.calls if "no news" in str(call.params)] == [
        "7"
    ]
    await town.start("yutong")
    town.clock.leap(WEEK - 7200)
    async with town.database.writing() as session:
        person = await members.get_person_by_external_id(session, str(town.person("yutong").id))
        assert person is not None
        assert await members.claim_day(session, person.id or 0, town.clock.now(), town.clock.now())
    await town.knock()
    town.clock.leap(7200)
    await town.knock()
    assert not any("without news" in said for said in town.texts(town.private("yutong"))), "one message a day"
    town.clock.leap(20 * 3600)
    await town.knock()
    assert not any("without news" in said for said in town.texts(town.private("yutong"))), "and none at night"
    town.clock.leap(2 * 3600)
    await town.knock()
    await town.knock()
    told = [said for said in town.texts(town.private("yutong")) if "without news" in said]
    assert len(told) == 1
    assert "#1" in told[0]
    assert "#2" not in told[0]
    await town.say("yutong", room, "/due 1 2027-01-15")
    town.clock.leap(WEEK - 24 * 3600)
    await town.knock()
    assert len([said for said in town.texts(town.private("yutong")) if "without news" in said]) == 1
    await town.say("yutong", room, "/assign 1 nobody")
    await town.say("yutong", room, "/assign 2 nobody")
    town.clock.leap(2 * WEEK)
    await town.knock()
    async with town.database.reading() as look:
        assert await rows.list_nudges_due(look, town.clock.now()) == []
    assert (await stored(town, 1)).status == STARTED


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026/12/1", date(2026, 12, 1)),
        ("12-01", date(2026, 12, 1)),
        ("1/5", date(2027, 1, 5)),
        ("12月1日", date(2026, 12, 1)),
        ("2026年12月1号", date(2026, 12, 1)),
        ("11-16", date(2026, 11, 16)),
    ],
)
def test_days_as_people_type_them(said: str, day: date) -> None:
    assert care.read_day(said, date(2026, 11, 16)) == day


@pytest.mark.parametrize("said", ["", "soon", "2026-13-01", "2025-01-01", "13-40", "2099-01-01", "2-29"])
def test_what_is_no_day_to_come(said: str) -> None:
    with pytest.raises(DateUnclear):
        care.read_day(said, date(2026, 11, 16))


def test_the_ends_that_are_offered() -> None:
    assert care.ends_of(date(2026, 12, 31)) == [
        date(2027, 1, 3),
        date(2027, 1, 10),
        date(2026, 12, 31),
        date(2027, 1, 31),
    ]
    assert care.ends_of(date(2026, 11, 16))[2:] == [date(2026, 11, 30), date(2026, 12, 31)]
