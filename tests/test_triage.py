"""The team's verbs, spoken in the group: status, decline, ship."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.community import suggestions as rules
from bot.community import triage
from bot.community.errors import CannotShip, SameStatus, TextTooLong, UnknownSuggestion
from bot.community.suggestions import Ask
from bot.community.triage import Decision
from bot.sandbox.model import Chat, Message
from handlers.triage import STATUS_BY_WORD, read_shipment
from storage import communities, members, suggestions
from storage.communities import Community
from storage.database import Database
from storage.members import Person
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED, Suggestion
from storage.wordings import Indexed
from tests.town import MONDAY, Town


async def an_english_group(town: Town, title: str = "Grain OS", members: str = "tang yutong ahe xiaoman") -> Chat:
    for key in members.split():
        town.person(key).language_code = "en"
    group, owner = town.group(title, members), members.split(maxsplit=1)[0]
    await town.settle()
    await town.say(owner, group, "/language")
    await town.press(owner, town.last(group), "English")
    return group


async def suggested(town: Town, group: Chat, *texts: str, by: str = "ahe") -> list[Message]:
    """The cards of new suggestions."""
    cards = []
    for text in texts:
        await town.say(by, group, f"/suggest {text}")
        cards.append(town.last(group))
    return cards


async def stored(town: Town, number: int, community_id: int = 1) -> Suggestion:
    async with town.database.reading() as look:
        found = await suggestions.get_suggestion(look, community_id, number)
    assert found is not None
    return found


async def releases(town: Town) -> list[Release]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Release)))


async def test_a_moderator_plans_and_the_card_says_so(town: Town) -> None:
    group = await an_english_group(town)
    [card] = await suggested(town, group, "a faster camera")
    said = await town.say("yutong", group, "/status 1 planned for the spring")
    answer = town.last(group)
    assert (answer.content, answer.reply_to) == ("#1 is now planned.", said)
    assert "planned: for the spring" in card.content
    suggestion = await stored(town, 1)
    assert (suggestion.status, suggestion.reason, suggestion.decided_at) == (PLANNED, "for the spring", MONDAY)
    async with town.database.reading() as look:
        assert (await members.get_person(look, suggestion.decided_by_id or 0)).name == "雨桐"


@pytest.mark.parametrize(
    ("said", "status"),
    [("/状态 1 进行中", STARTED), ("/狀態 #1：計畫，下個月", PLANNED), ("/status@millet_demo_bot 1, STARTED", STARTED)],
)
async def test_the_status_in_three_languages(town: Town, said: str, status: str) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, said)
    assert (await stored(town, 1)).status == status


def test_every_status_has_words_in_both_scripts() -> None:
    for word, status in {"计划": PLANNED, "計劃": PLANNED, "開始": STARTED, "待定": OPEN, "拒絕": DECLINED}.items():
        assert STATUS_BY_WORD[word] == status


async def test_the_same_status_again_says_so(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/status 1 planned in spring")
    town.clock.leap(60)
    await town.say("yutong", group, "/status 1 planned")
    assert "#1 is planned already" in town.last(group).content
    assert (await stored(town, 1)).decided_at == MONDAY
    await town.say("yutong", group, "/status 1 planned in summer")
    assert (await stored(town, 1)).reason == "in summer"


async def test_status_alone_tells_it(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/status 1")
    assert "#1 is open" in town.last(group).content
    await town.say("yutong", group, "/status 1 someday")
    assert "“someday”" in town.last(group).content
    await town.say("yutong", group, "/status soon")
    assert "/status 12" in town.last(group).content


async def test_declining_needs_a_reason_that_everyone_reads(town: Town) -> None:
    group = await an_english_group(town)
    [card] = await suggested(town, group, "a faster camera")
    for words in ("/decline 1", "/status 1 declined"):
        await town.say("yutong", group, words)
        assert "reason" in town.last(group).content
        assert (await stored(town, 1)).status == OPEN
    await town.say("yutong", group, "/婉拒 1 the sensor cannot do it")
    assert (await stored(town, 1)).status == DECLINED
    assert "declined: the sensor cannot do it" in card.content
    assert not card.buttons


async def test_a_declined_one_may_be_reopened(town: Town) -> None:
    group = await an_english_group(town)
    [card] = await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/decline 1 the sensor cannot do it")
    await town.say("tang", group, "/status 1 open")
    assert town.last(group).content == "#1 is open again."
    assert "sensor" not in card.content
    assert card.buttons


async def test_shipping_together(town: Town) -> None:
    group = await an_english_group(town)
    cards = await suggested(town, group, "a faster camera", "dark mode")
    cards += await suggested(town, group, "louder alarm clock", by="xiaoman")
    await town.press("xiaoman", cards[0], "👍")
    await town.press("tang", cards[0], "👍")
    await town.say("yutong", group, "/ship 1, #3 v2.3 faster everywhere")
    answer = town.last(group).content
    assert "Shipped in v2.3" in answer
    assert "#1 a faster camera — 阿禾 and 2 others" in answer
    assert "#3 louder alarm clock — 小满" in answer
    assert "Fri, Nov 20 17:00" in answer
    [release] = await releases(town)
    assert (release.version, release.note, release.released_at) == ("v2.3", "faster everywhere", MONDAY)
    for number in (1, 3):
        suggestion = await stored(town, number)
        assert (suggestion.status, suggestion.release_id, suggestion.decided_at) == (SHIPPED, release.id, MONDAY)
    assert (await stored(town, 2)).status == OPEN
    assert "shipped" in cards[0].content
    assert "shipped" in cards[2].content
    assert "shipped" not in cards[1].content


async def test_shipping_is_all_or_nothing(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode")
    await town.say("yutong", group, "/ship 2 v1.0")
    await town.say("yutong", group, "/上线 1 2 77 99999999999 v2.3")
    answer = town.last(group).content
    assert "Nothing was shipped" in answer
    assert "#77 #99999999999" in answer
    assert "already: #2" in answer
    assert (await stored(town, 1)).status == OPEN
    assert len(await releases(town)) == 1
    await town.say("yutong", group, "/ship v2.3")
    assert "/ship 12 14 v2.3" in town.last(group).content


async def test_what_is_shipped_can_only_be_reopened(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/status 1 shipped")
    assert "/ship 1" in town.last(group).content
    await town.say("yutong", group, "/ship 1")
    for words in ("/status 1 planned", "/decline 1 no"):
        await town.say("yutong", group, words)
        assert "/status 1 open" in town.last(group).content
    assert (await stored(town, 1)).status == SHIPPED
    await town.say("yutong", group, "/status 1 open")
    suggestion = await stored(town, 1)
    assert (suggestion.status, suggestion.release_id) == (OPEN, None)


@pytest.mark.parametrize("words", ["/status 1 planned", "/decline 1 no", "/ship 1 v2", "/拒绝 1 no", "/发布 1"])
async def test_members_are_refused(town: Town, words: str) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("ahe", group, words)
    assert town.last(group).content == "Only administrators of this community's chats can do that. Ask one of them."
    assert (await stored(town, 1)).status == OPEN


async def test_a_demoted_moderator_is_refused_within_a_minute(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/status 1 planned")
    town.world.demote(group, town.person("yutong"))
    town.clock.leap(61)
    await town.say("yutong", group, "/status 1 started")
    assert (await stored(town, 1)).status == PLANNED


async def test_an_anonymous_administrator_shows_their_face_first_and_is_the_team(town: Town) -> None:
    group = await an_english_group(town)
    [card] = await suggested(town, group, "a faster camera")
    town.world.say_anonymous_admin(group, "/status 1 started")
    await town.settle()
    question = town.last(group)
    assert (await stored(town, 1)).status == OPEN
    await town.press("ahe", question, "It is me")
    assert (await stored(town, 1)).status == OPEN
    await town.press("yutong", question, "It is me")
    suggestion = await stored(town, 1)
    assert (suggestion.status, suggestion.decided_as_team) == (STARTED, True)
    async with town.database.reading() as look:
        assert (await members.get_person(look, suggestion.decided_by_id or 0)).name == "雨桐"
    assert "started — the team" in card.content
    assert "#1 is now started" in question.content
    assert not question.buttons


async def test_an_anonymous_administrators_typed_reason_is_the_teams_once_they_show_their_face(town: Town) -> None:
    group = await an_english_group(town)
    [card] = await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/inbox")
    await town.press("yutong", town.last(group), "#1")
    await town.press("yutong", town.last(group), "Decline")
    asked = town.public(group)[-1]
    town.world.say_anonymous_admin(group, "the sensor cannot do it", reply_to=asked)
    await town.settle()
    question = town.last(group)
    assert "It is me" in question.buttons[0][0].label
    assert (await stored(town, 1)).status == OPEN
    assert "asked somebody else" in await town.press("tang", question, "It is me")
    assert "Only administrators" in await town.press("ahe", question, "It is me")
    for forged in ("confirm:99", "confirm:x", "confirm:" + "9" * 30, "confirm:", "confirmed"):
        town.world.press_data(town.person("yutong"), question, forged)
        await town.settle()
    assert (await stored(town, 1)).status == OPEN
    await town.press("yutong", question, "It is me")
    suggestion = await stored(town, 1)
    assert (suggestion.status, suggestion.reason) == (DECLINED, "the sensor cannot do it")
    assert suggestion.decided_as_team
    assert "declined: the sensor cannot do it — the team" in card.content
    assert "#1" in question.content
    assert not question.buttons
    town.world.say_anonymous_admin(group, "no, it can", reply_to=asked)
    await town.settle()
    assert town.last(group) is question, "answered once"


async def test_a_demoted_one_confirms_nothing_and_presses_nothing(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/inbox")
    await town.press("yutong", town.last(group), "#1")
    card = town.last(group)
    town.world.say_anonymous_admin(group, "/decline 1 no")
    await town.settle()
    question = town.public(group)[-1]
    town.world.demote(group, town.person("yutong"))
    assert "Only administrators" in await town.press("yutong", question, "It is me")
    town.clock.leap(61)
    assert "Only administrators" in await town.press("yutong", card, "Plan")
    assert (await stored(town, 1)).status == OPEN


async def test_the_card_names_who_decided_or_the_team(town: Town) -> None:
    group = await an_english_group(town)
    [card] = await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/status 1 planned")
    assert "planned — 雨桐" in card.content
    await town.say("tang", group, "/settings team_signs on")
    await town.say("yutong", group, "/status 1 started soon")
    assert "started: soon — the team" in card.content
    await town.say("tang", group, "/status 1")
    assert "#1 is started (the team)" in town.last(group).content


async def test_another_communitys_numbers_cannot_be_touched(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode")
    theirs = await an_english_group(town, "Elsewhere", "sam ahe")
    await suggested(town, theirs, "tea in the kitchen")
    for words in ("/status 2 planned", "/decline 2 no", "/ship 2 v1", "/ship 1 2 v1"):
        await town.say("sam", theirs, words)
        assert "There is no #2 here" in town.last(theirs).content
    await town.say("sam", theirs, "/ship 1 v1")
    assert (await stored(town, 1)).status == (await stored(town, 2)).status == OPEN


async def test_ordinary_talk_is_no_order(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    before = len(town.texts(group))
    for words in ("发布会几点开始？", "上线了吗", "状态不错", "拒绝加班"):
        await town.say("yutong", group, words)
    assert len(town.texts(group)) == before


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("12 14 v2.3 note", ([12, 14], "v2.3", "note")),
        ("#12,#14，2.3 修好了", ([12, 14], "2.3", "修好了")),
        ("12、14、12 v2.3版，更快", ([12, 14], "v2.3", "更快")),
        ("12 3个新功能", ([12], "", "3个新功能")),
        ("#12#14修好了", ([12, 14], "", "修好了")),
        ("12 2.3.1-beta.2 hi", ([12], "2.3.1-beta.2", "hi")),
        ("12\n14\nv3\ntwo\nlines", ([12, 14], "v3", "two\nlines")),
        ("v2.3", ([], "v2.3", "")),
        ("", ([], "", "")),
    ],
)
def test_how_a_shipment_is_written(words: str, read: tuple[list[int], str, str]) -> None:
    assert read_shipment(words) == read


async def a_suggestion(database: Database) -> tuple[Community, Person]:
    now = datetime(2026, 11, 16, 1, tzinfo=UTC)
    async with database.writing() as session:
        made = Community(name="谷雨", language="en", zone="Asia/Shanghai", created_at=now, digest_due_at=now)
        community = await communities.add_community(session, made)
        person = await members.add_person(session, Person(external_id="1", name="阿禾", created_at=now))
        await rules.submit(
            session, Ask(community.id or 0, person.id or 0, "相机更快", "o/1"), Indexed(["相机"], "test"), now
        )
    return community, person


async def test_of_several_who_ship_the_same_at_once_one_succeeds(database: Database) -> None:
    community, person = await a_suggestion(database)

    async def ship() -> None:
        release = Release(community_id=community.id or 0, released_by_id=person.id or 0, released_at=MONDAY)
        async with database.writing() as session:
            await triage.ship(session, release, [1])

    for issued in (1, 2, 3):  # from the second round on all connections are open, so that they really meet
        ended = await asyncio.gather(*(ship() for _ in range(6)), return_exceptions=True)
        assert ended.count(None) == 1
        assert [refusal for refusal in ended if refusal] == [CannotShip((), (1,))] * 5
        async with database.writing() as session:
            assert len(list(await session.exec(select(Release)))) == issued
            await triage.decide(session, community.id or 0, 1, Decision(OPEN, "", person.id or 0), MONDAY)


async def test_what_the_rules_refuse(database: Database) -> None:
    community, person = await a_suggestion(database)

    async def decide(number: int, status: str, reason: str = "") -> None:
        async with database.writing() as session:
            decision = Decision(status, reason, person.id or 0)
            await triage.decide(session, community.id or 0, number, decision, MONDAY)

    for number in (0, 2, 2**31, 10**11):
        with pytest.raises(UnknownSuggestion):
            await decide(number, PLANNED)
    with pytest.raises(TextTooLong):
        await decide(1, DECLINED, "x" * 1025)
    with pytest.raises(SameStatus):
        await decide(1, OPEN)
    release = Release(
        community_id=community.id or 0, version="v" * 65, released_by_id=person.id or 0, released_at=MONDAY
    )
    with pytest.raises(TextTooLong):
        async with database.writing() as session:
            await triage.ship(session, release, [1])
