"""Every wording in which a suggestion was asked for, and the index that finds the ones like a text.

A term is stored with its community in front, so that an index list never holds another community's rows
and a search costs what its own community holds.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, TextClause, UniqueConstraint, text
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into

# How many index rows one search may read: the rarest terms whose lists fit.
ROW_BUDGET = 3_000


class Wording(SQLModel, table=True):
    """One person's own words for a suggestion: the first asker's, or a voice that joined with "+1"."""

    __table_args__ = (
        UniqueConstraint("suggestion_id", "person_id"),
        CheckConstraint("length(text) BETWEEN 1 AND 4096", name="text_length"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    suggestion_id: int = Field(foreign_key="suggestion.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    text: str
    terms: str  # as indexed, separated by blanks
    created_at: datetime


class TermRow(SQLModel, table=True):
    """In how many wordings of a community a term occurs."""

    __tablename__ = "term"

    community_id: int = Field(primary_key=True)
    term: str = Field(primary_key=True)
    wordings: int


async def add_wording(session: Session, wording: Wording, terms: Sequence[str]) -> bool:
    """Store and index a wording; False when the person already has one for this suggestion."""
    wording.terms = " ".join(_indexed(wording.community_id, terms))
    insert = insert_into(session, Wording).values(**wording.model_dump(exclude={"id"})).on_conflict_do_nothing()
    if (await session.exec(insert)).rowcount != 1:
        return False
    if terms:
        await _count_terms(session, wording.community_id, terms)
    return True


async def list_like(session: Session, community_id: int, terms: Sequence[str], limit: int = 50) -> list[Wording]:
    """Wordings of the community that share any of these terms, the best matches first."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    quoted = _quoted(_indexed(community_id, terms), sqlite)
    if not quoted:
        return []
    found = await (await session.connection()).execute(
        _LIKE_IN_SQLITE if sqlite else _LIKE_IN_POSTGRESQL,
        {"query": (" OR " if sqlite else " | ").join(quoted), "limit": limit},
    )
    ids = [row[0] for row in found]
    rows = await session.exec(select(Wording).where(Wording.community_id == community_id, col(Wording.id).in_(ids)))
    by_id = {wording.id: wording for wording in rows}
    return [by_id[i] for i in ids if i in by_id]


async def count_terms(session: Session, community_id: int, terms: Sequence[str]) -> dict[str, int]:
    """In how many of the community's wordings each term occurs; a term in none is left out."""
    query = select(TermRow.term, TermRow.wordings).where(
        TermRow.community_id == community_id, col(TermRow.term).in_(list(terms))
    )
    return dict((await session.exec(query)).all())


async def list_voices(session: Session, suggestion_id: int) -> list[Wording]:
    """All wordings of a suggestion, the first asker's first."""
    query = select(Wording).where(Wording.suggestion_id == suggestion_id).order_by(col(Wording.id))
    return list(await session.exec(query))


async def _count_terms(session: Session, community_id: int, terms: Sequence[str]) -> None:
    insert = insert_into(session, TermRow)
    upsert = insert.on_conflict_do_update(
        index_elements=["community_id", "term"], set_={"wordings": TermRow.wordings + 1}
    )
    # Sorted, so that two transactions on PostgreSQL take the rows' locks in the same order.
    rows = [{"community_id": community_id, "term": term, "wordings": 1} for term in sorted(set(terms))]
    await (await session.connection()).execute(upsert, rows)


def terms_of(wording: Wording) -> list[str]:
    """The terms a wording is indexed by."""
    prefix = len(f"c{wording.community_id}x")
    return [term[prefix:] for term in wording.terms.split()]


def _indexed(community_id: int, terms: Sequence[str]) -> list[str]:
    return [f"c{community_id}x{term}" for term in terms]


def _quoted(terms: Sequence[str], sqlite: bool) -> list[str]:
    """Quoted, so that no text is ever read as query syntax; terms hold letters and digits only."""
    return [f'"{term}"' if sqlite else f"'{term}'" for term in terms if term.isalnum()]


_LIKE_IN_SQLITE: TextClause = text(
    "SELECT rowid FROM wording_index WHERE wording_index MATCH :query ORDER BY rank LIMIT :limit"
)
_LIKE_IN_POSTGRESQL: TextClause = text(
    "SELECT id FROM (SELECT id, array_to_tsvector(string_to_array(terms, ' ')) AS index FROM wording"
    " WHERE array_to_tsvector(string_to_array(terms, ' ')) @@ CAST(:query AS tsquery)) AS found"
    " ORDER BY ts_rank(index, CAST(:query AS tsquery)) DESC, id LIMIT :limit"
)
