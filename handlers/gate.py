"""Which raw updates concern us: ordinary chatter is turned away here, before it is validated or stored."""

import re
from collections.abc import Mapping
from typing import Any

from bot.community import codes
from bot.ears import Ears
from bot.marks import Marks
from handlers.commands import Command, CommandTable
from handlers.overhearing import Overhearing

_DIGIT = re.compile(r"\d")  # every code has one: most chatter needs no closer look
# Service messages that tell of people coming and going, and of a group becoming a supergroup.
_SERVICE = ("migrate_to_chat_id", "migrate_from_chat_id", "new_chat_members", "left_chat_member")


class Gate:
    """Knows the chats that need no introduction; a message from any other is let in, so that its group is met."""

    def __init__(self, table: CommandTable, bot_id: int, marks: Marks, ears: Ears, overhearing: Overhearing) -> None:
        self._table = table
        self._marks = marks
        self._ears = ears
        self._overhearing = overhearing
        self._bot_id = bot_id
        self._met: set[str] = set()

    def meet(self, chats: list[str]) -> None:
        """These chats are known, by the network's ids."""
        self._met.update(chats)

    def concerns_us(self, update: Mapping[str, Any]) -> bool:
        """Looks at the raw JSON only, whatever its shape."""
        if isinstance(edited := update.get("edited_message"), dict):
            return self._is_an_edit_for_us(edited)
        if "channel_post" in update or "edited_channel_post" in update:
            return _is_a_post_with_a_code(update)
        message = update.get("message")
        if "message_reaction" in update:
            return self._is_reaction_to_ours(update["message_reaction"])
        if not isinstance(message, dict):
            return not _is_a_reader_moving(update)
        album = self._ears.albums.see(message)
        concerns = self._message_concerns_us(message) or (album is not None and self._ears.albums.is_wanted(album))
        if concerns:
            self._mark(message)
        if album and self._suggests(message):
            self._ears.albums.want(album)
        return concerns

    def _message_concerns_us(self, message: Mapping[str, Any]) -> bool:
        chat = message.get("chat")
        if not isinstance(chat, dict) or chat.get("type") == "private":
            return True
        if message.get("is_automatic_forward"):
            return carries_code(message)  # a channel's post, which Telegram repeats: nobody has said it there
        if _is_a_bot_leaving(message):
            return False  # our own leaving too: its notice comes after we are gone, and would have us met again
        if self._is_new(chat) or any(kind in message for kind in _SERVICE):
            return True
        if self._answers_us(message):
            return True
        text = message.get("text") or message.get("caption")
        overheard = self._overhearing.catch(str(chat.get("id")), message, text)
        return overheard or self._finds(message) is not None or carries_code(message)

    def _is_an_edit_for_us(self, message: Mapping[str, Any]) -> bool:
        """A suggestion's own message, one that has become a suggestion, or one with a code now; others are chatter."""
        chat = message.get("chat")
        if not isinstance(chat, dict):
            return False
        if chat.get("type") != "private" and carries_code(message):
            return True
        return self._suggests(message) or self._ears.is_source(f"{chat.get('id')}/{message.get('message_id')}")

    def _suggests(self, message: Mapping[str, Any]) -> bool:
        found = self._finds(message)
        return found is not None and found[0].in_passing

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
        """A person's reaction to what may be known here or asks something open; a channel's is nobody's."""
        if not isinstance(reaction, dict) or not isinstance(reaction.get("user"), dict):
            return False
        chat = reaction.get("chat")
        if not isinstance(chat, dict):
            return False
        where, message = chat.get("id"), reaction.get("message_id")
        return self._marks.may_hold(where, message) or self._overhearing.is_asked(str(where), str(message))

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


def carries_code(message: Mapping[str, Any]) -> bool:
    """Whether a message, or a link hidden in it, holds an invitation code: posted in the open, it must be replaced."""
    text = message.get("text") or message.get("caption")
    if not isinstance(text, str):
        return False
    if _DIGIT.search(text) and codes.read(text):
        return True
    links = message.get("entities") or message.get("caption_entities")
    return bool(links) and any(codes.read(url) for url in _urls(links))


def _is_a_post_with_a_code(update: Mapping[str, Any]) -> bool:
    """Of what a channel posts, nothing else concerns us; where a group repeats it, it comes a second time."""
    post = update.get("channel_post") or update.get("edited_channel_post")
    return isinstance(post, dict) and carries_code(post)


def _urls(entities: object) -> list[str]:
    found = [one.get("url") for one in entities if isinstance(one, dict)] if isinstance(entities, list) else []
    return [url for url in found if isinstance(url, str)]


def _is_a_reader_moving(update: Mapping[str, Any]) -> bool:
    """Somebody begins or ceases to read a channel: there may be thousands, and they are no members by it."""
    event = update.get("chat_member")
    if not isinstance(event, dict):
        return False
    chat, was, is_now = (event.get(name) for name in ("chat", "old_chat_member", "new_chat_member"))
    if not (isinstance(chat, dict) and isinstance(was, dict) and isinstance(is_now, dict)):
        return False
    return chat.get("type") == "channel" and {was.get("status"), is_now.get("status")} == {"left", "member"}


def _is_a_bot_leaving(message: Mapping[str, Any]) -> bool:
    who = message.get("left_chat_member")
    return isinstance(who, dict) and who.get("is_bot") is True
