"""Answers of people are kept, and move a community's threshold once there are enough of them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import select

from bot.community import learning
from bot.community.similar import OFFERED_FROM, OFFERED_FROM_BY_TERMS
from bot.community.thresholds import ENOUGH, fit
from storage import communities, findings, judgements, members, suggestions
from storage.database import Session
from storage.judgements import MERGE, MOST_OF_ONE, Judgement
from storage.members import Person
from storage.suggestions import Offer, Suggestion
from tests.town import Town

USUAL = 0.4
ANSWERS = st.lists(st.tuples(st.floats(0.01, 1.6), st.booleans()), min_size=ENOUGH, max_size=300)


@given(ANSWERS, st.randoms(use_true_random=False))
def test_a_threshold_stays_within_bounds_and_knows_no_order(answers: list[tuple[float, bool]], random: object) -> None:
    found = fit(answers, USUAL)
    shuffled = sorted(answers, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis's Random
    assert found is not None
    assert USUAL / 2 <= found <= USUAL * 2
    assert fit(shuffled, USUAL) == found


def test_too_few_answers_say_nothing() -> None:
    assert fit([(0.9, True)] * (ENOUGH - 1), USUAL) is None


def test_a_threshold_goes_where_people_divide() -> None:
    higher = [(0.45, False)] * 60 + [(0.6, True)] * 60
    lower = [(0.2, False)] * 60 + [(0.3, True)] * 60
    assert USUAL < (fit(higher, USUAL) or 0) < 0.6
    assert USUAL > (fit(lower, USUAL) or 1) > 0.3
    more = fit(higher * 5, USUAL) or 0
    assert abs(more - 0.6) < abs((fit(higher, USUAL) or 0) - 0.6), "many answers count more than few"


def test_where_all_is_wrong_less_is_offered() -> None:
    assert (fit([(0.5, False)] * ENOUGH, USUAL) or 0) > USUAL


async def kept(town: Town) -> list[Judgement]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Judgement).order_by(Judgement.id)))  # type: ignore[arg-type]  # SQLModel types columns as values


async def test_what_people_answer_to_an_offer_is_kept(any_town: Town) -> None:
    town = any_town
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    for who in ("ahe", "tang", "yutong"):
        await town.say(who, group, "建议 支援深色模式")
    shown = await kept(town)
    assert [(row.door, row.is_same, row.judged_at) for row in shown] == [("offer", None, None)] * 3
    assert all(row.certainty and row.certainty > 0.3 and row.vector_by for row in shown)
    ahe, tang, _ = [message for message in town.said(group) if message.buttons and "+1" in str(message)]
    await town.press("ahe", ahe, "+1")
    await town.press("tang", tang, tang.buttons[-1][0].label)
    town.clock.leap(timedelta(hours=13).total_seconds())
    await town.knock()
    joined, different, unanswered = await kept(town)
    assert (joined.is_same, joined.judged_by_id, joined.other_id) == (True, joined.judged_by_id, None)
    assert joined.judged_by_id
    assert (different.is_same, different.other_id) == (False, 2)
    assert (unanswered.is_same, unanswered.other_id, unanswered.judged_by_id) == (None, 3, None)
    assert unanswered.judged_at


@pytest.mark.parametrize("said_last", ["merge", "split"])
async def test_the_teams_last_word_on_a_pair_counts(any_town: Town, said_last: str) -> None:
    town = any_town
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "/suggest 通话自动录音")
    verbs = [learning.learn_merge, learning.learn_split]
    for verb in verbs if said_last == "split" else reversed(verbs):
        async with town.database.writing() as session:
            await verb(session, 1, 2, 1, 1, town.clock.now())
    (row,) = await kept(town)
    assert (row.door, row.suggestion_id, row.other_id) == (MERGE, 1, 2)
    assert row.is_same == (said_last == "merge")


@pytest.mark.parametrize("said", ["", "/merge 2 1", "/merge 1 2"])
async def test_the_quiet_hour_notes_how_certain_the_finder_would_have_been(any_town: Town, said: str) -> None:
    town = any_town
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "/suggest 晚上看屏幕太刺眼")
    if "+1" in str(town.last(group)):
        await town.press("ahe", town.last(group), "不一样")
    async with town.database.writing() as session:
        await session.exec(delete(Judgement))
        await learning.learn_merge(session, 1, 2, 1, 1, town.clock.now())
    if said:
        await town.say("tang", group, said)
        await town.press("tang", town.last(group), "合并")
    await town.knock()
    town.clock.leap(timedelta(hours=24).total_seconds())
    await town.knock()
    (row,) = await kept(town)
    assert row.certainty is not None
    assert 0.1 < row.certainty < 1.6, "its own words, which are there too, say nothing about it"
    assert row.vector_by == town.millet.finder.name


async def test_of_answers_that_can_no_longer_be_measured_none_speaks_against_offers_and_none_ends_a_night(
    town: Town,
) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "建议 支援深色模式")
    await town.press("ahe", town.last(group), "+1")
    await town.say("tang", group, "建议 支援深色模式")
    await town.press("tang", town.last(group), town.last(group).buttons[-1][0].label)
    async with town.database.writing() as session:
        for row in await session.exec(select(Judgement)):
            row.certainty = None  # as where the finder has changed
    await town.knock()
    town.clock.leap(timedelta(hours=24).total_seconds())
    await town.knock()
    async with town.database.reading() as look:
        finding = await findings.get_finding(look, 1)
    assert finding
    assert finding.due_at > town.clock.now()
    joined, different = await kept(town)
    assert (joined.is_same, joined.certainty) == (True, None), "there is no text left to measure"
    assert (different.is_same, different.certainty) == (False, None), "so the other answers must not count alone"


async def test_all_that_the_team_merges_counts_though_its_authors_had_called_it_different(any_town: Town) -> None:
    town = any_town
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "建议 支援深色模式")
    await town.press("ahe", town.last(group), town.last(group).buttons[-1][0].label)
    many = MOST_OF_ONE + 1
    (shown,) = await kept(town)
    async with town.database.writing() as session:
        now = town.clock.now()
        for number in range(3, many + 2):
            offer = await copy_of_the_offer(session, shown)
            asked = Suggestion(
                community_id=1, number=number, author_id=2, text="深色", origin=f"o/{number}", created_at=now
            )
            made = await suggestions.add_suggestion(session, asked)
            row = Judgement(
                **shown.model_dump(exclude={"id", "offer_id", "other_id"}), offer_id=offer, other_id=made.id
            )
            await judgements.add_judgements(session, [row])
        for other in range(2, many + 2):
            await learning.learn_merge(session, 1, other, 1, 1, now)
    async with town.database.reading() as look:
        answers = await judgements.list_answers(look, 1, shown.vector_by)
    assert [is_right for _, is_right in answers] == [True] * many


async def copy_of_the_offer(session: Session, shown: Judgement) -> int | None:
    offer = await suggestions.get_offer(session, shown.offer_id or 0)
    assert offer
    copied = Offer(**offer.model_dump(exclude={"id", "origin"}), origin=uuid4().hex)
    copied.answered_at = offer.created_at
    return (await suggestions.add_offer(session, copied)).id


@pytest.mark.parametrize("people", [ENOUGH // MOST_OF_ONE, 1])
async def test_a_night_after_enough_answers_the_threshold_follows_and_no_single_person(
    any_town: Town, people: int
) -> None:
    town = any_town
    group = town.group()
    await town.say("xiaoman", group, "/suggest 希望支持深色模式")
    await town.say("ahe", group, "建议 支援深色模式")
    (shown,) = await kept(town)
    async with town.database.writing() as session:
        now = town.clock.now()
        who = [
            await members.add_person(session, Person(external_id=f"p{n}", name="p", created_at=now))
            for n in range(people)
        ]
        for n in range(ENOUGH):
            offer = await copy_of_the_offer(session, shown)
            row = Judgement(**shown.model_dump(exclude={"id", "offer_id"}), offer_id=offer)
            row.certainty, row.is_same, row.judged_at, row.judged_by_id = 5.0, False, now, who[n % people].id
            await judgements.add_judgements(session, [row])
    await town.knock()
    town.clock.leap(timedelta(hours=24).total_seconds())
    await town.knock()
    finder = town.millet.finder
    async with town.database.reading() as look:
        community = await communities.get_community(look, 1)
        learnt = await finder.offered_from(look, community, by_meaning=True)
        assert learnt == (OFFERED_FROM if people == 1 else 2 * OFFERED_FROM)
        assert await finder.offered_from(look, community, by_meaning=False) == OFFERED_FROM_BY_TERMS
