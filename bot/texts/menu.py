"""The list Telegram shows after a slash: few commands for members, more in private, the team's for the team."""

from collections.abc import Mapping, Sequence

from bot.texts.catalogues import Translator
from bot.texts.html import visible

Menu = Sequence[tuple[str, str]]  # command without its slash, and what it does


def menus(t: Translator) -> Mapping[str, Menu]:
    """The menus by the network's scope, in one language."""
    members = [
        ("suggest", t("ask for something, or note the message you reply to")),
        ("top", t("what people want most")),
        ("search", t("is it there already?")),
        ("vote", t("vote for a suggestion by its number")),
        ("my", t("what I asked and voted for")),
        ("invite", t("bring a friend")),
        ("help", t("what I can do here")),
    ]
    private = [
        *members,
        ("notices", t("how I tell you what is new")),
        ("tree", t("who brought whom")),
        ("language", t("choose your language")),
    ]
    team = [
        *members,
        ("status", t("move a suggestion: planned, started")),
        ("decline", t("decline a suggestion, with a reason")),
        ("ship", t("say what was shipped")),
        ("digest", t("preview the next digest")),
        ("ritual", t("when the digest is posted")),
        ("setup", t("what this chat is for")),
        ("language", t("choose this chat's language")),
    ]
    scopes = {"default": members, "all_private_chats": private, "all_chat_administrators": team}
    return {scope: [(command, visible(words)) for command, words in menu] for scope, menu in scopes.items()}
