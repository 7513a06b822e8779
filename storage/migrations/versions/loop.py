"""Notices that are brought, what people want to hear and how, and verdicts on what was shipped."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("person", sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("hears", sa.String(), nullable=False, server_default="privately"))
    op.add_column("member", sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.true()))
    _notices()
    _verdicts()


def _notices() -> None:
    long_ago = sa.text("'1970-01-01 00:00:00'")
    op.add_column("notice", sa.Column("words", sa.String(), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, server_default=long_ago))
    op.add_column("notice", sa.Column("letter", sa.String(), nullable=True))
    waiting = sa.text("state = 'waiting'")
    due = sa.text("letter IS NULL AND state IN ('waiting', 'collected')")
    op.create_index("notice_due", "notice", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("notice_letter", "notice", ["letter"], sqlite_where=waiting, postgresql_where=waiting)


def _verdicts() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("answer IN ('works', 'partly', 'no')", name="answer_known"),
        sa.CheckConstraint("length(words) <= 1024", name="words_length"),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"]),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("suggestion_id", "release_id", "person_id"),
    )
    for column in ("community_id", "release_id", "letter"):
        op.create_index(f"ix_verdict_{column}", "verdict", [column])
    due = sa.text("due_at IS NOT NULL")
    op.create_index("verdict_due", "verdict", ["due_at"], sqlite_where=due, postgresql_where=due)
