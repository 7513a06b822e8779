"""What may have got lost on the way: told to the team, who alone may have it said again."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, name, shorten, visible
from bot.texts.say import Button, Say
from bot.texts.triage import calm
from storage.communities import Chat
from storage.outbox import OutboxRow

REASON, BUTTON, SETTLED = 90, 24, 240  # UTF-16 units
# What Telegram says where a right is missing (as in bot/outcomes.py).
NO_RIGHT = ("chat_write_forbidden", "rights to send", "need administrator rights")
NOT_IN = ("kicked from", "not a member", "chat not found")
TELEGRAM_SAYS = "Telegram server says - "  # how aiogram begins what Telegram refused with


def in_doubt(t: Translator, lost: Sequence[tuple[OutboxRow, Chat]], settled: Markup | None = None) -> Say:
    """To the team, in one message: the chats that refused the digest, or may not have got it."""
    if not lost:
        return Say(_plain(t, excerpt(visible(settled), SETTLED)) if settled else t("Every chat has its digest."))
    says = t("The digest may not have reached these chats. I will not post it twice unasked. Please look there.")
    lines = [_lost(t, row, chat) for row, chat in lost]
    buttons = [_settle_buttons(t, row, chat) for row, chat in lost]
    return Say(
        Markup("\n").join([says, *lines, *([_plain(t, excerpt(visible(settled), SETTLED))] if settled else [])]),
        buttons,
        silent=False,
    )


def _lost(t: Translator, row: OutboxRow, chat: Chat) -> Markup:
    line = t("· <b>%(chat)s</b>", chat=name(chat.title or chat.external_id))
    reason = _reason(t, row.error or "")
    return t("%(what)s: %(said)s", what=line, said=reason) if reason else line


def _reason(t: Translator, error: str) -> Markup | None:
    """Why it was refused: in our words where a person can do something about it, otherwise in Telegram's."""
    _, _, said = error.partition(TELEGRAM_SAYS)
    if any(sentence in said.lower() for sentence in NO_RIGHT):
        return t("I may not write there. Give me the right, then post it again.")
    if any(sentence in said.lower() for sentence in NOT_IN):
        return t("I am not in there any more.")
    return _plain(t, excerpt(said, REASON)) if said else None


def _settle_buttons(t: Translator, row: OutboxRow, chat: Chat) -> list[Button]:
    title = shorten(name(chat.title or chat.external_id), BUTTON)
    again = t("Post it again: %(chat)s", chat=title)
    return [
        Button(again, data=f"repost:{row.id}"),
        Button(t("It is there"), data=f"arrived:{row.id}"),
    ]


def message_in_doubt(t: Translator, chat: str) -> Say:
    """As `in_doubt`, for anything that is no digest."""
    return Say(t("I do not know whether a message reached <b>%(chat)s</b>. Please look there.", chat=name(chat)))


def reposted(t: Translator, who: str, chat: str) -> Markup:
    return t("%(name)s asked for it: the digest is posted again in %(chat)s.", name=name(who), chat=name(chat))


def arrived(t: Translator, who: str, chat: str) -> Markup:
    return t("%(name)s has looked: the digest is in %(chat)s.", name=name(who), chat=name(chat))


def settled_already(t: Translator) -> Markup:
    return t("Somebody has settled this already.")


def _plain(t: Translator, text: str) -> Markup:
    return t("%(text)s", text=calm(text))
