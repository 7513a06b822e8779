"""The door for a repository's webhook: what is signed with its secret is on disk before 202 is said, or refused.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from bot.clock import Clock
from storage import repositories
from storage.database import Database
from storage.repositories import Delivery

HEARD = ("release", "pull_request")
LONGEST_ID = 100
WANTED = "Set the webhook's content type to application/json."  # GitHub's own default is a form


def receiver(database: Database, clock: Clock) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The view: `/repositories/7`, where 7 is the bound repository."""

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()  # beyond the application's limit, aiohttp answers 413
        number = request.match_info["id"]
        async with database.reading() as look:
            repository = await repositories.get_repository(look, int(number)) if len(number) < 10 else None
        if repository is None or not _signed(request, body, repository.secret):
            return web.Response(status=401)
        event, delivery_id = request.headers.get("X-GitHub-Event", ""), request.headers.get("X-GitHub-Delivery", "")
        name = _repository_in(body)
        if name is None or not 0 < len(delivery_id) <= LONGEST_ID:
            return web.Response(status=400, text=WANTED)
        if name and name != repository.name:
            return web.Response(status=403)
        if event in HEARD:
            payload = body.decode("utf8", "replace")
            kept = Delivery(
                id=f"{repository.id}/{delivery_id}",
                repository_id=repository.id or 0,
                event=event,
                payload=payload,
                received_at=clock.now(),
            )
            async with database.writing() as session:
                await repositories.add_delivery(session, kept)
        return web.Response(status=202)

    return receive


def _signed(request: web.Request, body: bytes, secret: str) -> bool:
    """Whether the raw body bears the secret's signature; compared as bytes, since a header may hold anything."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    shown = request.headers.get("X-Hub-Signature-256", "")
    return hmac.compare_digest(shown.encode("utf8", "surrogateescape"), expected.encode())


def _repository_in(body: bytes) -> str | None:
    """The repository the payload speaks of; empty when of none, None when it is no object."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(payload, dict):
        return None
    repository = payload.get("repository")
    return str(repository.get("full_name") or "").lower() if isinstance(repository, dict) else ""
