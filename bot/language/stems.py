"""A light English stemmer: enough for mute, muted, muting, mutes to meet, and nothing a user would have to know."""

_VOWELS = frozenset("aeiouy")


def stem(word: str) -> str:
    """The word without plural, -ing, -ed and a final e; other scripts and words of up to three letters stay."""
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return word
    word = _undone(_singular(word))
    return word.removesuffix("e") if len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word.removesuffix("s")


def _undone(word: str) -> str:
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2 and _VOWELS.intersection(root):
            doubled = root[-1] == root[-2] and root[-1] not in "lsz"
            return root[:-1] if doubled else root
    return word
