"""What becomes of a suggestion reaches everyone who follows it, once: privately, or by name in the digest."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.community.notices import FOR_ALL_TO_READ, KIND_OF_STATUS, SETTLES_IN, Item, Letter, News, notify
from bot.sandbox.model import Chat
from bot.texts import notices as texts
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.html import units, visible
from storage import follows, members, suggestions
from storage.communities import Community
from storage.members import Person
from storage.notices import DROPPED, TOLD, Notice
from storage.suggestions import STATUSES, Suggestion
from tests.test_triage import an_english_group, suggested
from tests.town import MONDAY, Town

SETTLED = SETTLES_IN.total_seconds()
HOUR, DAY = 3600, 86400


async def later(town: Town, seconds: float = SETTLED) -> None:
    town.clock.leap(seconds)
    await town.knock()


def letters(town: Town, who: str) -> list[str]:
    """The messages about news that somebody has got, as they read."""
    return [text for text in town.texts(town.private(who)) if "📬" in text]


async def a_wish(town: Town, *, reachable: str = "ahe xiaoman", text: str = "a faster camera") -> Chat:
    """#1 by Ahe, with Xiaoman's vote, among people who have pressed Start."""
    group = await an_english_group(town)
    for who in reachable.split():
        await town.start(who)
    [card] = await suggested(town, group, text)
    await town.press("xiaoman", card, "👍")
    return group


async def states(town: Town) -> list[tuple[int, str, str]]:
    async with town.database.reading() as look:
        found = await look.exec(select(Notice).order_by(Notice.id))  # type: ignore[arg-type]  # it is no None here
        return [(notice.person_id, notice.kind, notice.state) for notice in found]


async def test_asker_and_voter_hear_once_and_the_decider_and_the_group_do_not(any_town: Town) -> None:
    town = any_town
    group = await a_wish(town, reachable="ahe xiaoman yutong tang")
    await town.press("yutong", town.last(group), "👍")
    await town.say("yutong", group, "/status 1 planned for the spring")
    in_public = len(town.public(group))
    await town.knock()
    assert not letters(town, "ahe")  # a slip of the team's can still be mended
    await later(town)
    for who in ("ahe", "xiaoman"):
        [said] = letters(town, who)
        assert "🗓 #1 a faster camera — planned: for the spring" in said
        assert town.last(town.private(who)).silent
    assert not letters(town, "yutong")
    assert not letters(town, "tang")
    assert len(town.public(group)) == in_public
    await later(town, 2 * DAY)
    assert len(letters(town, "ahe")) == 1
    assert {state for _, _, state in await states(town)} == {TOLD}


async def test_one_message_a_day_bundles_what_waits(town: Town) -> None:
    group = await a_wish(town)
    await suggested(town, group, "a quiet alarm", "tea in the kitchen")
    await town.say("yutong", group, "/status 1 planned")
    await later(town)
    await town.say("yutong", group, "/status 2 started")
    await town.say("yutong", group, "/decline 3 no kitchen")
    await later(town, 4 * HOUR)
    assert len(letters(town, "ahe")) == 1
    await later(town, DAY - 4 * HOUR - SETTLED)  # nine the next morning
    [first, second] = letters(town, "ahe")
    assert "#1" in first
    assert "🔨 #2 a quiet alarm — started" in second
    assert "🚫 #3 tea in the kitchen — declined: no kitchen" in second
    assert "#1" not in second


async def test_several_changes_before_it_is_told_are_one(town: Town) -> None:
    group = await a_wish(town)
    await town.say("yutong", group, "/status 1 planned")
    await later(town, 60)
    await town.say("yutong", group, "/decline 1 too dear")
    await later(town)
    [said] = letters(town, "ahe")
    assert "declined: too dear" in said
    assert "planned" not in said
    assert [state for _, kind, state in await states(town) if kind == "planned"] == [DROPPED, DROPPED]


