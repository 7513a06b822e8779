"""GitHub's payloads with every field they have: repeated, reordered and forged, one release ships once."""

import hashlib
import hmac
import json
import random

from sqlmodel import select

from storage.releases import Release
from storage.repositories import Delivery
from storage.suggestions import OPEN, SHIPPED
from tests import github
from tests.test_repositories import Hook, hook, statuses, trusted  # noqa: F401  # hook is a fixture

BODY = "- camera by @ahe in https://github.com/Grain/OS/pull/7\r\n- S-1 at last\r\n"
EVENTS = [
    ("ping", github.ping()),
    ("pull_request", github.pull_request("opened", 7, "S-3")),
    ("pull_request", github.pull_request("edited", 7, "Dark mode for S-2")),
    ("pull_request", github.pull_request("synchronize", 7, "Dark mode for S-2")),
    ("pull_request", github.pull_request("closed", 7, "Dark mode for S-2", merged=True)),
    ("pull_request", github.pull_request("closed", 8, "S-3")),
    ("release", github.release("created", body=BODY, draft=True)),
    ("release", github.release("published", body=BODY)),
    ("release", github.release("released", body=BODY)),
    ("release", github.release("edited", body=BODY)),
    ("release", github.release("prereleased", 2, body="S-3")),
    ("release", github.release("unpublished", 3, body="S-3")),
    ("release", github.release("deleted", 4, body="S-3")),
    ("release", github.release("published", 5, name="", body="")),
    ("release", github.release("published", 6, name=None, body=None)),
    ("release", github.release("published", 7, author=None, draft=True, body="S-3")),
    ("release", github.release("frozen", 8, body="S-3")),
    ("release", {"action": "published", "repository": github.repository(), "release": None}),
    ("pull_request", github.pull_request("dequeued", 9, "S-3", body=None)),
    ("pull_request", {"action": "closed", "number": 9, "repository": github.repository(), "pull_request": None}),
    ("issues", github.about("opened", issue={"number": 3, "title": "S-3"})),
    ("star", github.about("created", starred_at=github.AT)),
    ("ping", {key: value for key, value in github.ping().items() if key != "repository"}),  # an organization's hook
]


async def test_all_events_in_any_order_a_hundred_times_ship_once(hook: Hook) -> None:  # noqa: F811  # the fixture
    town, rng = hook.town, random.Random(5)  # noqa: S311  # no secret
    await trusted(hook)
    calls = [(event, told, f"delivery-{number}") for number, (event, told) in enumerate(EVENTS)] * 8
    rng.shuffle(calls)
    for number, (event, told, delivery) in enumerate(calls):
        assert await hook.send(event, told, delivery=delivery if number % 2 else f"{delivery}-{number}") == 202
        if number % 25 == 0:
            await town.knock()
    await town.knock()
    assert await statuses(town) == [SHIPPED, SHIPPED, OPEN]
    async with town.database.reading() as look:
        assert {release.version for release in await look.exec(select(Release))} == {"v1"}


async def test_without_the_secret_they_have_no_effect(hook: Hook) -> None:  # noqa: F811  # the fixture
    town = hook.town
    await trusted(hook)
    assert hook.repository is not None
    for number, (event, told) in enumerate(EVENTS):
        body = json.dumps(told).encode()
        sha1 = "sha1=" + hmac.new(hook.repository.secret.encode(), body, hashlib.sha1).hexdigest()
        right = "sha256=" + hmac.new(hook.repository.secret.encode(), body, hashlib.sha256).hexdigest()
        known = {"X-GitHub-Event": event, "X-GitHub-Delivery": f"forged-{number}"}
        assert await hook.send(event, told, secret="guess") == 401
        assert await hook.raw(body, known) == 401
        assert await hook.raw(body, {**known, "X-Hub-Signature": sha1}) == 401
        assert await hook.raw(body, {**known, "X-Hub-Signature-256": sha1}) == 401
        assert await hook.raw(body + b" ", {**known, "X-Hub-Signature-256": right}) == 401
    await town.knock()
    assert await statuses(town) == [OPEN] * 3
    async with town.database.reading() as look:
        assert not list(await look.exec(select(Delivery)))
