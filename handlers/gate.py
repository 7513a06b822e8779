"""Which raw updates concern us: ordinary chatter is turned away here, before it is validated or stored."""

from collections.abc import Mapping
from typing import Any

from bot.ears import Ears
from bot.marks import Marks
from handlers.commands import Command, CommandTable

# Service messages that tell of people coming and going, and of a group becoming a supergroup.
_SERVICE = ("migrate_to_chat_id", "migrate_from_chat_id", "new_chat_members", "left_chat_member")


class Gate:
    """Knows the chats that need no introduction; a message from any other is let in, so that its group is met."""

    def __init__(self, table: CommandTable, bot_id: int, marks: Marks, ears: Ears) -> None:
        self._table = table
        self._marks = marks
        self._ears = ears
        self._bot_id = bot_id
        self._met: set[str] = set()

    def meet(self, chats: list[str]) -> None:
        """These chats are known, by the network's ids."""
        self._met.update(chats)

    def concerns_us(self, update: Mapping[str, Any]) -> bool:
        """Looks at the raw JSON only, whatever its shape."""
        if isinstance(edited := update.get("edited_message"), dict):
            return self._is_an_edit_for_us(edited)
        message = update.get("message")
        if "message_reaction" in update:
            return self._is_reaction_to_ours(update["message_reaction"])
        if not isinstance(message, dict):
            return True
        concerns = self._message_concerns_us(message)
        if concerns:
            self._mark(message)
        return concerns

    def _message_concerns_us(self, message: Mapping[str, Any]) -> bool:
        chat = message.get("chat")
        if not isinstance(chat, dict) or chat.get("type") == "private":
            return True
        if _is_a_bot_leaving(message):
            return False  # our own leaving too: its notice comes after we are gone, and would have us met again
        if self._is_new(chat) or any(kind in message for kind in _SERVICE):
            return True
        if self._answers_us(message):
            return True
        return self._finds(message) is not None

    def _is_an_edit_for_us(self, message: Mapping[str, Any]) -> bool:
        """A suggestion's own message, or one that has become a suggestion; other edits are chatter, also in private."""
        chat = message.get("chat")
        if not isinstance(chat, dict):
            return False
        found = self._finds(message)
        is_one_now = found is not None and found[0].in_passing
        return is_one_now or self._ears.is_source(f"{chat.get('id')}/{message.get('message_id')}")

    def _finds(self, message: Mapping[str, Any]) -> tuple[Command, str, str] | None:
        text = message.get("text") or message.get("caption")
        own = self._ears.words_in(str(message["chat"].get("id")))
        return self._table.find(text, reply="reply_to_message" in message, own=own) if isinstance(text, str) else None

    def _mark(self, message: Mapping[str, Any]) -> None:
        """A reaction to what is let in, or to what it replies to, may be one to a suggestion."""
        chat, replied = message.get("chat"), message.get("reply_to_message")
        for one in (message, replied):
            if isinstance(chat, dict) and isinstance(one, dict):
                self._marks.add(chat.get("id"), one.get("message_id"))

    def _is_reaction_to_ours(self, reaction: object) -> bool:
        """Somebody's reaction to a message that may be known here; channels and anonymous administrators are nobody."""
        if not isinstance(reaction, dict) or not isinstance(reaction.get("user"), dict):
            return False
        chat = reaction.get("chat")
        return isinstance(chat, dict) and self._marks.may_hold(chat.get("id"), reaction.get("message_id"))

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
