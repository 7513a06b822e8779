"""Things that go wrong between a bot and Telegram, made to order: each fault hits the next calls it fits."""

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.errors import ApiError

Kind = Literal[
    "429",  # too many requests; retry_after=None leaves the parameters out
    "500",
    "502",  # a proxy's HTML page
    "empty",  # 200 with an empty body
    "timeout",  # never accepted, never answered
    "lost_answer",  # accepted and done, but the connection drops before the answer
    "reset",  # connection reset before anything was read
    "403",
    "400",
    "401",
    "409",
    "migrate",  # 400 with migrate_to_chat_id
]
DESCRIPTIONS: dict[str, str] = {
    "429": "Too Many Requests",
    "500": "Internal Server Error",
    "403": "Forbidden: bot was kicked from the supergroup chat",
    "400": "Bad Request: chat not found",
    "401": "Unauthorized",
    "409": "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    "migrate": "Bad Request: group chat was upgraded to a supergroup chat",
}


@dataclass(slots=True, eq=False)
class Fault:
    """One arranged fault: what, for which calls (None: any), how many times more, and how often it has struck."""

    kind: Kind
    method: str | None
    chat_id: int | None
    left: int | None
    description: str
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    struck: int = 0

    def fits(self, method: str, chat_id: str) -> bool:
        for_method = self.method is None or self.method.lower() == method.lower()
        return for_method and (self.chat_id is None or str(self.chat_id) == chat_id) and self.left != 0

    def error(self) -> ApiError | None:
        """What the server answers, for those faults that are answers in Telegram's own form."""
        if self.kind not in DESCRIPTIONS:
            return None
        if self.kind == "429" and self.retry_after is not None:
            text = f"{self.description}: retry after {self.retry_after}"
            return ApiError(429, text, {"retry_after": self.retry_after})
        if self.kind == "migrate" and self.migrate_to_chat_id is not None:
            return ApiError(400, self.description, {"migrate_to_chat_id": self.migrate_to_chat_id})
        return ApiError(400 if self.kind == "migrate" else int(self.kind), self.description)


@dataclass(slots=True)
class Faults:
    """The faults still to come; the first that fits a call strikes."""

    arranged: list[Fault] = field(default_factory=list)

    def add(
        self,
        kind: Kind,
        method: str | None = "sendMessage",
        chat_id: int | None = None,
        times: int | None = 1,
        *,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
        description: str | None = None,
    ) -> Fault:
        """Arrange a fault for calls of a method (None: of any) to a chat (None: to any); times=None is for ever."""
        words = description or DESCRIPTIONS.get(kind, "")
        fault = Fault(kind, method, chat_id, times, words, retry_after, migrate_to_chat_id)
        self.arranged.append(fault)
        return fault

    def clear(self) -> None:
        self.arranged.clear()

    def strike(self, method: str, chat_id: str) -> Fault | None:
        """The fault that hits this call, if any; used up by it."""
        for fault in self.arranged:
            if fault.fits(method, chat_id):
                fault.struck += 1
                fault.left = None if fault.left is None else fault.left - 1
                return fault
        return None
