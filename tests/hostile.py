"""Five hundred strings that people might type, and a maker of any argument out of them."""

import dataclasses
import types
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from itertools import cycle, product
from typing import Any

from markupsafe import Markup, escape
from sqlmodel import SQLModel

from bot.texts.catalogues import Translator, translator
from bot.texts.html import excerpt
from bot.texts.notices import KINDS

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
LIST_LENGTH = 10  # a page of a list

_MARKUP = (
    *(
        "<b>bold",
        "</b>",
        "<script>alert(1)</script>",
        '<a href="javascript:x">',
        "<3",
        "a < b > c",
        "&lt;b&gt;",
        "&amp;",
    ),
    *(
        "&nbsp;",
        "&#60;",
        "<tg-spoiler>",
        "<br>",
        "]]>",
        "<!--",
        "<b><i></b></i>",
        "*bold* _it_ [x](y)",
        "```",
        '"quoted"',
    ),
    *("it's", "<blockquote expandable>", "&", "<a href='tg://user?id=1'>x</a>", "&#x202e;", "</pre></code>"),
)
_FORMATS = (
    *("%(name)s", "%s %d %", "${HOME}", "\\n", "\\u202e", "'; DROP TABLE suggestion; --", 'body:x OR "y', "NEAR(a b)"),
    *(
        "a*",
        "^",
        "=1+1",
        "@everyone",
        "@xiaoman",
        "/ship 1",
        "#12",
        "http://127.0.0.1/",
        "https://t.me/x?start=y",
        "%%",
    ),
)
_SCRIPTS = (
    *("\u202eevil\u202c", "\u2066x\u2069", "מילה ימין", "كلمة 12", "\u200b\u200b", "\u2800", "\u3164", "Z̸̢͖̀̕a̶l̷g̵o̸" * 5),
    *("👨‍👩‍👧‍👦", "🇨🇳🇹🇼", "👍🏽", "𠮷野家", "㐀㐁", "ｆｕｌｌ　ｗｉｄｔｈ", "ﷺ", "ǅ", "é́́́́́", "\u0000\u0007"),
    *("\ufeff", "\r\n\n\n", "\u00ad", "\u180e"),
)
_FRAMES = ("{}", "  {}  ", "建议 {} 吗", "{0}{0}{0}", "a{}", "{}\nb", "😀{}😀", "\u202e{}")
_LONG = (
    *(
        "a" * 4096,
        "字" * 4096,
        "😀" * 2048,
        "👨‍👩‍👧‍👦" * 300,
        "<b>" * 1300,
        "&" * 4096,
        "a b " * 1000,
        "\n" * 500 + "x",
    ),
    *("Z̸̢͖̀̕a̶l̷g̵o̸" * 200, "\u202e" * 2000 + "x", "מ" * 4096, "w" * 300 + " " + "v" * 300, "-" * 4000, '"' * 4096),
    *("%(a)s" * 800, "http://" + "x" * 2000, "，" * 2000, "🇨🇳" * 500, "𠮷" * 2048, "ﷺ" * 200),
)


@cache
def strings() -> tuple[str, ...]:
    """The corpus: markup, formats and queries, scripts, each in several surroundings; braces; and very long ones."""
    short = (frame.format(core) for frame, core in product(_FRAMES, (*_MARKUP, *_FORMATS, *_SCRIPTS)))
    return tuple(dict.fromkeys((*short, "{}", "{0}", "{t.language}", *_LONG)))


