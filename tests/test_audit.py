"""Whatever the team does is written down and, where that makes sense, undone exactly, unless something stands on it."""

import ast
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.community import care, merges, settings, triage, undoing
from bot.community.bars import DEEDS
from bot.community.errors import CannotUndo, LaterAction, NothingToUndo
from bot.community.restores import Choice
from bot.community.triage import Decision
from bot.community.undoing import NOT_UNDONE, UNDOERS
from bot.texts import audit as texts
from bot.texts.catalogues import LANGUAGES, translator
from storage import audit as log
from storage import digests, suggestions
from storage.care import Tag
from storage.database import Database
from storage.digests import Digest
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED
from tests.circle import NOW, SOON, Circle, found
from tests.test_merges import everything, wishes
from tests.test_triage import an_english_group, stored, suggested
from tests.town import MONDAY, Town

ROOT = Path(__file__).parent.parent


def recorded() -> set[str]:
    """Names of all actions that the code writes down."""
    names: set[object] = set()
    for path in [*(ROOT / "bot/community").glob("*.py"), *(ROOT / "handlers").glob("*.py")]:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            called = getattr(call.func, "attr", getattr(call.func, "id", ""))
            named: list[ast.expr] = call.args if called in ("Action", "about") else []
            if called == "Decision":
                named = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
            names |= {part.value for one in named for part in ast.walk(one) if isinstance(part, ast.Constant)}
    return (
        {str(name) for name in names if isinstance(name, str) and all(map(str.isalpha, name.split(" ")))}
        | {"status", "decline"}
        | set(DEEDS.values())
    )


def test_every_action_is_undone_or_said_not_to_be_and_has_words() -> None:
    assert recorded() == {*UNDOERS, *NOT_UNDONE}
    row = log.AuditRow(id=1, community_id=1, actor_id=1, action="", subject="#1", at=MONDAY)
    for language in LANGUAGES:
        for action in recorded():
            row.action, row.subject = action, "drop" if action == "put back" else "#1"
            page = texts.listed(translator(language), texts.Log([row], {1: "A"}, {}, "UTC"))
            assert language == "en" or action not in page.text.split("</b>")[-1], action


def test_what_became_of_a_database_that_was_put_back_reads_in_every_language() -> None:
    row = log.AuditRow(id=1, community_id=1, actor_id=1, action="put back", subject="", at=MONDAY)
    for choice in Choice:
        row.subject = choice.name.lower()
        pages = [texts.listed(translator(language), texts.Log([row], {1: "A"}, {}, "UTC")) for language in LANGUAGES]
        assert len({page.text for page in pages}) == len(LANGUAGES)
        assert not [page.text for page in pages if "_" in page.text or "</b> put back" in page.text]
        chinese = next(page.text for page, language in zip(pages, LANGUAGES, strict=True) if language == "zh-hans")
        assert choice.name.split("_")[0].lower() not in chinese.lower()


async def test_each_action_on_a_suggestion_is_undone_exactly(database: Database) -> None:
    circle = await found(database)
    await wishes(circle, 3)
    community_id, seed = circle.community_id, circle.seed
    async with database.writing() as session:
        await triage.decide(session, community_id, 1, Decision(PLANNED, "in spring", seed), NOW)
        await care.tag(session, community_id, 1, ["camera"], seed, NOW)
        await care.assign(session, community_id, 1, seed, seed, NOW)
    before = await without_marks(circle)

    async def undone() -> None:
        async with database.writing() as session:
            await undoing.undo_last(session, community_id, seed, SOON)
        assert await without_marks(circle) == before

    async with database.writing() as session:
        await triage.decide(session, community_id, 1, Decision(STARTED, "", seed), SOON)
    await undone()
    async with database.writing() as session:
        await triage.decide(session, community_id, 1, Decision(DECLINED, "no", seed, as_team=True), SOON)
    await undone()
    async with database.writing() as session:
        release = Release(community_id=community_id, version="v1", released_by_id=seed, released_at=SOON)
        await triage.ship(session, release, [1, 2])
    await undone()
    async with database.writing() as session:
        await care.assign(session, community_id, 1, None, seed, SOON)
    await undone()
    async with database.writing() as session:
        await care.set_due(session, community_id, 1, SOON.date(), seed, SOON)
    await undone()
    async with database.writing() as session:
        await care.untag(session, community_id, 1, [], seed, SOON)
    await undone()
    async with database.writing() as session:
        await merges.merge(session, community_id, 1, 2, seed, SOON)
    merged = await without_marks(circle)
    await undone()
    async with database.writing() as session:
        await merges.merge(session, community_id, 1, 2, seed, SOON)
        await merges.split(session, community_id, 1, seed, SOON)
        await undoing.undo_last(session, community_id, seed, SOON)
    assert await without_marks(circle) == merged
    async with database.writing() as session:
        await merges.split(session, community_id, 1, seed, SOON)
    assert await without_marks(circle) == before


