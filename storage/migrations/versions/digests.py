"""Drafts that the team changes before they are posted, where a digest goes, and who may be mentioned in it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("digest", sa.Column("html", sa.String(), nullable=False, server_default=""))
    op.add_column("member", sa.Column("mentions", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("chat", sa.Column("username", sa.String(), nullable=True))
    op.add_column("chat", sa.Column("digest_topic", sa.String(), nullable=True))
    op.add_column("community", sa.Column("drafted_for", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'approved', 'skipped', 'posted')", name="state_known"),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("community_id", "period"),
    )
