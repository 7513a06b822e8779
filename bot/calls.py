"""A row of the outbox as one call of the Bot API: by which method, as what edit, with which picture."""

from collections.abc import Mapping, Sequence

from aiogram import Bot, methods
from aiogram.methods import Response, TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.easel import Easel
from storage.outbox import OutboxRow, Recipient

METHODS: Mapping[str, type[TelegramMethod[object]]] = {
    method.__api_method__: method
    for method in vars(methods).values()
    if isinstance(method, type) and issubclass(method, TelegramMethod) and method is not TelegramMethod
}
# pydantic forgets a parametrised model that nobody holds, and aiogram then builds it anew for each answer: 10 ms.
_FREQUENT_ANSWERS = (Response[Message], Response[Message | bool], Response[bool])
_ONLY_FOR_NEW = {"disable_notification", "reply_parameters", "message_thread_id"}


async def make(bot: Bot, easel: Easel, row: OutboxRow, recipient: Recipient) -> str | None:
    """Say it; a live message that stands already is edited. Returns the message's id, if it is one."""
    method, fields = row.method, {**row.arguments, "chat_id": int(recipient.external_id)}
    if recipient.standing:
        method, fields = _as_edit(fields, recipient.standing)
    if order := _picture(fields):
        fields["photo"] = BufferedInputFile(await easel.take(order), "picture.png")
    result = await bot(METHODS[method](**fields))
    return str(result.message_id) if isinstance(result, Message) else None


def pictures(rows: Sequence[OutboxRow]) -> list[Mapping[str, object]]:
    """What is still to be drawn of these calls."""
    return [order for row in rows if (order := _picture(row.arguments))]


def _picture(fields: Mapping[str, object]) -> Mapping[str, object] | None:
    order = fields.get("photo")
    return order if isinstance(order, dict) else None


def _as_edit(fields: dict[str, object], message_ref: str) -> tuple[str, dict[str, object]]:
    kept = {name: value for name, value in fields.items() if name not in _ONLY_FOR_NEW}
    return "editMessageText", {**kept, "message_id": int(message_ref)}
