"""Words edited and withdrawn, pictures, topics, public chats, words that are only perhaps a suggestion."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # Column by column: a table that is copied in a batch would lose its triggers.
    for table in ("suggestion", "offer"):
        op.add_column(table, sa.Column("topic", sa.String(), nullable=True))
        op.add_column(table, sa.Column("photo", sa.String(), nullable=True))
    op.add_column("suggestion", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("offer", sa.Column("sure", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("wording", sa.Column("origin", sa.String(), nullable=True))
    op.add_column("wording", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_wording_origin", "wording", ["origin"])
    op.add_column("chat", sa.Column("username", sa.String(), nullable=True))
    op.add_column("chat", sa.Column("topic", sa.String(), nullable=True))
    op.add_column("prompt", sa.Column("kept", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE wording SET origin = (SELECT origin FROM suggestion"
        " WHERE suggestion.id = wording.suggestion_id AND suggestion.author_id = wording.person_id)"
    )
