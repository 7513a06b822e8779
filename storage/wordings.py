"""Every wording in which a suggestion was asked for, and the index that finds the ones like a text.

A term is stored with its community in front, so that an index list never holds another community's rows
and a search costs what its own community holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, delete, update
from sqlmodel import Field, SQLModel, col, or_, select

from storage.communities import Community
from storage.database import Session, insert_into

EVERYWHERE = ""
"""The term that every wording has: its count says how many there are."""


@dataclass(frozen=True)
class Indexed:
    """A wording as it is found: its terms and, where there is an encoder, its meaning, each with its maker's name."""

    terms: Sequence[str]
    terms_by: str
    vector: bytes | None = None  # a signed byte a dimension
    vector_by: str | None = None


class Wording(SQLModel, table=True):
    """One person's own words for a suggestion: the first asker's, or a voice that joined with "+1"."""

    __table_args__ = (
        UniqueConstraint("suggestion_id", "person_id"),
        CheckConstraint("length(text) BETWEEN 1 AND 4096", name="text_length"),
        # A community's vectors lie together, however its wordings are scattered among those of others.
        Index("wording_meanings", "community_id", "id", "vector_by", "vector"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    suggestion_id: int = Field(foreign_key="suggestion.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    text: str
    terms: str  # as indexed, separated by blanks
    terms_by: str
    vector: bytes | None = None
    vector_by: str | None = None
    origin: str | None = Field(default=None, index=True)  # the message it was said in
    created_at: datetime
    edited_at: datetime | None = None


class TermRow(SQLModel, table=True):
    """In how many wordings of a community a term occurs."""

    __tablename__ = "term"
    __table_args__ = {"sqlite_with_rowid": False}  # one look into a tree for a term, not two

    community_id: int = Field(primary_key=True)
    term: str = Field(primary_key=True)
    wordings: int


async def add_wording(session: Session, wording: Wording, indexed: Indexed) -> bool:
    """Store and index a wording; False when the person already has one for this suggestion."""
    values = {**wording.model_dump(exclude={"id"}), **_columns(wording.community_id, indexed)}
    insert = insert_into(session, Wording).values(**values).on_conflict_do_nothing()
    if (await session.exec(insert)).rowcount != 1:
        return False
    await _count(session, wording.community_id, dict.fromkeys([EVERYWHERE, *indexed.terms], 1))
    return True


async def reindex(session: Session, wording: Wording, indexed: Indexed) -> bool:
    """Index a wording anew; False when somebody else has done so since it was read."""
    before, after = set(terms_of(wording.community_id, wording.terms)), set(indexed.terms)
    is_unchanged = (col(Wording.id) == wording.id, col(Wording.terms) == wording.terms)
    change = update(Wording).where(*is_unchanged).values(**_columns(wording.community_id, indexed))
    if (await session.exec(change)).rowcount != 1:
        return False
    changes = {**dict.fromkeys(before - after, -1), **dict.fromkeys(after - before, 1)}
    await _outdate(session, wording.community_id)
    await _count(session, wording.community_id, changes)
    return True


async def set_text(session: Session, wording: Wording, text: str, indexed: Indexed, now: datetime) -> None:
    """The person's new words in place of their old ones, which may have been indexed anew since they were read."""
    held = select(Wording).where(Wording.id == wording.id).with_for_update()
    for standing in list(await session.exec(held.execution_options(populate_existing=True))):
        await reindex(session, standing, indexed)
    await session.exec(update(Wording).where(col(Wording.id) == wording.id).values(text=text, edited_at=now))


async def delete_wording(session: Session, wording: Wording) -> None:
    """The person's words go, and are found no more."""
    gone = delete(Wording).where(col(Wording.id) == wording.id).returning(col(Wording.terms))
    for (terms,) in list(await session.exec(gone)):
        changes = dict.fromkeys([EVERYWHERE, *terms_of(wording.community_id, terms)], -1)
        await _outdate(session, wording.community_id)
        await _count(session, wording.community_id, changes)


async def get_wording(session: Session, suggestion_id: int, person_id: int) -> Wording | None:
    query = select(Wording).where(Wording.suggestion_id == suggestion_id, Wording.person_id == person_id)
    return (await session.exec(query)).first()


async def get_wording_by_origin(session: Session, origin: str) -> Wording | None:
    """What was made of a message."""
    return (await session.exec(select(Wording).where(Wording.origin == origin))).first()


async def list_origins(session: Session, after: int, since: datetime) -> list[tuple[int, str]]:
    """Wordings with a greater id that are no older, and the message of each."""
    query = select(Wording.id, Wording.origin).where(col(Wording.id) > after, Wording.created_at > since)
    rows = await session.exec(query.order_by(col(Wording.id)))
    return [(i, origin) for i, origin in rows if i is not None and origin is not None]


async def list_outdated(
    session: Session, terms_by: str, vector_by: str | None, after: int, limit: int, community_id: int | None = None
) -> list[Wording]:
    """Wordings with a greater id whose terms or vector another maker made; without an encoder vectors may be old.

    In one community the maker of terms is meant with its words, in all of them whatever words there are.
    """
    if community_id is None:
        outdated = ~col(Wording.terms_by).startswith(terms_by, autoescape=True)
    else:
        outdated = (col(Wording.terms_by) != terms_by) & (col(Wording.community_id) == community_id)
    if vector_by is not None and community_id is None:
        outdated = or_(outdated, col(Wording.vector_by).is_distinct_from(vector_by))
    query = select(Wording).where(col(Wording.id) > after, outdated).order_by(col(Wording.id)).limit(limit)
    return list(await session.exec(query))


async def list_voices(session: Session, suggestion_id: int) -> list[Wording]:
    """All wordings of a suggestion, the first asker's first."""
    query = select(Wording).where(Wording.suggestion_id == suggestion_id).order_by(col(Wording.id))
    return list(await session.exec(query))


async def list_own(session: Session, suggestion_id: int, author_id: int, text: str) -> set[int]:
    """Ids of a suggestion's wordings, and of its author's, which may have gone to another by a merge."""
    author_s = (col(Wording.person_id) == author_id) & (col(Wording.text) == text)
    query = select(Wording.id).where((col(Wording.suggestion_id) == suggestion_id) | author_s)
    return {i for i in await session.exec(query) if i is not None}


async def move_wordings(session: Session, old_community_id: int, new_community_id: int) -> None:
    """Index a community's wordings in another, whose suggestions they have become."""
    for wording in list(await session.exec(select(Wording).where(Wording.community_id == old_community_id))):
        terms = terms_of(old_community_id, wording.terms)
        wording.community_id, wording.terms = new_community_id, " ".join(_indexed(new_community_id, terms))
        await session.flush()
        await _count(session, old_community_id, dict.fromkeys([EVERYWHERE, *terms], -1))
        await _count(session, new_community_id, dict.fromkeys([EVERYWHERE, *terms], 1))
    await _outdate(session, new_community_id)


async def _outdate(session: Session, community_id: int) -> None:
    """Who keeps the community's vectors in memory reads them afresh: no id shows that its row has changed.

    Before terms are counted, since whoever suggests holds the community's row before theirs, too.
    """
    change = update(Community).where(col(Community.id) == community_id)
    await session.exec(change.values(index_version=Community.index_version + 1))


async def _count(session: Session, community_id: int, changes: Mapping[str, int]) -> None:
    if not changes:
        return
    insert = insert_into(session, TermRow)
    upsert = insert.on_conflict_do_update(
        index_elements=["community_id", "term"], set_={"wordings": TermRow.wordings + insert.excluded.wordings}
    )
    # Sorted, so that two transactions on PostgreSQL take the rows' locks in the same order.
    rows = [
        {"community_id": community_id, "term": term, "wordings": change} for term, change in sorted(changes.items())
    ]
    await (await session.connection()).execute(upsert, rows)


def _columns(community_id: int, indexed: Indexed) -> dict[str, str | bytes | None]:
    return {
        "terms": " ".join(_indexed(community_id, indexed.terms)),
        "terms_by": indexed.terms_by,
        "vector": indexed.vector,
        "vector_by": indexed.vector_by,
    }


def terms_of(community_id: int, terms: str) -> list[str]:
    """The terms a wording is indexed by, from how they are stored."""
    return f" {terms}".replace(f" {prefix(community_id)}", " ").split()


def _indexed(community_id: int, terms: Sequence[str]) -> list[str]:
    return [prefix(community_id) + term for term in terms]


def prefix(community_id: int) -> str:
    """What stands before a community's terms."""
    return f"c{community_id}x"
