"""What is said at the door of a gated chat: who asks, who may come in, and who cannot be let in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.html import name
from bot.texts.say import Button, Say
from storage.communities import Chat, Community
from storage.members import Person
from storage.outbox import ANSWER, OutboxRow, call

ANSWER_WITHIN = timedelta(minutes=5)  # so long Telegram lets us write to somebody who only asked to join


@dataclass(frozen=True)
class Door:
    """A gated chat and the link that asks to join it; None where the bot may let nobody in."""

    chat: Chat
    link: str | None


def seated(t: Translator, community: Community, doors: Sequence[Door]) -> Say:
    """A member opened a code: it stays as good as it was."""
    lines = [
        t("You have your place in <b>%(community)s</b> already.", community=name(community.name)),
        t("If this code was for you, it is not needed; an unused one stays good for a friend."),
    ]
    return Say("\n".join(lines), _ways(t, doors))


def kept(
    t: Translator, community: Community, inviter: Person, doors: Sequence[Door], left: timedelta, *, team_knows: bool
) -> Say:
    """A seat is kept; the person has to knock at the door. `team_knows` that the bot may not open it."""
    lines = [_invited(t, community, inviter), _so_long(t, left)]
    if keyboard := _ways(t, doors):
        lines.append(t("Press the button and ask to join: I let you in at once."))
    elif team_knows:
        lines.append(t("I am not allowed to open the door yet. I have told the team; send me the code again later."))
    else:
        lines.append(t("I am not allowed to make a link to the chat. Ask who invited you for one, then ask to join."))
    return Say("\n".join(lines), keyboard)


def admitted(t: Translator, community: Community, inviter: Person, doors: Sequence[Door], left: timedelta) -> Say:
    """The person stood at the door already."""
    lines = [
        _invited(t, community, inviter),
        t("The door is opening. If you are not in within a minute, ask to join once more: I let you in at once."),
        _so_long(t, left),
    ]
    return Say("\n".join(lines), _ways(t, doors))


def joined(t: Translator, community: Community, inviter: Person) -> Say:
    """The community has no door: a code makes a member."""
    lines = [_invited(t, community, inviter), t("You are a member now. /help tells what you can do.")]
    return Say("\n".join(lines))


def _invited(t: Translator, community: Community, inviter: Person) -> Markup:
    return t(
        "🎉 Welcome! %(inviter)s invited you to <b>%(community)s</b>.",
        inviter=name(inviter.name),
        community=name(community.name),
    )


def _so_long(t: Translator, left: timedelta) -> Markup:
    return t.count(
        "Your place is kept for %(n)s minute. If you are not in by then, the code is good again.",
        "Your place is kept for %(n)s minutes. If you are not in by then, the code is good again.",
        max(ceil(left / timedelta(minutes=1)), 1),
    )


def _ways(t: Translator, doors: Sequence[Door]) -> list[list[Button]]:
    return [[Button(t("To %(chat)s", chat=name(door.chat.title)), url=door.link)] for door in doors if door.link]


def needs_right(t: Translator) -> Markup:
    """To the owner of a gated chat where the bot cannot be the doorkeeper."""
    return t(
        "⚠️ I am missing the right to invite users, so I can open this door for nobody. "
        "Please make me an administrator with that right."
    )


def door_shut(t: Translator, chat: Chat) -> Say:
    """To the team: a newcomer stands outside and the bot cannot help it."""
    said = t(
        "Somebody has a good code for <b>%(chat)s</b>, but I may let nobody in there. "
        "Please make me an administrator with the right to invite users.",
        chat=name(chat.title),
    )
    return Say(said, silent=False, reply=False)


def your_code(t: Translator, chat: Chat) -> Say:
    """To somebody who asked to join: worth saying only while Telegram lets us write to them."""
    lines = [
        t("You asked to join <b>%(chat)s</b>. May I see your invitation code?", chat=name(chat.title)),
        t("Send it to me here, and the door opens. A code lets in one person."),
    ]
    no_code = [[Button(t("I have no code: put me on the list"), data=f"wait:{chat.community_id}")]]
    return Say("\n".join(lines), no_code, silent=False, fresh=ANSWER_WITHIN)


def door_opens(t: Translator, chat: Chat) -> Say:
    return Say(t("Welcome! The door of <b>%(chat)s</b> is opening for you.", chat=name(chat.title)))


def approval(chat_id: int, person: Person, origin: str, until: datetime, now: datetime) -> OutboxRow:
    """The call that lets in somebody who asked to join; never later than their place is kept."""
    fields = {"user_id": int(person.external_id)}
    key = f"approve:{chat_id}:{origin}"
    method = "approveChatJoinRequest"
    return call(method, fields, now, chat_id=chat_id, key=key, priority=ANSWER, good_for=until - now)
