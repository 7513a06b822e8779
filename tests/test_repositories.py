"""Releases of a bound repository, in the shapes GitHub's documentation shows: signed, repeated, reordered, forged."""

import asyncio
import hashlib
import hmac
import io
import json
import random
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree  # reads what we wrote

import aiohttp
import pytest
from click.testing import CliRunner
from sqlmodel import select

from bot import cli
from bot.community import references, triage
from bot.community.repositories import Shipment, ship_text
from bot.sandbox.model import Chat
from storage import repositories, suggestions
from storage.releases import Release
from storage.repositories import Delivery, Repository
from storage.suggestions import OPEN, SHIPPED
from tests.databases import SqliteMaker
from tests.test_digests import FRIDAY, a_staff_room, at
from tests.test_triage import an_english_group, stored, suggested
from tests.town import Town


def release(number: int = 1, **fields: Any) -> dict[str, Any]:
    """https://docs.github.com/en/webhooks/webhook-events-and-payloads#release"""
    told = {
        "url": f"https://api.github.com/repos/Grain/OS/releases/{number}",
        "html_url": f"https://github.com/Grain/OS/releases/tag/v{number}",
        "id": 17372790 + number,
        "author": {"login": "yutong-dev", "id": 21031067, "type": "User", "site_admin": False},
        "node_id": "MDc6UmVsZWFzZTE3MzcyNzkw",
        "tag_name": f"v{number}",
        "target_commitish": "main",
        "name": f"Spring {number}",
        "draft": False,
        "prerelease": False,
        "created_at": "2026-11-15T15:19:25Z",
        "published_at": "2026-11-15T15:20:53Z",
        "assets": [],
        "body": "",
        **fields,
    }
    return {"action": "published", "release": told, "repository": {"id": 1, "full_name": "Grain/OS"}, "sender": {}}


def pull_request(number: int, title: str, *, merged: bool = True, action: str = "closed") -> dict[str, Any]:
    """https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request"""
    pull = {"number": number, "state": "closed", "title": title, "user": {"login": "ahe"}, "body": "", "merged": merged}
    return {"action": action, "number": number, "pull_request": pull, "repository": {"full_name": "grain/os"}}


PING = {
    "zen": "Keep it logically awesome.",
    "hook_id": 1,
    "hook": {"type": "Repository"},
    "repository": {"full_name": "Grain/OS"},
}


