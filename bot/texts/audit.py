"""What the team has done, as its log reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from bot.community.restores import Choice
from bot.community.undoing import UNDOERS, Undone
from bot.texts.care import day
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, safe
from bot.texts.restores import label
from bot.texts.rituals import moment
from bot.texts.say import Button, Whisper
from bot.texts.suggestions import status_name
from bot.texts.triage import calm
from storage.audit import AuditRow

PAGE = 8
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as /ritual takes them


@dataclass(frozen=True)
class Log:
    """A page of the log, with the names of people and numbers of suggestions that its rows mention by id."""

    rows: Sequence[AuditRow]
    people: Mapping[int, str]
    numbers: Mapping[int, int]
    zone: str
    suggestion_id: int = 0  # 0: of everything
    is_last: bool = True
    last_id: int = 0  # from where the next page goes on


def listed(t: Translator, log: Log) -> Whisper:
    """The newest first; what can be undone has a button."""
    if not log.rows:
        return Whisper(t("Nothing has been done yet."))
    lines = [t("<b>What the team did</b>"), *(_line(t, log, n, row) for n, row in enumerate(log.rows, 1))]
    undoable = [
        Button(f"↩ {n}", data=f"undo:{row.id}:{log.suggestion_id}")
        for n, row in enumerate(log.rows, 1)
        if row.action in UNDOERS and row.undone_at is None
    ]
    older = [] if log.is_last else [Button(t("older"), data=f"audit:{log.last_id}:{log.suggestion_id}")]
    return Whisper("\n".join(lines), [row for row in (undoable[:4], undoable[4:], older) if row])


def _line(t: Translator, log: Log, n: int, row: AuditRow) -> Markup:
    said = Markup("{}. {} · {} · {}").format(
        n, moment(t, row.at, log.zone), safe(calm(name(log.people.get(row.actor_id, "·")))), _deed(t, log, row)
    )
    if row.undone_at is None:
        return said
    by = calm(name(log.people.get(row.undone_by_id or 0, "·")))
    struck = Markup("<s>{}</s>").format(said)
    return t("%(first)s %(then)s", first=struck, then=t("(undone by %(name)s)", name=by))


def _deeds(t: Translator) -> dict[str, Markup]:
    """What the log's actions are called."""
    return {
        "status": t("status"),
        "decline": t("decline"),
        "ship": t("ship"),
        "reopened": t("reopened by those who asked"),
        "assign": t("owner"),
        "date": t("date"),
        "tag": t("tags"),
        "merge": t("merge"),
        "split": t("split"),
        "seen": t("seen"),
        "settings": t("setting"),
        "ritual": t("ritual"),
        "role": t("what a chat is for"),
        "belongs": t("where a chat belongs"),
        "language": t("language"),
        "undo": t("undo"),
        "apart": t("kept apart"),
        "words": t("words of the product"),
        "round": t("a round of codes"),
        "gift": t("codes as a gift"),
        "waves": t("plan of waves"),
        "wave": t("codes by the plan"),
        "note": t("a wish noted"),
        "drop": t("a wish dropped"),
        "bar": t("may not invite"),
        "pause": t("branch paused"),
        "withhold": t("credit withheld"),
        "revoke": t("codes withdrawn"),
        "reattach": t("brought by"),
        "phone": t("phone number freed"),
        "seeds open": t("seeds are called for"),
        "seeds closed": t("the call for seeds ended"),
        "seeds accepted": t("taken as a seed"),
        "seeds declined": t("not taken as a seed"),
        "repository bound": t("repository bound"),
        "release confirmed": t("release confirmed"),
        "release dismissed": t("release dismissed"),
        "put back": t("after the database was put back"),
    }


def _deed(t: Translator, log: Log, row: AuditRow) -> Markup:
    """What was done to what, and how it stood before and after."""
    deed = _deed_name(t, row)
    was, became = (_values(t, log, side) for side in (row.was, row.became))
    said = t("%(deed)s: %(was)s → %(became)s", deed=deed, was=was, became=became) if was != became else deed
    if row.subject in ("", row.action):
        return said
    return Markup("<b>{}</b> {}").format(_subject(t, row), said)


def _deed_name(t: Translator, row: AuditRow) -> Markup:
    return _deeds(t).get(row.action, Markup("{}").format(safe(excerpt(row.action, 20))))


def _subject(t: Translator, row: AuditRow) -> Markup:
    if row.action == "put back":
        return label(t, Choice[row.subject.upper()])
    return Markup("{}").format(safe(excerpt(row.subject, 40)))


_SHOWN = (
    *("status", "merged_into_id", "owner_id", "inviter_id", "due_on", "tags", "value", "roles", "digest", "community"),
    *("inviting", "branch", "credit", "why"),
)


def _values(t: Translator, log: Log, side: Mapping[str, object]) -> Markup:
    if "weekday" in side:
        return _ritual(side)
    shown = [_value(t, log, key, side[key]) for key in _SHOWN if side.get(key) is not None]
    return Markup(" ").join(shown) or Markup("–")


def _ritual(side: Mapping[str, object]) -> Markup:
    weekday, hour, minute = (int(str(side[part])) for part in ("weekday", "hour", "minute"))
    when = f"{side['name']} {_WEEK[weekday]} {hour:02d}:{minute:02d} {side['zone']}"
    return Markup("{}").format(safe(excerpt(when, 80)))


def _value(t: Translator, log: Log, key: str, value: object) -> Markup:
    if key == "status":
        return status_name(t, str(value))
    if key == "merged_into_id":
        return Markup("#{}").format(log.numbers.get(int(str(value)), "?"))
    if key in ("owner_id", "inviter_id"):
        return Markup("{}").format(safe(calm(name(log.people.get(int(str(value)), "·")))))
    if key == "due_on":
        return Markup("{}").format(day(t, date.fromisoformat(str(value))))
    if key == "digest":
        return Markup("{} {}").format("✓" if value else "✗", t("Digest"))
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return Markup("{}").format(safe(excerpt(words, 60) or "–"))


def undone(t: Translator, result: Undone) -> Markup:
    """What stands again as it was."""
    subjects = " ".join(dict.fromkeys(row.subject for row in reversed(result.rows)))
    deed = _deed_name(t, result.rows[0])
    if subjects in ("", result.rows[0].action):
        return t("Undone: %(what)s stands as before.", what=deed)
    return t("Undone for %(what)s: %(deed)s. It stands as before.", what=excerpt(subjects), deed=deed)


HELP = (
    Entry(
        "audit",
        "triage",
        ("team",),
        lambda t: t("what the team did"),
        lambda t: t("<code>/audit</code>: what the team did; <code>/audit 12</code> one suggestion's history."),
    ),
    Entry(
        "undo",
        "triage",
        ("team",),
        lambda t: t("undo what I did last"),
        lambda t: t("<code>/undo</code>: undo what you did last."),
    ),
)
