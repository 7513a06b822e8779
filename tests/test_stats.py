"""`/stats`: figures that can be checked by counting, as a picture for the team and in words elsewhere."""

from datetime import timedelta

from bot.community import loop
from bot.sandbox.model import Chat
from bot.texts.pictures import paint
from storage import loop as rows
from tests.test_digests import a_room, a_staff_room, at
from tests.test_pictures import margin_is_clean, opened
from tests.test_triage import an_english_group, suggested
from tests.town import MONDAY, Town


async def a_busy_week(town: Town) -> Chat:
    """Three things asked for; one decided after a day and shipped after four, one declined after two, one waits."""
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode", "a louder alarm")
    for number, who in ((1, "xiaoman"), (1, "yutong"), (2, "xiaoman")):
        await town.say(who, group, f"/vote {number}")
    for hours, said in ((24, "/status 1 planned"), (48, "/decline 2 it would flicker"), (96, "/ship 1 v2")):
        town.clock.leap(to=MONDAY + timedelta(hours=hours))
        await town.say("yutong", group, said)
    return group


async def test_the_figures_are_those_one_would_count(any_town: Town) -> None:
    town = any_town
    group = await a_busy_week(town)
    staff = await a_staff_room(town)
    await town.say("yutong", staff, "/stats")
    shown = town.last(staff)
    assert shown.photo is not None
    for said in (
        "3 suggestions asked for; 1 waits for a decision; half were decided about within 36 hours",
        "half of what shipped was there within 4 days; 67% of all votes are delivered",
        "🔎 2 people voted",
    ):
        assert said in shown.content
    await town.say("yutong", group, "/undo")  # what was taken back has answered nobody
    await town.say("yutong", staff, "/stats")
    assert "nothing that was voted for has shipped yet" in town.last(staff).content
    said_before = len(town.public(group))
    await town.say("yutong", group, "/stats")
    assert "36 hours" in town.last(group).content
    assert len(town.public(group)) == said_before
    town.world.demote(group, town.world.bot)  # where it cannot whisper, it would say it to everybody
    await town.settle()
    await town.say("yutong", group, "/stats")
    assert "Members must not read this" in town.last(group).content
    assert not [m for m in town.public(group) if "36 hours" in m.content]
    await town.say("xiaoman", group, "/stats")
    assert "Only administrators" in town.last(group).content
    await at(town, MONDAY + timedelta(days=60))
    await town.say("yutong", staff, "/stats")
    assert "nobody has suggested anything; 1 waits" in town.last(staff).content
    assert "half" not in town.last(staff).content


async def test_what_was_merged_counts_as_what_it_is_part_of_and_who_has_left_is_not_counted(any_town: Town) -> None:
    town = any_town
    group = await an_english_group(town)
    await suggested(town, group, "a faster camera", "dark mode at night")
    for number, who in ((1, "xiaoman"), (2, "xiaoman"), (2, "tang")):
        await town.say(who, group, f"/vote {number}")
    await town.say("yutong", group, "/merge 2 1")
    await town.press("yutong", town.last(group), "Merge")
    await town.say("yutong", group, "/ship 1")
    town.world.leave(town.person("ahe"), group)  # who asked for both
    await town.settle()
    async with town.database.reading() as look:
        assert await rows.count_votes_delivered(look, 1) == (2, 2)  # each person once
        figures = await loop.missing(look, 1, MONDAY - timedelta(days=1))
    assert (figures.members, figures.silent, figures.first_timers) == (3, 1, 3)


async def test_codes_are_followed_to_those_who_take_part(town: Town) -> None:
    await town.say("xiaoman", await an_english_group(town), "/top")  # in the open chat, and not behind the gate
    seeds = await a_room(town, "Seeds", "seed")
    town.world.join(town.person("ahe"), seeds)
    await town.say("ahe", seeds, "hello")
    await town.say("ahe", await town.start("ahe"), "/invite")
    await town.say("yutong", await town.start("yutong"), "/stats")
    said = town.last(town.private("yutong")).content
    assert "🎟 1 code → nobody has come in yet\n" in f"{said}\n"
    await town.say("tang", await town.start("tang"), "/waves 100 200")
    await town.say("yutong", town.private("yutong"), "/stats")
    said = town.last(town.private("yutong")).content
    assert "📈 4 members; 4 came within the month; 3 of the plan's 100 are in" in said


async def test_whatever_the_words_the_bars_keep_their_margins() -> None:
    for words in ("谷雨", "W" * 500, "👩‍👩‍👧‍👦" * 64, ""):
        bars = [{"label": words, "figure": words, "share": share} for share in (0.0, 0.5, 3.0)]
        groups = [{"heading": words, "bars": bars}] * 3
        of = {"language": "zh-hant", "title": words, "subtitle": words, "groups": groups}
        image = opened(await paint("stats", of))
        assert image.width == 1080
        assert image.height < 1_800
        assert margin_is_clean(image)
