"""The four-grid's picture: mood, best-loved, most disappointing, most awaited, each in its corner."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.texts.pictures.canvas import BODY, CLAY, GRAIN, LARGE, LEAF, MARGIN, PALE, SKY, SMALL, WIDTH, Canvas

MOST_LINES = 3
_COLOURS = (GRAIN, LEAF, CLAY, SKY)
_TOP, _GAP, _CELL = 220, 28, 536
_SIDE = (WIDTH - 2 * 40 - _GAP) / 2


def draw(of: Mapping[str, Any]) -> bytes:
    """Ingredients: language, title, subtitle, and four cells of a heading and lines with their shares."""
    canvas = Canvas(_TOP + 2 * _CELL + _GAP + 44, of["language"])
    canvas.text(MARGIN, 52, of["title"], size=LARGE, room=WIDTH - 2 * MARGIN, bold=True)
    canvas.text(MARGIN, 136, of["subtitle"], size=SMALL, colour=PALE, room=WIDTH - 2 * MARGIN)
    for place, cell in enumerate(of["cells"]):
        x = 40 + (place % 2) * (_SIDE + _GAP)
        y = _TOP + (place // 2) * (_CELL + _GAP)
        canvas.panel((x, y, x + _SIDE, y + _CELL))
        canvas.text(x + 28, y + 22, cell["heading"], size=BODY, colour=_COLOURS[place], room=_SIDE - 56, bold=True)
        _lines(canvas, x + 28, y + 100, cell["lines"], _COLOURS[place])
    return canvas.png()


def _lines(canvas: Canvas, x: float, y: float, lines: Sequence[Mapping[str, Any]], colour: str) -> None:
    room = _SIDE - 56
    for line in lines[:MOST_LINES]:
        canvas.text(x + room, y, str(line["count"]), size=SMALL, colour=PALE, side="r")
        y = canvas.paragraph(x, y, line["words"], size=SMALL, room=room - 90, lines=2)
        canvas.bar((x, y + 8, x + room, y + 26), line["share"], colour)
        y += 54