async def test_back_where_they_knew_it_is_no_news(town: Town) -> None:
    group = await a_wish(town)
    await town.say("yutong", group, "/status 1 planned")
    await later(town)
    await later(town, DAY)
    await town.say("yutong", group, "/decline 1 a slip")
    town.clock.leap(60)
    await town.say("yutong", group, "/status 1 planned")
    await later(town, HOUR)
    assert len(letters(town, "ahe")) == 1
    await town.say("yutong", group, "/status 1 planned in summer")
    await later(town, DAY)
    assert "planned: in summer" in letters(town, "ahe")[1]


async def test_at_night_nothing_is_said(town: Town) -> None:
    group = await a_wish(town)
    town.clock.leap(13 * HOUR + 1800)  # half past ten in the evening
    await town.say("yutong", group, "/ship 1 v2.3")
    for _ in range(10):
        await later(town, HOUR)
    assert not letters(town, "ahe")
    await later(town, 1800)  # nine in the morning
    [said] = letters(town, "ahe")
    assert "✅ #1 a faster camera — shipped in v2.3" in said


async def test_quiet_hours_are_the_communitys_to_set(town: Town) -> None:
    group = await a_wish(town)
    await town.say("yutong", group, "/settings quiet_until 11")
    await town.say("yutong", group, "/ship 1 v2.3")
    await later(town, HOUR)
    assert not letters(town, "ahe")
    await later(town, HOUR)
    assert len(letters(town, "ahe")) == 1


async def test_who_has_muted_it_hears_nothing(town: Town) -> None:
    group = await a_wish(town)
    await town.say("yutong", group, "/status 1 planned")
    async with town.database.writing() as session:
        voter = await members.get_person_by_external_id(session, str(town.person("xiaoman").id))
        assert voter is not None
        await follows.set_muted(session, [1], voter.id or 0, muted=True)
    await later(town)
    await town.say("yutong", group, "/status 1 started")
    await later(town, DAY)
    assert not letters(town, "xiaoman")
    assert len(letters(town, "ahe")) == 2


async def test_who_has_not_pressed_start_is_named_in_the_digest_once(any_town: Town) -> None:
    town = any_town
    group = await a_wish(town, reachable="")
    await town.say("yutong", group, "/status 1 planned")
    await later(town)
    assert not town.texts(town.private("ahe"))
    await town.start("ahe")
    await later(town, DAY)
    assert not letters(town, "ahe")  # the digest has it in hand
    town.clock.leap(to=MONDAY + timedelta(days=4, hours=8))  # Friday, five in the afternoon
    await town.knock()
    assert "📬 阿禾, 小满: #1 is planned" in town.last(group).content
    town.clock.leap(7 * DAY)
    await town.knock()
    assert "📬" not in town.last(group).content


async def test_who_does_not_want_to_be_named_is_counted(town: Town) -> None:
    group = await a_wish(town, reachable="ahe")
    await town.say("ahe", town.private("ahe"), "/notices")
    choice = town.last(town.private("ahe"))
    assert "✓ Privately" in choice.buttons[0][0].label
    await town.press("ahe", choice, "The digest may name me")
    assert "✓" not in choice.buttons[3][0].label
    await town.press("ahe", choice, "In the weekly digest only")
    assert "✓" in choice.buttons[1][0].label
    await town.say("yutong", group, "/ship 1 v2.3")
    assert "Told privately: 0. Addressed in the digest: 2." in town.last(group).content
    await later(town)
    assert not letters(town, "ahe")
    town.clock.leap(to=MONDAY + timedelta(days=4, hours=8))
    await town.knock()
    issue = town.last(group).content
    assert "📬 小满 and 1 other: #1 is shipped" in issue
    assert "阿禾" not in issue


async def test_who_wants_nothing_gets_nothing(town: Town) -> None:
    group = await a_wish(town)
    await town.say("ahe", town.private("ahe"), "通知")
    assert not any(message.buttons for message in town.said(town.private("ahe")))  # a bare word may be ordinary talk
    await town.say("ahe", town.private("ahe"), "/通知")
    await town.press("ahe", town.last(town.private("ahe")), "Not at all")
    await town.say("yutong", group, "/ship 1 v2.3")
    assert "Told privately: 1. Addressed in the digest: 0." in town.last(group).content
    await later(town)
    town.clock.leap(to=MONDAY + timedelta(days=4, hours=8))
    await town.knock()
    assert not letters(town, "ahe")
    assert len(letters(town, "xiaoman")) == 1
    assert "📬" not in town.last(group).content


