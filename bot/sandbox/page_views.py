"""What the chat page is shown: the world as one person sees it, as JSON, with every word escaped or left as data."""

from bot.sandbox.model import Chat, Contact, Message, Service
from bot.sandbox.people import Person
from bot.sandbox.updates import Json
from bot.sandbox.world import World

EXCERPT = 80
MOST_UNREAD = 99


def person_view(person: Person) -> Json:
    about: object = person.about
    return {
        "key": person.key,
        "id": person.id,
        "name": person.name,
        "username": person.username,
        "about": about,
        "language": person.language_code,
        "color": person.color,
    }


def status_of(person: Person, chat: Chat) -> str:
    if chat.kind == "private":
        return "member"
    standing = chat.members.get(person.id)
    if standing and standing.status == "kicked":
        return "kicked"
    if standing and standing.present:
        return "member" if standing.status == "restricted" else standing.status
    return "requested" if person.id in chat.requests else "left"


def visible(person: Person, chat: Chat) -> bool:
    """Whether the chat is on this person's list: their own, one they are in or knock at, or a public one."""
    if chat.migrated_to:
        return False
    if chat.kind == "private":
        return chat.peer is person
    if status_of(person, chat) == "kicked":
        return False
    return bool(chat.member(person) or chat.username or person.id in chat.requests)


def readable(person: Person, chat: Chat) -> bool:
    """Whether the person may read the messages: public groups may be looked into, gated ones not."""
    return visible(person, chat) and (chat.kind == "private" or bool(chat.member(person) or chat.username))


