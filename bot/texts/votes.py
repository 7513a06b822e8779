"""What is said about votes."""

from markupsafe import Markup

from bot.community.votes import BURST_WITHIN, Cast
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt
from bot.texts.say import Say
from storage.suggestions import Suggestion


def cast(t: Translator, suggestion: Suggestion, cast: Cast, *, first: bool = False, button: bool = False) -> Markup:
    """What became of somebody's vote; at their first one, how to mute what it follows."""
    if not cast.stands:
        return t("Your vote for #%(number)s is taken back.", number=suggestion.number)
    parts = [_kept(t, suggestion, cast)]
    if first:
        parts.append(mute_hint(t, suggestion))
    elif button:
        parts.append(t("Press again to take it back."))
    return Markup("\n").join(parts)


def _kept(t: Translator, suggestion: Suggestion, cast: Cast) -> Markup:
    if not cast.held_hours:
        return t("Your vote for #%(number)s is counted.", number=suggestion.number)
    return t.count(
        "Welcome! Your vote for #%(number)s is kept, and counts in %(n)s hour.",
        "Welcome! Your vote for #%(number)s is kept, and counts in %(n)s hours.",
        cast.held_hours,
        number=suggestion.number,
    )


def mute_hint(t: Translator, suggestion: Suggestion) -> Markup:
    """Said once: a vote follows, and how not to hear of it."""
    return t(
        "I will tell you what becomes of it; <code>/mute %(number)s</code> if you would rather not hear.",
        number=suggestion.number,
    )


def burst(t: Translator, suggestion: Suggestion, count: int) -> Say:
    """For the team: many who have just come vote for one suggestion."""
    return Say(
        t(
            "%(count)s people who have just joined voted for #%(number)s (%(words)s) within %(minutes)s minutes. "
            "Their votes wait as set by <b>vote_wait_hours</b>; you may want to look at who they are.",
            count=count,
            number=suggestion.number,
            words=excerpt(suggestion.text, 60),
            minutes=BURST_WITHIN.seconds // 60,
        )
    )
