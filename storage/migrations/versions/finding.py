"""What people said of likeness, a community's own words, and when duplicates are looked for."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _judgements()
    _words()
    _findings()


def _judgements() -> None:
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("certainty", sa.Float(), nullable=True),
        sa.Column("vector_by", sa.String(), nullable=True),
        sa.Column("is_same", sa.Boolean(), nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("door IN ('offer', 'proposal', 'merge')", name="door_known"),
        sa.CheckConstraint("offer_id IS NOT NULL OR other_id IS NOT NULL", name="held_against_something"),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["suggestion.id"]),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["judged_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("offer_id", "suggestion_id"),
        sa.UniqueConstraint("suggestion_id", "other_id"),
    )
    op.create_index("ix_judgement_community_id", "judgement", ["community_id"])
    op.create_index("ix_judgement_other_id", "judgement", ["other_id"])


def _words() -> None:
    op.create_table(
        "word",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("community_id", "form"),
    )


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_to", sa.Integer(), nullable=False),
        sa.Column("offered_from", sa.Float(), nullable=True),
        sa.Column("offered_by", sa.String(), nullable=True),
        sa.Column("offered_from_by_terms", sa.Float(), nullable=True),
        sa.Column("is_rereading", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("community_id"),
    )
    op.create_index("ix_finding_due_at", "finding", ["due_at"])
