"""Bot API methods about files: photos, documents, albums and downloads."""

from typing import Literal

from bot.sandbox import wire
from bot.sandbox.api import Api, Params, as_record, method
from bot.sandbox.entities import Entity
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.methods.content import Words, read_caption
from bot.sandbox.methods.drafts import draft, new_message
from bot.sandbox.methods.targets import writable_chat
from bot.sandbox.model import File, Message
from bot.sandbox.updates import Json

# Bot API, "Sending files" and sendPhoto.
MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_SIDES = 10_000
MAX_RATIO = 20
ALBUM = range(2, 11)

MediaKind = Literal["photo", "document"]


def read_file(api: Api, p: Params, name: MediaKind, reference: str = "") -> File:
    """The file of a call: sent along, attached by name, or known by its id; 400 for what is none of these."""
    reference = reference or p.text(name)
    upload = p.uploads.get(reference.removeprefix("attach://") if reference else name)
    if upload is None:
        known = api.world.files.get(reference)
        if known is None:
            raise bad_request("wrong file identifier/HTTP URL specified" if reference else f"there is no {name}")
        return known
    if len(upload.data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    if not upload.data:
        raise bad_request("file must be non-empty")
    return api.world.keep_file(upload.data, upload.name, upload.mime)


def read_photo(api: Api, p: Params, reference: str = "") -> File:
    """A photo that keeps Telegram's rules on size and shape."""
    file = read_file(api, p, "photo", reference)
    if len(file.data) > MAX_PHOTO:
        raise bad_request("file is too big for a photo")
    if not file.width or not file.height:
        raise bad_request("IMAGE_PROCESS_FAILED")
    ratio = max(file.width, file.height) / min(file.width, file.height)
    if file.width + file.height > MAX_SIDES or ratio > MAX_RATIO:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return file


def read_media(api: Api, p: Params, item: Json) -> tuple[MediaKind, File, Words]:
    """An InputMedia: what it is, its file, and its caption."""
    reference = str(item.get("media", ""))
    words = read_caption(api, item)
    if item.get("type") == "photo":
        return "photo", read_photo(api, p, reference), words
    if item.get("type") == "document":
        return "document", read_file(api, p, "document", reference), words
    raise bad_request(f"can't parse InputMedia: the sandbox does not show {item.get('type')}")


def _attach(message: Message, kind: MediaKind, file: File, caption: str, entities: tuple[Entity, ...]) -> None:
    message.photo, message.document = (file, None) if kind == "photo" else (None, file)
    message.caption, message.entities = caption or None, entities


@method
def send_photo(api: Api, p: Params) -> object:
    chat = writable_chat(api, p, "can_send_photos")
    words = read_caption(api, p)
    file = read_photo(api, p)
    message = draft(api, p, chat)
    _attach(message, "photo", file, *words)
    return wire.message(api.world.post(message))


@method
def send_document(api: Api, p: Params) -> object:
    chat = writable_chat(api, p, "can_send_documents")
    words = read_caption(api, p)
    file = read_file(api, p, "document")
    message = draft(api, p, chat)
    _attach(message, "document", file, *words)
    return wire.message(api.world.post(message))


@method
def send_media_group(api: Api, p: Params) -> object:
    chat = writable_chat(api, p, "can_send_photos")
    items = [read_media(api, p, as_record(item)) for item in p.items("media")]
    if len(items) not in ALBUM:
        raise bad_request("an album must have from 2 to 10 items")
    api.limits.spend(chat, len(items))
    album = f"{api.world.serial():017d}"
    sent = []
    for kind, file, words in items:
        message = new_message(api, p, chat)
        message.album = album
        _attach(message, kind, file, *words)
        sent.append(wire.message(api.world.post(message)))
    return sent


@method
def get_file(api: Api, p: Params) -> object:
    file = api.world.files.get(p.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    told = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    return told | {"file_path": f"files/{file.id}"}
