"""Merging: counted together, nothing moved, parted exactly again, both askers named; a member may doubt it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.community import merges, suggestions, triage, votes
from bot.community.errors import CannotMerge, MergedIntoItself, NotMerged, OwnSuggestion, PartOfAnother, Refusal
from bot.community.suggestions import Ask
from bot.community.triage import Decision
from bot.sandbox.model import Chat, Message
from storage import members
from storage import merges as rows
from storage import votes as vote_rows
from storage.communities import Chat as ChatRow
from storage.database import Database, Session
from storage.members import Member
from storage.notices import Notice
from storage.releases import Release
from storage.suggestions import MERGED, OPEN, PLANNED, SHIPPED, Suggestion
from storage.votes import Vote
from storage.wordings import Indexed
from tests.circle import NOW, Circle, found
from tests.databases import SqliteMaker
from tests.test_triage import an_english_group, stored, suggested
from tests.town import Town

PEOPLE, WISHES = 5, 4


async def wishes(circle: Circle, count: int = WISHES) -> None:
    """As many suggestions, each of another person's; everybody is a member."""
    async with circle.database.writing() as session:
        for person in circle.strangers:
            member = Member(community_id=circle.community_id, person_id=person, joined_at=NOW, seen_at=NOW)
            await members.add_member(session, member)
        for n in range(count):
            author = [circle.seed, *circle.strangers][n]
            ask = Ask(circle.community_id, author, f"wish {n}", f"o/{n}")
            await suggestions.submit(session, ask, Indexed([f"wish{n}"], "test"), NOW)


async def act(circle: Circle, verb: Callable[[Session], Any]) -> bool:
    """Do something in a transaction of its own; False when it was refused."""
    try:
        async with circle.database.writing() as session:
            await verb(session)
    except Refusal:
        return False
    return True


class Model:
    """What the rules promise, in sets."""

    def __init__(self) -> None:
        self.into: dict[int, int] = {}
        self.votes: set[tuple[int, int]] = set()  # person, suggestion

    def root(self, number: int) -> int:
        while number in self.into:
            number = self.into[number]
        return number

    def family(self, number: int) -> set[int]:
        return {n for n in range(1, WISHES + 1) if self.passes(n, number)}

    def passes(self, number: int, through: int) -> bool:
        while number != through and number in self.into:
            number = self.into[number]
        return number == through

    def tally(self, number: int) -> int:
        family = self.family(number)
        return len({person for person, voted in self.votes if voted in family and person != number - 1})

    def press(self, person: int, number: int) -> None:
        root = self.root(number)
        theirs = {(person, one) for one in self.family(root)} & self.votes
        if person == root - 1:
            return
        self.votes = self.votes - theirs if theirs else self.votes | {(person, root)}


NUMBER = st.integers(1, WISHES)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.integers(0, PEOPLE - 1), NUMBER),
        st.tuples(st.just("merge"), NUMBER, NUMBER),
        st.tuples(st.just("split"), NUMBER, NUMBER),
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_any_order_of_votes_merges_and_splits_counts_as_the_model_says(
    sqlite: SqliteMaker, tmp_path: Any, steps: list[tuple[str, int, int]]
) -> None:
    await play(Database(await sqlite.make(tmp_path)), steps)


async def test_the_same_on_both_databases(database: Database) -> None:
    steps = [("press", 3, 2), ("press", 0, 2), ("merge", 2, 1), ("press", 3, 1), ("press", 4, 2), ("merge", 1, 3)]
    steps += [("merge", 3, 2), ("press", 2, 2), ("split", 1, 1), ("press", 4, 2), ("split", 2, 2), ("merge", 3, 1)]
    await play(database, steps)


async def play(database: Database, steps: list[tuple[str, int, int]]) -> None:
    circle, model = await found(database, PEOPLE - 1), Model()
    people = [circle.seed, *circle.strangers]
    await wishes(circle)
    for verb, first, second in steps:
        await step(circle, model, people, verb, first, second)
        async with database.reading() as look:
            counted = await vote_rows.count_votes(look, list(range(1, WISHES + 1)))
            wanted = await vote_rows.list_most_wanted(look, circle.community_id, 10)
            roots = await rows.map_roots(look, range(1, WISHES + 1))
        tallies = {n: model.tally(n) for n in range(1, WISHES + 1)}
        assert counted == {n: votes for n, votes in tallies.items() if votes}
        assert {s.number: votes for s, votes in wanted} == {n: tallies[n] for n in tallies if n not in model.into}
        assert roots == {n: model.root(n) for n in model.into}
    await database.close()


