"""Signs that several accounts are one person: each on its own grounds, read by the team alone, followed by nothing."""

from datetime import timedelta

from sqlmodel import col, update

from bot.community import signs
from bot.community.signs import Signs
from bot.texts.catalogues import translator
from bot.texts.signs import listed
from storage import communities, suggestions
from storage.database import Database
from storage.members import Member, Person
from storage.suggestions import Suggestion
from storage.votes import Vote
from tests.circle import NOW, Circle, found

LATER = NOW + timedelta(days=3)


async def read(circle: Circle) -> dict[int, Signs]:
    async with circle.database.reading() as look:
        return await signs.read(look, circle.community_id, LATER)


async def number(circle: Circle, person: int, external_id: int) -> None:
    async with circle.database.writing() as session:
        named = update(Person).where(col(Person.id) == person)
        await session.exec(named.values(external_id=str(external_id)))


async def suggest(circle: Circle, author: int) -> int:
    async with circle.database.writing() as session:
        made = Suggestion(
            community_id=circle.community_id,
            number=await communities.claim_number(session, circle.community_id),
            author_id=author,
            text="静音快门",
            origin="",
            created_at=NOW,
        )
        made.origin = f"made/{made.number}"
        return (await suggestions.add_suggestion(session, made)).id or 0


async def vote(circle: Circle, voter: int, suggestion_id: int) -> None:
    async with circle.database.writing() as session:
        session.add(Vote(suggestion_id=suggestion_id, person_id=voter, created_at=NOW))


async def test_each_sign_has_its_grounds_and_honest_people_show_none(database: Database) -> None:
    circle = await found(database, strangers=6)
    one, two, slow, talker, fan, voter = circle.strangers
    for n, person in enumerate([circle.seed, *circle.strangers]):
        await number(circle, person, 7_000_000_000 + 50_000 * n)
    for person, minutes in ((one, 0), (two, 3), (talker, 4), (slow, 60), (fan, 600), (voter, 900)):
        at = NOW + timedelta(minutes=minutes)
        await circle.redeem(person, (await circle.codes(now=at, standing="owner"))[-1], at)
        await circle.enter(person, at)
    await suggest(circle, talker)
    theirs = [await suggest(circle, circle.seed) for _ in range(3)]
    for suggestion in theirs:
        await vote(circle, fan, suggestion)
        await vote(circle, voter, suggestion)
    await vote(circle, voter, await suggest(circle, slow))

    found_signs = await read(circle)
    assert found_signs == {
        one: Signs(together=[two]),
        two: Signs(together=[one]),
        fan: Signs(echoes=3),
        circle.seed: Signs(brought=[one, two, fan]),
    }
    async with database.reading() as look:
        assert await signs.read(look, circle.community_id, NOW + timedelta(days=1)) == {
            fan: Signs(echoes=3),
            circle.seed: Signs(brought=[fan]),
        }, "who has just come may still be looking around"

    await number(circle, voter, 7_000_000_000 + 50_000 * 3 + 12)
    assert (await read(circle))[voter] == Signs(neighbours=[slow])
    async with database.reading() as look:
        ranked = [member.person_id for member, _, _ in await signs.rank(look, circle.community_id, LATER)]
    assert ranked[0] == circle.seed
    assert set(ranked) == {circle.seed, one, two, fan, slow, voter}


def test_in_chinese_they_are_told_with_chinese_punctuation() -> None:
    member = Member(id=1, community_id=1, person_id=1, joined_at=NOW, seen_at=NOW)
    one = Person(external_id="1", name="阿禾", created_at=NOW)
    told = listed(translator("zh-hans"), [(member, one, Signs(phones=[2], echoes=3))])
    assert told.text.splitlines()[-1] == "1. 阿禾：手机号重复、只给一个人投票"
