"""The state of the world and the few things every verb needs: ids, standing, posting, telling the bot and the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.sandbox import wire
from bot.sandbox.errors import not_a_member
from bot.sandbox.files import make_file
from bot.sandbox.model import Chat, File, InviteLink, JoinRequest, Member, Message, Service
from bot.sandbox.people import BOT_NAME, BOT_USERNAME, People, Person
from bot.sandbox.updates import Clock, Json, UpdateQueue

# "The bot can use this identifier for 5 minutes to send messages" (Bot API, ChatJoinRequest.user_chat_id).
JOIN_REQUEST_WINDOW = timedelta(minutes=5)


@dataclass(slots=True, frozen=True)
class Change:
    """Something the chat page or a waiting test may want to know."""

    kind: Literal["message", "edit", "delete", "chats", "typing", "answer", "call"]
    chat: Chat | None = None
    message: Message | None = None
    ids: tuple[int, ...] = ()
    person: Person | None = None


@dataclass(slots=True)
class Answer:
    """What the bot answered to a button press."""

    text: str | None = None
    alert: bool = False
    url: str | None = None


@dataclass(slots=True, eq=False)
class Press:
    """A pressed button: the callback query's id, and the bot's answer once it has come."""

    id: str
    person: Person
    message: Message
    data: str
    at: float
    answer: Answer | None = None


class WorldState:
    """Chats, people, files and the bot's account; knows who sees what, and nothing of HTTP."""

    def __init__(self, clock: Clock, bot_id: int) -> None:
        self.clock = clock
        self.people = People()
        self.bot = Person(bot_id, "bot", BOT_NAME, username=BOT_USERNAME, is_bot=True)
        self.privacy = True
        self.queue = UpdateQueue(clock)
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.presses: dict[str, Press] = {}
        self.links: dict[str, Chat] = {}
        self.listeners: list[Callable[[Change], None]] = []
        self.met: set[int] = set()
        self._usernames: dict[str, Chat] = {}
        self._doors: dict[int, list[tuple[JoinRequest, Chat]]] = {}
        self._box_id = 0
        self._serial = 0

    # -- looking up ----------------------------------------------------------------------------------------------

    def chat_named(self, username: str) -> Chat | None:
        return self._usernames.get(username.lower().removeprefix("@"))

    def private(self, person: Person) -> Chat:
        """The private chat between a person and the bot."""
        chat = self.chats.get(person.id)
        if chat is None:
            chat = self.chats[person.id] = Chat(person.id, "private", person.name, peer=person)
        return chat

    def standing(self, person: Person, chat: Chat) -> Member:
        """The standing of someone who is here; refuses those who are not."""
        found = chat.member(person)
        if found is None:
            raise not_a_member()
        return found

    def settled(self, chat: Chat, person_id: int) -> Member | None:
        """Anyone's standing, here or not; a ban or restriction whose time is over is lifted silently."""
        found = chat.members.get(person_id)
        if found and found.until and found.until <= self.clock():
            found = Member(found.person, "member" if found.present else "left", link=found.link)
            chat.members[person_id] = found
        return found

    def bot_has(self, chat: Chat, right: str) -> bool:
        """Whether the bot is an administrator of the chat with this right."""
        me = chat.member(self.bot)
        return me is not None and me.can(right)

    def bot_is_admin(self, chat: Chat) -> bool:
        me = chat.member(self.bot)
        return me is not None and me.is_admin

    def door_is_open(self, person: Person) -> bool:
        """Whether a fresh join request lets the bot write to this person without Start."""
        waiting = self._doors.get(person.id, [])
        now = self.clock()
        return any(
            chat.requests.get(person.id) is request and now - request.date <= JOIN_REQUEST_WINDOW
            for request, chat in waiting
        )

    # -- making --------------------------------------------------------------------------------------------------

    def serial(self) -> int:
        """A number never given before in this world."""
        self._serial += 1
        return self._serial

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups and channels count for themselves; private chats and basic groups share the account's numbers."""
        if chat.kind in ("supergroup", "channel"):
            chat.last_id += 1
            return chat.last_id
        self._box_id += 1
        return self._box_id

    def keep_file(self, data: bytes, name: str, mime: str) -> File:
        """Store bytes as Telegram would, to be found by file id."""
        file = make_file(self.serial(), data, name, mime)
        self.files[file.id] = file
        return file

    def register(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        if chat.username:
            self._usernames[chat.username.lower()] = chat
        return chat

    def add_link(self, chat: Chat, link: InviteLink) -> InviteLink:
        chat.links[link.url] = link
        self.links[link.url] = chat
        return link

    def open_door(self, chat: Chat, request: JoinRequest) -> None:
        chat.requests[request.person.id] = request
        self._doors.setdefault(request.person.id, []).append((request, chat))

    # -- telling -------------------------------------------------------------------------------------------------

    def notify(self, change: Change) -> None:
        for listener in self.listeners:
            listener(change)

    def post(self, message: Message) -> Message:
        """Put a message into its chat and tell the page, and the bot if it may see it."""
        message.chat.messages[message.id] = message
        self.hand_to_bot(message)
        self.notify(Change("message", message.chat, message))
        return message

    def hand_to_bot(self, message: Message, *, edited: bool = False) -> None:
        if self.bot_sees(message):
            kind = "channel_post" if message.chat.kind == "channel" else "message"
            self.queue.push(f"edited_{kind}" if edited else kind, wire.message(message))

    def bot_sees(self, message: Message) -> bool:
        """Telegram's rule for groups: administrators see all, with privacy mode others only what is meant for them."""
        chat = message.chat
        if message.sender is self.bot and message.service is None:
            return False
        if chat.kind == "private":
            return not chat.blocked
        me = chat.member(self.bot)
        if me is None:
            return False
        return me.is_admin or not self.privacy or message.service is not None or self._meant_for_bot(message)

    def _meant_for_bot(self, message: Message) -> bool:
        if message.reply_to is not None and message.reply_to.sender is self.bot:
            return True
        words = message.content.split(maxsplit=1)
        command, _, name = (words[0] if words else "").partition("@")
        is_command = bool(message.entities) and message.entities[0].type == "bot_command" and command.startswith("/")
        return is_command and (not name or name.lower() == BOT_USERNAME)

    def announce(self, chat: Chat, sender: Person, service: Service, topic: int | None = None) -> Message:
        """Post a service message."""
        number = self.next_message_id(chat)
        return self.post(Message(number, chat, self.clock(), sender, service=service, topic=topic))

    def set_standing(
        self, chat: Chat, actor: Person, new: Member, link: InviteLink | None = None, *, requested: bool = False
    ) -> None:
        """Give someone a new standing and send the update: my_chat_member for the bot, chat_member for others."""
        old = chat.members.get(new.person.id) or Member(new.person, "left")
        chat.members[new.person.id] = new
        chat.size += new.present - old.present
        self._count_through_link(old, new, link)
        self._remember_met(chat, new)
        told: Json = {
            "chat": wire.chat(chat),
            "from": wire.user(actor),
            "date": int(self.clock().timestamp()),
            "old_chat_member": wire.member(old, chat),
            "new_chat_member": wire.member(new, chat),
        }
        if link:
            told["invite_link"] = wire.invite_link(link, self.bot)
        if requested:
            told["via_join_request"] = True
        if new.person is self.bot:
            self.queue.push("my_chat_member", told)
        elif self.bot_is_admin(chat):
            self.queue.push("chat_member", told)
        self.notify(Change("chats", chat))

    @staticmethod
    def _count_through_link(old: Member, new: Member, link: InviteLink | None) -> None:
        new.link = (link or old.link) if new.present else None
        if old.link and old.link is not new.link:
            old.link.joined.discard(old.person.id)
        if new.link:
            new.link.joined.add(new.person.id)

    def _remember_met(self, chat: Chat, new: Member) -> None:
        """The bot has met everyone it shares a chat with."""
        if new.person is self.bot and new.present:
            self.met |= {number for number, member in chat.members.items() if member.present}
        elif chat.member(self.bot):
            self.met.add(new.person.id)
