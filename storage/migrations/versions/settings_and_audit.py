"""Settings of a community, questions that wait for words, the audit log, follows and notices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("slot_message", "slot", ["chat_id", "message_ref"])
    _settings()
    _prompts()
    _audit()
    _follows()
    _notices()
    _follow_what_was_asked_and_voted()


def _settings() -> None:
    op.create_table(
        "setting",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("community_id", "name"),
    )


def _prompts() -> None:
    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("numbers", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"]),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_prompt_person_id", "prompt", ["person_id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_newest", "audit", ["community_id", "id"])


def _follows() -> None:
    op.create_table(
        "follow",
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("suggestion_id", "person_id"),
    )
    op.create_index("ix_follow_person_id", "follow", ["person_id"])


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'told', 'collected', 'named', 'dropped')", name="state_known"),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["suggestion_id"], ["suggestion.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "suggestion_id", "kind", "about"),
    )
    op.create_index("ix_notice_community_id", "notice", ["community_id"])
    op.create_index("ix_notice_suggestion_id", "notice", ["suggestion_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("notice_waiting", "notice", ["person_id"], sqlite_where=waiting, postgresql_where=waiting)


def _follow_what_was_asked_and_voted() -> None:
    op.execute(
        "INSERT INTO follow (suggestion_id, person_id, muted, created_at)"
        " SELECT suggestion_id, person_id, false, min(created_at) FROM ("
        " SELECT id AS suggestion_id, author_id AS person_id, created_at FROM suggestion"
        " UNION ALL SELECT suggestion_id, person_id, created_at FROM vote"
        " UNION ALL SELECT suggestion_id, person_id, created_at FROM wording) AS wanted"
        " GROUP BY suggestion_id, person_id"
    )
