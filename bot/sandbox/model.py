"""What the world is made of: chats, members, messages, invite links. Plain records; the verbs are elsewhere."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.sandbox.entities import Entity
from bot.sandbox.markup import render
from bot.sandbox.people import Person

Kind = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_tags",
    "can_post_messages",
    "can_edit_messages",
)
# What an owner hands out when asked to "make it an admin" without choosing: everything but making further admins.
USUAL_RIGHTS = frozenset(ADMIN_RIGHTS) - {"can_promote_members"}


@dataclass(slots=True, eq=False)
class InviteLink:
    """A chat's invite link; `joined` holds who is present through it, which is what `member_limit` counts."""

    url: str
    creator: Person
    name: str | None = None
    creates_join_request: bool = False
    member_limit: int | None = None
    expires: datetime | None = None
    primary: bool = False
    revoked: bool = False
    joined: set[int] = field(default_factory=set)
    pending: set[int] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Member:
    """Someone's standing in a chat, also after leaving; `permissions` count while restricted, `link` is the way in."""

    person: Person
    status: Status
    rights: frozenset[str] = frozenset()
    anonymous: bool = False
    until: datetime | None = None
    permissions: frozenset[str] = frozenset()
    present_while_restricted: bool = True
    link: InviteLink | None = None
    tag: str = ""

    @property
    def present(self) -> bool:
        if self.status == "restricted":
            return self.present_while_restricted
        return self.status in ("creator", "administrator", "member")

    @property
    def is_admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def can(self, right: str) -> bool:
        """Whether this administrator holds the right; the creator holds all."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


@dataclass(slots=True, eq=False)
class JoinRequest:
    """Someone waiting at the door since `date`."""

    person: Person
    date: datetime
    link: InviteLink | None


@dataclass(slots=True, frozen=True)
class Button:
    """One inline button: it either calls back with `data` or opens `url`, as a Mini App if `web_app`."""

    label: str
    data: str | None = None
    url: str | None = None
    web_app: bool = False


Rows = tuple[tuple[Button, ...], ...]


@dataclass(slots=True, frozen=True)
class File:
    """Bytes Telegram keeps; width and height (pixels) are set for photos."""

    id: str
    unique_id: str
    data: bytes
    name: str
    mime: str
    width: int = 0
    height: int = 0


@dataclass(slots=True, frozen=True)
class Key:
    """One key of the keyboard under the field: it says its label or, if it asks for that, sends the own contact."""

    label: str
    asks_contact: bool = False


@dataclass(slots=True, frozen=True)
class Contact:
    """A phone number somebody shows, with the account it belongs to."""

    phone: str
    person: Person


@dataclass(slots=True, frozen=True)
class Service:
    """What a service message tells: `kind` names the event, the rest its details."""

    kind: Literal[
        "joined", "left", "pinned", "migrated_to", "migrated_from", "topic_created", "topic_closed", "topic_reopened"
    ]
    person: Person | None = None
    number: int = 0
    text: str = ""
    message: "Message | None" = None


@dataclass(slots=True, eq=False)
class Message:
    """A message as the chat shows it; `reactions` maps each actor's id to an emoji, `topic` is a forum thread id.

    A message for one person only has a `receiver`, no id, and comes `after` the message with that id.
    """

    id: int
    chat: "Chat"
    date: datetime
    sender: Person
    text: str | None = None
    caption: str | None = None
    entities: tuple[Entity, ...] = ()
    sender_chat: "Chat | None" = None
    photo: File | None = None
    document: File | None = None
    contact: Contact | None = None
    reply_to: "Message | None" = None
    topic: int | None = None
    buttons: Rows = ()
    reactions: dict[int, str] = field(default_factory=dict)
    edited: datetime | None = None
    service: Service | None = None
    origin: "Message | None" = None
    album: str | None = None
    silent: bool = False
    protected: bool = False
    asks: Literal["", "all", "selected"] = ""  # of whom the app opens its field for a reply
    receiver: Person | None = None
    ephemeral_id: int = 0
    after: int = 0
    deleted: bool = False

    @property
    def content(self) -> str:
        """The text or the caption; empty for messages without words."""
        return self.text or self.caption or ""

    @property
    def html(self) -> str:
        """The content as HTML that is safe to show."""
        return render(self.content, self.entities)

    @property
    def counted_reactions(self) -> Counter[str]:
        return Counter(self.reactions.values())

    def button(self, data_or_label: str) -> Button | None:
        """The button with this callback data, or else with this label."""
        every = [button for row in self.buttons for button in row]
        by_data = (button for button in every if button.data == data_or_label)
        return next(by_data, None) or next((button for button in every if button.label == data_or_label), None)

    def __repr__(self) -> str:
        words = self.content or (f"({self.service.kind})" if self.service else "(photo)" if self.photo else "")
        keys = "".join(f" [{button.label}]" for row in self.buttons for button in row)
        return f"#{self.id} {self.sender.name}: {words}{keys}"


@dataclass(slots=True, eq=False)
class Topic:
    """A forum topic; its thread id is the id of the message that created it."""

    id: int
    name: str
    created: Message
    closed: bool = False


@dataclass(slots=True, eq=False)
class Chat:
    """A conversation. For a private chat `peer` is the person on the other side of the bot, and `id` is theirs."""

    id: int
    kind: Kind
    title: str
    username: str | None = None
    forum: bool = False
    join_by_request: bool = False
    peer: Person | None = None
    started: bool = False
    blocked: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    whispers: dict[int, Message] = field(default_factory=dict)
    links: dict[str, InviteLink] = field(default_factory=dict)
    requests: dict[int, JoinRequest] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[Message] = field(default_factory=list)
    keys: tuple[tuple[Key, ...], ...] = ()
    migrated_to: int | None = None
    linked_to: int | None = None  # a channel's group, or a group's channel
    last_id: int = 0
    size: int = 0

    def member(self, person: Person) -> Member | None:
        """The standing of someone who is here now."""
        found = self.members.get(person.id)
        return found if found and found.present else None

    def __repr__(self) -> str:
        return f"Chat({self.id}, {self.title!r})"
