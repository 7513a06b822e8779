"""Reading the index of wordings: by terms, by meaning. One row of much instead of much in rows, for the loop's sake."""

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import TextClause, text

from storage.database import Session
from storage.wordings import prefix

# How many index rows one search may read: the rarest terms whose lists fit.
ROW_BUDGET = 10_000
CANDIDATES = 50


class Candidate(NamedTuple):
    """As much of a wording as it takes to compare it."""

    id: int
    suggestion_id: int
    text: str
    terms: str
    vector: bytes | None
    vector_by: str | None
    is_merged: bool  # whether its suggestion was merged into another


async def list_ids_by_term(session: Session, community_id: int, terms: Sequence[str]) -> list[tuple[str, str]]:
    """For each term the ids of the community's wordings that have it, joined by commas: thousands of rows in one."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    known = [term for term in terms if term.isalnum()]  # so that no text is ever read as query syntax
    found = await (await session.connection()).execute(
        _IDS_IN_SQLITE if sqlite else _IDS_IN_POSTGRESQL, {"prefix": prefix(community_id), "terms": json.dumps(known)}
    )
    return [(row[0], row[1]) for row in found if row[1]]


async def list_candidates(session: Session, community_id: int, ids: Collection[int]) -> list[Candidate]:
    """The community's own among these wordings, in the order of their ids."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    rows = await (await session.connection()).execute(
        _CANDIDATES_IN_SQLITE if sqlite else _CANDIDATES_IN_POSTGRESQL,
        {"community": community_id, "ids": json.dumps(list(ids))},
    )
    return [Candidate(*row) for row in rows]


async def list_vectors(
    session: Session, community_id: int, vector_by: str, after: int, limit: int
) -> tuple[str, str | bytes]:
    """Ids (joined by commas) and vectors (hexadecimal or bytes, one after another) of the next wordings after an id.

    In order, as far as this encoder made them. One row for thousands: taken singly they would hold the event loop.
    """
    sqlite = session.get_bind().dialect.name == "sqlite"
    asked = {"community": community_id, "vector_by": vector_by, "after": after, "limit": limit}
    found = await (await session.connection()).execute(_VECTORS_IN_SQLITE if sqlite else _VECTORS_IN_POSTGRESQL, asked)
    ids, vectors = found.one()
    return ids or "", vectors or b""


async def count_terms(session: Session, community_id: int, terms: Collection[str]) -> dict[str, int]:
    """In how many of the community's wordings each term occurs; a term in none is left out."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    found = await (await session.connection()).execute(
        _COUNTS_IN_SQLITE if sqlite else _COUNTS_IN_POSTGRESQL,
        {"community": community_id, "terms": json.dumps(list(terms))},
    )
    return dict(orjson.loads(found.scalar_one() or "{}"))


# A term is quoted, and holds letters and digits only.
_IDS_IN_SQLITE: TextClause = text(
    "SELECT value, (SELECT group_concat(rowid) FROM wording_index"
    " WHERE wording_index MATCH '\"' || :prefix || value || '\"') FROM json_each(:terms)"
)
_IDS_IN_POSTGRESQL: TextClause = text(
    "SELECT term, (SELECT string_agg(CAST(id AS text), ',') FROM wording"
    " WHERE array_to_tsvector(string_to_array(terms, ' ')) @@ CAST(quote_literal(:prefix || term) AS tsquery))"
    " FROM json_array_elements_text(CAST(:terms AS json)) AS asked(term)"
)
_VECTORS_IN_SQLITE: TextClause = text(
    "SELECT group_concat(id), group_concat(hex(vector), '') FROM (SELECT id, vector FROM wording"
    " WHERE community_id = :community AND vector_by = :vector_by AND id > :after ORDER BY id LIMIT :limit)"
)
_VECTORS_IN_POSTGRESQL: TextClause = text(
    "SELECT string_agg(CAST(id AS text), ',' ORDER BY id), string_agg(vector, ''::bytea ORDER BY id)"
    " FROM (SELECT id, vector FROM wording"
    " WHERE community_id = :community AND vector_by = :vector_by AND id > :after ORDER BY id LIMIT :limit) AS portion"
)
# One parameter for a thousand terms, and one row: each of its own would cost more than the search.
_COUNTS_IN_SQLITE: TextClause = text(
    "SELECT json_group_object(term, wordings) FROM term WHERE community_id = :community AND wordings > 0"
    " AND term IN (SELECT value FROM json_each(:terms))"
)
_COUNTS_IN_POSTGRESQL: TextClause = text(
    "SELECT CAST(json_object_agg(term, wordings) AS text) FROM term WHERE community_id = :community AND wordings > 0"
    " AND term IN (SELECT json_array_elements_text(CAST(:terms AS json)))"
)
_COMPARED = (
    "SELECT wording.id, suggestion_id, wording.text, terms, vector, vector_by, merged_into_id IS NOT NULL"
    " FROM wording JOIN suggestion ON suggestion.id = suggestion_id WHERE wording.community_id = :community"
)
_CANDIDATES_IN_SQLITE: TextClause = text(
    _COMPARED + " AND wording.id IN (SELECT value FROM json_each(:ids)) ORDER BY wording.id"  # noqa: S608  # constants
)
_CANDIDATES_IN_POSTGRESQL: TextClause = text(
    _COMPARED + " AND wording.id IN (SELECT CAST(json_array_elements_text(CAST(:ids AS json)) AS integer))"
    " ORDER BY wording.id"
)
