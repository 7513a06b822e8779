"""Pictures of albums as they pass by: Telegram sends each by itself, the one with the words at any place among them."""

from collections.abc import Mapping
from typing import Any

MOST_ALBUMS = 300
MOST_PICTURES = 10  # in one, by Telegram's rules


class Albums:
    """The latest albums' pictures by message, in memory alone; and which albums a suggestion is being made of."""

    def __init__(self) -> None:
        self._passed: dict[str, dict[str, str]] = {}  # the latest last
        self._wanted: dict[str, None] = {}

    def see(self, message: Mapping[str, Any]) -> str | None:
        """Remember the picture of a raw message, and return its album; None for what is no picture of one."""
        album, photos, chat = message.get("media_group_id"), message.get("photo"), message.get("chat")
        if not (isinstance(album, str) and isinstance(photos, list) and photos and isinstance(chat, dict)):
            return None
        largest = photos[-1]
        if not isinstance(largest, dict) or not isinstance(largest.get("file_id"), str):
            return None
        known_as = f"{chat.get('id')}/{album}"
        pictures = self._passed.pop(known_as, {})
        if len(pictures) < MOST_PICTURES:
            pictures[str(message.get("message_id"))] = largest["file_id"]
        self._passed[known_as] = pictures
        _shorten(self._passed)
        return known_as

    def want(self, album: str) -> None:
        """The words of a suggestion have come with it: what is still to come of it concerns us."""
        self._wanted[album] = None
        _shorten(self._wanted)

    def is_wanted(self, album: str) -> bool:
        return album in self._wanted

    def others(self, album: str, but: str | None) -> dict[str, str]:
        """The pictures that have passed, by message, without the one that is kept already."""
        return {message: photo for message, photo in self._passed.get(album, {}).items() if message != but}


def _shorten(remembered: dict[str, Any]) -> None:
    while len(remembered) > MOST_ALBUMS:
        del remembered[next(iter(remembered))]
