"""What is listened for in ordinary talk, told from the raw JSON: wishes, questions, and answers to open questions.

All else is passed over, and stored nowhere.
"""

from collections.abc import Mapping
from typing import Any

from bot.community.settings import shown
from bot.language.questions import is_question
from bot.language.wishes import is_wish
from storage import questions, settings
from storage.database import Session

# Messages that are nobody's own words in this chat, or no words to the others.
_NOT_OWN = ("sender_chat", "via_bot", "forward_origin", "forward_date")


class Overhearing:
    """Remembers where not to listen, and which messages ask something that is still open."""

    def __init__(self) -> None:
        self._no_wishes: frozenset[str] = frozenset()
        self._no_questions: frozenset[str] = frozenset()
        self._open: frozenset[tuple[str, str]] = frozenset()
        # Questions just heard are not in the database yet; by the next but one look they are, or are none.
        self._heard: set[tuple[str, str]] = set()
        self._heard_before: set[tuple[str, str]] = set()

    async def learn(self, look: Session) -> None:
        """Bring what is remembered up to date; to be called at the start and now and then."""
        self._no_wishes = frozenset(await settings.list_chats_without(look, "overhear", shown(False)))
        self._no_questions = frozenset(await settings.list_chats_without(look, "promise_hours", shown(0)))
        self._open = frozenset(await questions.list_open_messages(look))
        self._heard, self._heard_before = set(), self._heard

    def catch(self, chat: str, message: Mapping[str, Any], text: object) -> bool:
        """Whether the message is something to be looked at."""
        replied = message.get("reply_to_message")
        if isinstance(replied, dict) and self.is_asked(chat, str(replied.get("message_id"))):
            return True
        if not isinstance(text, str):
            return False
        if is_wish(text):
            return chat not in self._no_wishes and _is_own_talk(message)
        if chat in self._no_questions or not is_question(text) or not _is_own_talk(message):
            return False
        self._heard.add((chat, str(message.get("message_id"))))
        return True

    def is_asked(self, chat: str, message: str) -> bool:
        """Whether the message asks something that is open, as far as we remember."""
        key = (chat, message)
        return key in self._open or key in self._heard or key in self._heard_before


def _is_own_talk(message: Mapping[str, Any]) -> bool:
    """Whether a person says it to the others: no bot, no stand-in, nothing passed on, no answer to a command."""
    sender, replied = message.get("from"), message.get("reply_to_message")
    if any(mark in message for mark in _NOT_OWN) or not isinstance(sender, dict) or sender.get("is_bot"):
        return False
    answered = replied.get("text") if isinstance(replied, dict) else None
    return not (isinstance(answered, str) and answered.startswith(("/", "／")))
