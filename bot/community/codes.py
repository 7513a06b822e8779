"""Invitation codes: made, read out of anything a person may type, and written for people.

Twelve symbols of Crockford's base 32, whose reading forgives look-alikes (O is 0; I and L are 1; U is no symbol).
Eleven are random, 55 bits; the twelfth is the check symbol of Damm's scheme over the field of 32 elements. Each step
takes x, y to 2·(x + y), so the twelve symbols weigh different powers of a generator: every wrong symbol, and every
two symbols that changed places, give another check symbol.
"""

import re
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
MOST_READ = 3  # codes in one message; a message must not be a list of guesses

_LOOK_ALIKES = str.maketrans("OIL", "011")
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_POLYNOMIAL = 0b100101  # x⁵ + x² + 1, primitive, so that 2 generates the field
_SEPARATORS = r"[\s_.·\-‐‑‒–—―−]{0,3}"
# Three groups of four with nothing of a word on either side. The look-ahead finds those that overlap as well: a word of
# four letters may stand before a code.
_GROUPS = re.compile(
    rf"(?<![0-9A-Z])(?=([0-9A-Z]{{4}}){_SEPARATORS}([0-9A-Z]{{4}}){_SEPARATORS}([0-9A-Z]{{4}})(?![0-9A-Z]))"
)
_ALONE = re.compile(rf"[0-9A-Z](?:{_SEPARATORS}[0-9A-Z]){{11}}")
_WRITTEN = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_PLAIN_DIGITS = set("23456789")  # those that look like no letter we read


def mint() -> str:
    """A new code. It has a digit, so that no word of a sentence is taken for one; that costs 0.05 of the 55 bits."""
    while True:
        payload = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        code = payload + check_symbol(payload)
        if _has_digit(code):
            return code


def check_symbol(payload: str) -> str:
    """The symbol that completes eleven others to a code."""
    interim = 0
    for symbol in payload:
        interim = _doubled(interim ^ _VALUES[symbol])
    return ALPHABET[interim]


def is_code(text: str) -> bool:
    """Whether these are twelve symbols with the right check symbol."""
    return len(text) == LENGTH and set(text) <= _VALUES.keys() and check_symbol(text[:-1]) == text[-1]


def read(text: str) -> list[str]:
    """The codes in a text (a link, a sentence, any case, with or without dashes); the first three at most."""
    upper = _upper(text)
    found = ["".join(match.groups()) for match in _GROUPS.finditer(upper)]
    if not found and _ALONE.fullmatch(upper):
        found = [_bare(upper)]
    codes = [code for group in found if is_code(code := group.translate(_LOOK_ALIKES)) and _has_digit(group)]
    return list(dict.fromkeys(codes))[:MOST_READ]


def is_misspelt(text: str) -> bool:
    """Whether the whole text has the shape of a code but cannot be one: somebody has mistyped it."""
    upper = _upper(text)
    shaped = _ALONE.fullmatch(upper) and (_has_digit(upper) or _WRITTEN.fullmatch(upper))
    return bool(shaped) and not read(text)


def written(code: str) -> str:
    """A code as people read it: ABCD-EFGH-JKMN."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def _upper(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().strip()


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isalnum())


def _has_digit(text: str) -> bool:
    return not _PLAIN_DIGITS.isdisjoint(text)


def _doubled(value: int) -> int:
    return (value << 1) ^ (_POLYNOMIAL if value & 0b10000 else 0)