async def step(circle: Circle, model: Model, people: list[int], verb: str, first: int, second: int) -> None:
    community_id = circle.community_id
    if verb == "press":

        async def press(session: Session) -> None:
            wanted = await suggestions.access_surviving(session, community_id, second)
            await votes.toggle_vote(session, wanted, people[first], NOW)

        assert await act(circle, press) == (model.root(second) - 1 != first)
        model.press(first, second)
    elif verb == "merge":
        fits = first not in model.into and model.root(second) != first
        assert await act(circle, lambda s: merges.merge(s, community_id, first, second, people[0], NOW)) == fits
        if fits:
            model.into[first] = model.root(second)
    else:
        fits = first in model.into
        assert await act(circle, lambda s: merges.split(s, community_id, first, people[0], NOW)) == fits
        model.into.pop(first, None)


async def test_a_split_restores_exactly_what_was(database: Database) -> None:
    circle = await found(database)
    await wishes(circle, 3)
    async with database.writing() as session:
        await triage.decide(session, circle.community_id, 1, Decision(PLANNED, "in spring", circle.strangers[0]), NOW)
    before = await everything(database)
    async with database.writing() as session:
        await merges.merge(session, circle.community_id, 1, 2, circle.seed, NOW)
        await merges.merge(session, circle.community_id, 2, 3, circle.seed, NOW)
    async with database.writing() as session:
        await merges.split(session, circle.community_id, 1, circle.seed, NOW)
        await merges.split(session, circle.community_id, 2, circle.seed, NOW)
    after = await everything(database)
    assert [{**row, "handled_at": None} for row in after] == [{**row, "handled_at": None} for row in before]


async def everything(database: Database) -> list[dict[str, object]]:
    async with database.reading() as look:
        return [s.model_dump() for s in await look.exec(select(Suggestion).order_by(col(Suggestion.id)))]


async def test_what_cannot_be_merged(database: Database) -> None:
    circle = await found(database)
    await wishes(circle)
    community_id, seed = circle.community_id, circle.seed

    async def merge(number: int, into: int) -> None:
        async with database.writing() as session:
            await merges.merge(session, community_id, number, into, seed, NOW)

    await merge(1, 2)
    for (number, into), refusal in {(1, 3): PartOfAnother, (2, 1): MergedIntoItself, (3, 3): MergedIntoItself}.items():
        with pytest.raises(refusal):
            await merge(number, into)
    async with database.writing() as session:
        release = Release(community_id=community_id, released_by_id=seed, released_at=NOW)
        shipped = await triage.ship(session, release, [1, 2, 4])
    assert [one.number for one in shipped] == [2, 4]
    with pytest.raises(CannotMerge):
        await merge(3, 4)
    with pytest.raises(NotMerged):
        async with database.writing() as session:
            await merges.split(session, community_id, 3, seed, NOW)
    with pytest.raises(PartOfAnother):
        async with database.writing() as session:
            await triage.decide(session, community_id, 1, Decision(PLANNED, "", seed), NOW)


async def test_nobody_votes_for_what_they_asked_through_the_other_ones_card(database: Database) -> None:
    circle = await found(database)
    await wishes(circle, 2)
    async with database.writing() as session:
        await merges.merge(session, circle.community_id, 1, 2, circle.seed, NOW)
        surviving = await suggestions.access_surviving(session, circle.community_id, 1)
        assert surviving.number == 2
        with pytest.raises(OwnSuggestion):
            await votes.vote(session, surviving, circle.strangers[0], NOW)


async def a_pair(town: Town) -> tuple[Chat, Message, Message]:
    """Two wishes of two people, with a vote each and one by both."""
    group = await an_english_group(town)
    [first] = await suggested(town, group, "a faster camera")
    [second] = await suggested(town, group, "dark mode at sunset", by="xiaoman")
    await town.press("tang", first, "👍")
    await town.press("tang", second, "👍")
    await town.press("yutong", second, "👍")
    return group, first, second


async def a_room(town: Town, group: Chat) -> Chat:
    """The team's own chat."""
    room = town.group("Team", "tang yutong")
    await town.settle()
    async with town.database.writing() as session:
        row = (await session.exec(select(ChatRow).where(ChatRow.external_id == str(room.id)))).one()
        row.community_id, row.is_staff, row.is_open, row.language = 1, True, False, "en"
    return room


