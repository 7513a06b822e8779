"""Reading the index of wordings: by terms, by meaning. One row of much instead of much in rows, which costs less."""

from collections.abc import Collection
from typing import Any, NamedTuple

import orjson

from storage.steps import Question, Steps
from storage.wordings import EVERYWHERE, prefix, terms_of

# How many index rows one search may read: the rarest terms whose lists fit.
ROW_BUDGET = 10_000


class Listed(NamedTuple):
    """A term, how many of the community's wordings have it, and their ids, joined by commas, if it is rare enough."""

    term: str
    wordings: int
    ids: str | None


class Candidate(NamedTuple):
    """As much of a wording as it takes to compare it."""

    id: int
    suggestion_id: int  # the surviving one, if the wording's own was merged
    text: str
    terms: frozenset[str]
    vector: bytes | None
    vector_by: str | None


def list_terms(community_id: int, terms: Collection[str], budget: int = ROW_BUDGET) -> Steps[list[Listed]]:
    """Those of the terms that the community's wordings have, and the one that all have.

    Ids come with the rarest, as many of them as have at most so many wordings together, at least with one.
    """
    known = _json([EVERYWHERE, *(term for term in terms if term.isalnum())])  # so that no text is read as query syntax
    rows = yield Question(_TERMS_IN_SQLITE, _TERMS_IN_POSTGRESQL, (community_id, known, budget, prefix(community_id)))
    return [Listed(*row) for row in rows]


def count_terms(community_id: int, terms: Collection[str]) -> Steps[dict[str, int]]:
    """In how many of the community's wordings each term occurs; a term in none is left out."""
    rows = yield Question(_COUNTS_IN_SQLITE, _COUNTS_IN_POSTGRESQL, (community_id, _json(terms)))
    return dict(orjson.loads(rows[0][0] or "{}"))


def list_candidates(community_id: int, ids: Collection[int]) -> Steps[list[Candidate]]:
    """The community's own among these wordings, in the order of their ids."""
    rows = yield Question(_CANDIDATES_IN_SQLITE, _CANDIDATES_IN_POSTGRESQL, (community_id, _json(ids)))
    return [Candidate(*row)._replace(terms=frozenset(terms_of(community_id, row[3]))) for row in rows]


def list_vectors(community_id: int, vector_by: str, after: int, limit: int) -> Steps[tuple[int, str, bytes]]:
    """The index's version; ids (joined by commas) and vectors (one after another) of the next wordings after an id.

    As far as this encoder made them. One row for thousands: taken singly they would cost much more.
    """
    asked = (community_id, vector_by, after, limit)
    [(version, ids, vectors)] = yield Question(_VECTORS_IN_SQLITE, _VECTORS_IN_POSTGRESQL, asked)
    return version, ids or "", vectors or b""


def map_suggestions(community_id: int, ids: Collection[int]) -> Steps[dict[int, int]]:
    """The surviving suggestion of each of these wordings."""
    return dict((yield Question(_SUGGESTIONS_IN_SQLITE, _SUGGESTIONS_IN_POSTGRESQL, (community_id, _json(ids)))))


def _json(values: Collection[Any]) -> str:
    """One parameter for a thousand values."""
    return orjson.dumps(list(values)).decode()


# A term is quoted, and holds letters and digits only.
_TERMS_IN_SQLITE = """
SELECT term, wordings, CASE WHEN term > '' AND (together <= $3 OR together = wordings) THEN
    (SELECT group_concat(rowid) FROM wording_index WHERE wording_index MATCH '"' || $4 || term || '"') END
FROM (SELECT term, wordings, sum(wordings) OVER (ORDER BY wordings, term DESC) AS together FROM term
    WHERE community_id = $1 AND wordings > 0 AND term IN (SELECT value FROM json_each($2)))
"""
_TERMS_IN_POSTGRESQL = """
SELECT term, wordings, CASE WHEN term > '' AND (together <= $3 OR together = wordings) THEN
    (SELECT string_agg(CAST(id AS text), ',') FROM wording
    WHERE array_to_tsvector(string_to_array(terms, ' ')) @@ CAST(quote_literal($4 || term) AS tsquery)) END
FROM (SELECT term, wordings, sum(wordings) OVER (ORDER BY wordings, term COLLATE "C" DESC) AS together FROM term
    WHERE community_id = $1 AND wordings > 0 AND term IN (SELECT json_array_elements_text(CAST($2 AS json)))) AS asked
"""
# One row: each of its own would cost more than the search.
_COUNTS_IN_SQLITE = """
SELECT json_group_object(term, wordings) FROM json_each($2) CROSS JOIN term
WHERE community_id = $1 AND term = value AND wordings > 0
"""
_COUNTS_IN_POSTGRESQL = """
SELECT CAST(json_object_agg(term, wordings) AS text) FROM term
WHERE community_id = $1 AND wordings > 0 AND term IN (SELECT json_array_elements_text(CAST($2 AS json)))
"""
_COMPARED = """
SELECT wording.id, CASE WHEN merged_into_id IS NULL THEN suggestion_id ELSE (
    WITH RECURSIVE way(id, into_id) AS (SELECT suggestion.id, suggestion.merged_into_id
    UNION ALL SELECT up.id, up.merged_into_id FROM suggestion AS up JOIN way ON up.id = way.into_id)
    SELECT id FROM way WHERE into_id IS NULL) END{read}
FROM wording JOIN suggestion ON suggestion.id = suggestion_id
WHERE +wording.community_id = $1 AND wording.id IN ({ids}) ORDER BY wording.id
"""
_IDS_IN_SQLITE = "SELECT value FROM json_each($2)"
_IDS_IN_POSTGRESQL = "SELECT CAST(json_array_elements_text(CAST($2 AS json)) AS integer)"
_READ = ", wording.text, terms, vector, vector_by"
_CANDIDATES_IN_SQLITE = _COMPARED.format(read=_READ, ids=_IDS_IN_SQLITE)
_CANDIDATES_IN_POSTGRESQL = _COMPARED.format(read=_READ, ids=_IDS_IN_POSTGRESQL)
_SUGGESTIONS_IN_SQLITE = _COMPARED.format(read="", ids=_IDS_IN_SQLITE)
_SUGGESTIONS_IN_POSTGRESQL = _COMPARED.format(read="", ids=_IDS_IN_POSTGRESQL)
# SQLite joins the bytes as they are, zeros and all; as hexadecimal they would take twice the time.
_VECTORS_IN_SQLITE = """
SELECT (SELECT index_version FROM community WHERE id = $1), group_concat(id), CAST(group_concat(vector, '') AS BLOB)
FROM (SELECT id, vector FROM wording
    WHERE community_id = $1 AND vector_by = $2 AND id > $3 ORDER BY id LIMIT $4)
"""
_VECTORS_IN_POSTGRESQL = """
SELECT (SELECT index_version FROM community WHERE id = $1), string_agg(CAST(id AS text), ',' ORDER BY id),
    string_agg(vector, ''::bytea ORDER BY id)
FROM (SELECT id, vector FROM wording
    WHERE community_id = $1 AND vector_by = $2 AND id > $3 ORDER BY id LIMIT $4) AS portion
"""
