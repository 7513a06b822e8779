"""Which raw updates concern us: ordinary chatter is turned away here, before it is validated or stored."""

from collections.abc import Mapping
from typing import Any

from handlers.commands import CommandTable

# Service messages that tell of people coming and going, and of a group becoming a supergroup.
_SERVICE = ("migrate_to_chat_id", "migrate_from_chat_id", "new_chat_members", "left_chat_member")


class Gate:
    """Knows the chats that need no introduction; a message from any other is let in, so that its group is met."""

    def __init__(self, table: CommandTable, bot_id: int) -> None:
        self._table = table
        self._bot_id = bot_id
        self._met: set[str] = set()

    def meet(self, chats: list[str]) -> None:
        """These chats are known, by the network's ids."""
        self._met.update(chats)

    def concerns_us(self, update: Mapping[str, Any]) -> bool:
        """Looks at the raw JSON only, whatever its shape."""
        message = update.get("message")
        if not isinstance(message, dict):
            return True
        chat = message.get("chat")
        if not isinstance(chat, dict) or chat.get("type") == "private":
            return True
        if _is_a_bot_leaving(message):
            return False  # our own leaving too: its notice comes after we are gone, and would have us met again
        if self._is_new(chat) or any(kind in message for kind in _SERVICE):
            return True
        if self._answers_us(message):
            return True
        text = message.get("text") or message.get("caption")
        return isinstance(text, str) and self._table.find(text, reply="reply_to_message" in message) is not None

    def _answers_us(self, message: Mapping[str, Any]) -> bool:
        """A reply to words of ours, which may have been a question."""
        replied = message.get("reply_to_message")
        sender = replied.get("from") if isinstance(replied, dict) else None
        return isinstance(sender, dict) and sender.get("id") == self._bot_id

    def _is_new(self, chat: Mapping[str, Any]) -> bool:
        """True once for each group we have not met."""
        known = str(chat.get("id")) in self._met
        self._met.add(str(chat.get("id")))
        return not known


def _is_a_bot_leaving(message: Mapping[str, Any]) -> bool:
    who = message.get("left_chat_member")
    return isinstance(who, dict) and who.get("is_bot") is True
