"""Pictures that are drawn before their turn: none twice, and none that nobody takes is left behind."""

import asyncio
import gc
from collections.abc import Mapping
from typing import Any

import pytest

from bot.easel import KEPT, Easel
from bot.outcomes import NotPaintedError


def order(number: int) -> dict[str, Any]:
    return {"painting": "digest", "ingredients": {"number": number}}


class _Studio:
    """Draws one picture after the other, by hand."""

    def __init__(self) -> None:
        self.begun: list[object] = []
        self.cut_off: list[object] = []
        self.may_end = asyncio.Event()

    async def paint(self, _: str, ingredients: Mapping[str, object]) -> bytes:
        self.begun.append(ingredients["number"])
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cut_off.append(ingredients["number"])
            raise
        return str(ingredients["number"]).encode()


async def test_a_picture_waits_for_its_turn_though_others_come_first() -> None:
    studio = _Studio()
    easel = Easel(studio.paint)
    for numbers in ((1, 2), (2, 3), (3, 4)):  # the chat of the first rests meanwhile
        easel.begin([order(number) for number in numbers])
    studio.may_end.set()
    assert [await easel.take(order(number)) for number in (1, 2, 3, 4, 5)] == [b"1", b"2", b"3", b"4", b"5"]
    assert studio.begun == [1, 2, 3, 4, 5]


async def test_what_nobody_takes_is_given_up() -> None:
    studio = _Studio()
    easel = Easel(studio.paint)
    for number in range(KEPT + 2):
        easel.begin([order(number)])
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert studio.cut_off == [0, 1]
    easel.clear()
    await asyncio.sleep(0)
    assert len(studio.cut_off) == KEPT + 2


async def test_a_failure_is_told_to_who_takes_the_picture_and_to_nobody_else() -> None:
    async def no_ink(*_: object) -> bytes:
        raise OSError

    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    easel = Easel(no_ink)
    easel.begin([order(1), order(2)])
    with pytest.raises(NotPaintedError):
        await easel.take(order(1))
    easel.clear()
    gc.collect()
    assert complaints == []
