"""What a channel's owner reads of it, in private: whose digest it gets, in which language, and what is in the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.chats import LANGUAGE_NAMES, belongs_to, gets_digest
from bot.texts.html import name
from bot.texts.say import Button, Say
from storage.communities import Chat, Community

DIGEST = len(LANGUAGE_NAMES)  # what a button names beside the languages


@dataclass(frozen=True)
class Channel:
    """A channel as its owner sees it."""

    chat: Chat
    community: Community
    is_alone: bool  # no group belongs to it yet, so there is nothing to tell of
    theirs: Sequence[Community] = ()  # to which it may belong
    may_post: bool = True
    repeated_in: Chat | None = None  # the group of its community in which Telegram repeats its posts


def page(t: Translator, channel: Channel) -> Say:
    """Whose channel it is, or the question."""
    lines = [_belongs(t, channel)]
    if not channel.may_post:
        lines.append(t("I may not write there yet: as an administrator I need the right to post messages."))
    if (group := channel.repeated_in) and channel.chat.gets_digest:
        lines.append(
            t(
                "Telegram repeats its posts in <b>%(group)s</b>, so the digest would stand there twice. Switch it off "
                "in the group with <code>/setup</code>, or here.",
                group=name(group.title),
            )
        )
    asks = [[Button(belongs_to(t, one), data=f"joins:{channel.chat.id}:{one.id}")] for one in channel.theirs]
    return Say("\n\n".join(lines), asks if channel.is_alone else _choices(t, channel))


def _belongs(t: Translator, channel: Channel) -> Markup:
    title = name(channel.chat.title)
    if not channel.is_alone:
        belongs = t(
            "<b>%(title)s</b> is a channel of <b>%(community)s</b>.",
            title=title,
            community=name(channel.community.name),
        )
        gets = t("It gets the digest, silently, and the four questions two days later.")
        return t(
            "%(first)s %(then)s", first=belongs, then=gets if channel.chat.gets_digest else t("It gets no digest.")
        )
    if channel.theirs:
        return t("I am in the channel <b>%(title)s</b>. Whose digest shall I post there?", title=title)
    return t(
        "I am in the channel <b>%(title)s</b>, but a channel's readers cannot suggest anything. Add me to your group, "
        "too, and press “%(button)s” there; then the digest comes to both.",
        title=title,
        button=belongs_to(t, channel.community),
    )


def _choices(t: Translator, channel: Channel) -> list[list[Button]]:
    chat, spoken = channel.chat, channel.chat.language or channel.community.language
    languages = [
        Button(f"✓ {label}" if code == spoken else label, data=f"channel:{chat.id}:{n}")
        for n, (code, label) in enumerate(LANGUAGE_NAMES)
    ]
    return [languages, [Button(gets_digest(t, chat), data=f"channel:{chat.id}:{DIGEST}")]]