async def without_marks(circle: Circle) -> list[object]:
    """All suggestions and their tags, but for when somebody last looked."""
    async with circle.database.reading() as look:
        tags = [(tag.suggestion_id, tag.name) for tag in await look.exec(select(Tag).order_by(col(Tag.name)))]
    return [{**row, "handled_at": None} for row in await everything(circle.database)] + [tags]


async def test_what_something_stands_on_is_not_undone(database: Database) -> None:
    circle = await found(database)
    await wishes(circle, 2)
    community_id, seed = circle.community_id, circle.seed
    async with database.writing() as session:
        await triage.decide(session, community_id, 1, Decision(PLANNED, "", seed), NOW)
        await care.assign(session, community_id, 1, seed, seed, NOW)
        await triage.decide(session, community_id, 1, Decision(STARTED, "", circle.strangers[0]), NOW)
    async with database.reading() as look:
        started, assigned, planned = await log.list_actions(look, community_id, 10)
    with pytest.raises(LaterAction):
        async with database.writing() as session:
            await undoing.undo(session, planned, seed, SOON)
    async with database.writing() as session:
        await undoing.undo(session, assigned, seed, SOON)
        await undoing.undo(session, started, seed, SOON)
        await undoing.undo(session, planned, seed, SOON)
    async with database.writing() as session:
        with pytest.raises(NothingToUndo):
            await undoing.undo_last(session, community_id, seed, SOON)
        again = await log.get_action(session, planned.id or 0)
        assert again is not None
        with pytest.raises(CannotUndo):
            await undoing.undo(session, again, seed, SOON)
    [first, _] = await everything(database)
    assert (first["status"], first["owner_id"], first["decided_at"]) == (OPEN, None, None)


async def test_what_a_digest_has_told_is_told_anew_as_it_stands_again(database: Database) -> None:
    circle = await found(database)
    await wishes(circle, 1)
    async with database.writing() as session:
        await triage.decide(session, circle.community_id, 1, Decision(PLANNED, "", circle.seed), NOW)
        await triage.decide(session, circle.community_id, 1, Decision(STARTED, "", circle.seed), SOON)
        issue = Digest(community_id=circle.community_id, period="2026-W47", state="posted", published_at=SOON)
        await digests.set_told(session, [1], await digests.add_digest(session, issue) or 0)
    async with database.writing() as session:
        await undoing.undo_last(session, circle.community_id, circle.seed, SOON)
        [untold] = await suggestions.list_untold(session, circle.community_id)
    assert untold.status == PLANNED


async def test_the_log_is_read_turned_and_undone_from(any_town: Town) -> None:
    town = any_town
    group = await an_english_group(town)
    cards = await suggested(town, group, "a faster camera", "louder alarm clock")
    await town.say("yutong", group, "/status 1 planned for spring")
    await town.say("yutong", group, "/ship 1 2 v2")
    await town.say("tang", group, "/settings daily_suggestions 5")
    await town.say("tang", group, "/ritual Orange Friday fri 18:30")
    for n in range(5):
        await town.say("yutong", group, f"/tag 2 t{n}")
    await town.say("ahe", group, "/audit")
    assert "Only administrators" in town.last(group).content
    await town.say("tang", group, "/audit")
    page = town.last(group)
    assert "1. Mon, Nov 16 09:00 · 雨桐 · #2 tags: t0, t1, t2, t3 → t0, t1, t2, t3, t4" in page.content
    assert "ritual" in page.content
    await town.press("tang", page, "older")
    assert "#1 status: open → planned" in page.content
    await town.say("tang", group, "/audit 1")
    assert "#2" not in town.last(group).content
    await town.say("tang", group, "/undo")
    assert "Undone: ritual" in town.last(group).content
    await town.say("tang", group, "/undo")
    async with town.database.reading() as look:
        assert (await settings.load(look, 1)).daily_suggestions == settings.Settings().daily_suggestions
    await town.say("tang", group, "/undo")
    assert "nothing lately" in town.last(group).content
    assert "shipped" in cards[1].content
    await town.say("tang", group, "/audit 1")
    await town.press("tang", town.last(group), "↩ 1")
    assert (await stored(town, 1)).status == PLANNED
    assert (await stored(town, 2)).status == OPEN
    assert "planned: for spring" in cards[0].content
    assert "undone by 老唐" in town.last(group).content
    assert (await stored(town, 1)).status != SHIPPED
