"""The further pictures of an album: each comes in a message of its own, before or after the one with the words."""

from collections.abc import Mapping

from sqlalchemy import delete, or_
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into
from storage.suggestions import Offer, Suggestion


class Picture(SQLModel, table=True):
    """One of them. It belongs to whatever suggestion, or offer of one, was made of the album."""

    album: str = Field(primary_key=True)  # the chat and the album, by the network's ids
    message: str = Field(primary_key=True)
    photo: str  # the network's id


async def is_known(session: Session, album: str) -> bool:
    """Whether something was made of the album."""
    made = [select(table.id).where(table.album == album).exists() for table in (Suggestion, Offer)]
    return bool((await session.exec(select(or_(*made)))).one())


async def list_pictures(session: Session, album: str) -> list[str]:
    """The network's ids of the pictures, in the album's order."""
    found = await session.exec(select(Picture).where(Picture.album == album))
    return [picture.photo for picture in sorted(found, key=lambda one: int(one.message))]


async def add_pictures(session: Session, album: str, photos: Mapping[str, str]) -> None:
    """Keep pictures by their messages, each once."""
    rows = [{"album": album, "message": message, "photo": photo} for message, photo in photos.items()]
    if rows:
        await session.exec(insert_into(session, Picture).values(rows).on_conflict_do_nothing())


async def delete_pictures(session: Session, album: str) -> None:
    await session.exec(delete(Picture).where(col(Picture.album) == album))


async def delete_orphans(session: Session) -> None:
    """Forget the pictures of what was no suggestion in the end."""
    made = [select(table.album).where(col(table.album) == col(Picture.album)).exists() for table in (Suggestion, Offer)]
    await session.exec(delete(Picture).where(~or_(*made)))
