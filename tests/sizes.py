"""How large the measured promises are tried: small in every run, in full where somebody asks for it."""

import os

IN_FULL = bool(os.environ.get("FULL_SIZE"))


def size(small: int, full: int) -> int:
    """`FULL_SIZE=1 make test ARGS=tests/test_flood.py` tries the full size."""
    return full if IN_FULL else small
