"""When a member left, so that it can be told how long people stayed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("member", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    # Of who is gone already nobody wrote down when; we last saw them then.
    op.execute(sa.text("UPDATE member SET left_at = seen_at WHERE NOT present"))
