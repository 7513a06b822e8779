"""People talking: saying, editing, deleting, reacting, pressing buttons, starting and blocking the bot."""

import re

from bot.sandbox import wire
from bot.sandbox.entities import clean, detect, utf16_length
from bot.sandbox.errors import Refused, bad_request, not_allowed, not_found
from bot.sandbox.files import plain_png
from bot.sandbox.membership import Membership
from bot.sandbox.model import Chat, Contact, File, Message, Service, Topic
from bot.sandbox.people import ANONYMOUS_ADMIN, CHANNEL_BOT, Person
from bot.sandbox.reactions import REACTIONS
from bot.sandbox.state import Answer, Change, Press
from bot.sandbox.updates import Json

MAX_TEXT = 4096
MAX_CAPTION = 1024
# How long a press may wait for its answer, in seconds; Telegram says "within seconds" and gives no figure.
PRESS_LIFE = 60.0
# Deep-link payloads outside of this are lost by the apps (core.telegram.org/bots/features#deep-linking).
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Talk(Membership):
    """The verbs of people who are in a chat. What a person may not do in the app is `Refused`."""

    def say(
        self,
        person: Person,
        chat: Chat,
        text: str,
        reply_to: Message | None = None,
        topic: Topic | None = None,
        photo: File | None = None,
    ) -> Message:
        """Write a message, as oneself or, for an anonymous administrator, in the chat's name."""
        self._check_may_write(person, chat)
        words = clean(text).strip()
        if not words and not photo:
            raise Refused("The message is empty.", "消息是空的。", "訊息是空的。")
        if utf16_length(words) > (MAX_CAPTION if photo else MAX_TEXT):
            raise Refused("The message is too long.", "消息太长了。", "訊息太長了。")
        message = self._new_message(person, chat, words, photo)
        message.reply_to = reply_to
        message.topic = topic.id if topic else (reply_to.topic if reply_to else None)
        return self.post(message)

    def _new_message(self, person: Person, chat: Chat, words: str, photo: File | None) -> Message:
        member = chat.members.get(person.id)
        hidden = chat.kind == "supergroup" and member is not None and member.anonymous
        return Message(
            self.next_message_id(chat),
            chat,
            self.clock(),
            ANONYMOUS_ADMIN if hidden else person,
            text=None if photo else words,
            caption=(words or None) if photo else None,
            entities=tuple(detect(words)),
            sender_chat=chat if hidden or chat.kind == "channel" else None,
            photo=photo,
        )

    def send_photo(
        self, person: Person, chat: Chat, caption: str, photo: File | None = None, reply_to: Message | None = None
    ) -> Message:
        """Show a picture (a plain one if none is given) with a caption."""
        return self.say(
            person, chat, caption, reply_to, photo=photo or self.keep_file(plain_png(), "picture.png", "image/png")
        )

    def say_as_channel(self, channel: Chat, chat: Chat, text: str, reply_to: Message | None = None) -> Message:
        """Someone writes into a group under the name of a channel of theirs."""
        return self._say_as(CHANNEL_BOT, channel, chat, text, reply_to)

    def say_anonymous_admin(self, chat: Chat, text: str, reply_to: Message | None = None) -> Message:
        """An administrator who hides writes in the name of the group."""
        return self._say_as(ANONYMOUS_ADMIN, chat, chat, text, reply_to)

    def _say_as(self, mask: Person, shown: Chat, chat: Chat, text: str, reply_to: Message | None) -> Message:
        message = self._new_message(mask, chat, clean(text).strip(), None)
        message.sender_chat, message.reply_to = shown, reply_to
        return self.post(message)

    def may_write(self, person: Person, chat: Chat) -> bool:
        if chat.kind == "private":
            return chat.peer is person and not chat.blocked
        member = self.settled(chat, person.id)
        if member is None or not member.present or chat.migrated_to:
            return False
        if chat.kind == "channel":
            return member.can("can_post_messages")
        return member.status != "restricted" or "can_send_messages" in member.permissions

    def _check_may_write(self, person: Person, chat: Chat) -> None:
        if chat.kind == "private" and chat.peer is person and chat.blocked:
            raise Refused("You have blocked the bot.", "你已屏蔽这个机器人。", "你已封鎖這個機器人。")
        if not self.may_write(person, chat):
            raise not_allowed()
        if chat.kind == "private" and not chat.started:
            chat.started = True
            self.met.add(person.id)
            self.notify(Change("chats", chat))

    # -- changing what was said ----------------------------------------------------------------------------------

    def edit(self, person: Person, message: Message, text: str) -> Message:
        """Change one's own words; an edit that changes nothing is not told to the bot."""
        words = clean(text).strip()
        if message.deleted:
            raise not_found()
        if message.sender is not person or not words:
            raise not_allowed()
        if words != message.content:
            if message.text is None:
                message.caption = words
            else:
                message.text = words
            message.entities, message.edited = tuple(detect(words)), self.clock()
            self.hand_to_bot(message, edited=True)
            self.notify(Change("edit", message.chat, message))
        return message

    def delete(self, person: Person, message: Message) -> None:
        """Take a message back, or remove it as an administrator; the bot is told nothing."""
        member = message.chat.member(person)
        may = message.sender is person or message.chat.kind == "private"
        if not may and not (member and member.can("can_delete_messages")):
            raise not_allowed()
        self.erase(message)

    def erase(self, message: Message) -> None:
        """Make a message disappear for everyone."""
        message.deleted = True
        message.chat.messages.pop(message.id, None)
        if message in message.chat.pinned:
            message.chat.pinned.remove(message)
        self.notify(Change("delete", message.chat, message, (message.id,)))

    def react(self, person: Person, message: Message, emoji: str | None) -> None:
        """Put one's reaction on a message, change it, or take it away (None)."""
        if emoji is not None and emoji not in REACTIONS:
            raise Refused("That reaction does not exist.", "没有这个表情回应。", "沒有這個表情回應。")
        chat = message.chat
        if message.deleted or (chat.kind != "private" and not chat.member(person)):
            raise not_allowed()
        old = message.reactions.get(person.id)
        if old == emoji:
            return
        self.set_reaction(person.id, message, emoji)
        if chat.kind == "private" or self.bot_is_admin(chat):
            self._tell_reaction(person, message, old, emoji)

    def set_reaction(self, actor_id: int, message: Message, emoji: str | None) -> None:
        message.reactions.pop(actor_id, None)
        if emoji:
            message.reactions[actor_id] = emoji
        self.notify(Change("edit", message.chat, message))

    def _tell_reaction(self, person: Person, message: Message, old: str | None, new: str | None) -> None:
        chat = message.chat
        told: Json = {
            "chat": wire.chat(chat),
            "message_id": message.id,
            "date": int(self.clock().timestamp()),
        }
        if chat.kind == "channel":
            counts = message.counted_reactions.items()
            told["reactions"] = [{"type": wire.emoji_list(emoji)[0], "total_count": count} for emoji, count in counts]
            self.queue.push("message_reaction_count", told)
            return
        member = chat.member(person)
        told |= wire.actor(person, chat, anonymous=member is not None and member.anonymous)
        told |= {"old_reaction": wire.emoji_list(old), "new_reaction": wire.emoji_list(new)}
        self.queue.push("message_reaction", told)

    # -- the bot's buttons ---------------------------------------------------------------------------------------

    def press(self, person: Person, message: Message, data_or_label: str) -> Press:
        """Press an inline button that calls back; the returned press holds the query's id and, later, the answer."""
        button = message.button(data_or_label)
        chat = message.chat
        if button is None or button.data is None or (message.deleted and not message.receiver):
            raise not_found()
        if chat.kind != "private" and not chat.member(person) and not chat.username:
            raise not_allowed()
        return self.press_data(person, message, button.data)

    def press_data(self, person: Person, message: Message, data: str) -> Press:
        """Send a callback with any data for any message, as a forging client can."""
        query = Press(f"{person.id % 10**9}{self.serial():09d}", person, message, data, self.clock().timestamp())
        self.presses[query.id] = query
        self.met.add(person.id)
        told: Json = {
            "id": query.id,
            "from": wire.user(person),
            "chat_instance": str(message.chat.id * 31),
            "message": wire.inaccessible(message) if message.deleted else wire.message(message),
            "data": data,
        }
        self.queue.push("callback_query", told)
        return query

    def answer(self, query_id: str, answer: Answer) -> None:
        """The bot answers a press: once, and while the app still waits for it."""
        query = self.presses.get(query_id)
        if query is None or query.answer or self.clock().timestamp() - query.at > PRESS_LIFE:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        query.answer = answer
        self.notify(Change("answer", query.message.chat, query.message))

    # -- the bot's private chat ----------------------------------------------------------------------------------

    def start(self, person: Person, payload: str | None = None) -> Message:
        """Press Start, or open t.me/<bot>?start=<payload>; a payload Telegram would not carry is lost."""
        chat = self.private(person)
        if chat.blocked:
            self.unblock(person)
        carried = payload if payload and _PAYLOAD.fullmatch(payload) else None
        return self.say(person, chat, f"/start {carried}" if carried else "/start")

    def show_contact(self, person: Person, of: Person | None = None) -> Message:
        """Press the key that asks for one's own number; or send a contact out of the address book (`of`)."""
        chat = self.private(person)
        self._check_may_write(person, chat)
        asked = any(key.asks_contact for row in chat.keys for key in row)
        if of is None and not asked:
            raise not_found()
        message = self._new_message(person, chat, "", None)
        message.text, message.contact = None, Contact((of or person).phone, of or person)
        if of is None:
            chat.keys = ()
            self.notify(Change("chats", chat))
        return self.post(message)

    def block(self, person: Person) -> None:
        """Stop and block the bot."""
        self._set_blocked(person, blocked=True)

    def unblock(self, person: Person) -> None:
        self._set_blocked(person, blocked=False)

    def _set_blocked(self, person: Person, *, blocked: bool) -> None:
        chat = self.private(person)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        self.met.add(person.id)
        self.queue.push("my_chat_member", wire.blocking(chat, self.bot, int(self.clock().timestamp())))
        self.notify(Change("chats", chat))

    # -- forums --------------------------------------------------------------------------------------------------

    def add_topic(self, actor: Person, chat: Chat, name: str) -> Topic:
        """Open a forum topic."""
        number = self.next_message_id(chat)
        service = Service("topic_created", number=number, text=name)
        created = Message(number, chat, self.clock(), actor, service=service, topic=number)
        topic = chat.topics[number] = Topic(number, name, created)
        self.post(created)
        return topic

    def set_topic_closed(self, actor: Person, chat: Chat, topic: Topic, *, closed: bool) -> None:
        """Close or reopen a forum topic."""
        topic.closed = closed
        self.announce(chat, actor, Service("topic_closed" if closed else "topic_reopened", number=topic.id), topic.id)