class Hook:
    """GitHub, as far as it calls us."""

    def __init__(self, town: Town, http: aiohttp.ClientSession, address: str) -> None:
        self.town, self.http, self.address = town, http, address
        self.repository: Repository | None = None

    async def bind(self, who: str, chat: Chat) -> None:
        await self.town.start(who)
        await self.town.say(who, chat, "/repository Grain/OS")
        async with self.town.database.reading() as look:
            [self.repository] = await repositories.list_repositories(look, 1)

    async def send(
        self, event: str, told: object, *, secret: str | None = None, delivery: str = "", to: int | None = None
    ) -> int:
        assert self.repository is not None
        self.town.clock.leap(1)
        body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
        signature = hmac.new((secret or self.repository.secret).encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
            "X-Hub-Signature-256": f"sha256={signature}",
            "Content-Type": "application/json",
        }
        return await self.raw(body, headers, to)

    async def raw(self, body: bytes, headers: dict[str, str], to: int | None = None) -> int:
        assert self.repository is not None
        address = f"{self.address}/repositories/{to or self.repository.id}"
        async with self.http.post(address, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status


@asynccontextmanager
async def a_hook(town: Town) -> AsyncIterator[Hook]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    await town.restart(web_url="https://millet.example.org", webhook_port=port)
    async with aiohttp.ClientSession() as http:
        yield Hook(town, http, f"http://127.0.0.1:{port}")


@pytest.fixture
async def hook(town: Town) -> AsyncIterator[Hook]:
    """A group with three suggestions, its staff room, and a bound repository whose author is trusted."""
    async with a_hook(town) as opened:
        group = await an_english_group(town)
        staff = await a_staff_room(town)
        await suggested(town, group, "a faster camera", "dark mode", "an alarm")
        await opened.bind("yutong", staff)
        yield opened


async def trusted(hook: Hook) -> None:
    async with hook.town.database.writing() as session:
        repository = await repositories.get_repository(session, 1)
        assert repository is not None
        repository.trusted = "yutong-dev"


async def statuses(town: Town) -> list[str]:
    return [(await stored(town, number)).status for number in (1, 2, 3)]


def staff_of(town: Town) -> Chat:
    return next(chat for chat in town.world.chats.values() if chat.title == "Grain staff")


async def test_where_the_web_does_not_lead_to_us_nothing_is_bound(town: Town) -> None:
    await town.start("yutong")
    group = town.group()
    await town.say("yutong", group, "/repository Grain/OS")
    assert "WEB_URL" in town.last(group).content
    async with town.database.reading() as look:
        assert await repositories.list_repositories(look, 1) == []


async def test_the_secret_is_told_privately_once(hook: Hook) -> None:
    town = hook.town
    assert hook.repository is not None
    said = town.last(town.private("yutong")).content
    assert hook.repository.secret in said
    assert "https://millet.example.org/repositories/1" in said
    assert all(hook.repository.secret not in text for text in town.texts(staff_of(town)))
    await town.say("yutong", staff_of(town), "/repository")
    assert "grain/os" in town.last(staff_of(town)).content
    await town.say("yutong", staff_of(town), "/repository one/two/three")
    assert "/repository owner/name" in town.last(staff_of(town)).content
    await town.say("ahe", town.private("ahe"), "/repository grain/os")
    assert (await statuses(town)) == [OPEN] * 3


async def test_a_published_release_ships_what_it_contains(hook: Hook) -> None:
    town = hook.town
    await trusted(hook)
    assert await hook.send("ping", PING) == 202
    assert await hook.send("pull_request", pull_request(7, "Faster camera (Millet #1)")) == 202
    assert await hook.send("pull_request", pull_request(8, "S-3 not merged", merged=False)) == 202
    body = "* Camera by @ahe in https://github.com/Grain/OS/pull/7\n* S-2 at last, S-99\nnot planned: S-3 (#8)"
    assert await hook.send("release", release(body=body)) == 202
    await town.knock()
    assert await statuses(town) == [SHIPPED, SHIPPED, OPEN]
    said = town.last(staff_of(town)).content
    assert "Released: Spring 1" in said
    assert "Spring 1 names #99, which I do not know." in said
    await at(town, FRIDAY)
    assert "· v1 · Spring 1" in "\n".join(town.texts(next(iter(town.world.chats.values()))))


async def test_a_hundred_repetitions_in_any_order_have_one_effect(hook: Hook) -> None:
    town = hook.town
    await trusted(hook)
    calls = [
        ("release", release(body="S-1 and #7"), "one"),
        ("release", {**release(body="S-1 and #7"), "action": "released"}, "two"),
        ("pull_request", pull_request(7, "Dark mode for S-2"), "three"),
        ("pull_request", pull_request(7, "Dark mode for S-2", action="edited"), "four"),
    ] * 25
    random.Random(7).shuffle(calls)  # noqa: S311
    for number, (event, told, delivery) in enumerate(calls):
        assert await hook.send(event, told, delivery=delivery if number % 2 else f"{delivery}-{number}") == 202
        if number % 10 == 0:
            await town.knock()
    await town.knock()
    assert await statuses(town) == [SHIPPED, SHIPPED, OPEN]
    async with town.database.reading() as look:
        releases = list(await look.exec(select(Release)))
    assert 1 <= len(releases) <= 2  # the pull request may have been told of after the release that contains it
    await town.say("yutong", staff_of(town), "/status 1 open")
    assert await hook.send("release", release(body="S-1 and #7"), delivery="again") == 202
    await town.knock()
    assert await statuses(town) == [OPEN, SHIPPED, OPEN]


async def test_forged_calls_have_no_effect(hook: Hook) -> None:
    town = hook.town
    await trusted(hook)
    assert hook.repository is not None
    good = json.dumps(release(body="S-1")).encode()
    assert await hook.send("release", good, secret="guess") == 401
    assert await hook.send("release", good, to=2) == 401
    assert await hook.send("release", good, to=10**12) == 401
    foreign = {**release(body="S-1"), "repository": {"full_name": "evil/os"}}
    assert await hook.send("release", foreign) == 403
    for signature in ("", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "sha256=ü"):
        headers = {"X-GitHub-Event": "release", "X-GitHub-Delivery": "x", "X-Hub-Signature-256": signature}
        assert await hook.raw(good, headers) in (400, 401)
    rng = random.Random(1)  # noqa: S311
    right = "sha256=" + hmac.new(hook.repository.secret.encode(), good, hashlib.sha256).hexdigest()
    for _ in range(100):
        place = rng.randrange(len(good))
        bent = good[:place] + bytes([good[place] ^ 1 << rng.randrange(7)]) + good[place + 1 :]
        headers = {"X-GitHub-Event": "release", "X-GitHub-Delivery": "x", "X-Hub-Signature-256": right}
        assert await hook.raw(bent, headers) == 401
    for body in (b"", b"[]", b"{", b"null", b"\xff\xfe", b"[" * 100_000):
        assert await hook.send("release", body) == 400
    assert await hook.send("release", b" " * (1024 * 1024 + 1)) == 413
    assert await hook.send("release", good, delivery="x" * 200) == 400
    await town.knock()
    assert await statuses(town) == [OPEN] * 3
    async with town.database.reading() as look:
        assert not list(await look.exec(select(Delivery)))


async def test_a_release_contains_nothing_that_was_asked_for_after_it(hook: Hook) -> None:
    town = hook.town
    await trusted(hook)
    await hook.send("release", release(body="S-1 and S-4"))
    await town.knock()
    assert "names #4, which I do not know" in town.last(staff_of(town)).content
    town.clock.leap(60)
    await suggested(town, next(iter(town.world.chats.values())), "tea in the kitchen")
    await hook.send("pull_request", pull_request(70, "something else"))
    await town.knock()
    assert (await stored(town, 4)).status == OPEN


async def test_a_merged_one_that_is_named_means_the_surviving_one(hook: Hook) -> None:
    town = hook.town
    await trusted(hook)
    staff = staff_of(town)
    await town.say("yutong", staff, "/merge 2 1")
    await town.press("yutong", town.last(staff), "Merge")
    await town.say("yutong", staff, "/ship 1 v0")
    await hook.send("release", release(body="S-2 and S-3"))
    await town.knock()
    assert await statuses(town) == [SHIPPED, "merged", SHIPPED]
    town.clock.leap(60)
    await town.say("yutong", staff, "/status 1 open")
    await hook.send("pull_request", pull_request(70, "something else"))
    await town.knock()
    assert await statuses(town) == [OPEN, "merged", SHIPPED]


async def test_releases_at_the_same_time_wait_for_each_other_and_ship_nothing_twice(any_town: Town) -> None:
    group, now = await an_english_group(any_town), any_town.clock.now()
    staff = await a_staff_room(any_town)
    await suggested(any_town, group, "a faster camera", "dark mode")
    await any_town.say("yutong", staff, "/merge 2 1")
    await any_town.press("yutong", any_town.last(staff), "Merge")
    first, second = (
        Release(community_id=1, version=version, note="", released_by_id=1, released_at=now) for version in ("v1", "v2")
    )

    async def ship() -> Shipment:
        async with any_town.database.writing() as session:
            return await ship_text(session, second, "S-1, S-2")

    async with any_town.database.writing() as session:
        await triage.ship(session, first, [1])
        other = asyncio.create_task(ship())
        await asyncio.wait({other}, timeout=0.3)  # until it waits
        await suggestions.lock_suggestions(session, 1, [2])
    assert list((await other).shipped) == []


async def test_what_no_database_would_store_holds_up_no_release(any_town: Town) -> None:
    async with a_hook(any_town) as hook:
        group = await an_english_group(any_town)
        await suggested(any_town, group, "a faster camera")
        await hook.bind("yutong", group)
        await trusted(hook)
        await hook.send("pull_request", pull_request(7, "x\x00"))
        await hook.send("release", release(body="S-1 \x00", name="a\x00", author={"login": "yutong-dev\x00"}))
        await any_town.knock()
        assert (await stored(any_town, 1)).status == SHIPPED


UNSHIPPED = (
    release(body="S-1", draft=True),
    release(body="S-1", prerelease=True),
    {**release(body="S-1"), "action": "created"},
    {**release(body="S-1"), "action": "deleted"},
    release(body="Not planned: S-1"),
    release(body="## New\n### Not planned\n\n- S-1\n- S-2"),
    release(body="https://github.com/other/os/pull/8"),
    {"action": "published", "release": "S-1"},
    {"action": "published", "release": {"body": None, "author": None, "name": 5}},
    pull_request(7, "S-1"),
    {"pull_request": {"number": "7"}},
    {"pull_request": {"number": 2**40, "merged": True}},
)


async def test_what_ships_nothing(hook: Hook) -> None:
    await trusted(hook)
    await hook.send("pull_request", pull_request(8, "S-2 to come"))
    for told in UNSHIPPED:
        event = "release" if "release" in told else "pull_request"
        assert await hook.send(event, told) == 202
        await hook.town.knock()
        assert await statuses(hook.town) == [OPEN] * 3, told


async def test_pre_releases_ship_where_the_community_wants_it(hook: Hook) -> None:
    await trusted(hook)
    await hook.town.say("yutong", staff_of(hook.town), "/settings release_prereleases on")
    await hook.send("release", release(body="S-1", prerelease=True))
    await hook.town.knock()
    assert await statuses(hook.town) == [SHIPPED, OPEN, OPEN]
    group = next(iter(hook.town.world.chats.values()))
    hook.town.clock.leap(60)
    await suggested(hook.town, group, "tea in the kitchen")
    await hook.town.say("yutong", staff_of(hook.town), "/status 2 planned")
    hook.town.clock.leap(60)
    for _ in range(2):
        await hook.send("release", {**release(body="S-1, S-2, S-3 and S-4"), "action": "released"})
        await hook.town.knock()
        assert [(await stored(hook.town, number)).status for number in range(1, 5)] == [SHIPPED] * 4


async def test_the_release_of_somebody_unknown_waits_for_the_teams_word(hook: Hook) -> None:
    town = hook.town
    await hook.send("release", release(body="S-1"))
    await town.knock()
    question = town.last(staff_of(town))
    assert "released by yutong-dev, whom I do not know" in question.content
    assert await statuses(town) == [OPEN] * 3
    town.world.join(town.person("ahe"), staff_of(town))
    await town.settle()
    await town.press("ahe", question, "It has shipped")
    assert await statuses(town) == [OPEN] * 3
    await town.press("yutong", question, "trust this author")
    assert await statuses(town) == [SHIPPED, OPEN, OPEN]
    assert not question.buttons
    await hook.send("release", release(2, body="S-2"))
    await town.knock()
    assert await statuses(town) == [SHIPPED, SHIPPED, OPEN]
    await hook.send("release", release(3, body="S-3", author={"login": "stranger"}))
    await town.knock()
    await town.press("yutong", town.last(staff_of(town)), "It has not")
    assert await statuses(town) == [SHIPPED, SHIPPED, OPEN]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("S-12, s-7; (S-3) Millet #4 millet#5", [12, 7, 3, 4, 5]),
        ("#12 closes 13, ABS-12, S-12a, S-1.2, US-3, S_4, S-", []),
        ("GRAIN-8 grain #9 谷雨 #10", [8, 9, 10]),
        ("not planned: S-1\nNot-Planned S-2\nS-3", [3]),
        ("S-" + "9" * 40, []),
        ("修复S-1的问题，完成谷雨2。S-3、S-4", [1, 2, 3, 4]),
        ("## New\n- S-1\n## Not planned\n- S-2\n### Why\n- S-3\n## Fixed\n- S-4", [1, 4]),
        ("S-1\n\n**Not planned**\n\n- S-2\n\n**Fixed**\n- S-3\nNot planned:\n- S-4\n# More\nS-5", [1, 3, 5]),
    ],
)
def test_how_a_release_names_suggestions(text: str, found: list[int]) -> None:
    assert references.numbers(text, ("GRAIN", "谷雨")) == found


