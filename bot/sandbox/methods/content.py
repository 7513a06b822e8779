"""Reading what a call wants to say: text with its entities, captions, and keyboards."""

from collections.abc import Sequence
from typing import Literal

from bot.sandbox.api import Api, Params, as_record
from bot.sandbox.entities import Entity, clean, detect, in_order, tidy, trim, utf16_length
from bot.sandbox.errors import bad_request
from bot.sandbox.markup import FindPerson, parse_html, valid_url
from bot.sandbox.model import Button, Chat, Key, Rows
from bot.sandbox.talk import MAX_CAPTION, MAX_TEXT
from bot.sandbox.updates import Json

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
# What a button may do in Telegram; the sandbox shows only the first two and says so of the others.
_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)

Words = tuple[str, tuple[Entity, ...]]


def read_text(api: Api, p: Params) -> Words:
    """The text of a message after parsing; 400 if nothing is left of it or too much."""
    text, entities = read_words(api, p.text("text"), p.text("parse_mode"), p.items("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(api: Api, source: Params | Json) -> Words:
    """The caption of a message or of an album's item; it may be empty."""
    p = source if isinstance(source, Params) else Params(source)
    text, entities = read_words(api, p.text("caption"), p.text("parse_mode"), p.items("caption_entities"))
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def read_words(api: Api, source: str, mode: str, given: Sequence[object]) -> Words:
    """Parse markup (or take explicit entities), trim, and find links, commands, mentions and hashtags."""
    source = clean(source)
    if mode.lower() == "html":
        text, marks = parse_html(source, _met(api))
    elif mode and mode.lower() != "none":
        raise bad_request(f"unsupported parse_mode: the sandbox knows HTML only, not {mode}")
    else:
        text, marks = source, [_entity(api, item) for item in given]
    text, marks = trim(text, marks)
    marks = tidy(marks)
    return text, tuple(tidy(in_order([*marks, *detect(text, marks)])))


def _met(api: Api) -> FindPerson:
    """Mentions by id work only for people the bot has met; of strangers just the text stays."""
    return lambda number: api.world.people.with_id(number) if number in api.world.met else None


def _entity(api: Api, item: object) -> Entity:
    record = as_record(item)
    p = Params(record)
    if not p.has("type") or not p.has("offset") or not p.has("length"):
        raise bad_request("can't parse MessageEntity: type, offset and length are needed")
    user = Params(p.record("user")).number("id")
    return Entity(
        p.text("type"),
        p.number("offset"),
        p.number("length"),
        url=p.text("url") or None,
        user=_met(api)(user),
        language=p.text("language") or None,
        custom_emoji_id=p.text("custom_emoji_id") or None,
    )


def read_keyboard(p: Params, chat: Chat) -> Rows:
    """The inline keyboard of a call; other kinds of markup are not part of the message."""
    markup = p.record("reply_markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise bad_request("inline keyboard must be an Array of Arrays")
    keyboard = tuple(tuple(_button(as_record(cell)) for cell in _row(row)) for row in rows if row)
    if sum(len(row) for row in keyboard) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    if chat.kind != "private" and any(button.web_app for row in keyboard for button in row):
        raise bad_request("BUTTON_TYPE_INVALID")
    return keyboard


def read_asks(p: Params) -> Literal["", "all", "selected"]:
    """Whether the message asks for a reply: of everybody, or of whom it names or answers."""
    markup = Params(p.record("reply_markup"))
    if not markup.flag("force_reply"):
        return ""
    return "selected" if markup.flag("selective") else "all"


def read_keys(p: Params, chat: Chat) -> tuple[tuple[Key, ...], ...] | None:
    """The keyboard under the field that a call sets or, empty, takes away; None when it leaves it as it is."""
    markup = p.record("reply_markup")
    if markup.get("remove_keyboard") is True:
        return ()
    rows = markup.get("keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list):
        raise bad_request("keyboard must be an Array of Arrays")
    keys = tuple(tuple(_key(cell, chat) for cell in _row(row)) for row in rows if row)
    if not keys:
        raise bad_request("reply keyboard must have at least one button")
    return keys


def _key(cell: object, chat: Chat) -> Key:
    record = as_record(cell) if isinstance(cell, dict) else {"text": cell}
    label = clean(str(record.get("text") or "")).strip()
    if not label:
        raise bad_request("keyboard button text must be non-empty")
    asks = record.get("request_contact") is True
    if asks and chat.kind != "private":
        raise bad_request("phone number can be requested in private chats only")
    return Key(label, asks)


def _row(row: object) -> list[object]:
    if not isinstance(row, list):
        raise bad_request("inline keyboard must be an Array of Arrays")
    return row


def _button(record: Json) -> Button:
    label = clean(str(record.get("text") or "")).strip()
    if not label:
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    actions = [name for name in _ACTIONS if record.get(name) is not None]
    if len(actions) != 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is allowed, and needed")
    if actions == ["callback_data"]:
        return Button(label, data=_callback_data(str(record["callback_data"])))
    if actions == ["url"]:
        return Button(label, url=_button_url(str(record["url"])))
    if actions == ["web_app"]:
        return Button(label, url=_button_url(str(as_record(record["web_app"]).get("url"))), web_app=True)
    raise bad_request(f"can't parse inline keyboard button: the sandbox does not show {actions[0]}")


def _callback_data(data: str) -> str:
    if not 1 <= len(data.encode("utf-8", "surrogatepass")) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _button_url(address: str) -> str:
    url = valid_url(address)
    if url is None:
        raise bad_request(f"inline keyboard button URL '{address}' is invalid: wrong HTTP URL")
    return url
