"""The digest's picture: what shipped, how fast asking leads to shipping, and how the circle grows."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.texts.pictures.canvas import BODY, GRAIN, HUGE, INK, LARGE, LEAF, MARGIN, PALE, SMALL, WIDTH, Canvas

MOST_SHIPPED = 4
_ROOM = WIDTH - 2 * MARGIN
_ROW, _TILES, _GROWTH = 118, 290, 300


def draw(of: Mapping[str, Any]) -> bytes:
    """Ingredients: language, title, subtitle, shipped, tiles, growth; words are ready to be drawn."""
    shipped: Sequence[Mapping[str, str]] = of["shipped"][:MOST_SHIPPED]
    growth: Sequence[int] = of["growth"]["values"]
    height = 236 + (len(shipped) * _ROW + 60 if shipped else 0) + _TILES + (_GROWTH if len(growth) > 1 else 0)
    canvas = Canvas(height, of["language"])
    canvas.text(MARGIN, 56, of["title"], size=LARGE, room=_ROOM, bold=True)
    canvas.text(MARGIN, 140, of["subtitle"], size=SMALL, colour=PALE, room=_ROOM)
    y = _shipped(canvas, 216, shipped)
    y = _tiles(canvas, y, of["tiles"])
    if len(growth) > 1:
        _growth(canvas, y, of["growth"]["label"], growth)
    return canvas.png()


def _shipped(canvas: Canvas, y: float, shipped: Sequence[Mapping[str, str]]) -> float:
    if not shipped:
        return y
    canvas.panel((MARGIN - 28, y, WIDTH - MARGIN + 28, y + len(shipped) * _ROW + 24))
    for place, one in enumerate(shipped):
        top = y + 22 + place * _ROW
        _tick(canvas, MARGIN, top + 14)
        canvas.text(MARGIN + 64, top, one["words"], room=_ROOM - 64, bold=True)
        canvas.text(MARGIN + 64, top + 56, one["who"], size=SMALL, colour=PALE, room=_ROOM - 64)
    return y + len(shipped) * _ROW + 60


def _tick(canvas: Canvas, x: float, y: float) -> None:
    canvas.rule((x, y + 16), (x + 14, y + 30), LEAF, 9)
    canvas.rule((x + 13, y + 31), (x + 40, y), LEAF, 9)


def _tiles(canvas: Canvas, y: float, tiles: Sequence[Mapping[str, Any]]) -> float:
    """Up to three figures side by side, each with what it says; a share has its bar."""
    room = _ROOM / max(len(tiles), 1)
    for place, tile in enumerate(tiles):
        x = MARGIN + place * room
        canvas.text(x, y, tile["figure"], size=HUGE, colour=INK, room=room - 24, bold=True)
        canvas.paragraph(x, y + 164, tile["label"], size=SMALL, colour=PALE, room=room - 24, lines=2)
        if tile.get("share") is not None:
            canvas.bar((x, y + 140, x + room - 48, y + 154), tile["share"], GRAIN)
    return y + _TILES


def _growth(canvas: Canvas, y: float, label: str, values: Sequence[int]) -> None:
    canvas.text(MARGIN, y, label, size=SMALL, colour=PALE, room=_ROOM)
    canvas.line((MARGIN, y + 62, WIDTH - MARGIN - 130, y + 230), values)
    canvas.text(WIDTH - MARGIN, y + 36, str(values[-1]), size=BODY, colour=LEAF, side="r", bold=True)