def test_links_and_pull_requests_and_changelogs() -> None:
    assert references.links("https://t.me/c/123/45 https://t.me/grain_os/7/46, http://evil.me/c/1/2") == [
        ("c/123", "45"),
        ("grain_os", "46"),
    ]
    assert references.links("见https://t.me/c/1/2的讨论") == [("c/1", "2")]
    assert references.pull_requests("合并#45的改动 https://github.com/b/a/pull/9", "a/b") == [45]
    assert references.pull_requests("by @x in https://github.com/a/b/pull/7 (#8), S-#9, a#10", "A/b") == [7, 8]
    text = "# Changelog\n## [Unreleased]\nS-1\n## [2.1.0] - 2026-11-20\n- S-2\n### Fixed\n- S-3\n## 2.0.0\n- S-4\n"
    version, section = references.newest_section(text)
    assert (version, references.numbers(section)) == ("v2.1.0", [2, 3])
    assert references.newest_section("S-5") == ("", "S-5")


async def test_a_changelog_ships_without_any_repository(
    sqlite: SqliteMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path) as town:
        group = await an_english_group(town)
        staff = await a_staff_room(town)
        await suggested(town, group, "a faster camera", "dark mode", "an alarm")
        await town.say("yutong", staff, "/status 3 planned")
        file = tmp_path / "CHANGELOG.md"
        link = f"https://t.me/{group.username}/{(await stored(town, 1)).source_message}"
        news = f"## 2.4.0\n\n- camera ({link})\n- Millet #77\n\n## 2.3.0\n\n- S-2\n"
        file.write_text(f"# Changelog\n\n{news}", "utf8")
        monkeypatch.setenv("DATABASE_URL", town.url)
        monkeypatch.setenv("BOT_TOKEN", town.sandbox.token)
        await _invoke(file, "--dry-run")
        assert await statuses(town) == [OPEN, OPEN, "planned"]
        said = await _invoke(file)
        assert "v2.4.0: #1" in said
        assert "#77" in said
        assert await statuses(town) == [SHIPPED, OPEN, "planned"]
        town.clock.leap(to=max(datetime.now(UTC), town.clock.now()) + timedelta(minutes=1))  # the command's own clock
        await town.knock()
        assert "Released: v2.4.0" in town.last(staff).content


