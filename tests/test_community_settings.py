"""What a community sets for itself: read, changed by its team, refused with the bounds, written into the audit log."""

import pytest

from bot.community import settings
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.settings import meanings
from storage import audit
from tests.town import Town


async def in_force(town: Town, community_id: int = 1) -> settings.Settings:
    async with town.database.reading() as look:
        return await settings.load(look, community_id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_says_what_it_does(language: str) -> None:
    assert set(meanings(translator(language))) == set(settings.settings())


async def test_the_team_sets_and_resets(any_town: Town) -> None:
    group = any_town.group()
    await any_town.say("yutong", group, "/settings daily_suggestions 5")
    await any_town.say("yutong", group, "/settings team_signs 開")
    await any_town.say("yutong", group, "/settings suggest_words 许愿 wish，wish")
    changed = await in_force(any_town)
    assert (changed.daily_suggestions, changed.team_signs) == (5, True)
    assert changed.suggest_words == ("许愿", "wish")
    await any_town.say("yutong", group, "/settings daily_suggestions default")
    assert (await in_force(any_town)).daily_suggestions == settings.Settings().daily_suggestions
    async with any_town.database.reading() as look:
        log = await audit.list_actions(look, 1, 10)
    assert [(row.subject, row.was["value"], row.became["value"]) for row in log][-1] == ("daily_suggestions", "20", "5")


async def test_other_communities_keep_theirs(town: Town) -> None:
    group = town.group()
    await town.settle()
    town.group("别的产品", "sam")
    await town.say("yutong", group, "/settings daily_suggestions 5")
    assert (await in_force(town, 2)) == settings.Settings()


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("daily_suggestions many", "1000"),
        ("daily_suggestions 0", "1000"),
        ("daily_suggestions " + "9" * 30, "1000"),
        ("team_signs maybe", "on"),
        ("suggest_words " + "词 " * 1 + "字" * 30, "20"),
        ("colour red", "/settings"),
        ("digest_public on", "WEB_URL"),
    ],
)
async def test_what_cannot_be_set_is_refused_with_a_hint(town: Town, said: str, hint: str) -> None:
    group = town.group()
    await town.say("yutong", group, f"/settings {said}")
    assert hint in town.last(group).content
    assert (await in_force(town)) == settings.Settings()


async def test_what_takes_more_than_the_team_can_be_switched_off_without_it(town: Town) -> None:
    group = town.group()
    await town.settle()
    async with town.database.writing() as session:
        for name in ("digest_public", "phone_proof"):
            await settings.change(session, 1, name, "on")
    await town.say("yutong", group, "/settings digest_public off")
    await town.say("yutong", group, "/settings phone_proof default")
    assert (await in_force(town)) == settings.Settings()


async def test_members_cannot_and_nobody_else_reads_it(town: Town) -> None:
    group = town.group()
    await town.settle()
    before = len(town.public(group))
    await town.say("xiaoman", group, "/settings daily_suggestions 5")
    await town.say("yutong", group, "/settings")
    assert (await in_force(town)) == settings.Settings()
    assert "daily_suggestions" in town.last(group).content
    assert len(town.public(group)) == before
