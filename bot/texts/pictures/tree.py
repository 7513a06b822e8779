"""The invitation tree's picture: who brought whom, and in which branches people stay and take part."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.texts.pictures.canvas import (
    GRAIN,
    INK,
    LARGE,
    LEAF,
    MARGIN,
    PALE,
    SKY,
    SMALL,
    WIDTH,
    Canvas,
    drawable,
)

MOST_ROWS = 24
_LEFT = "#B9AB8C"
_COLOURS = {"active": LEAF, "stayed": GRAIN, "new": SKY, "left": _LEFT}
_ROOM = WIDTH - 2 * MARGIN
_TOP, _ROW, _FOOT = 222, 62, 96
_STEP, _DEEPEST = 36, 8  # pixels and steps of indentation
_NAMES_END, _FIGURES_END, _BARS_BEGIN = 640, 736, 756


def draw(of: Mapping[str, Any]) -> bytes:
    """Ingredients: language, title, subtitle, rows (depth, words, way, mark, size, parts), legend (way, label)."""
    rows: Sequence[Mapping[str, Any]] = of["rows"][:MOST_ROWS]
    canvas = Canvas(_TOP + len(rows) * _ROW + _FOOT, of["language"])
    canvas.text(MARGIN, 52, of["title"], size=LARGE, room=_ROOM, bold=True)
    canvas.text(MARGIN, 136, of["subtitle"], size=SMALL, colour=PALE, room=_ROOM)
    places = [_place(number, row["depth"]) for number, row in enumerate(rows)]
    for number, row in enumerate(rows):
        if row["mark"] == "me":
            x, y = places[number]
            canvas.panel((x - 30, y - 29, WIDTH - MARGIN + 24, y + 29))
    for number in range(len(rows)):
        _twig(canvas, rows, places, number)
    for row, place in zip(rows, places, strict=True):
        _row(canvas, row, place)
    _legend(canvas, _TOP + len(rows) * _ROW + 22, of["legend"])
    return canvas.png()


def _place(number: int, depth: int) -> tuple[float, float]:
    """Where the grain of a row lies."""
    return MARGIN + 14 + min(depth, _DEEPEST) * _STEP, _TOP + number * _ROW + _ROW / 2


def _twig(
    canvas: Canvas, rows: Sequence[Mapping[str, Any]], places: Sequence[tuple[float, float]], number: int
) -> None:
    """From a grain to the one above it that brought it."""
    depth = rows[number]["depth"]
    above = next((one for one in range(number - 1, -1, -1) if rows[one]["depth"] < depth), None)
    if above is None:
        return
    (x, y), (parent_x, parent_y) = places[number], places[above]
    on_path = bool(rows[number]["mark"])
    colour, width = (GRAIN, 6) if on_path else ("#D8CBA9", 3)
    canvas.rule((parent_x, parent_y + 13), (parent_x, y), colour, width)
    canvas.rule((parent_x, y), (x - 13, y), colour, width)


def _row(canvas: Canvas, row: Mapping[str, Any], place: tuple[float, float]) -> None:
    x, y = place
    if folded := row["way"] is None:
        canvas.text(x - 12, y - 24, "…", size=SMALL, colour=PALE)
    else:
        canvas.dot(x, y, 12, _COLOURS[row["way"]], hollow=row["way"] == "left")
    begins, colour = x + 28, PALE if folded else INK
    words = drawable(row["words"]) or "·"
    canvas.text(begins, y - 24, words, size=SMALL, colour=colour, room=_NAMES_END - begins, bold=bool(row["mark"]))
    if sum(row["parts"]):
        canvas.text(_FIGURES_END, y - 24, row["size"], size=SMALL, colour=PALE, side="r")
        colours = _COLOURS.values()
        canvas.stack((_BARS_BEGIN, y - 11, WIDTH - MARGIN, y + 11), list(zip(row["parts"], colours, strict=True)))


def _legend(canvas: Canvas, y: float, legend: Sequence[tuple[str, str]]) -> None:
    room = _ROOM / max(len(legend), 1)
    for place, (way, label) in enumerate(legend):
        x = MARGIN + 14 + place * room
        canvas.dot(x, y + 24, 12, _COLOURS[way], hollow=way == "left")
        canvas.text(x + 26, y, label, size=SMALL, colour=PALE, room=room - 46)