async def merged(town: Town, group: Chat) -> None:
    await town.say("yutong", group, "/merge 2 1")
    await town.press("yutong", town.last(group), "Merge")


async def test_a_preview_then_a_merge_that_every_card_shows(any_town: Town) -> None:
    town = any_town
    group, first, second = await a_pair(town)
    await town.say("yutong", group, "/merge 2 1")
    preview = town.last(group)
    assert "Together: 👍 2 · 💬 2" in preview.content
    assert "阿禾" in preview.content
    assert "小满" in preview.content
    assert (await stored(town, 2)).status == OPEN
    await town.press("yutong", preview, "Merge")
    assert "#2 is part of #1 now" in preview.content
    assert (await stored(town, 2)).status == MERGED
    assert "merged: see #1 — 雨桐" in second.content
    assert "together with #2" in first.content
    assert first.buttons[0][0].label == "👍 2"
    async with town.database.reading() as look:
        told = list(await look.exec(select(Notice.kind)))
    assert told == ["merged", "merged"]
    await town.press("sam", second, "👍")
    assert first.buttons[0][0].label == "👍 2"
    await town.say("ahe", group, "/search sunset")
    assert "#1" in town.last(group).content
    assert "#2" not in town.last(group).content
    await town.say("ahe", group, "/top")
    assert "#2" not in town.last(group).content
    await town.press("yutong", preview, "Split")
    assert "stands alone again" in preview.content
    assert second.buttons[0][0].label == "👍 2"
    async with town.database.reading() as look:
        assert set(await look.exec(select(Notice.state))) == {"dropped"}


async def test_both_askers_are_named_when_it_ships(town: Town) -> None:
    group, first, _ = await a_pair(town)
    await merged(town, group)
    await town.say("yutong", group, "/ship 2 v3")
    assert "#1 a faster camera — 阿禾, 小满 and 2 others" in town.last(group).content
    assert (await stored(town, 1)).status == SHIPPED
    assert "shipped" in first.content
    town.clock.leap(5 * 86_400)
    await town.knock()
    assert "阿禾, 小满 and 2 others" in town.last(group).content


async def test_a_vote_on_the_merged_ones_card_counts_for_the_other(town: Town) -> None:
    group, first, second = await a_pair(town)
    await merged(town, group)
    await town.say("tang", group, "/settings vote_wait_hours 0")
    town.world.join(town.person("sam"), group)
    await town.settle()
    await town.press("sam", second, "👍")
    assert first.buttons[0][0].label == "👍 3"
    await town.press("tang", second, "👍")
    assert first.buttons[0][0].label == "👍 2"
    async with town.database.reading() as look:
        votes = {(v.suggestion_id, v.person_id) for v in await look.exec(select(Vote))}
    assert len(votes) == 2


async def test_a_doubt_reaches_the_team_once_and_may_part_them(town: Town) -> None:
    group, _, second = await a_pair(town)
    room = await a_room(town, group)
    await merged(town, group)
    before = len(town.texts(room))
    assert "team will look" in await town.press("xiaoman", second, "Not the same")
    await town.press("xiaoman", second, "Not the same")
    assert len(town.texts(room)) == before + 1
    doubt = town.last(room)
    assert "小满 says that #2 and #1" in doubt.content
    town.world.join(town.person("sam"), group)
    await town.settle()
    assert "asked or voted" in await town.press("sam", second, "Not the same")
    await town.press("ahe", doubt, "Keep")
    assert doubt.buttons
    await town.press("yutong", doubt, "Split")
    assert "stands alone again" in doubt.content
    assert (await stored(town, 2)).status == OPEN


async def test_the_card_offers_similar_ones_and_any_number(town: Town) -> None:
    group = await an_english_group(town)
    room = await a_room(town, group)
    await suggested(town, group, "dark mode follows the sunset")
    await suggested(town, group, "louder alarm clock", by="xiaoman")
    card = town.public(room)[-1]
    await town.press("yutong", card, "Merge")
    await town.press("yutong", town.last(room), "another number")
    await town.say("yutong", room, "1", reply_to=town.last(room))
    await town.press("yutong", town.last(room), "Merge")
    assert (await stored(town, 2)).merged_into_id == 1
    assert "merged: see #1" in card.content
    await town.press("yutong", card, "Split")
    assert (await stored(town, 2)).status == OPEN
    assert "Plan" in card.buttons[0][0].label