# What a field can only be, whoever filled it, because the database or the code checks it.
CHOICES: Mapping[str, Sequence[object]] = {
    "language": ("zh-hans", "zh-hant", "en"),
    "status": ("open", "planned", "started", "shipped", "declined", "merged"),
    "zone": ("Asia/Shanghai", "America/New_York"),
    "role": ("member", "seed", "moderator", "owner"),
    "period": ("2026-W47",),
    "external_id": ("7100000001",),
    "username": ("millet_demo_bot", "Millet_2_bot"),
    "code": ("0123456789AB",),
    "setting": ("daily_suggestions", "team_signs", "suggest_words"),
    "suggest_words": (("许愿", "<b>"),),
    "reference_words": (("S-", "<b>"),),
    "kind": tuple(KINDS),
    "hears": ("privately", "digest", "nothing"),
    "corner": (0, 1, 2, 3),
    "answer": ("works", "partly", "no"),
    "before": ('{"status": "open", "tags": ["<b>", "@x"], "due_on": "2026-12-01"}',),
    "after": ('{"owner_id": 3, "merged_into_id": 7, "value": "&"}', "{}"),
    "found": ("[1, 2]", "[]"),
    "digest_at": ("Friday, 17:00",),
    "missing": (("administrator", "can_invite_users"),),
}


class Maker:
    """Makes arguments of any type; every text in them is the next string of the corpus."""

    def __init__(self, start: int) -> None:
        corpus = strings()
        self._next = cycle((*corpus[start:], *corpus[:start]))
        self._turn = start
        self.used = 0  # strings

    def arguments(self, hints: Mapping[str, Any], t: Translator) -> dict[str, Any]:
        """Arguments for a function with these annotations."""
        wanted = {name: hint for name, hint in hints.items() if name != "return"}
        return {name: t if hint is Translator else self.make(hint, name) for name, hint in wanted.items()}

    def make(self, hint: Any, name: str = "") -> Any:
        """A value of the type; `name` is the field's or argument's."""
        choices = CHOICES.get(name, ())
        if choices and (hint in (str, str | None) or not isinstance(choices[0], str)):
            return choices[self._turn % len(choices)]
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self.make(next(one for one in inner if one is not type(None)), name)
        if origin is typing.Literal:
            return inner[self._turn % len(inner)]
        if origin is tuple and inner[-1:] != (Ellipsis,):
            return tuple(self.make(one) for one in inner)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {self.make(inner[0]): self.make(inner[1]) for _ in range(LIST_LENGTH)}
        if isinstance(origin, type) and issubclass(origin, Collection):
            kind = set if issubclass(origin, typing.AbstractSet) else list
            return kind(self.make(inner[0]) for _ in range(LIST_LENGTH))
        return self._plain(hint)

    def _plain(self, hint: Any) -> Any:
        if hint in (str, object, Any):
            self.used += 1
            return next(self._next)
        simple = {int: 2**31 - 1, bool: self._turn % 2 == 0, float: 0.5, bytes: b"", datetime: NOW, date: NOW.date()}
        if hint in simple:
            return simple[hint]
        if hint is timedelta:
            return timedelta(hours=3)
        if hint is Markup:
            return escape(excerpt(next(self._next)))  # it has been through our hands already
        if isinstance(hint, type) and issubclass(hint, Enum):
            return list(hint)[self._turn % len(hint)]
        if isinstance(hint, type) and issubclass(hint, SQLModel):
            fields = {name: field.annotation for name, field in hint.model_fields.items()}
            return hint(**{name: self.make(kind, name) for name, kind in fields.items()})
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            kinds = typing.get_type_hints(hint)
            return hint(**{field.name: self.make(kinds[field.name], field.name) for field in dataclasses.fields(hint)})
        raise TypeError(f"Teach tests/hostile.py to make a {hint!r}, or give its field's choices in CHOICES.")


def makers(hints: Mapping[str, Any]) -> Iterator[tuple[int, Maker]]:
    """Makers enough that each string comes into each field; where many strings go into one call, fewer calls do."""
    trial = Maker(0)
    trial.arguments(hints, translator("en"))
    step = next(step for most, step in ((9, 1), (40, 7), (10**9, 31)) if trial.used <= most)
    for start in range(0, len(strings()), step):
        yield start, Maker(start)
