"""Chats that get no digest of their own, such as a group in which Telegram repeats the channel's posts."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("chat", sa.Column("gets_digest", sa.Boolean(), nullable=False, server_default=sa.true()))
