"""Growth: week by week against the plan, the funnel, what every door keeps; and that only the team looks at it."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from bot.community import growth, waves
from bot.community.branches import STAYS
from bot.community.growth import MOST_AHEAD, MOST_WEEKS, WEEK, Growth, count_weekly, funnel
from bot.community.waves import Outlook
from bot.texts.pictures import paint
from storage.communities import Chat as ChatRow
from storage.database import Database
from storage.invitations import Invitation
from storage.members import Member
from storage.tree import Kin, Stay
from tests.circle import NOW, SOON, found
from tests.test_invitation_stories import follow, gated, invite, url_of
from tests.test_pictures import MONSTER, margin_is_clean, opened
from tests.town import Town

THEN = SOON + STAYS


def stay(since_weeks: float, left_weeks: float | None = None) -> Stay:
    left_at = None if left_weeks is None else NOW + WEEK * left_weeks
    return Stay(Kin(1, None, ""), NOW + WEEK * since_weeks, left_at, seated=True)


def test_weeks_are_counted_with_those_who_have_left_since() -> None:
    stays = [stay(0), stay(0), stay(0.5), stay(1, 2), stay(2.5)]
    assert count_weekly(stays, NOW + 3 * WEEK) == [2, 4, 3, 4]
    assert count_weekly([], NOW) == [0]
    assert count_weekly([stay(0)], NOW) == [1]
    assert len(count_weekly([stay(0)], NOW + 99 * WEEK)) == MOST_WEEKS + 1


def test_the_forecast_goes_on_at_the_pace_of_the_last_weeks() -> None:
    def ahead(stayed: int, weeks: int | None) -> list[int]:
        return Growth([stayed], [100, 200], Outlook(stayed, 200, 50, 40, weeks)).ahead

    assert ahead(140, 3) == [160, 180, 200]
    assert ahead(140, None) == []
    assert ahead(200, 0) == []
    assert len(ahead(101, 99)) == MOST_AHEAD
    assert Growth([3], [], None).ahead == []


async def test_every_door_tells_who_came_and_who_stayed(database: Database) -> None:
    circle = await found(database, strangers=6)
    await circle.ship(circle.seed, count=9)
    for person in circle.strangers[:5]:
        await circle.bring(person, circle.seed)
    unused, claimed = await circle.codes(), circle.strangers[5]
    await circle.redeem(claimed, unused[-1])
    async with database.writing() as session:
        partner = col(Invitation.redeemer_id).in_(circle.strangers[:2])
        await session.exec(update(Invitation).where(partner).values(touchpoint="partner", campaign="春季展会"))
        for person, days in ((circle.strangers[0], 3), (circle.strangers[2], 31)):
            gone = col(Member.person_id) == person
            await session.exec(update(Member).where(gone).values(present=False, left_at=SOON + timedelta(days=days)))
    await circle.ship(circle.strangers[3])
    async with database.reading() as look:
        early = await growth.list_doors(look, circle.community_id, SOON + timedelta(days=29))
        users, partners = await growth.list_doors(look, circle.community_id, THEN + timedelta(days=2))
    assert [(seen.told, seen.kept) for seen in early] == [(0, 0), (0, 0)]
    assert (users.door.used, users.told, users.kept, users.asked) == (3, 3, 3, 1)
    assert (partners.door.campaign, partners.told, partners.kept) == ("春季展会", 2, 1)
    assert users.door.opened == 4
    assert users.door.stayed == 2, "here now"
    assert (partners.door.issued, partners.door.opened, partners.door.used) == (2, 2, 2)
    whole = funnel([users, partners])
    steps = [whole.issued, whole.opened, whole.joined, whole.stayed, whole.asked]
    assert steps == sorted(steps, reverse=True)
    assert (whole.joined, whole.stayed, whole.told) == (5, 4, 5)


async def test_growth_counts_seats_and_knows_the_plan(database: Database) -> None:
    circle = await found(database, strangers=3)
    for person in circle.strangers:
        await circle.bring(person, circle.seed)
    async with database.writing() as session:
        await waves.plan(session, circle.community_id, [3, 10], circle.seed, NOW)
    async with database.reading() as look:
        seen = await growth.look(look, circle.community_id, NOW + WEEK)
    assert seen.weekly == [1, 4]
    assert seen.outlook is not None
    assert (seen.sizes, seen.outlook.stayed, seen.outlook.goal) == ([3, 10], 4, 10)


async def test_the_pictures_keep_their_margins_whatever_they_are_made_of() -> None:
    many = list(range(1, 400, 17))
    charts: list[dict[str, list[int]]] = [
        {"values": [1], "ahead": [], "sizes": []},
        {"values": many, "ahead": many, "sizes": [1, 2, 3, 400, 1_000_000]},
        {"values": [0, 0], "ahead": [5], "sizes": [100]},
    ]
    words: dict[str, object] = {
        "language": "zh-hant",
        "title": MONSTER,
        "subtitle": MONSTER,
        "figure": MONSTER,
        "label": MONSTER,
    }
    for chart in charts:
        for date in ("9月1日", MONSTER[:30]):
            assert margin_is_clean(opened(await paint("growth", {**words, **chart, "dates": [date] * 3})))
    door: dict[str, object] = {"words": MONSTER, "figures": "10000 → 5000 · 100%", "share": 0.5}
    steps = [[MONSTER, 10**9], ["谷雨", 0]]
    wide = {**words, "steps": steps, "heading": MONSTER, "doors": [door, {**door, "share": None}]}
    assert margin_is_clean(opened(await paint("funnel", wide)))


async def test_the_team_sees_it_in_its_room_and_privately_and_nobody_else(town: Town) -> None:
    chat = await gated(town)
    await town.start("sam", (await invite(town))[0].replace("-", ""))
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    await town.say("tang", chat, "/waves 3 6")
    await town.say("tang", chat, "/doors")
    assert "：1 → 1（100%）" in town.last(chat).content, "no half-width punctuation in Chinese"
    await town.say("yutong", chat, "/增长")
    assert all(message.photo is None for message in town.said(chat))
    await town.start("yutong", "growth-1")
    drawn = [message for message in town.said(town.private("yutong")) if message.photo]
    assert len(drawn) == 2
    assert "3 → 6" in drawn[0].content
    assert "加入（100%）：1" in drawn[1].content
    assert "起才看得出誰留滿 30 天" in drawn[1].content
    assert "留下" not in drawn[1].content, "nobody says 0 of 0"
    await town.start("ahe", "growth-1")
    await town.say("ahe", town.private("ahe"), "/growth")
    assert all(message.photo is None for message in town.said(town.private("ahe")))
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.external_id) == str(chat.id)).values(is_staff=True))
    await town.say("tang", chat, "/growth")
    assert len([message for message in town.said(chat) if message.photo]) == 2
