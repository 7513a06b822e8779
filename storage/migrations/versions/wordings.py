"""Terms are counted anew: edits were not, and the empty term says how many wordings there are. So are certainties."""

from alembic import op

revision = "0019"
down_revision = "0018"

_COUNTED = "SELECT community_id, substr(term, length(CAST(community_id AS text)) + 3), count(*)"  # behind its `c12x`
_IN_SQLITE = """FROM (SELECT community_id, value AS term FROM wording,
    json_each('["' || replace(terms, ' ', '","') || '"]')) AS apart"""
_IN_POSTGRESQL = "FROM (SELECT community_id, unnest(string_to_array(terms, ' ')) AS term FROM wording) AS apart"


def upgrade() -> None:
    apart = _IN_SQLITE if op.get_bind().dialect.name == "sqlite" else _IN_POSTGRESQL
    op.execute("DELETE FROM term")
    op.execute("INSERT INTO term SELECT community_id, '', count(*) FROM wording GROUP BY community_id")
    op.execute(f"INSERT INTO term {_COUNTED} {apart} WHERE term <> '' GROUP BY 1, 2 ORDER BY 1, 2")
    op.execute("UPDATE finding SET offered_from = NULL, offered_by = NULL, offered_from_by_terms = NULL")
    op.execute("UPDATE judgement SET certainty = NULL WHERE door <> 'proposal' OR shown_at IS NOT NULL")
