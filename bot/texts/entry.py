"""What a command's feature says of it: a line on a page of help, and a few words in the menu after a slash."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from bot.texts.catalogues import Translator

Page = Literal["suggest", "vote", "follow", "invite", "triage", "digest", "settings", "grow"]
Scope = Literal["members", "private", "team"]  # everyone everywhere; in private; administrators in their groups


@dataclass(frozen=True)
class Entry:
    """One command. Each feature of the texts lists its own as HELP; `help.py` makes pages and menus of them."""

    command: str
    page: Page
    scopes: tuple[Scope, ...]
    menu: Callable[[Translator], Markup]
    line: Callable[[Translator], Markup]

    @property
    def is_for_all(self) -> bool:
        """Whether members read of it too."""
        return self.scopes != ("team",)