async def test_who_has_blocked_the_bot_is_named_instead(any_town: Town) -> None:
    town = any_town
    group = await a_wish(town)
    town.sandbox.faults.add("403", chat_id=town.private("ahe").id)
    await town.say("yutong", group, "/ship 1 v2.3")
    await later(town)
    assert not letters(town, "ahe")
    assert len(letters(town, "xiaoman")) == 1
    await later(town, 60)
    town.clock.leap(to=MONDAY + timedelta(days=4, hours=8))
    await town.knock()
    assert "“a faster camera” — 阿禾" in town.last(group).content
    assert "📬" not in town.last(group).content, "once is enough"


async def test_who_has_anothers_name_is_named_beside_them(town: Town) -> None:
    town.person("xiaoman").name = town.person("ahe").name = "Lee"
    group = await a_wish(town, reachable="")
    await town.say("yutong", group, "/ship 1 v2.3")
    await later(town)
    town.clock.leap(to=MONDAY + timedelta(days=4, hours=8))
    await town.knock()
    assert "“a faster camera” — Lee" in town.last(group).content
    assert "📬 Lee: #1 is shipped" in town.last(group).content, "the voter, who has not pressed Start either"


async def test_who_has_left_is_told_privately_and_never_named(town: Town) -> None:
    group = await a_wish(town, reachable="ahe")
    for who in ("ahe", "xiaoman"):
        town.world.leave(town.person(who), group)
    await town.settle()
    await town.say("yutong", group, "/ship 1 v2.3")
    await later(town)
    assert len(letters(town, "ahe")) == 1
    town.clock.leap(to=MONDAY + timedelta(days=4, hours=8))
    await town.knock()
    assert "📬" not in town.last(group).content


async def test_old_news_is_dropped_and_not_told_late(town: Town) -> None:
    group = await a_wish(town, reachable="ahe")
    await town.say("yutong", group, "/status 1 planned")
    town.clock.leap(8 * DAY)  # the program was down
    await town.knock()
    assert not letters(town, "ahe")
    assert {state for _, _, state in await states(town)} == {DROPPED}


async def test_in_two_communities_there_is_one_message_and_it_names_them(town: Town) -> None:
    group = await a_wish(town, reachable="ahe")
    theirs = await an_english_group(town, "Elsewhere", "sam ahe")
    await suggested(town, theirs, "tea in the kitchen")
    await town.say("yutong", group, "/status 1 planned")
    await town.say("sam", theirs, "/status 1 started")
    await later(town)
    [said] = letters(town, "ahe")
    assert "🗓 #1 a faster camera — planned · Grain OS" in said
    assert "🔨 #1 tea in the kitchen — started · Elsewhere" in said


async def test_a_night_elsewhere_waits_for_its_morning(town: Town) -> None:
    group = await a_wish(town, reachable="ahe")
    theirs = await an_english_group(town, "Elsewhere", "sam ahe")
    await suggested(town, theirs, "tea in the kitchen")
    await town.say("sam", theirs, "/ritual fri 17:00 America/New_York")
    await town.say("sam", theirs, "/status 1 started")
    await town.say("yutong", group, "/status 1 planned")
    await later(town)  # in New York it is eight in the evening
    [said] = letters(town, "ahe")
    assert "tea" in said
    assert "camera" in said
    town.clock.leap(4 * HOUR)
    await town.say("sam", theirs, "/status 1 planned")
    await later(town, 20 * HOUR)
    [_, second] = letters(town, "ahe")
    assert "tea" in second


async def test_a_group_that_moves_in_between_changes_nothing(town: Town) -> None:
    group = await a_wish(town)
    await town.say("yutong", group, "/ship 1 v2.3")
    new = town.world.migrate_to_supergroup(group) if group.kind == "group" else group
    await town.settle()
    await later(town)
    assert len(letters(town, "ahe")) == 1
    assert new.title == group.title


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("zh-hans", "✅ #1 夜间模式 — 已在 v2.3 上线"),
        ("zh-TW", "✅ #1 夜间模式 — 已在 v2.3 上線"),
        ("en", "✅ #1 夜间模式 — shipped in v2.3"),
    ],
)
async def test_everyone_reads_their_own_language(town: Town, code: str, expected: str) -> None:
    group = town.group()
    town.person("ahe").language_code = code
    await town.start("ahe")
    await town.say("ahe", group, "/suggest 夜间模式")
    await town.say("yutong", group, "/ship 1 v2.3")
    await later(town)
    [said] = letters(town, "ahe")
    assert expected in said


