"""A community's own words: names of its product that no dictionary has."""

from datetime import datetime

from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into


class Word(SQLModel, table=True):
    """One word, as it was written and as texts are compared by it."""

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    form: str = Field(primary_key=True)
    word: str
    added_by_id: int = Field(foreign_key="person.id")
    created_at: datetime


async def list_words(session: Session, community_id: int) -> list[Word]:
    """The community's words in the order they were added."""
    query = select(Word).where(Word.community_id == community_id).order_by(col(Word.created_at), col(Word.form))
    return list(await session.exec(query))


async def list_forms(session: Session, community_id: int) -> frozenset[str]:
    """The words as texts are compared by them."""
    return frozenset(await session.exec(select(Word.form).where(Word.community_id == community_id)))


async def add_word(session: Session, word: Word) -> bool:
    """False when the community has it already."""
    insert = insert_into(session, Word).values(**word.model_dump()).on_conflict_do_nothing()
    return (await session.exec(insert)).rowcount == 1


async def delete_word(session: Session, community_id: int, form: str) -> Word | None:
    """The word that was taken out."""
    query = select(Word).where(Word.community_id == community_id, Word.form == form)
    word = (await session.exec(query)).first()
    if word is not None:
        await session.delete(word)
    return word


async def move_words(session: Session, old_community_id: int, new_community_id: int) -> None:
    """Give a community's words to another."""
    for word in await list_words(session, old_community_id):
        await add_word(session, word.model_copy(update={"community_id": new_community_id}))
        await session.delete(word)
    await session.flush()
