"""An album is one suggestion with all its pictures, though each comes by itself and the words with any of them."""

import itertools

from sqlmodel import select

from bot.albums import MOST_ALBUMS, Albums
from bot.sandbox.files import plain_png
from bot.sandbox.model import Chat
from storage import pictures
from storage.pictures import Picture
from storage.suggestions import Suggestion
from tests.test_merges import a_room
from tests.test_triage import an_english_group
from tests.town import Town

NUMBERS = itertools.count(900)


async def post(town: Town, chat: Chat, album: str, captions: list[str]) -> list[str]:
    """小满 posts an album; returns the pictures' ids in its order."""
    author, kept = town.person("xiaoman"), []
    for caption in captions:
        file = town.world.keep_file(plain_png(), "picture.png", "image/png")
        kept.append(file.id)
        private = chat.kind == "private"
        where = {"id": chat.id, "type": chat.kind} | ({"first_name": author.name} if private else {"title": chat.title})
        raw = {
            "message_id": next(NUMBERS),
            "date": 1_700_000_000,
            "chat": where | ({"username": chat.username} if chat.username else {}),
            "from": {"id": author.id, "is_bot": False, "first_name": author.name, "language_code": "en"},
            "media_group_id": album,
            "photo": [{"file_id": file.id, "file_unique_id": f"u{file.id}", "width": 90, "height": 90}],
        }
        town.sandbox.inject({"message": raw | ({"caption": caption} if caption else {})})
    await town.settle()
    return kept


async def album_of(town: Town, number: int) -> list[str]:
    async with town.database.reading() as look:
        made = (await look.exec(select(Suggestion).where(Suggestion.number == number))).one()
        return [made.photo or "", *await pictures.list_pictures(look, made.album or "")]


async def test_every_picture_of_an_album_is_kept_wherever_its_words_stand(any_town: Town) -> None:
    town = any_town
    group = await an_english_group(town)
    room = await a_room(town, group)
    await town.start("xiaoman")
    await post(town, group, "1", ["", ""])
    first = await post(town, group, "2", ["/suggest a brighter flash", "", ""])
    last = await post(town, group, "3", ["", "", "/suggest a louder alarm"])
    assert await album_of(town, 1) == first
    assert await album_of(town, 2) == [last[2], *last[:2]]
    private = town.private("xiaoman")
    middle = await post(town, private, "4", ["", "show the weather on the lock screen", ""])
    question = next(message for message in town.said(private) if "as a suggestion" in message.content)
    await town.press("xiaoman", question, "Note it")
    assert await album_of(town, 3) == [middle[1], middle[0], middle[2]]
    async with town.database.reading() as look:
        assert len(list(await look.exec(select(Picture)))) == 6, "nothing is kept of what is no suggestion"
    await town.say("yutong", room, "/show 1")
    before = len(town.public(room))
    await town.press("yutong", town.last(room), "picture")
    shown = town.public(room)[before:]
    assert [message.photo.id for message in shown if message.photo] == first
    assert [message.content for message in shown][1:] == ["", ""]
    await town.say("xiaoman", private, "/withdraw 1")
    await town.press("xiaoman", town.last(private), "Take them back")
    assert await album_of(town, 1) == [""]


def test_only_so_many_albums_are_remembered() -> None:
    albums = Albums()
    for n in range(MOST_ALBUMS + 1):
        raw = {"chat": {"id": 1}, "message_id": n, "media_group_id": str(n), "photo": [{"file_id": f"f{n}"}]}
        albums.want(albums.see(raw) or "")
    assert not albums.others("1/0", None)
    assert not albums.is_wanted("1/0")
    assert albums.others(f"1/{MOST_ALBUMS}", "7") == {str(MOST_ALBUMS): f"f{MOST_ALBUMS}"}
    assert albums.see({"chat": {"id": 1}, "message_id": 1, "media_group_id": "x", "photo": ["?"]}) is None
