"""Whether ordinary talk reads like a wish for the product: looked at for every message, so by regular expressions only.

A frame opens the wish (希望…, 能不能…, it would be great if…) and brings one or two points, the rest comes of what the
sentence speaks of. Who asks people for a favour, tells what others said, or wishes a happy new year, falls short.
"""

from bot.language.talk import LONGEST, any_of, count, patterns, sentences, spelled, words_of

ENOUGH = 4

_SAID = patterns("wishes.txt")
_LATIN_HINTS = words_of("wishes.txt", "latin hints")
_PEOPLE = any_of("people")
_MAKINGS = any_of("makings", "latin makings")
_THINGS = any_of("things", "changes", "latin things")


def is_wish(text: str) -> bool:
    """Whether a message reads like a wish for the product."""
    text = text[:LONGEST]
    if _SAID["hints"].search(text) is None and _LATIN_HINTS.isdisjoint(text.lower().split()):
        return False
    said = spelled(text)
    return any(_weigh(sentence) >= ENOUGH for sentence in sentences(said)) and _SAID["told"].search(said) is None


def _weigh(sentence: str) -> int:
    frame = 2 if _SAID["strong"].search(sentence) else 1 if _SAID["weak"].search(sentence) else 0
    if not frame or _PEOPLE.search(sentence) or _SAID["among people"].search(sentence):
        return 0
    return frame + 2 * count(_MAKINGS, sentence) + count(_THINGS, sentence)
