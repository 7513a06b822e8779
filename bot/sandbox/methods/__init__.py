"""The Bot API methods the sandbox knows; importing these modules lists them in the table that `find_method` reads."""

from bot.sandbox.api import find_method
from bot.sandbox.methods import chats, editing, invites, media, members, polling, profile, sending

__all__ = ["chats", "editing", "find_method", "invites", "media", "members", "polling", "profile", "sending"]
