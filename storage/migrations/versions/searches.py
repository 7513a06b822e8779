"""A community's vectors, and its terms, lie together: a search reads few pages however many communities there are."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_index("wording_meanings", "wording", ["community_id", "id", "vector_by", "vector"])
    op.drop_index("ix_wording_community_id", "wording")
    if op.get_bind().dialect.name == "sqlite":
        _cluster_terms()


def _cluster_terms() -> None:
    op.rename_table("term", "old_term")
    op.create_table(
        "term",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("wordings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community_id", "term"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO term SELECT community_id, term, wordings FROM old_term ORDER BY community_id, term")
    op.drop_table("old_term")
