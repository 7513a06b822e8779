"""Searching with filters, in three languages, and pages that only the asker turns."""

import pytest

from bot.community.errors import FilterUnclear
from bot.community.search import Query, read_query
from handlers.triage import STATUS_BY_WORD
from storage.suggestions import OPEN, PLANNED
from tests.test_care import TWELVE
from tests.test_triage import an_english_group, suggested
from tests.town import Town


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("night mode", Query("night mode")),
        ("status:planned night tag:Camera mode", Query("night mode", [PLANNED], ["camera"])),
        ("状态：已计划 标签:#相机 负责:我 作者:@xiaoman", Query("", [PLANNED], ["相机"], "我", "xiaoman")),
        ("狀態:待定 負責人:me by:sam", Query("", [OPEN], [], "me", "sam")),
        ("ratio 16:9 http://x.y", Query("ratio 16:9 http://x.y")),
    ],
)
def test_filters_are_read_out_of_what_is_typed(said: str, query: Query) -> None:
    assert read_query(said, STATUS_BY_WORD) == query


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(FilterUnclear):
        read_query("status:someday", STATUS_BY_WORD)


async def test_filters_and_pages(town: Town) -> None:
    group = await an_english_group(town)
    await suggested(town, group, *TWELVE)
    await town.say("yutong", group, "/tag 3 camera")
    await town.say("yutong", group, "/status 3 planned")
    await town.say("yutong", group, "/mine 3")
    for said in (
        "tag:camera",
        "status:planned",
        "状态:计划",
        "by:@" + str(town.person("ahe").username) + " tag:camera",
    ):
        await town.say("ahe", group, f"/search {said}")
        assert "#3" in town.last(group).content, said
        assert "#4" not in town.last(group).content, said
    await town.say("yutong", group, "/search owner:me")
    assert "#3" in town.last(group).content
    await town.say("ahe", group, "/search owner:me")
    assert "Nothing fits" in town.last(group).content
    await town.say("ahe", group, "/search status:never")
    assert "I do not know “status:never”" in town.last(group).content
    await town.say("ahe", group, "/search status:open")
    page = town.last(group)
    assert "1–10 of 11" in page.content
    await town.press("ahe", page, "→")
    assert "11–11 of 11" in page.content
    assert "#1 " in page.content
    assert "Only who searched" in await town.press("xiaoman", page, "←")
    assert "11–11" in page.content
    town.clock.leap(8 * 86_400)
    await town.knock()
    assert "no longer works" in await town.press("ahe", page, "←")
