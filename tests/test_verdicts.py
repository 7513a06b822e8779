"""A week after shipping those who asked say whether it works; enough of "no" opens it again."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.community import verdicts
from bot.community.verdicts import MOST_AT_ONCE, Questions, Satisfaction, satisfaction
from bot.sandbox.model import Chat, Message
from bot.sandbox.people import Person as Account
from bot.texts import verdicts as texts
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.html import units, visible
from storage.audit import list_actions
from storage.communities import Community
from storage.database import Database
from storage.members import Person, get_person
from storage.releases import Release
from storage.suggestions import OPEN, SHIPPED, Suggestion
from storage.verdicts import ANSWERS, NO, Asked, Verdict
from tests.test_notices import DAY, later, letters
from tests.test_triage import an_english_group, stored, suggested
from tests.town import MONDAY, Town

WEEK = 7 * DAY


async def a_shipped_wish(town: Town, askers: str = "ahe", *, staff: bool = False) -> Chat:
    """#1 by Ahe in v2.3, asked for by others in their own words too; everybody can be written to."""
    for key in set(askers.split()) - {"ahe", "xiaoman", "sam", "tang", "yutong"}:
        town.world.people.add(Account(town.world.people.next_id(), key, key, "en"))
    group = await an_english_group(
        town, members=" ".join(dict.fromkeys(["tang", "yutong", *askers.split(), "xiaoman"]))
    )
    if staff:
        await a_room(town)
    for who in askers.split():
        await town.start(who)
    [card] = await suggested(town, group, "a faster camera")
    for who in askers.split()[1:]:
        await town.say(who, group, "/suggest a faster camera")
        await town.press(who, town.last(group), "+1 #1")
    await town.press("xiaoman", card, "👍")
    await town.say("yutong", group, "/ship 1 v2.3")
    return group


async def a_room(town: Town) -> Chat:
    room = town.group("Team", "tang yutong")
    await town.settle()
    await town.press("tang", town.last(room), "归入")
    await town.press("tang", town.last(room), "团队")
    return room


def questions(town: Town, who: str) -> list[Message]:
    return [message for message in town.said(town.private(who)) if "Does it work for you?" in message.content]


async def a_week_later(town: Town) -> None:
    await later(town)
    town.clock.leap(WEEK - 600)
    await town.knock()


async def test_the_asker_is_asked_once_and_the_voter_not(any_town: Town) -> None:
    town = any_town
    group = await a_shipped_wish(town)
    await town.start("xiaoman")
    in_public = len(town.public(group))
    await later(town, DAY)
    assert not questions(town, "ahe")
    await a_week_later(town)
    [question] = questions(town, "ahe")
    assert "#1 a faster camera · v2.3" in question.content
    assert [button.label for button in question.buttons[0]] == ["👍 Works", "🤔 Partly", "👎 No"]
    assert not questions(town, "xiaoman")
    await later(town, DAY)
    assert len(questions(town, "ahe")) == 1
    assert len(town.public(group)) == in_public + 1  # the digest, under its picture


async def test_an_answer_can_be_changed_for_a_week(town: Town) -> None:
    await a_shipped_wish(town)
    await a_week_later(town)
    [question] = questions(town, "ahe")
    await town.press("ahe", question, "Works")
    assert question.buttons[0][0].label == "✓ 👍 Works"
    assert "change your answer" in question.content
    await town.press("ahe", question, "No")
    assert [button.label for button in question.buttons[0]] == ["👍 Works", "🤔 Partly", "✓ 👎 No"]
    assert await said(town) == Satisfaction(0, 0, 1)
    town.clock.leap(WEEK + 60)
    assert "closed" in await town.press("ahe", question, "Works")
    assert await said(town) == Satisfaction(0, 0, 1)


async def said(town: Town) -> Satisfaction:
    async with town.database.reading() as look:
        return await satisfaction(look, 1, MONDAY, MONDAY + timedelta(days=90))


async def test_words_reach_the_team_in_one_live_message(town: Town) -> None:
    await a_shipped_wish(town, "ahe bo", staff=True)
    room = next(chat for chat in town.world.chats.values() if chat.title == "Team")
    await a_week_later(town)
    before = len(town.public(room))
    for who, words in (("ahe", "too dark <b>&"), ("bo", "slow")):
        [question] = questions(town, who)
        await town.press(who, question, "Partly")
        await town.press(who, question, "Tell the team more")
        await town.say(who, town.private(who), words)
        assert "the team reads it" in town.last(town.private(who)).content
    [report] = town.public(room)[before:]
    assert "How v2.3 works for those who asked" in visible(report.content) or "v2.3" in report.content
    assert "👍 0 · 🤔 2 · 👎 0" in report.content
    assert "too dark <b>&" in report.content
    assert "slow" in report.content


async def test_without_a_room_words_reach_who_shipped_it(town: Town) -> None:
    await a_shipped_wish(town)
    await town.start("yutong")
    await a_week_later(town)
    [question] = questions(town, "ahe")
    await town.press("ahe", question, "No")
    await town.press("ahe", question, "Tell the team more")
    await town.say("ahe", town.private("ahe"), "too dark")
    await later(town)
    [told] = letters(town, "yutong")
    assert "too dark" in told


