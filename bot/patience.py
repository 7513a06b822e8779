"""Who floods us with what must be refused is not answered each time: a few refusals, then silence until they pause.

The same sentence is said twice at most.
"""

from datetime import datetime, timedelta

MOST, MOST_ALIKE = 6, 2  # refusals in a row
PAUSE = timedelta(minutes=1)  # without a refusal, and we explain again
MOST_REMEMBERED = 5_000


class Patience:
    """Refusals by person, in memory: after a restart everyone is new."""

    def __init__(self) -> None:
        self._refused: dict[str, tuple[list[str], datetime]] = {}

    def answers(self, person: str, why: str, now: datetime) -> bool:
        """Whether one more refusal, in these words, is worth saying."""
        said, last = self._refused.get(person, ([], now))
        said = said if abs(now - last) < PAUSE else []
        if len(self._refused) >= MOST_REMEMBERED:
            self._refused = {who: known for who, known in self._refused.items() if now - known[1] < PAUSE}
        is_worth = len(said) < MOST and said.count(why) < MOST_ALIKE
        self._refused[person] = ([*said, why] if is_worth else said, now)
        return is_worth
