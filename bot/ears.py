"""What is listened for beside commands: each community's own words, and edits of messages suggestions were made of.

The gate decides from memory, so that chatter is never stored: this is the memory. It is filled at the start, told what
a handler adds, and topped up at each knock with what other processes have added.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from bot.albums import Albums
from storage import communities, settings, suggestions, wordings
from storage.database import Database, Session

EDITED_WITHIN = timedelta(days=2)  # so long Telegram lets people edit
MOST_SOURCES = 20_000
NONE: frozenset[str] = frozenset()


class Ears:
    """Words by chat and community, and the latest messages that something was made of."""

    def __init__(self, taken: Collection[str]) -> None:
        self._taken = frozenset(taken)
        self._words: dict[int, frozenset[str]] = {}
        self._homes: dict[str, int] = {}
        self._sources: dict[str, None] = {}  # a set that remembers its order
        self._last_wording = self._last_offer = 0  # ids up to which they were read
        self._stale = True
        self.albums = Albums()

    def words_in(self, chat: str) -> frozenset[str]:
        """Further words that begin a suggestion in a chat, by the network's id."""
        return self.words_of(self._homes.get(chat)) if self._words else NONE

    def words_of(self, community_id: int | None) -> frozenset[str]:
        """Further words that begin a suggestion in a community."""
        return self._words.get(community_id or 0, NONE)

    def list_taken(self, words: Iterable[str]) -> list[str]:
        """Those of the words that call a command everywhere."""
        return [word for word in words if word in self._taken]

    def is_source(self, origin: str) -> bool:
        """Whether something was made of the message of late, so that its edit concerns us."""
        return origin in self._sources

    def add_source(self, origin: str) -> None:
        """Something was made of a message."""
        self._sources[origin] = None
        while len(self._sources) > MOST_SOURCES:
            del self._sources[next(iter(self._sources))]

    def doubt(self) -> None:
        """Words, or where chats belong, are changing: read them afresh once that is committed."""
        self._stale = True

    async def refresh(self, database: Database, now: datetime, *, anyway: bool = False) -> None:
        """Read what is out of date; `anyway`, because another process may have changed it."""
        if not (self._stale or anyway):
            return
        self._stale = False
        async with database.reading() as look:
            stored = await settings.list_values(look, "suggest_words")
            self._words = {community: frozenset(words.split()) for community, words in stored.items()}
            self._homes = await communities.list_homes(look) if self._words else {}
            await self._add_newer(look, now - EDITED_WITHIN)

    async def _add_newer(self, look: Session, since: datetime) -> None:
        said = await wordings.list_origins(look, self._last_wording, since)
        offered = await suggestions.list_waiting_origins(look, self._last_offer, since)
        for _, origin in (*said, *offered):
            self.add_source(origin)
        self._last_wording = said[-1][0] if said else self._last_wording
        self._last_offer = offered[-1][0] if offered else self._last_offer
