"""Whether ordinary talk asks something the team should answer: by regular expressions only, for every message.

A question mark alone is none: “？？”, “在吗？” and “谁不喜欢呢？” want no answer of the team's. A frame asks (怎么…,
…吗, how do I…), the sentence speaks of the product, and neither weighs much without the other.
"""

from bot.language.talk import LONGEST, any_of, count, patterns, sentences, spelled, words_of

ENOUGH = 3

_SAID = patterns("questions.txt")
_LATIN_HINTS = words_of("questions.txt", "latin hints")
_MATTERS = any_of("matters", "things", "makings", "latin matters", "latin things", "latin makings")


def is_question(text: str) -> bool:
    """Whether a message asks something that the team should answer."""
    text = text[:LONGEST]
    if _SAID["hints"].search(text) is None and _LATIN_HINTS.isdisjoint(text.lower().split()):
        return False
    said = spelled(text)
    if _SAID["idle"].search(said):
        return False
    matters = count(_MATTERS, said)
    return any(_weigh(sentence) + matters >= ENOUGH for sentence in sentences(said))


def _weigh(sentence: str) -> int:
    frame = 2 if _SAID["strong"].search(sentence) else 1 if _SAID["weak"].search(sentence) else -ENOUGH
    return frame + sentence.endswith("?")
