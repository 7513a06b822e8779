"""The further pictures of albums that suggestions were made of."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for table in ("suggestion", "offer"):
        op.add_column(table, sa.Column("album", sa.String(), nullable=True))
        op.create_index(f"ix_{table}_album", table, ["album"])
    op.create_table(
        "picture",
        sa.Column("album", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("photo", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("album", "message"),
    )
