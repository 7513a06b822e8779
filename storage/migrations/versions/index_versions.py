"""What was indexed anew is noticed, and certainties are measured anew: they now count what else a wording is like."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("community", sa.Column("index_version", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE finding SET offered_from = NULL, offered_by = NULL, offered_from_by_terms = NULL")
    op.execute("UPDATE judgement SET certainty = NULL WHERE door <> 'proposal' OR shown_at IS NOT NULL")
