"""Growth's picture: who was in, week by week, the sizes of the plan, and where the pace of the last weeks leads."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from bot.texts.pictures.canvas import GRAIN, HUGE, LARGE, LEAF, MARGIN, PALE, SMALL, WIDTH, Canvas

_ROOM = WIDTH - 2 * MARGIN
_HEIGHT, _TOP, _BOTTOM = 1080, 400, 960
_LEFT, _RIGHT = MARGIN + 6, WIDTH - MARGIN - 24
_APART = 44  # pixels between two labels of the plan

Point = tuple[float, float]


def draw(of: Mapping[str, Any]) -> bytes:
    """Ingredients: language, title, subtitle, figure, label, values, ahead, sizes, dates (first, now, last)."""
    canvas = Canvas(_HEIGHT, of["language"])
    canvas.text(MARGIN, 52, of["title"], size=LARGE, room=_ROOM, bold=True)
    canvas.text(MARGIN, 136, of["subtitle"], size=SMALL, colour=PALE, room=_ROOM)
    wide = canvas.text(MARGIN, 196, of["figure"], size=HUGE, bold=True, room=_ROOM / 2)
    canvas.paragraph(MARGIN + wide + 28, 222, of["label"], size=SMALL, colour=PALE, room=_ROOM - wide - 28, lines=2)
    values, ahead, sizes = of["values"], of["ahead"], of["sizes"]
    upper = _upper(values, ahead, sizes)
    _plan(canvas, [size for size in sizes if size <= upper], upper)
    points = _points([*values, *ahead], upper)
    lived, coming = points[: len(values)], points[len(values) - 1 :]
    for one, other in pairwise(coming):
        canvas.dots(one, other, GRAIN)
    canvas.path(lived, LEAF)
    canvas.dot(*lived[-1], 13, LEAF)
    if ahead:
        canvas.dot(*coming[-1], 13, GRAIN, hollow=True)
    _dates(canvas, of["dates"], lived[-1][0], has_more=bool(ahead))
    return canvas.png()


def _upper(values: Sequence[int], ahead: Sequence[int], sizes: Sequence[int]) -> int:
    """The number at the upper edge: the next size of the plan that is not passed."""
    highest = max([*values, *ahead, 1])
    return next((size for size in sizes if size >= highest), highest)


def _points(values: Sequence[int], upper: int) -> list[Point]:
    step = (_RIGHT - _LEFT) / max(len(values) - 1, 1)
    return [(_LEFT + number * step, _y(value, upper)) for number, value in enumerate(values)]


def _y(value: float, upper: int) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * value / upper


def _plan(canvas: Canvas, sizes: Sequence[int], upper: int) -> None:
    """A thin line for every size of the plan; where two are close, the smaller one has no number."""
    canvas.rule((_LEFT, _BOTTOM), (WIDTH - MARGIN, _BOTTOM))
    last = -float(_APART)
    for size in reversed(sizes):
        y = _y(size, upper)
        canvas.rule((_LEFT, y), (WIDTH - MARGIN, y), "#D8CBA9", 3)
        if y - last >= _APART:
            canvas.text(_LEFT, y - 46, str(size), size=SMALL, colour=PALE)
            last = y


def _dates(canvas: Canvas, dates: Sequence[str], now: float, *, has_more: bool) -> None:
    """Under the line: when it begins, where now is, where the forecast ends; what would overlap is left out."""
    first, today, last = dates
    y, used = _BOTTOM + 20, canvas.measure(today, SMALL)
    middle = min(max(now, _LEFT + used / 2), WIDTH - MARGIN - used / 2)
    canvas.text(middle, y, today, size=SMALL, side="m")
    if middle - used / 2 > _LEFT + canvas.measure(first, SMALL) + 20:
        canvas.text(_LEFT, y, first, size=SMALL, colour=PALE)
    if has_more and WIDTH - MARGIN - canvas.measure(last, SMALL) - 20 > middle + used / 2:
        canvas.text(WIDTH - MARGIN, y, last, size=SMALL, colour=PALE, side="r")
