"""Votes with their doors and held-back ones, reservations, cards that rest between edits or stand for several."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("vote") as vote:
        vote.add_column(sa.Column("doors", sa.Integer(), nullable=False, server_default="1"))
        vote.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
        vote.create_check_constraint("doors_known", "doors BETWEEN 1 AND 7")
    is_held = sa.text("held_until IS NOT NULL")
    op.create_index("vote_held", "vote", ["held_until"], sqlite_where=is_held, postgresql_where=is_held)
    op.add_column("member", sa.Column("mute_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("slot", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("suggestion", sa.Column("roundup_id", sa.Integer(), nullable=True))
    op.create_index("ix_suggestion_roundup_id", "suggestion", ["roundup_id"])
    op.create_index("suggestion_source", "suggestion", ["source_chat_id", "source_message"])
    op.create_table(
        "reservation",
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("suggestion_id", "person_id"),
    )
    op.create_index("ix_reservation_person_id", "reservation", ["person_id"])
