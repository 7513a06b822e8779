"""What a Bot API method gets to work with: its parameters, the world, and the table it is listed in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.account import Account
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.limits import Limits
from bot.sandbox.updates import Json
from bot.sandbox.webhook import Webhook
from bot.sandbox.world import World

_END_OF_TIME = 2**31  # dates are 32 bits wide in the Bot API


@dataclass(slots=True, frozen=True)
class Upload:
    """A file sent along with a call."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Params:
    """The parameters of one call, whichever of JSON, form or query string they came in."""

    values: Mapping[str, object]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.values.get(name)
        text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
        if not is_utf8(text):
            raise bad_request("strings must be encoded in UTF-8")
        return text

    def number(self, name: str, default: int = 0) -> int:
        """An integer; what is none counts as absent, as Telegram's server reads it."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "1", "yes")

    def moment(self, name: str) -> datetime | None:
        """A Unix time as an aware moment; None if absent, 0, or beyond the calendar."""
        seconds = self.number(name)
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _END_OF_TIME else None

    def parsed(self, name: str) -> object:
        """A JSON value, already parsed or as a string; None if absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except json.JSONDecodeError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def record(self, name: str) -> Json:
        value = self.parsed(name)
        return as_record(value) if value is not None else {}

    def records(self, name: str) -> list[Json]:
        return [as_record(item) for item in self.items(name)]

    def items(self, name: str) -> list[object]:
        value = self.parsed(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad_request(f"{name} must be an Array")
        return list(value)

    def numbers(self, name: str) -> list[int]:
        return [item for item in self.items(name) if isinstance(item, int)]

    def words(self, name: str) -> list[str]:
        return [item for item in self.items(name) if isinstance(item, str)]


def is_utf8(text: str) -> bool:
    """Whether the text has no lone surrogates, which JSON can smuggle in."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def as_record(value: object) -> Json:
    """A JSON object, or 400."""
    if not isinstance(value, dict):
        raise bad_request("expected an Object")
    return {str(key): item for key, item in value.items()}


@dataclass(slots=True)
class Api:
    """Everything the methods act on."""

    world: World
    limits: Limits
    webhook: Webhook
    account: Account = field(default_factory=Account)


Method = Callable[[Api, Params], object]
METHODS: dict[str, Method] = {}


def method(call: Method) -> Method:
    """List a function as the Bot API method of its name: `send_message` answers sendMessage."""
    METHODS[call.__name__.replace("_", "")] = call
    return call


def find_method(name: str) -> Method:
    """The method of this name in any letter case, as Telegram takes it; 404 that names the unknown one."""
    try:
        return METHODS[name.lower()]
    except KeyError:
        raise ApiError(404, f"Not Found: method {name} is not known to the sandbox") from None
