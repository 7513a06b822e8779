"""From which certainty similar ones are offered: learnt from people's answers, near to what is good elsewhere."""

from collections.abc import Iterable, Sequence

Answer = tuple[float, bool]  # how certain the finder was, and whether it was right

ENOUGH = 100
"""Answers before they say more than our measurements do."""

_OURS = 100  # our measurements count as so many answers
_FURTHEST = 2.0  # a community's threshold is between half and twice the usual one


def fit(answers: Sequence[Answer], usual: float) -> float | None:
    """The threshold that divides these answers best, drawn towards the usual one; None while they are too few."""
    if len(answers) < ENOUGH:
        return None
    best = max(_scored(answers), key=lambda scored: (scored[1], -abs(scored[0] - usual)))[0]
    drawn = usual + (best - usual) * len(answers) / (len(answers) + _OURS)
    return min(max(drawn, usual / _FURTHEST), usual * _FURTHEST)


def _scored(answers: Sequence[Answer]) -> Iterable[tuple[float, float]]:
    """Every certainty there was with the F1 of offering from there on; where all was wrong, the highest is best."""
    right = sum(is_right for _, is_right in answers)
    offered = hits = 0
    for certainty, is_right in sorted(answers, key=lambda answer: (-answer[0], answer[1])):
        offered, hits = offered + 1, hits + is_right
        yield certainty, 2 * hits / (offered + right)
    if not right:
        yield max(certainty for certainty, _ in answers), 1.0
