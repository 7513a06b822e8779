"""The Bot API over HTTP: reading a call, long polling, Telegram's form of answer, and arranged faults."""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.sandbox.api import Api, Params, Upload
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.methods import find_method
from bot.sandbox.state import Change
from bot.sandbox.updates import Json

LONGEST_POLL = 50
TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(slots=True, frozen=True)
class Call:
    """One recorded Bot API call; `error` is the description it was refused with, if it was."""

    method: str
    params: Json
    at: datetime
    result: object = None
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, api: Api, faults: Faults, token: str, latency: float) -> None:
        self._api = api
        self._faults = faults
        self._token = token
        self._latency = latency
        self._poller: object = None
        self._closing = asyncio.Event()
        self.calls: list[Call] = []

    def add_routes(self, app: web.Application) -> None:
        self._closing = asyncio.Event()
        app.router.add_route("*", "/bot{token}/{method}", self._answer_from_afar)
        app.router.add_get("/file/bot{token}/files/{file}", self._download)

    def close(self) -> None:
        """Let go of everyone who waits for an answer."""
        self._closing.set()
        self._api.world.queue.wake()

    async def _answer_from_afar(self, request: web.Request) -> web.StreamResponse:
        """Half of the way lies before the call is counted and done, half behind it."""
        await asyncio.sleep(self._latency / 2)
        response = await self._answer(request)
        await asyncio.sleep(self._latency / 2)
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            params = await _read(request)
        except ApiError as error:
            return self._refuse(name, Params({}), error)
        fault = self._faults.strike(name, params.text("chat_id"))
        if fault and fault.kind != "lost_answer":
            return await self._misbehave(request, name, params, fault)
        try:
            result = await self._call(request.match_info["token"], name, params)
        except ApiError as error:
            return self._refuse(name, params, error)
        self._record(Call(name, dict(params.values), self._api.world.clock(), result))
        if fault:
            return _drop(request)
        return web.json_response({"ok": True, "result": result})

    async def _call(self, token: str, name: str, params: Params) -> object:
        if token != self._token:
            raise ApiError(401, "Unauthorized")
        if name.lower() == "getupdates":
            return await self._get_updates(params)
        return find_method(name)(self._api, params)

    def _refuse(self, name: str, params: Params, error: ApiError) -> web.Response:
        self._record(Call(name, dict(params.values), self._api.world.clock(), error=error.description))
        told: Json = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            told["parameters"] = error.parameters
        return web.json_response(told, status=error.code)

    def _record(self, call: Call) -> None:
        self.calls.append(call)
        self._api.world.notify(Change("call"))

    # -- long polling --------------------------------------------------------------------------------------------

    async def _get_updates(self, p: Params) -> object:
        if self._api.webhook.url:
            raise ApiError(409, WEBHOOK_ACTIVE)
        if p.has("allowed_updates"):
            self._api.world.queue.subscribe(p.words("allowed_updates"))
        # Whoever polls last is the poller; the one before is woken up to hear that.
        self._poller = mine = object()
        self._api.world.queue.wake()
        return await self._poll(p, mine)

    async def _poll(self, p: Params, mine: object) -> list[Json]:
        queue = self._api.world.queue
        limit = p.number("limit", 100)
        taken = queue.take(p.number("offset"), limit)
        self._api.world.notify(Change("call"))
        end = asyncio.get_running_loop().time() + min(max(p.number("timeout"), 0), LONGEST_POLL)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                while not taken and not self._closing.is_set():
                    await queue.next_arrival()
                    if self._poller is not mine:
                        raise ApiError(409, TERMINATED)
                    if self._api.webhook.url:
                        raise ApiError(409, "Conflict: terminated by setWebhook request")
                    taken = queue.take(0, limit)
        return taken

    # -- faults --------------------------------------------------------------------------------------------------

    async def _misbehave(self, request: web.Request, name: str, params: Params, fault: Fault) -> web.StreamResponse:
        error = fault.error()
        if error:
            return self._refuse(name, params, error)
        self._record(Call(name, dict(params.values), self._api.world.clock(), error=fault.kind))
        if fault.kind == "502":
            return web.Response(status=502, text=_PROXY_PAGE, content_type="text/html")
        if fault.kind == "empty":
            return web.Response(text="", content_type="application/json")
        if fault.kind == "timeout":
            # Until the client loses patience and hangs up, which cancels this handler.
            await self._closing.wait()
        return _drop(request)

    async def _download(self, request: web.Request) -> web.Response:
        file = self._api.world.files.get(request.match_info["file"])
        if request.match_info["token"] != self._token or file is None:
            told = {"ok": False, "error_code": 404, "description": "Not Found"}
            return web.json_response(told, status=404)
        return web.Response(body=file.data, content_type="application/octet-stream")


def _drop(request: web.Request) -> web.Response:
    """Break the connection; the response is only for the server's own bookkeeping."""
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _read(request: web.Request) -> Params:
    values: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except json.JSONDecodeError:
            raise bad_request("can't parse JSON object") from None
        return Params(values | (body if isinstance(body, dict) else {}))
    uploads: dict[str, Upload] = {}
    form = await request.post()
    for name, field in form.items():
        if isinstance(field, web.FileField):
            with field.file as file:
                uploads[name] = Upload(field.filename, field.content_type, file.read())
        else:
            values[name] = field
    return Params(values, uploads)
