"""Proofs of phone numbers, and numbers that were shown twice."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "phone_proof",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("community_id", "person_id"),
        sa.UniqueConstraint("community_id", "seal"),
    )
    op.create_index("ix_phone_proof_person_id", "phone_proof", ["person_id"])
    op.create_table(
        "phone_refusal",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("community_id", "person_id", "holder_id"),
    )
    op.create_index("ix_phone_refusal_person_id", "phone_refusal", ["person_id"])
    op.create_index("ix_phone_refusal_holder_id", "phone_refusal", ["holder_id"])
