"""The world as tests and the demo use it: making people and chats, opening links, and looking at what was said."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.errors import Refused, not_found
from bot.sandbox.model import Chat, Member, Message
from bot.sandbox.people import BOT_USERNAME, Person
from bot.sandbox.state import Change
from bot.sandbox.talk import Talk

GroupKind = Literal["group", "supergroup", "channel"]
_LINK = re.compile(
    r"(?:https?://)?t\.me/(?:c/(?P<inner>\d+)|(?P<name>\+?[A-Za-z0-9_]+))(?:/(?P<message>\d+))?/?"
    r"(?:\?start=(?P<payload>[^&#]*))?"
)


@dataclass(slots=True, frozen=True)
class Opened:
    """Where a link led, and whether opening it joined the chat or knocked at its door."""

    chat: Chat
    joined: bool = False
    requested: bool = False
    message: int | None = None


class World(Talk):
    """A Telegram in memory. All verbs are synchronous; the bot learns of them through its update queue."""

    def add_person(
        self, key: str, name: str | None = None, language_code: str | None = "en", username: str | None = None
    ) -> Person:
        """Let one more person into the world."""
        return self.people.add(Person(self.people.next_id(), key, name or key, language_code, username))

    def add_chat(
        self,
        title: str,
        kind: GroupKind = "supergroup",
        owner: Person | None = None,
        username: str | None = None,
        *,
        forum: bool = False,
        join_by_request: bool = False,
    ) -> Chat:
        """Found a chat; `owner` (老唐 unless named) is its creator, `username` makes it public."""
        creator = owner or self.people["tang"]
        number = -5_000_000_000 - self.serial() if kind == "group" else self.supergroup_id()
        chat = Chat(number, kind, title, username, forum=forum, join_by_request=join_by_request)
        chat.members[creator.id] = Member(creator, "creator")
        chat.size = 1
        self.register(chat)
        self.notify(Change("chats", chat))
        return chat

    def seat(self, person: Person, chat: Chat) -> None:
        """Somebody is in the chat from now on; the bot is told nothing, and nothing is announced."""
        chat.members[person.id] = Member(person, "member")
        chat.size += 1

    def unseat(self, person: Person, chat: Chat) -> None:
        """Somebody is in the chat no more, as quietly."""
        chat.members[person.id] = Member(person, "left")
        chat.size -= 1
        self.notify(Change("chats", chat))

    # -- links ---------------------------------------------------------------------------------------------------

    def open_link(self, person: Person, url: str) -> Opened:
        """Follow a t.me link: to the bot (with a payload), through an invite link, to a chat or a message in it."""
        match = _LINK.fullmatch(url.strip())
        if match is None:
            raise not_found()
        name, payload = match["name"] or "", match["payload"]
        if name.lower() == BOT_USERNAME:
            self.start(person, payload)
            return Opened(self.private(person))
        if name.startswith("+"):
            return self._follow_invitation(person, f"https://t.me/{name}")
        chat = self.chats.get(int(f"-100{match['inner']}")) if match["inner"] else self.chat_named(name)
        if chat is None or not (chat.username or chat.member(person)):
            raise not_found()
        return Opened(chat, message=int(match["message"]) if match["message"] else None)

    def _follow_invitation(self, person: Person, url: str) -> Opened:
        chat = self.links.get(url)
        if chat is None:
            raise Refused("This invite link has expired.", "邀请链接已失效。", "邀請連結已失效。")
        link = chat.links[url]
        if chat.member(person):
            return Opened(chat)
        if link.creates_join_request or chat.join_by_request:
            self.request_join(person, chat, link)
            return Opened(chat, requested=True)
        self.join(person, chat, link)
        return Opened(chat, joined=True)

    # -- looking -------------------------------------------------------------------------------------------------

    def messages(self, chat: Chat) -> list[Message]:
        """Everything in the chat, oldest first."""
        return list(chat.messages.values())

    def last(self, chat: Chat) -> Message | None:
        """The latest message of the chat, service messages included."""
        return chat.messages[next(reversed(chat.messages))] if chat.messages else None

    def members(self, chat: Chat) -> list[Person]:
        """Everyone present, the bot included."""
        return [member.person for member in chat.members.values() if member.present]

    def whispers(self, person: Person, chat: Chat) -> list[Message]:
        """The messages in this chat that only this person can see."""
        return [message for message in chat.whispers.values() if message.receiver is person]
