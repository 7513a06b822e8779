"""What the bot has said about itself: commands, descriptions, name and menu button, by scope and language."""

import json
from dataclasses import dataclass, field

from bot.sandbox.updates import Json


@dataclass(slots=True)
class Account:
    """The bot's profile; commands are kept by (scope, language), texts by (field, language)."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)

    def menu(self, language: str | None) -> list[Json]:
        """The commands somebody of this language is offered in a private chat: the narrowest list that was set."""
        for scope in ("all_private_chats", "default"):
            for code in ((language or "").split("-")[0], ""):
                if found := self.commands.get((json.dumps({"type": scope}), code)):
                    return found
        return []

    def text(self, name: str, language: str) -> str:
        """The text for a language, or the one for everybody."""
        return self.texts.get((name, language)) or self.texts.get((name, ""), "")
