"""What handlers return: something said in the chat, a toast, a reaction. Rows for the outbox are made of it here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from markupsafe import Markup

from bot.texts.html import shorten, visible
from storage.outbox import ANSWER, NOTICE, OutboxRow, call

TOAST_LENGTH = 200
LONGEST_CAPTION = 1024  # UTF-16 units of the words under a picture, without tags


@dataclass(frozen=True)
class Button:
    """An inline button: it either sends `data` (at most 64 bytes) back to us, or opens `url`.

    Its label is a sentence of ours (markup, whose words alone are shown), or plain text as somebody typed it.
    """

    label: str
    data: str | None = None
    url: str | None = None

    def fields(self) -> dict[str, str]:
        where = {"url": self.url} if self.url else {"callback_data": self.data or "-"}
        return {"text": visible(self.label) if isinstance(self.label, Markup) else self.label, **where}


Keyboard = Sequence[Sequence[Button]]


@dataclass(frozen=True)
class Say:
    """A message: HTML made by the texts, perhaps with buttons. Silent unless somebody waits for it."""

    text: str
    keyboard: Keyboard = ()
    silent: bool = True
    slot: str | None = None  # one live message per slot: said again, it is edited
    fresh: timedelta | None = None  # worth saying only so long
    reply: bool = True  # in a group, as a reply to what it answers
    asks: bool = False  # it waits for typed words, so the app opens its field for them
    contact_button: str = ""  # a key below the field that sends one's own phone number; in private only
    bare: bool = False  # that key goes away

    def fields(self) -> dict[str, object]:
        """The arguments of sendMessage."""
        fields: dict[str, object] = {
            "text": self.text,
            "parse_mode": "HTML",
            "disable_notification": self.silent,
            "link_preview_options": {"is_disabled": True},
        }
        if self.keyboard:
            fields["reply_markup"] = {"inline_keyboard": [[b.fields() for b in row] for row in self.keyboard]}
        elif self.contact_button:
            key = {"text": self.contact_button, "request_contact": True}
            fields["reply_markup"] = {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}
        elif self.bare:
            fields["reply_markup"] = {"remove_keyboard": True}
        elif self.asks:
            fields["reply_markup"] = {"force_reply": True, "selective": True}
        return fields

    @property
    def method(self) -> str:
        """The network's name of the call that says it."""
        return "sendMessage"


@dataclass(frozen=True)
class Picture(Say):
    """A picture, drawn when it is sent; the text says in words what it shows, and stands under it."""

    painting: str = ""  # which picture, and what it is drawn from, as plain JSON: see bot/texts/pictures
    ingredients: Mapping[str, object] = field(default_factory=dict)

    def fields(self) -> dict[str, object]:
        """The arguments of sendPhoto."""
        fields = super().fields()
        del fields["link_preview_options"]
        caption = fields.pop("text")
        return {**fields, "caption": caption, "photo": {"painting": self.painting, "ingredients": self.ingredients}}

    @property
    def method(self) -> str:
        return "sendPhoto"


@dataclass(frozen=True)
class Whisper:
    """A message that in a group only the speaker sees, where Telegram lets us; elsewhere it is said as usual."""

    text: str
    keyboard: Keyboard = ()

    def aloud(self) -> Say:
        """The same for all to see."""
        return Say(self.text, self.keyboard)


@dataclass(frozen=True)
class Rewrite:
    """New text and buttons for the message whose button was pressed."""

    text: str
    keyboard: Keyboard = ()

    def fields(self) -> dict[str, object]:
        """The arguments of editMessageText, but for the message's id."""
        fields = Say(self.text, self.keyboard).fields()
        del fields["disable_notification"]
        return fields


@dataclass(frozen=True)
class Toast:
    """A short notice only the presser of a button sees (at most 200 characters); worth nothing after a crash."""

    text: str = ""
    alert: bool = False
    url: str = ""  # opens our private chat, by a link with a start parameter

    @property
    def shown(self) -> str:
        """The text as Telegram takes it here: plain, at most 200 characters."""
        return shorten(visible(self.text), TOAST_LENGTH)


@dataclass(frozen=True)
class React:
    """A reaction to the message that was sent; worth nothing after a crash."""

    emoji: str = "👍"


Answer = Say | Whisper | Rewrite | Toast | React | OutboxRow
Answers = Answer | Sequence[Answer] | None


def to_chat(
    chat_id: int,
    say: Say,
    now: datetime,
    *,
    key: str | None = None,
    once: bool = False,
    priority: int = NOTICE,
    reply_to: str | None = None,
    topic: str | None = None,
) -> OutboxRow:
    """The outbox row that says it in a chat of ours."""
    fields = say.fields()
    if reply_to:
        fields["reply_parameters"] = {"message_id": int(reply_to), "allow_sending_without_reply": True}
    if topic:
        fields["message_thread_id"] = int(topic)
    return call(
        say.method,
        fields,
        now,
        chat_id=chat_id,
        key=key,
        slot=say.slot,
        once=once,
        priority=priority,
        good_for=say.fresh,
    )


def to_one_in(
    chat_id: int, whisper: Whisper, external_id: str, now: datetime, *, key: str | None = None, topic: str | None = None
) -> OutboxRow:
    """The outbox row that says it in a chat of ours to one of its people (Bot API 10.2, ephemeral messages).

    Telegram takes it only from a bot that is an administrator there; whom it does not reach is told no other way.
    """
    fields = whisper.aloud().fields()
    del fields["disable_notification"]
    fields["ephemeral_message_parameters"] = {"receiver_user_id": int(external_id)}
    if topic:
        fields["message_thread_id"] = int(topic)
    return call("sendMessage", fields, now, chat_id=chat_id, key=key, priority=ANSWER)


def to_person(person_id: int, say: Say, now: datetime, *, key: str | None = None, priority: int = NOTICE) -> OutboxRow:
    """The outbox row that says it to one person privately."""
    return call(
        say.method,
        say.fields(),
        now,
        person_id=person_id,
        key=key,
        slot=say.slot,
        priority=priority,
        good_for=say.fresh,
    )
