"""The terms a text is indexed and compared by: letters and pairs, jieba's long words, Latin stems, ideas."""

import logging
import re
import threading
from collections import ChainMap
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import jieba

from bot.language.stems import stem
from bot.language.synonyms import VERSION, ideas
from bot.language.tokens import LONGEST_WORD, runs

SEGMENTER = f"jieba {jieba.__version__}, terms 1, {VERSION}"
"""How terms are made: those stored under another name must be made anew."""

_NO_WORDS: frozenset[str] = frozenset()

# jieba guesses unknown words with an HMM whose time is quadratic in the length of a run.
_LONGEST_GUESSED = 64
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_loading = threading.Lock()


def segmenter(own: frozenset[str] = _NO_WORDS) -> str:
    """How the terms of a community with these own words are made."""
    if not own:
        return SEGMENTER
    return f"{SEGMENTER}, words {sha256(' '.join(sorted(own)).encode()).hexdigest()[:8]}"


def is_word(text: str) -> bool:
    """Whether a text in normal form can be one of a community's own words: Latin words are terms as they are."""
    return len(text) <= LONGEST_WORD and _HAN.fullmatch(text) is not None


def load(cache_dir: Path) -> None:
    """Load jieba's dictionary (about 0.9 s and 80 MB: call it in a worker thread), its cache in a folder of ours.

    The default place is a fixed name in the shared temporary folder, which anyone on the machine may have written.
    """
    with _loading:
        if jieba.dt.initialized:
            return
        cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        cache_dir.chmod(0o700)
        jieba.setLogLevel(logging.WARNING)
        jieba.dt.tmp_dir = str(cache_dir)
        jieba.dt.initialize()


def words(text: str, own: frozenset[str] = _NO_WORDS) -> list[str]:
    """Words of a text in normal form in order, with the parts of long ones; `own` is a community's dictionary."""
    cutter = _cutter(own)
    found: list[str] = []
    for run, unspaced in runs(text):
        found.extend(cutter.cut_for_search(run, HMM=len(run) <= _LONGEST_GUESSED) if unspaced else [run])
    return found


def terms(text: str, own: frozenset[str] = _NO_WORDS) -> list[str]:
    """Terms of a text in normal form, each once, letters and digits only (safe in any full-text syntax)."""
    found: dict[str, None] = {}
    for run, unspaced in runs(text):
        if unspaced:
            letters = [letter for letter in run if letter.isalnum()]
            found.update(dict.fromkeys(letters))
            found.update(dict.fromkeys(a + b for a, b in pairwise(letters)))
        else:
            found[stem(run)] = None
    found.update(dict.fromkeys(word for word in words(text, own) if len(word) > 2 and _HAN.fullmatch(word)))
    found.update(dict.fromkeys(f"i{idea}" for idea in ideas(text)))
    return list(found)


def is_idea(term: str) -> bool:
    """Whether a term stands for an idea: only those join a Latin and a Han letter, texts are cut between the two."""
    return term[0] == "i" and "\u3400" <= term[1:2] <= "\u9fff"


@lru_cache(maxsize=256)
def _cutter(own: frozenset[str]) -> jieba.Tokenizer:
    """A tokenizer that knows a community's words besides jieba's, and keeps them from everyone else."""
    if not jieba.dt.initialized:
        raise RuntimeError("load() comes first: else jieba would stop the caller and trust a shared folder")
    if not own:
        return jieba.dt
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total, cutter.initialized = ChainMap({}, jieba.dt.FREQ), jieba.dt.total, True
    for word in sorted(own):
        cutter.add_word(word)
    return cutter
