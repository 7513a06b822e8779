"""The chat page over HTTP: state, messages, acts, controls, events, and the static files."""

import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.sandbox.account import Account
from bot.sandbox.api import Params
from bot.sandbox.errors import Refused, Texts, not_found
from bot.sandbox.events import EventHub
from bot.sandbox.limits import Limits
from bot.sandbox.page_views import PageViews, person_view, readable
from bot.sandbox.people import Person
from bot.sandbox.play_acts import ACTS, Act
from bot.sandbox.state import Press
from bot.sandbox.updates import Json
from bot.sandbox.world import World

STATIC = Path(__file__).parent / "static"
ANSWER_WAIT = 10.0
MOST_MESSAGES = 200


@dataclass(slots=True, frozen=True)
class Control:
    """A button above the chats that steers the demo: its key, its label by language, what it does."""

    key: str
    labels: dict[str, str]
    action: Callable[[], Awaitable[None]]


class Stage:
    """What the demo shows around the chats: the story's caption and its controls, and where its clock stands."""

    def __init__(self) -> None:
        self.caption: Texts | None = None
        self.controls: list[Control] = []
        self.zone: str | None = None  # of all times on the page; None: the viewer's own

    def controls_view(self) -> list[Json]:
        return [{"key": control.key, "labels": control.labels} for control in self.controls]


class Play:
    """Answers `/play/…`, `/` and `/static/…`."""

    def __init__(
        self,
        world: World,
        stage: Stage,
        limits: Limits,
        account: Account,
        answered: Callable[[Press, float], Awaitable[bool]],
    ) -> None:
        self._account = account
        self._world = world
        self._stage = stage
        self._limits = limits
        self._answered = answered
        self.views = PageViews(world)
        self.events = EventHub(world, self.views)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self._index)
        app.router.add_get("/play/state", self._state)
        app.router.add_get("/play/messages", self._messages)
        app.router.add_get("/play/events", self._events)
        app.router.add_get("/play/files/{file}", self._file)
        app.router.add_post("/play/act", self._act)
        app.router.add_post("/play/control", self._control)
        if STATIC.is_dir():
            app.router.add_static("/static/", STATIC)

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        page = STATIC / "index.html"
        if not page.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    def _person(self, key: str | None) -> Person:
        person = self._world.people.get(key or "")
        if person is None:
            raise web.HTTPNotFound(text=json.dumps({"ok": False, "error": {"en": "nobody has this key"}}))
        return person

    async def _state(self, request: web.Request) -> web.Response:
        me = self._person(request.query.get("as"))
        state: Json = {
            "bot": {**person_view(self._world.bot), "commands": self._account.menu(me.language_code)},
            "me": person_view(me),
            "people": [person_view(person) for person in self._world.people],
            "now": self._world.clock().isoformat(),
            "zone": self._stage.zone,
            "caption": self._stage.caption,
            "controls": self._stage.controls_view(),
            "limits": self._limits.enforced,
            "chats": self.views.chats(me),
        }
        return web.json_response(state)

    async def _messages(self, request: web.Request) -> web.Response:
        me = self._person(request.query.get("as"))
        p = Params(dict(request.query))
        chat = self._world.chats.get(p.number("chat"))
        if chat is None or not readable(me, chat):
            return _refusal(not_found())
        before = p.number("before") if p.has("before") else None
        limit = min(max(p.number("limit", 60), 1), MOST_MESSAGES)
        return web.json_response(self.views.messages(me, chat, before, limit))

    async def _file(self, request: web.Request) -> web.Response:
        file = self._world.files.get(request.match_info["file"])
        if file is None or not file.width:
            raise web.HTTPNotFound
        safe = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
        mime = file.mime if file.mime in ("image/png", "image/jpeg", "image/gif", "image/webp") else "image/png"
        return web.Response(body=file.data, content_type=mime, headers=safe)

    # -- doing ---------------------------------------------------------------------------------------------------

    async def _act(self, request: web.Request) -> web.Response:
        fields = await _fields(request)
        p = Params(fields)
        me = self._person(p.text("as"))
        try:
            verb = ACTS.get(p.text("act"))
            if verb is None:
                raise not_found()
            done = verb(Act(self._world, self.views, me, p))
        except Refused as refused:
            return _refusal(refused)
        if isinstance(done, Press):
            done = await self._toast(done)
        return web.json_response({"ok": True} | done)

    async def _toast(self, press: Press) -> Json:
        """The bot's answer to a press, or nothing if it does not come in time."""
        await self._answered(press, ANSWER_WAIT)
        answer = press.answer
        if answer is None:
            return {"toast": None, "alert": False, "url": None}
        return {"toast": answer.text, "alert": answer.alert, "url": answer.url}

    async def _control(self, request: web.Request) -> web.Response:
        key = (await _fields(request)).get("key")
        control = next((control for control in self._stage.controls if control.key == key), None)
        if control is None:
            return _refusal(not_found())
        await control.action()
        return web.json_response({"ok": True})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        me = self._person(request.query.get("as"))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        async with contextlib.aclosing(self.events.follow(me)) as events:
            async for event in events:
                try:
                    await response.write(f"data: {json.dumps(event)}\n\n".encode())
                except ConnectionError:
                    break
        return response


async def _fields(request: web.Request) -> Json:
    # Only JSON: a form from a foreign web page could otherwise act here without asking.
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = await request.json()
    except json.JSONDecodeError:
        raise web.HTTPBadRequest from None
    return body if isinstance(body, dict) else {}


def _refusal(refused: Refused) -> web.Response:
    return web.json_response({"ok": False, "error": refused.texts})
