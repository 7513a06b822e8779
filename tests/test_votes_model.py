"""Whatever people do in whatever order, the tally is that of a simple model: one person, one vote."""

import random
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from bot.community import votes as rules
from bot.community.errors import AlreadyDecided, OwnSuggestion
from bot.sandbox.model import Message
from storage import communities, members, suggestions, votes
from storage.communities import Community
from storage.database import Database
from storage.members import Member, Person
from storage.suggestions import DECLINED, OPEN, Suggestion
from storage.votes import BY_CARD, BY_SOURCE, BY_WORD
from tests.databases import SqliteMaker
from tests.town import MONDAY, Town

EVENTS = 5_000  # twenty thousand give the same answer in half a minute more
DOORS = (BY_CARD, BY_SOURCE)


class Model:
    """What should be: for each suggestion, who wants it, and through which doors."""

    def __init__(self) -> None:
        self.held_by: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))

    def say(self, suggestion: int, person: int) -> None:
        self.held_by[suggestion][person].add(BY_WORD)

    def press(self, suggestion: int, person: int) -> None:
        doors = self.held_by[suggestion][person]
        doors.clear() if doors else doors.add(BY_WORD)

    def react(self, suggestion: int, person: int, door: int, *, wants: bool) -> None:
        doors = self.held_by[suggestion][person]
        doors.add(door) if wants else doors.discard(door)

    def tally(self, suggestion: int) -> int:
        return sum(bool(doors) for doors in self.held_by[suggestion].values())


async def people(database: Database, many: int, asked: int) -> list[Suggestion]:
    """A community of so many with so many suggestions, each by another member; the last one is declined."""
    async with database.writing() as session:
        community = Community(name="x", language="en", zone="UTC", digest_due_at=MONDAY, created_at=MONDAY)
        community_id = (await communities.add_community(session, community)).id or 0
        for n in range(many):
            person = await members.add_person(session, Person(external_id=str(n), name=f"p{n}", created_at=MONDAY))
            member = Member(community_id=community_id, person_id=person.id or 0, joined_at=MONDAY, seen_at=MONDAY)
            await members.add_member(session, member)
        made = [
            Suggestion(community_id=community_id, number=n, author_id=n, text="x", origin=str(n), created_at=MONDAY)
            for n in range(1, asked + 1)
        ]
        made[-1].status, made[-1].reason = DECLINED, "no"
        return [await suggestions.add_suggestion(session, one) for one in made]


async def test_a_thousand_people_and_thousands_of_events(sqlite: SqliteMaker, tmp_path: Path) -> None:
    database = Database(await sqlite.make(tmp_path))
    chance, model = random.Random(15), Model()  # noqa: S311  # a repeatable test, no secret
    made = await people(database, 1_000, 12)
    async with database.writing() as session:
        for n in range(EVENTS):
            suggestion, person = chance.choice(made), chance.randint(1, 1_000)
            act, door = chance.choice(("say", "press", "react", "unreact")), chance.choice(DOORS)
            allowed = suggestion.author_id != person and suggestion.status == OPEN
            now = MONDAY + timedelta(seconds=n)
            if act in ("say", "press"):
                verb = rules.vote if act == "say" else rules.toggle_vote
                try:
                    await verb(session, suggestion, person, now)
                except (OwnSuggestion, AlreadyDecided):
                    assert not allowed
                else:
                    assert allowed
                    (model.say if act == "say" else model.press)(suggestion.id or 0, person)
            else:
                cast = await rules.react(session, suggestion, person, door, now, wants=act == "react")
                assert (cast is not None) == allowed
                if allowed:
                    model.react(suggestion.id or 0, person, door, wants=act == "react")
    ids = [one.id or 0 for one in made]
    async with database.reading() as look:
        counted = await votes.count_votes(look, ids)
        assert {i: counted.get(i, 0) for i in ids} == {i: model.tally(i) for i in ids}
        everyone = {person for i in ids for person, doors in model.held_by[i].items() if doors}
        assert await votes.count_voters(look, ids) == len(everyone), "each person once over several suggestions"
    await database.close()


@pytest.mark.parametrize("seed", [1, 2])
async def test_buttons_words_and_reactions_in_two_chats_count_as_the_model_does(town: Town, seed: int) -> None:
    chance, model = random.Random(seed), Model()  # noqa: S311  # a repeatable test, no secret
    first = town.group()
    await town.settle()
    second = town.group("第二个群")
    await town.settle()
    await town.press("tang", town.last(second), "谷雨")
    source = await town.say("xiaoman", first, "/suggest 夜间模式")
    card = town.public(first)[-1]
    reacted: dict[tuple[str, Message], str | None] = {}
    for _ in range(120):
        who, act = chance.choice(("xiaoman", "ahe", "yutong", "tang", "sam")), chance.randint(0, 3)
        is_voter = who not in ("xiaoman", "sam")
        person = town.person(who)
        if act == 0:
            town.world.press_data(person, card, "vote:1")
            if is_voter:
                model.press(1, person.id)
        elif act == 1 and who != "sam":
            town.world.say(person, chance.choice((first, second)), chance.choice(("/vote 1", "顶 1", "頂1", "投票 1")))
            if is_voter:
                model.say(1, person.id)
        elif act > 1 and who != "sam":
            message, emoji = chance.choice((source, card)), chance.choice(("👍", "❤", "🔥", "🎉", None))
            changed = reacted.get((who, message)) != emoji
            reacted[who, message] = emoji
            town.world.react(person, message, emoji)
            if is_voter and changed:
                door = BY_CARD if message is card else BY_SOURCE
                model.react(1, person.id, door, wants=emoji in ("👍", "❤", "🔥"))
        if act == 1 or chance.random() < 0.3:
            await town.settle()  # two chats keep no order between each other
    await town.settle()
    async with town.database.reading() as look:
        assert await votes.count_voters(look, [1]) == model.tally(1)
    assert card.buttons[0][0].label == f"👍 {model.tally(1)}"
