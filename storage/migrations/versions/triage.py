"""Who looks after a suggestion, tags, dates, merging, searches with pages."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_STATUSES = "status IN ('open', 'planned', 'started', 'shipped', 'declined', 'merged')"
_MERGED = "(status = 'merged') = (merged_into_id IS NOT NULL)"


def upgrade() -> None:
    with op.batch_alter_table("suggestion") as suggestion:
        suggestion.add_column(
            sa.Column("decided_as_team", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
        suggestion.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        suggestion.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        suggestion.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        suggestion.add_column(sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE suggestion SET handled_at = decided_at")
    _check_and_refer()
    op.create_index("ix_suggestion_merged_into_id", "suggestion", ["merged_into_id"])
    op.create_index("ix_suggestion_owner_id", "suggestion", ["owner_id"])
    _tags()
    _nudges()
    _searches()


def _check_and_refer() -> None:
    """On SQLite the table is made anew for this."""
    with op.batch_alter_table("suggestion") as suggestion:
        suggestion.drop_constraint("status_known", type_="check")
        suggestion.alter_column("decided_as_team", server_default=None)
        suggestion.create_foreign_key("suggestion_merged_into_id_fkey", "suggestion", ["merged_into_id"], ["id"])
        suggestion.create_foreign_key("suggestion_owner_id_fkey", "person", ["owner_id"], ["id"])
        suggestion.create_check_constraint("status_known", _STATUSES)
        suggestion.create_check_constraint("merged_into_one", _MERGED)


def _tags() -> None:
    op.create_table(
        "tag",
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 32", name="name_length"),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"]),
        sa.PrimaryKeyConstraint("suggestion_id", "name"),
    )
    op.create_index("ix_tag_name", "tag", ["name"])


def _nudges() -> None:
    op.create_table(
        "nudge",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("community_id", "person_id"),
    )
    op.create_index("ix_nudge_due_at", "nudge", ["due_at"])


def _searches() -> None:
    op.create_table(
        "search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_search_community_id", "search", ["community_id"])
    op.create_index("ix_search_created_at", "search", ["created_at"])