async def test_enough_noes_open_it_again(any_town: Town) -> None:
    town = any_town
    group = await a_shipped_wish(town, "ahe bo cai", staff=True)
    await town.start("xiaoman")
    await a_week_later(town)
    for who in ("ahe", "bo"):
        await town.press(who, questions(town, who)[0], "No")
    assert (await stored(town, 1)).status == SHIPPED
    await town.press("cai", questions(town, "cai")[0], "No")
    suggestion = await stored(town, 1)
    assert (suggestion.status, suggestion.release_id) == (OPEN, None)
    assert suggestion.reason == "did not work for 3 of 3" or "3" in suggestion.reason
    room = next(chat for chat in town.world.chats.values() if chat.title == "Team")
    assert "#1" in town.public(room)[-1].content
    await the_audit_names_the_community(town)
    assert "closed" in await town.press("cai", questions(town, "cai")[0], "Works")
    await later(town, DAY)
    [news] = [text for text in letters(town, "xiaoman") if "💡" in text]
    assert "#1 a faster camera" in news
    card = next(message for message in town.public(group) if "💡 #1" in message.content)
    assert card.buttons


async def the_audit_names_the_community(town: Town) -> None:
    async with town.database.reading() as look:
        row = next(row for row in await list_actions(look, 1, 10) if row.action == "reopened")
        actor = await get_person(look, row.actor_id)
    assert (row.subject, row.was["status"], row.became["status"]) == ("#1", SHIPPED, OPEN)
    assert (actor.name, actor.reachable, actor.network) == ("Grain OS", False, "millet")


async def test_three_noes_of_seven_are_not_enough() -> None:
    assert not Satisfaction(4, 0, 3).reopens
    assert not Satisfaction(0, 0, 2).reopens
    assert not Satisfaction(2, 1, 3).reopens
    assert Satisfaction(2, 0, 3).reopens


async def test_who_cannot_be_written_to_is_not_asked(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera")
    await town.say("yutong", group, "/ship 1 v2.3")
    await a_week_later(town)
    await town.start("ahe")
    await later(town, DAY)
    assert not questions(town, "ahe")


async def test_what_was_reopened_meanwhile_is_not_asked_about(town: Town) -> None:
    group = await a_shipped_wish(town)
    await later(town, DAY)
    await town.say("yutong", group, "/status 1 open")
    await a_week_later(town)
    assert not questions(town, "ahe")
    await town.say("yutong", group, "/ship 1 v2.4")
    await a_week_later(town)
    [question] = questions(town, "ahe")
    assert "v2.4" in question.content


async def test_questions_and_news_share_the_one_message_of_the_day(town: Town) -> None:
    group = await a_shipped_wish(town)
    await suggested(town, group, "tea in the kitchen")
    await later(town)
    assert len(letters(town, "ahe")) == 1
    town.clock.leap(WEEK - 1200)
    await town.say("yutong", group, "/status 2 planned")
    await later(town)
    assert len(questions(town, "ahe")) == 1
    assert len(letters(town, "ahe")) == 1
    await later(town, DAY)
    assert len(letters(town, "ahe")) == 2


async def test_somebody_elses_question_cannot_be_answered(town: Town) -> None:
    await a_shipped_wish(town)
    await town.start("sam")
    await a_week_later(town)
    [question] = questions(town, "ahe")
    data = question.buttons[0][2].data or ""
    await town.say("sam", town.private("sam"), "/help")
    for forged in (data, "why:1", "verdict:1:7", "verdict:999:0"):
        pressed = town.world.press_data(town.person("sam"), town.last(town.private("sam")), forged)
        await town.settle()
        assert pressed.answer is not None
        assert pressed.answer.text
    assert await said(town) == Satisfaction(0, 0, 0)


async def test_the_digest_tells_the_figures(town: Town) -> None:
    group = await a_shipped_wish(town, "ahe bo")
    await a_week_later(town)
    await town.press("ahe", questions(town, "ahe")[0], "Works")
    await town.press("bo", questions(town, "bo")[0], "No")
    await town.say("yutong", group, "/digest")
    assert "👍 1 works · 👎 1 no" in town.last(group).content
    town.clock.leap(to=MONDAY + timedelta(days=11, hours=8))
    await town.knock()
    assert "👎 1 no" in town.last(group).content
    town.clock.leap(WEEK)
    await town.knock()
    assert "👎 1 no" not in town.last(group).content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_words_fit(language: str) -> None:
    t, hostile = translator(language), '<b>&"' + "😀" * 1000
    asked = [an_answer(n, hostile) for n in range(40)]
    person = asked[0].person
    community = Community(
        id=1, name=hostile[:255], language="en", zone="Asia/Shanghai", created_at=MONDAY, digest_due_at=MONDAY
    )
    for said_to_all in (
        texts.questions(t, Questions("key", person, asked[:MOST_AT_ONCE], community, {1: hostile})),
        texts.report(t, asked[0].release, asked),
        texts.reopened(t, asked[0].suggestion, Satisfaction(0, 0, 99999)),
    ):
        assert units(visible(said_to_all.text)) <= 4096
        assert '<b>&"' not in said_to_all.text
        assert all(len((b.data or "").encode()) <= 64 for row in said_to_all.keyboard for b in row)


def an_answer(n: int, text: str) -> Asked:
    return Asked(
        Verdict(
            id=n, community_id=1, suggestion_id=n, release_id=1, person_id=n, answer=NO, words=text[:1024], letter="key"
        ),
        Suggestion(id=n, community_id=1, number=n, author_id=1, text=text, origin=str(n), created_at=MONDAY),
        Release(id=1, community_id=1, version=text[:64], released_by_id=1, released_at=MONDAY),
        Person(id=n, external_id=str(n), name=text[:255], created_at=MONDAY),
        None,
    )


async def test_an_empty_community_is_neither_content_nor_not(database: Database) -> None:
    async with database.reading() as look:
        assert await satisfaction(look, 1, MONDAY) == Satisfaction(0, 0, 0)
        assert not list(await look.exec(select(Verdict)))
    assert len(ANSWERS) == 3
    assert verdicts.FEWEST_NOES == 3