class PageViews:
    """Views for the chat page; remembers how far each person has read."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read: dict[tuple[int, int], int] = {}

    def mark_read(self, person: Person, chat: Chat) -> None:
        last = self._world.last(chat)
        self._read[person.id, chat.id] = last.id if last else 0

    def chats(self, person: Person) -> list[Json]:
        return [self.chat(person, chat) for chat in self._listed(person)]

    def _listed(self, person: Person) -> list[Chat]:
        own = self._world.private(person)
        others = [chat for chat in self._world.chats.values() if chat is not own and visible(person, chat)]
        return [*others, own]

    def chat(self, person: Person, chat: Chat) -> Json:
        last = self._world.last(chat) if readable(person, chat) else None
        return {
            "id": chat.id,
            "title": self._world.bot.name if chat.kind == "private" else chat.title,
            "kind": chat.kind,
            "username": self._world.bot.username if chat.kind == "private" else chat.username,
            "status": status_of(person, chat),
            "members": 2 if chat.kind == "private" else chat.size,
            "last": self.message(person, last) if last else None,
            "unread": self._unread(person, chat),
            "started": chat.started and not chat.blocked if chat.kind == "private" else True,
            "can_write": self._world.may_write(person, chat),
            "color": (self._world.bot.id if chat.kind == "private" else chat.id) % 8,
            "visible": visible(person, chat),
            "requests": self._requests(person, chat),
            "keys": [[{"label": key.label, "asks_contact": key.asks_contact} for key in row] for row in chat.keys],
        }

    def _requests(self, person: Person, chat: Chat) -> list[Json]:
        """Who waits at the door, for those who may open it."""
        member = chat.member(person)
        if not member or not member.can("can_invite_users"):
            return []
        return [person_view(request.person) for request in chat.requests.values()]

    def _unread(self, person: Person, chat: Chat) -> int:
        if not readable(person, chat):
            return 0
        read = self._read.get((person.id, chat.id), 0)
        count = 0
        for message in reversed(chat.messages.values()):
            if message.id <= read or count >= MOST_UNREAD:
                break
            count += message.sender is not person
        return count

    def messages(self, person: Person, chat: Chat, before: int | None, limit: int) -> Json:
        """A page of the chat's messages, the newest `limit` below `before`, oldest first."""
        picked: list[Message] = []
        more = False
        for message in reversed(chat.messages.values()):
            if before is not None and message.id >= before:
                continue
            if len(picked) >= limit:
                more = True
                break
            picked.append(message)
        oldest = picked[-1].id if more else 0
        whispers = [whisper for whisper in self._world.whispers(person, chat) if whisper.after >= oldest]
        if before is not None:
            whispers = [whisper for whisper in whispers if whisper.after < before - 1]
        page = sorted([*reversed(picked), *whispers], key=lambda message: message.id or message.after)
        return {"messages": [self.message(person, message) for message in page], "more": more}

    def message(self, person: Person, message: Message) -> Json:
        own = message.sender is person
        return {
            "id": message.id or -message.ephemeral_id,
            "chat": message.chat.id,
            "from": self._sender(message.sender),
            "sender_chat": self._sender_chat(message),
            "date": message.date.isoformat(),
            "edited": message.edited.isoformat() if message.edited else None,
            "text": message.text,
            "caption": message.caption,
            "html": message.html,
            "photo": f"/play/files/{message.photo.id}" if message.photo else None,
            "width": message.photo.width if message.photo else None,
            "height": message.photo.height if message.photo else None,
            "document": message.document.name if message.document else None,
            "contact": self._contact(message.contact) if message.contact else None,
            "service": service_texts(message.sender, message.service) if message.service else None,
            "reply_to": self._reply(message.reply_to) if message.reply_to else None,
            "buttons": self._buttons(message),
            "reactions": self._reactions(person, message),
            "mine": own,
            "can_edit": own and message.service is None and message.contact is None,
            "silent": message.silent,
            "only_for_me": message.receiver is not None,
            "asks_me": self._asks(person, message),
        }

    @staticmethod
    def _asks(person: Person, message: Message) -> bool:
        """Whether the app opens its field for this person to reply."""
        if message.asks != "selected" or message.chat.kind == "private":
            return message.asks != ""
        answered = message.reply_to.sender if message.reply_to else None
        return person in (answered, *(entity.user for entity in message.entities))

    def _sender(self, sender: Person) -> Json:
        key = sender.key if self._world.people.get(sender.key) is sender else None
        return {"name": sender.name, "key": key, "bot": sender is self._world.bot, "color": sender.color}

    @staticmethod
    def _sender_chat(message: Message) -> Json | None:
        shown = message.sender_chat
        return {"id": shown.id, "title": shown.title, "color": shown.id % 8} if shown else None

    @staticmethod
    def _reply(replied: Message) -> Json:
        words = " ".join(replied.content.split())
        excerpt = words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
        name = replied.sender_chat.title if replied.sender_chat else replied.sender.name
        return {"id": replied.id, "name": name, "excerpt": excerpt}

    @staticmethod
    def _contact(shown: Contact) -> Json:
        return {"name": shown.person.name, "phone": shown.phone, "color": shown.person.color}

    @staticmethod
    def _buttons(message: Message) -> list[list[Json]]:
        index = 0
        rows: list[list[Json]] = []
        for row in message.buttons:
            rows.append([])
            for button in row:
                rows[-1].append({"label": button.label, "index": index, "url": button.url})
                index += 1
        return rows

    @staticmethod
    def _reactions(person: Person, message: Message) -> list[Json]:
        mine = message.reactions.get(person.id)
        counted = message.counted_reactions.most_common()
        return [{"emoji": emoji, "count": count, "mine": emoji == mine} for emoji, count in counted]


def service_texts(sender: Person, service: Service) -> dict[str, str]:
    """What a service message says, in each language of the page."""
    name = service.person.name if service.person else service.text
    who = sender.name
    match service.kind:
        case "joined":
            return _texts(f"{name} joined", f"{name} 加入了群组", f"{name} 加入了群組")
        case "left" if service.person is sender:
            return _texts(f"{name} left", f"{name} 退出了群组", f"{name} 退出了群組")
        case "left":
            return _texts(f"{who} removed {name}", f"{who} 移除了 {name}", f"{who} 移除了 {name}")
        case "pinned":
            return _texts(f"{who} pinned a message", f"{who} 置顶了一条消息", f"{who} 置頂了一則訊息")
        case "migrated_to" | "migrated_from":
            return _texts("This group became a supergroup", "本群已升级为超级群组", "本群組已升級為超級群組")
        case "topic_created":
            return _texts(f"Topic “{name}” created", f"新建了话题「{name}」", f"新增了主題「{name}」")
        case "topic_closed":
            return _texts("Topic closed", "话题已关闭", "主題已關閉")
        case _:
            return _texts("Topic reopened", "话题已重新打开", "主題已重新開啟")


def _texts(en: str, zh_hans: str, zh_hant: str) -> dict[str, str]:
    return {"en": en, "zh-hans": zh_hans, "zh-hant": zh_hant}
