"""The share card: a member's code as a square to scan, who invites and to what, for their own feed."""

from collections.abc import Mapping
from typing import Any

import segno

from bot.texts.pictures.canvas import BODY, HUGE, INK, LARGE, MARGIN, PALE, SMALL, WIDTH, Canvas

_ROOM = WIDTH - 2 * MARGIN
_SQUARE, _QUIET = 640, 4  # pixels at most; modules of white that every reader wants around it


def draw(of: Mapping[str, Any]) -> bytes:
    """Ingredients: language, title, subtitle, code, link, note; `code` is its short form for who types it."""
    modules = [list(row) for row in segno.make(of["link"], error="m", micro=False).matrix]
    cell = _SQUARE // (len(modules) + 2 * _QUIET)
    side = cell * (len(modules) + 2 * _QUIET)
    left, top = (WIDTH - side) // 2, 310
    canvas = Canvas(top + side + 300, of["language"])
    middle = WIDTH / 2
    canvas.text(middle, 64, of["title"], size=HUGE, side="m", room=_ROOM, bold=True)
    canvas.text(middle, 214, of["subtitle"], size=BODY, colour=PALE, side="m", room=_ROOM)
    canvas.panel((left, top, left + side, top + side), "#FFFFFF")
    canvas.grid(left + _QUIET * cell, top + _QUIET * cell, modules, cell, INK)
    canvas.text(middle, top + side + 36, of["code"], size=LARGE, side="m", room=_ROOM, bold=True)
    canvas.text(middle, top + side + 126, of["link"].removeprefix("https://"), size=SMALL, side="m", room=_ROOM)
    canvas.text(middle, top + side + 196, of["note"], size=SMALL, colour=PALE, side="m", room=_ROOM)
    return canvas.png()
