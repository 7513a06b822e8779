"""What every picture is drawn with: paper, words in Chinese and Latin, bars, lines, funnels.

A picture brings its own paper, so it reads alike in a light and a dark chat. It is 1080 pixels wide, about three to a
point of a phone's screen: nothing that must be read is smaller than `SMALL`.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from math import hypot
from typing import Literal

from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

from bot.texts.html import clean

WIDTH, MARGIN = 1080, 64
SMALL, BODY, LARGE, HUGE = 34, 42, 60, 104
PAPER, PANEL, INK, PALE, GRAIN, LEAF, SKY, CLAY = (
    "#FBF5E6",
    "#F1E7CF",
    "#2B2419",
    "#75684F",
    "#C98A0B",
    "#4C7A34",
    "#2F6E91",
    "#B4532A",
)
# The collection holds one face a region: the same character is drawn as its readers write it.
_FACES = {"zh-hans": 2, "zh-hant": 3, "en": 2}
_NOT_IN_ANY_FONT = "\U0010fffd"
_NEVER_FIRST = tuple("，。、；：！？）」』”’》〉…,.;:!?)")  # in a line, as every reader of Chinese expects
_NEVER_LAST = tuple("（「『“‘《〈(")

Box = tuple[float, float, float, float]  # left, top, right, bottom


class Canvas:
    """A sheet of paper in one language; what is drawn on it stays within it."""

    def __init__(self, height: int, language: str, width: int = WIDTH) -> None:
        self.width, self.height = width, height
        self._face = _FACES.get(language, 2)
        self._image = Image.new("RGB", (width, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def text(  # a label is its place, words, size, colour, room and side
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = BODY,
        colour: str = INK,
        room: float | None = None,
        side: Literal["l", "m", "r"] = "l",
        bold: bool = False,
    ) -> float:
        """One line with its top at y, cut to the room there is; returns how wide it became."""
        font = _font(self._face, size)
        line = _cut(drawable(words, self._face), font, room if room is not None else self.width)
        stroke = max(size // 40, 1) if bold else 0
        self._draw.text(
            (x, y), line, font=font, fill=colour, anchor=f"{side}a", stroke_width=stroke, stroke_fill=colour
        )
        return font.getlength(line)

    def measure(self, words: str, size: int = BODY) -> float:
        """How wide a line of that size is."""
        return _font(self._face, size).getlength(drawable(words, self._face))

    def paragraph(
        self, x: float, y: float, words: str, *, room: float, lines: int, size: int = BODY, colour: str = INK
    ) -> float:
        """Words over at most so many lines; returns where the next thing may begin."""
        font = _font(self._face, size)
        for line in wrap(drawable(words, self._face), font, room, lines):
            self._draw.text((x, y), line, font=font, fill=colour, anchor="la")
            y += size * 1.35
        return y

    def panel(self, box: Box, colour: str = PANEL) -> None:
        """A rounded field behind what belongs together."""
        self._draw.rounded_rectangle(box, radius=28, fill=colour)

    def bar(self, box: Box, share: float, colour: str = GRAIN) -> None:
        """A horizontal bar, filled to a share between 0 and 1."""
        left, top, right, bottom = box
        radius = (bottom - top) / 2
        self._draw.rounded_rectangle(box, radius=radius, fill=PANEL)
        if share > 0:
            filled = left + max((right - left) * min(share, 1.0), 2 * radius)
            self._draw.rounded_rectangle((left, top, filled, bottom), radius=radius, fill=colour)

    def line(self, box: Box, values: Sequence[float], colour: str = LEAF, most: float | None = None) -> None:
        """Values over time as a line with a dot at its end; `most` is the value at the upper edge."""
        left, top, right, bottom = box
        highest, last = most or max(values, default=0) or 1, max(len(values) - 1, 1)
        points = [
            (left + (right - left) * number / last, bottom - (bottom - top) * value / highest)
            for number, value in enumerate(values)
        ]
        self._draw.line((left, bottom, right, bottom), fill=PALE, width=2)
        if len(points) > 1:
            self._draw.line(points, fill=colour, width=8, joint="curve")
        for x, y in points[-1:]:
            self._draw.ellipse((x - 11, y - 11, x + 11, y + 11), fill=colour)

    def funnel(self, box: Box, steps: Sequence[tuple[str, int]], colour: str = SKY) -> None:
        """Steps from many to few, each with its label and number, as bars about one middle."""
        left, top, right, bottom = box
        most, height = max((number for _, number in steps), default=0) or 1, (bottom - top) / max(len(steps), 1)
        for place, (label, number) in enumerate(steps):
            y, half = top + place * height, max((right - left) * number / most / 2, 8)
            middle = (left + right) / 2
            self._draw.rounded_rectangle((middle - half, y + 52, middle + half, y + height - 8), radius=14, fill=colour)
            self.text(middle, y, f"{label} · {number}", size=SMALL, side="m", room=right - left)

    def stack(self, box: Box, parts: Sequence[tuple[int, str]]) -> None:
        """A horizontal bar made of parts, each a number and its colour."""
        left, top, right, bottom = box
        whole, before = sum(number for number, _ in parts) or 1, 0
        for number, colour in parts:
            begin, end = (left + (right - left) * upto / whole for upto in (before, before + number))
            if number:
                self._draw.rectangle((begin, top, end, bottom), fill=colour)
            before += number

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A grain."""
        box = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse(box, fill=PAPER if hollow else colour, outline=colour, width=4)

    def dots(self, start: tuple[float, float], end: tuple[float, float], colour: str, *, radius: float = 5) -> None:
        """A dotted line."""
        steps = max(int(hypot(end[0] - start[0], end[1] - start[1]) / (radius * 4)), 1)
        for step in range(1, steps + 1):
            x, y = (begin + (finish - begin) * step / steps for begin, finish in zip(start, end, strict=True))
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def path(self, points: Sequence[tuple[float, float]], colour: str, width: int = 8) -> None:
        """A line through points."""
        if len(points) > 1:
            self._draw.line(points, fill=colour, width=width, joint="curve")

    def grid(self, x: float, y: float, rows: Sequence[Sequence[int]], cell: int, colour: str = INK) -> None:
        """Small squares side by side, one for each that is set."""
        for down, row in enumerate(rows):
            for across, is_set in enumerate(row):
                if is_set:
                    left, top = x + across * cell, y + down * cell
                    self._draw.rectangle((left, top, left + cell - 1, top + cell - 1), fill=colour)

    def rule(self, start: tuple[float, float], end: tuple[float, float], colour: str = PALE, width: int = 2) -> None:
        """A thin straight line."""
        self._draw.line((*start, *end), fill=colour, width=width)

    def png(self) -> bytes:
        """The picture as a file. 256 colours are all it needs, and a third of the bytes in half the time."""
        file = io.BytesIO()
        few = self._image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(file, "PNG", compress_level=1)
        return file.getvalue()