async def _invoke(file: Path, *options: str) -> str:
    ran = await asyncio.to_thread(CliRunner().invoke, cli.main, ["ship", "--from-changelog", str(file), *options])
    assert ran.exit_code == 0, ran.output
    return ran.output


async def test_the_feed_is_read_only_where_the_community_wants_it(hook: Hook) -> None:
    town = hook.town
    await town.say("yutong", staff_of(town), "/ship 1 v2.3 <b>fast</b> & quick")
    await at(town, FRIDAY)
    address = f"{hook.address}/communities/1/digests.atom"
    async with hook.http.get(address) as answer:
        assert answer.status == 404
    await town.say("yutong", staff_of(town), "/settings digest_public on")
    assert "https://millet.example.org/communities/1/digests.atom" in town.last(staff_of(town)).content
    async with hook.http.get(address) as answer:
        assert (answer.status, answer.content_type) == (200, "application/atom+xml")
        root = ElementTree.fromstring(await answer.text())  # noqa: S314  # our own
    [entry] = root.findall("{http://www.w3.org/2005/Atom}entry")
    content = entry.findtext("{http://www.w3.org/2005/Atom}content") or ""
    assert "a faster camera" in content
    assert "&lt;b&gt;fast" in content
    async with hook.http.get(f"{hook.address}/communities/99999999999999/digests.atom") as answer:
        assert answer.status == 404
