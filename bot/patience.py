"""Who floods us with what must be refused is not answered each time: a few refusals, then silence until they pause."""

from datetime import datetime, timedelta

MOST = 6  # refusals in a row
PAUSE = timedelta(minutes=1)  # without a refusal, and we explain again
MOST_REMEMBERED = 5_000


class Patience:
    """Refusals by person, in memory: after a restart everyone is new."""

    def __init__(self) -> None:
        self._refused: dict[str, tuple[int, datetime]] = {}

    def answers(self, person: str, now: datetime) -> bool:
        """Whether one more refusal is worth a sentence."""
        times, last = self._refused.get(person, (0, now))
        times = times + 1 if now - last < PAUSE else 1
        if len(self._refused) >= MOST_REMEMBERED:
            self._refused = {who: known for who, known in self._refused.items() if now - known[1] < PAUSE}
        self._refused[person] = (times, now)
        return times <= MOST
