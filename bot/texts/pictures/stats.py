"""The loop in bars: how long it takes, what comes of it, who is missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.texts.pictures.canvas import BODY, CLAY, LARGE, LEAF, MARGIN, PALE, SKY, SMALL, WIDTH, Canvas

_ROOM = WIDTH - 2 * MARGIN
_HEADING, _BAR, _GAP = 78, 104, 44
_COLOURS = (SKY, LEAF, CLAY)


def draw(of: Mapping[str, Any]) -> bytes:
    """Ingredients: language, title, subtitle, and up to three groups of a heading and bars with figure and share."""
    groups: Sequence[Mapping[str, Any]] = of["groups"][: len(_COLOURS)]
    height = 216 + sum(_HEADING + _BAR * len(group["bars"]) + _GAP + 16 for group in groups)
    canvas = Canvas(height, of["language"])
    canvas.text(MARGIN, 52, of["title"], size=LARGE, room=_ROOM, bold=True)
    canvas.text(MARGIN, 136, of["subtitle"], size=SMALL, colour=PALE, room=_ROOM)
    y: float = 208
    for group, colour in zip(groups, _COLOURS, strict=False):
        y = _group(canvas, y, group, colour)
    return canvas.png()


def _group(canvas: Canvas, y: float, group: Mapping[str, Any], colour: str) -> float:
    below = y + _HEADING + _BAR * len(group["bars"]) + 16
    canvas.panel((MARGIN - 28, y, WIDTH - MARGIN + 28, below))
    canvas.text(MARGIN, y + 20, group["heading"], size=BODY, colour=colour, room=_ROOM, bold=True)
    for place, bar in enumerate(group["bars"]):
        top = y + _HEADING + 8 + place * _BAR
        width = canvas.text(WIDTH - MARGIN, top, bar["figure"], size=SMALL, side="r", room=_ROOM / 2, bold=True)
        canvas.text(MARGIN, top, bar["label"], size=SMALL, room=_ROOM - width - 32)
        canvas.bar((MARGIN, top + 58, WIDTH - MARGIN, top + 78), bar["share"], colour)
    return below + _GAP
