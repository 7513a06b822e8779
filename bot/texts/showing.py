"""One suggestion in full, for one reader."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from bot.community.showing import LONGEST_HISTORY, VOICES_A_PAGE, Decided, Shown
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, safe, shorten
from bot.texts.rituals import moment
from bot.texts.say import Button, Keyboard, Whisper
from bot.texts.suggestions import MARKS, UNDECIDED, decision, line, status_name, trophy
from bot.texts.triage import calm
from storage.outbox import ANSWER, OutboxRow, call
from storage.suggestions import OPEN, Suggestion

LARGEST_ALBUM = 10  # by Telegram's rules
TEXT_LENGTH, VOICE_LENGTH = 1_800, 240  # UTF-16 units: five voices and the history find room beside the text


def page(t: Translator, shown: Shown, link: str | None, *, pictured: bool) -> Whisper:
    """Text, asker, standing, voices, decisions, and what the reader can do about it."""
    suggestion = shown.suggestion
    words = safe(calm(shorten(suggestion.text, TEXT_LENGTH)))
    lines = [Markup("{} <b>#{}</b> {}").format(MARKS[suggestion.status], suggestion.number, words), _asked(t, shown)]
    if suggestion.status != OPEN:
        lines.append(decision(t, suggestion))
    if shown.loved_in is not None:
        lines.append(trophy(t, shown.loved_in))
    if shown.voices:
        lines += [
            Markup(),
            t("<b>In their own words</b>"),
            *(_voice(t, who, voice.text) for who, voice in shown.voices[:VOICES_A_PAGE]),
        ]
    if shown.history:
        lines += [Markup(), t("<b>So far</b>"), *(_decided(t, shown, one) for one in shown.history[:LONGEST_HISTORY])]
    return Whisper("\n".join(lines), _keyboard(t, shown, link, pictured=pictured))


def _asked(t: Translator, shown: Shown) -> Markup:
    parts = [
        Markup("— {}").format(safe(calm(name(shown.asker)))),
        Markup("{}").format(_day(t, shown, shown.suggestion.created_at)),
    ]
    if shown.captured_by:
        parts.append(t("noted by %(name)s", name=calm(name(shown.captured_by))))
    if shown.edited:
        parts.append(t("edited"))
    return Markup(" · ").join([*parts, Markup("👍 {}").format(shown.votes)])


def _voice(t: Translator, who: str, words: str) -> Markup:
    return t("%(name)s: “%(words)s”", name=calm(name(who)), words=calm(excerpt(words, VOICE_LENGTH)))


def _decided(t: Translator, shown: Shown, one: Decided) -> Markup:
    return Markup("{} · {}").format(_day(t, shown, one.at), status_name(t, one.status))


def _day(t: Translator, shown: Shown, at: datetime) -> str:
    return moment(t, at, shown.community.zone).rpartition(" ")[0]


def _keyboard(t: Translator, shown: Shown, link: str | None, *, pictured: bool) -> Keyboard:
    one, here = shown.suggestion.id, shown.page
    vote = Button(f"👍 {shown.votes}", data=f"vote:{one}")
    hear = Button(
        str(t("🔕 Mute") if shown.hears else t("🔔 Follow")), data=f"follow:{one}:{here}:{int(not shown.hears)}"
    )
    edit = Button(t("✏️ Edit my words"), data=f"edit:{one}")
    withdraw = Button(t("Take them back"), data=f"withdraw:{one}")
    pages = [Button(mark, data=f"show:{one}:{n}") for mark, n in (("◀", here - 1), ("▶", here + 1))]
    is_open = shown.suggestion.status in UNDECIDED
    rows = [
        [*([vote] if is_open and not shown.own_words else []), hear],
        [edit, withdraw] if is_open and shown.own_words else [],
        [button for button, there in zip(pages, (here > 0, here + 1 < shown.pages), strict=True) if there],
        [Button(t("🖼 The picture"), data=f"picture:{one}")] if pictured else [],
        [Button(t("Where it was said"), url=link)] if link else [],
    ]
    return [row for row in rows if row]


def picture(  # whose room or private chat it goes to, and where in it
    suggestion: Suggestion,
    further: Sequence[str],
    now: datetime,
    *,
    chat_id: int | None,
    person_id: int | None,
    topic: str | None,
) -> OutboxRow:
    """The picture that came with a suggestion, or its whole album, for the team's room or one person."""
    words: dict[str, object] = {"caption": line(suggestion), "parse_mode": "HTML"}
    fields: dict[str, object] = {"disable_notification": True}
    if further:
        first, *rest = [dict[str, object](type="photo", media=photo) for photo in (suggestion.photo, *further)][
            :LARGEST_ALBUM
        ]
        fields["media"] = [first | words, *rest]
    else:
        fields |= {"photo": suggestion.photo} | words
    if topic:
        fields["message_thread_id"] = int(topic)
    method = "sendMediaGroup" if further else "sendPhoto"
    return call(method, fields, now, chat_id=chat_id, person_id=person_id, priority=ANSWER)


HELP = (
    Entry(
        "show",
        "follow",
        ("members",),
        lambda t: t("one suggestion in full"),
        lambda t: t(
            "<code>/show 12</code>: one suggestion in full, with everyone's own words, and a button to mute it."
        ),
    ),
)
