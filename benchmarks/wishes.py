"""How well wishes and questions are overheard, on labelled lines of chat, and what looking at a message costs.

python -m benchmarks.wishes            figures of both halves
python -m benchmarks.wishes --misses   with the development half's mistakes; the held-back half's are not to be seen

The lines were written by us before the detectors were, and half of them set aside; none comes from real chats.
"""

import csv
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.language.questions import is_question
from bot.language.wishes import is_wish

Detector = Callable[[str], bool]
ROUNDS = 15


@dataclass(frozen=True)
class Line:
    """One chat line and what people would say of it."""

    half: str
    wanted: bool
    text: str


@dataclass(frozen=True)
class Figures:
    """How a detector did on some lines."""

    precision: float
    recall: float
    lines: int
    wanted: int


def read(name: str) -> list[Line]:
    """The labelled lines of a file in this folder."""
    with Path(__file__).with_name(name).open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Line(row["half"], row["label"] != "no", row["text"]) for row in rows]


def judge(detect: Detector, lines: list[Line]) -> Figures:
    """Precision and recall."""
    said = [line for line in lines if detect(line.text)]
    right = sum(line.wanted for line in said)
    wanted = sum(line.wanted for line in lines)
    return Figures(right / len(said), right / wanted, len(lines), wanted)


def microseconds(detect: Detector, lines: list[Line]) -> float:
    """CPU for one message, the median of several rounds."""
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for line in lines:
            detect(line.text)
        spent.append((time.process_time() - start) / len(lines) * 1e6)
    return statistics.median(spent)


def asks(text: str) -> bool:
    """As the bot hears it: a wish in the form of a question is a wish."""
    return is_question(text) and not is_wish(text)


def tell(name: str, detect: Detector, lines: list[Line]) -> None:
    for half in ("dev", "held"):
        found = judge(detect, [line for line in lines if line.half == half])
        print(f"{name:10}{half:6}{found.lines:6}{found.wanted:8}{found.precision:11.3f}{found.recall:8.3f}")
    ordinary = [line for line in lines if not line.wanted]
    print(
        f"{name:10}µs a message: {microseconds(detect, ordinary):.1f} ordinary, {microseconds(detect, lines):.1f} all"
    )


def show_misses(detect: Detector, lines: list[Line]) -> None:
    for line in lines:
        if line.half == "dev" and detect(line.text) != line.wanted:
            print("missed  " if line.wanted else "wrongly ", line.text)


if __name__ == "__main__":
    print(f"{'':10}{'half':6}{'lines':>6}{'wanted':>8}{'precision':>11}{'recall':>8}")
    for name, detect in (("wishes", is_wish), ("questions", asks)):
        lines = read(f"{name}.tsv")
        tell(name, detect, lines)
        if "--misses" in sys.argv:
            show_misses(detect, lines)
