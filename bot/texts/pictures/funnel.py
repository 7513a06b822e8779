"""The funnel's picture: from codes to people who ask, over all doors and for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.texts.pictures.canvas import LARGE, LEAF, MARGIN, PALE, SMALL, WIDTH, Canvas

MOST_DOORS = 5
_ROOM = WIDTH - 2 * MARGIN
_TOP, _STEP, _DOOR = 222, 112, 122


def draw(of: Mapping[str, Any]) -> bytes:
    """Ingredients: language, title, subtitle, steps (label, number), heading, doors (words, figures, share)."""
    steps: Sequence[tuple[str, int]] = of["steps"]
    doors: Sequence[Mapping[str, Any]] = of["doors"][:MOST_DOORS]
    end = _TOP + len(steps) * _STEP
    canvas = Canvas(end + (100 + len(doors) * _DOOR if doors else 40), of["language"])
    canvas.text(MARGIN, 52, of["title"], size=LARGE, room=_ROOM, bold=True)
    canvas.text(MARGIN, 136, of["subtitle"], size=SMALL, colour=PALE, room=_ROOM)
    canvas.funnel((MARGIN, _TOP, WIDTH - MARGIN, end), steps)
    if doors:
        canvas.text(MARGIN, end + 30, of["heading"], size=SMALL, colour=PALE, room=_ROOM)
    for place, door in enumerate(doors):
        _door(canvas, end + 92 + place * _DOOR, door)
    return canvas.png()


def _door(canvas: Canvas, y: float, door: Mapping[str, Any]) -> None:
    wide = canvas.measure(door["figures"], SMALL)
    canvas.text(WIDTH - MARGIN, y, door["figures"], size=SMALL, colour=PALE, side="r")
    canvas.text(MARGIN, y, door["words"], size=SMALL, room=_ROOM - wide - 32)
    if door["share"] is not None:
        canvas.bar((MARGIN, y + 58, WIDTH - MARGIN, y + 80), door["share"], LEAF)
