"""Help and menus: every command is explained once, where those who may use it look for it."""

import pytest

from bot.texts import help as pages
from bot.texts.catalogues import LANGUAGES, translator
from bot.texts.help import ENTRIES, PAGES, menus
from bot.texts.html import units, visible
from handlers.router import COMMANDS
from tests.town import Town

IN_EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def test_every_command_is_explained_once() -> None:
    explained = [entry.command for entry in ENTRIES]
    assert sorted(explained) == sorted(command.name for command in COMMANDS if not command.hidden)


def test_what_only_the_team_may_do_only_the_team_reads() -> None:
    staff = {command.name for command in COMMANDS if command.staff}
    for entry in ENTRIES:
        assert (entry.scopes == ("team",)) == (entry.command in staff), entry.command


@IN_EVERY_LANGUAGE
def test_menus_and_pages_are_within_telegrams_limits(language: str) -> None:
    t = translator(language)
    for menu in menus(t).values():
        assert 0 < len(menu) <= 100
        assert all(3 <= len(words) <= 256 for _, words in menu)
    listed = {command for menu in menus(t).values() for command, _ in menu}
    assert listed == {entry.command for entry in ENTRIES}
    assert len(menus(t)["default"]) <= 8, "members see few"
    for shown in PAGES:
        said = pages.page(t, shown, staff=True)
        assert units(visible(said.text)) < 1_500, "no wall of text"
        assert all(f"/{entry.command}" in visible(said.text) for entry in ENTRIES if entry.page == shown)


async def test_help_is_short_in_groups_and_has_pages_in_private(town: Town) -> None:
    group = town.group()
    await town.settle()
    public = len(town.public(group))
    await town.say("xiaoman", group, "/help")
    assert "/suggest" in town.last(group).content
    assert "/inbox" not in town.last(group).content
    await town.say("yutong", group, "/help")
    assert "/inbox" in town.last(group).content, "the team reads of its own commands, too"
    assert len(town.public(group)) == public
    private = await town.start("xiaoman")
    await town.say("xiaoman", private, "建议")
    assert "建议 …" in town.last(private).content, "the word alone is no end, but a beginning"
    await town.say("xiaoman", private, "/help")
    index = town.last(private)
    labels = [button.label for row in index.buttons for button in row]
    for label in labels:
        await town.press("xiaoman", index, label)
        assert len(index.content) > len(label)
        assert "/ship" not in index.content
    assert town.last(private) is index, "one message, edited in place"
    town.world.press_data(town.person("xiaoman"), index, "help:99")
    await town.settle()


async def test_the_team_reads_of_more(town: Town) -> None:
    group = town.group()
    await town.say("xiaoman", group, "/top")
    await town.say("yutong", group, "/top")
    counts = []
    for who in ("xiaoman", "yutong"):
        private = await town.start(who)
        await town.say(who, private, "/help")
        counts.append(sum(map(len, town.last(private).buttons)))
    assert counts[0] < counts[1] == len(PAGES)
    team = town.last(town.private("yutong"))
    await town.press("yutong", team, team.buttons[2][0].label)
    assert "/ship" in team.content
