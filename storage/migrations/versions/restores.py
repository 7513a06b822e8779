"""Old copies that are put back are known for what they are, and what they would send waits."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_STATES = "state IN ('waiting', 'sending', 'sent', 'doubtful', 'dead', 'held')"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("state_known", type_="check")
        outbox.create_check_constraint("state_known", _STATES)
    epoch = op.create_table(
        "epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("beaten_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(epoch, [{"id": 1, "epoch": 0, "number": 0, "place": ""}])
    op.create_table(
        "hold",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", sa.Boolean(), nullable=False),
        sa.Column("codes", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("community_id"),
    )
