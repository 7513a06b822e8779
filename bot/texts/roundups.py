"""One live message for several suggestions that came at once."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.html import name, safe, shorten
from bot.texts.say import Button, Say
from bot.texts.suggestions import UNDECIDED, line
from storage.suggestions import Suggestion

EXCERPT, NAME, IN_A_ROW = 80, 24, 4


def roundup(t: Translator, asked: Sequence[tuple[Suggestion, str, int]]) -> Say:
    """Suggestions with who asked and the votes, a line and a button each."""
    lines = [t("<b>You were quick, and I noted it all</b>"), *(_line(t, *one) for one in asked)]
    buttons = [_button(one, votes) for one, _, votes in asked if one.status in UNDECIDED and not one.withdrawn_at]
    rows = [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]
    return Say("\n".join(lines), rows)


def _line(t: Translator, suggestion: Suggestion, author: str, votes: int) -> Markup:
    if suggestion.withdrawn_at:
        return t("<b>#%(number)s</b> was taken back", number=suggestion.number)
    return Markup("{} — {}").format(line(suggestion, votes, EXCERPT), safe(shorten(name(author), NAME)))


def _button(suggestion: Suggestion, votes: int) -> Button:
    return Button(f"#{suggestion.number} 👍 {votes}", data=f"vote:{suggestion.id}")
