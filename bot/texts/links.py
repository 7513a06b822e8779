"""Links to messages, for who is in the chat, and who said them."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bot.texts.html import safe
from storage.communities import Chat
from storage.members import Person

_SUPERGROUP = "-100"


@dataclass(frozen=True)
class Known:
    """People and chats by id: what a list of things said needs beside its rows."""

    people: Mapping[int, Person]
    chats: Mapping[int, Chat]


def to_message(chat: Chat | None, message: str | None, topic: str | None = None) -> str | None:
    """Where a message of a chat is to be found; None where the network has no such address."""
    if chat is None or message is None or not (chat.username or chat.external_id.startswith(_SUPERGROUP)):
        return None
    place = chat.username or f"c/{chat.external_id.removeprefix(_SUPERGROUP)}"
    return f"https://t.me/{place}/{f'{topic}/' if topic else ''}{message}"


def linked(words: str, url: str | None) -> Markup:
    """The words as a link, where there is one."""
    return Markup('<a href="{}">{}</a>').format(url, safe(words)) if url else Markup("{}").format(safe(words))
