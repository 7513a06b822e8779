"""Wishes overheard, questions that wait for an answer, and who wants not to be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("welcomes_asking", sa.Boolean(), nullable=False, server_default=sa.true()))
    _wishes()
    _questions()


def _wishes() -> None:
    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'waiting', 'listed', 'noted', 'dismissed')", name="state_known"),
        sa.CheckConstraint("length(text) <= 4096", name="text_length"),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("origin"),
    )
    op.create_index("ix_wish_community_id", "wish", ["community_id"])
    op.create_index("ix_wish_person_id", "wish", ["person_id"])
    op.create_index("ix_wish_until", "wish", ["until"])
    op.create_index("wish_due", "wish", ["state", "due_at"])


def _questions() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'answered', 'dismissed')", name="state_known"),
        sa.CheckConstraint("length(excerpt) <= 120", name="excerpt_length"),
        sa.CheckConstraint("state = 'open' OR excerpt = ''", name="settled_is_forgotten"),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("origin"),
    )
    still_open = sa.text("state = 'open'")
    op.create_index("question_open", "question", ["due_at"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_index("question_answered", "question", ["community_id", "answered_at"])
    op.create_index("ix_question_asked_at", "question", ["asked_at"])
