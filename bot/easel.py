"""Where pictures are drawn, some before their turn: one after the other would wait for each of them."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.outcomes import NotPaintedError

log = logging.getLogger(__name__)

KEPT = 32  # pictures of chats that rest meanwhile; the oldest make room

# Draws the picture of a name from its ingredients, beside the event loop.
Painter = Callable[[str, Mapping[str, object]], Awaitable[bytes]]
Order = Mapping[str, Any]


class Easel:
    """Keeps what is drawn ahead until it is taken."""

    def __init__(self, paint: Painter) -> None:
        self._paint = paint
        self._drawing: dict[str, asyncio.Task[bytes]] = {}  # by order, so that another one gets no old picture

    def begin(self, orders: Sequence[Order]) -> None:
        """Let these be drawn, at most as many as are kept."""
        for order in orders:
            self._drawing[_key(order)] = self._of(order)
        for key in list(self._drawing)[:-KEPT]:
            self._drawing.pop(key).cancel()

    async def take(self, order: Order) -> bytes:
        """The picture, drawn by now or still to be; raises NotPaintedError."""
        return await self._of(order)

    def clear(self) -> None:
        """Nobody will take what is left."""
        for task in self._drawing.values():
            task.cancel()
        self._drawing.clear()

    def _of(self, order: Order) -> asyncio.Task[bytes]:
        drawing = self._drawing.pop(_key(order), None)
        return self._start(order) if drawing is None else drawing

    def _start(self, order: Order) -> asyncio.Task[bytes]:
        task = asyncio.create_task(self._painted(order))
        task.add_done_callback(_look_at)
        return task

    async def _painted(self, order: Order) -> bytes:
        try:
            return await self._paint(order["painting"], order["ingredients"])
        except Exception as error:
            log.exception("A picture cannot be drawn; its words go without it.")
            raise NotPaintedError from error


def _key(order: Order) -> str:
    return json.dumps(order, sort_keys=True)


def _look_at(task: asyncio.Task[bytes]) -> None:
    """What failed is logged already; asyncio complains of failures that nobody has looked at."""
    if not task.cancelled():
        task.exception()
