"""What a message says to us: words, a picture, whose they are."""

from dataclasses import dataclass

from aiogram.types import Message

from bot.here import STAND_INS, Here


@dataclass(frozen=True)
class Pictured:
    """A picture, by the network's ids: the message it is in, itself, and the album it is one of."""

    message: str
    photo: str
    album: str | None = None

    @classmethod
    def of(cls, message: Message | None) -> "Pictured | None":
        photo = photo_of(message)
        return cls(str(message.message_id), photo, album_of(message)) if message and photo else None


@dataclass(frozen=True)
class Heard:
    """What is suggested: words, the message they are captured from, and the picture that goes with them."""

    words: str
    command: str = "/suggest"
    captured: Message | None = None
    pictured: Pictured | None = None


def replied_to(message: Message) -> Message | None:
    """The message a real reply answers: a topic's first message is no reply, and the bot's own words are no wish."""
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created or (answered.from_user and answered.from_user.is_bot):
        return None
    return answered


def has_face(message: Message) -> bool:
    """Whether somebody can be credited for a message."""
    return message.from_user is not None and str(message.from_user.id) not in STAND_INS


def photo_of(message: Message | None) -> str | None:
    """The network's id of a message's picture, in its largest size."""
    return message.photo[-1].file_id if message and message.photo else None


def album_of(message: Message | None) -> str | None:
    """What the album of a message's picture is known by."""
    return f"{message.chat.id}/{message.media_group_id}" if message and message.media_group_id else None


def words_of(message: Message | None) -> str:
    return (message.text or message.caption or "") if message else ""


def origin_of(here: Here, captured: Message | None) -> str:
    """What a suggestion made of this is known by, so that none is made of it twice."""
    return f"{captured.chat.id}/{captured.message_id}" if captured else here.origin
