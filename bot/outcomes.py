"""One classifier for everything a call to the Bot API can end in.

The sentences matched here are Telegram's own, from the Bot API server's source; the code alone decides nothing,
since a lost right comes as 400 or 403 depending on where it was noticed.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum, auto

import aiohttp
from aiogram import exceptions as telegram


class NotPaintedError(Exception):
    """A picture of ours cannot be drawn: nothing has been sent."""


class Outcome(Enum):
    """What follows from a failed call."""

    LATER = auto()  # refused for now: the same call again after a while
    DOUBT = auto()  # the request left, the answer was lost: it may have happened
    DONE = auto()  # what the call wanted is so already
    MOVED = auto()  # the group has become a supergroup with another id
    GONE = auto()  # this chat or person cannot be written to until they come back
    NO_TOPIC = auto()  # say it outside the topic
    NO_MARKUP = auto()  # say it as plain text
    NO_PICTURE = auto()  # say it in words alone
    NO_MESSAGE = auto()  # the message to edit is gone: post it anew
    DEAD = auto()  # will never work
    BROKEN = auto()  # nothing of the network's: the call cannot be made as it stands, or its answer not be read
    TOKEN = auto()  # the token itself is refused


@dataclass(frozen=True)
class Verdict:
    """An outcome with its reason; `seconds` to wait and the chat's new id where they apply."""

    outcome: Outcome
    reason: str
    seconds: float | None = None
    moved_to: str | None = None


_SENTENCES = (
    ("message is not modified", Outcome.DONE),
    ("hide_requester_missing", Outcome.DONE),
    ("user_already_participant", Outcome.DONE),
    ("message to edit not found", Outcome.NO_MESSAGE),
    ("message can't be edited", Outcome.NO_MESSAGE),
    ("message thread not found", Outcome.NO_TOPIC),
    ("topic_closed", Outcome.NO_TOPIC),
    ("topic_deleted", Outcome.NO_TOPIC),
    ("can't parse entities", Outcome.NO_MARKUP),
    ("rights to send photos", Outcome.NO_PICTURE),
    ("chat_send_photos_forbidden", Outcome.NO_PICTURE),
    ("photo_invalid_dimensions", Outcome.NO_PICTURE),
    ("image_process_failed", Outcome.NO_PICTURE),
    ("chat not found", Outcome.GONE),
    ("chat_write_forbidden", Outcome.GONE),
    ("have no rights to send", Outcome.GONE),
    ("not enough rights to send", Outcome.GONE),
    ("user is deactivated", Outcome.GONE),
    ("too many requests", Outcome.LATER),
)


def classify(error: Exception) -> Verdict:
    """What follows from this failure of a call."""
    reason = f"{type(error).__name__}: {error}"[:500]
    match error:
        case telegram.TelegramRetryAfter():
            return Verdict(Outcome.LATER, reason, seconds=float(error.retry_after))
        case telegram.TelegramMigrateToChat():
            return Verdict(Outcome.MOVED, reason, moved_to=str(error.migrate_to_chat_id))
        case telegram.TelegramUnauthorizedError():
            return Verdict(Outcome.TOKEN, reason)
        case telegram.TelegramNetworkError():
            # A refused connection never carried the request; anything later may have.
            refused = isinstance(error.__cause__, aiohttp.ClientConnectorError)
            return Verdict(Outcome.LATER if refused else Outcome.DOUBT, reason)
        case telegram.TelegramServerError() | telegram.RestartingTelegram() | telegram.TelegramConflictError():
            return Verdict(Outcome.LATER, reason)
        case telegram.TelegramForbiddenError():
            return Verdict(Outcome.GONE, reason)
        case telegram.TelegramAPIError():
            return Verdict(_by_sentence(error.message), reason)
        # An HTML page, half an answer or nothing at all.
        case telegram.ClientDecodeError() | aiohttp.ClientError() | asyncio.TimeoutError():
            return Verdict(Outcome.DOUBT, reason)
        case NotPaintedError():
            return Verdict(Outcome.NO_PICTURE, reason)
    return Verdict(Outcome.BROKEN, reason)


def _by_sentence(message: str) -> Outcome:
    lowered = message.lower()
    return next((outcome for sentence, outcome in _SENTENCES if sentence in lowered), Outcome.DEAD)