def drawable(words: str, face: int = 2) -> str:
    """One line of what the font can draw: emoji and scripts it lacks are left out."""
    return " ".join("".join(letter for letter in clean(words) if letter.isspace() or _has(letter, face)).split())


def wrap(words: str, font: ImageFont.FreeTypeFont, room: float, lines: int) -> list[str]:
    """Lines of at most that width, broken at spaces or between Han characters, the last one cut."""
    wrapped: list[str] = []
    rest = words
    while rest and len(wrapped) < lines - 1 and font.getlength(rest) > room:
        end = _break_before(rest, font, room)
        wrapped.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*wrapped, _cut(rest, font, room)] if rest else wrapped


def _break_before(words: str, font: ImageFont.FreeTypeFont, room: float) -> int:
    fits = _fitting(words, font, room)
    for end in range(fits, fits // 2, -1):
        before, after = words[end - 1], words[end : end + 1]
        if before.isspace() or not ((before + after).isascii() or after in _NEVER_FIRST or before in _NEVER_LAST):
            return end
    return max(fits, 1)


def _fitting(words: str, font: ImageFont.FreeTypeFont, room: float) -> int:
    """How many characters fit into the room."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(words[:middle]) <= room else (low, middle - 1)
    return low


def _cut(words: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    if font.getlength(words) <= room:
        return words
    return words[: _fitting(words, font, room - font.getlength("…"))].rstrip() + "…"


@lru_cache(maxsize=64)
def _font(face: int, size: int) -> ImageFont.FreeTypeFont:
    # Basic layout: the shaper is needed by no script this font has, and costs four times as much.
    return ImageFont.truetype(str(FONT_PATH), size, index=face, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _has(letter: str, face: int) -> bool:
    """Whether the font can draw it: what it lacks all looks like the same empty box."""
    font = _font(face, 20)
    return bytes(font.getmask(letter)) != bytes(font.getmask(_NOT_IN_ANY_FONT))