async def test_in_a_group_notices_leads_to_the_private_chat(town: Town) -> None:
    group = await a_wish(town)
    await town.say("ahe", group, "/notices")
    [[way]] = town.last(group).buttons
    assert (way.url or "").endswith("start=notices")
    await town.start("ahe", "notices")
    assert town.last(town.private("ahe")).buttons[2][0].label == "Not at all"


async def test_anothers_community_cannot_be_chosen(town: Town) -> None:
    await a_wish(town)
    await an_english_group(town, "Elsewhere", "sam")
    await town.say("ahe", town.private("ahe"), "/notices")
    pressed = town.world.press_data(town.person("ahe"), town.last(town.private("ahe")), "hear:2:2")
    await town.settle()
    assert pressed.answer is not None
    async with town.database.reading() as look:
        assert {member.hears for member in await look.exec(select(members.Member))} == {"privately"}


# -- the words -------------------------------------------------------------------------------------------------------


def test_every_kind_has_words() -> None:
    written_by_others = {"merged", "split", "captured", "feedback", "early", "undone"}
    assert set(texts.KINDS) == set(KIND_OF_STATUS.values()) | written_by_others
    assert set(texts.KINDS) >= FOR_ALL_TO_READ
    assert set(KIND_OF_STATUS) <= set(STATUSES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_letter_is_one_message(language: str) -> None:
    said = texts.letter(translator(language), a_letter(200, '<b>&"' + "😀" * 4000))
    assert units(visible(said.text)) <= 4096
    assert len(said.text.split("<blockquote")[0].splitlines()) <= 10
    assert said.text.count('<b>&"') == 0
    assert len(said.keyboard) <= 3
    assert all(len((button.data or "").encode()) <= 64 for row in said.keyboard for button in row)


def a_letter(lines: int, text: str) -> Letter:
    community = Community(
        id=1, name=text[:255], language="en", zone="Asia/Shanghai", created_at=MONDAY, digest_due_at=MONDAY
    )
    person = Person(id=1, external_id="1", name=text, created_at=MONDAY)
    kinds = list(texts.KINDS)
    items = [
        Item(
            News(kinds[n % len(kinds)], "", text),
            Suggestion(
                id=n, community_id=1, number=2**31 - n, author_id=1, text=text, origin=str(n), created_at=MONDAY
            ),
            community,
        )
        for n in range(lines)
    ]
    return Letter("letter:1", person, items, names_communities=True)


async def test_a_merge_may_be_contested_by_who_asked(town: Town) -> None:
    await a_wish(town)
    async with town.database.writing() as session:
        suggestion = await suggestions.get_suggestion(session, 1, 1)
        assert suggestion is not None
        author = await members.get_person(session, suggestion.author_id)
        await notify(session, suggestion, [author.id or 0], News("merged", "1", "7"), MONDAY)
    await later(town)
    message = town.last(town.private("ahe"))
    assert "🔗 #1 a faster camera — joined to #7" in message.content
    [[contest]] = message.buttons
    assert (contest.label, contest.data) == ("#1: Mine is different", "contest:1")


async def test_who_reserved_it_hears_that_it_is_there_for_them_in_one_line(town: Town) -> None:
    group = await a_wish(town)
    await town.say("yutong", group, "/status 1 planned")
    card = next(message for message in town.public(group) if message.button("reserve:1"))
    await town.press("xiaoman", card, "✋")
    await town.say("yutong", group, "/ship 1 v2.3")
    await later(town)
    [said] = letters(town, "xiaoman")
    assert "🎁 #1 a faster camera — shipped in v2.3; you wanted to try it first" in said
    assert "✅" not in said
    assert "✅" in letters(town, "ahe")[0]
