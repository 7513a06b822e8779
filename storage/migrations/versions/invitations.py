"""Invitations as a ledger: every change of a code a row, spent codes sealed; quotas by rule, bars, grants."""

import secrets

import sqlalchemy as sa
from alembic import op

from storage.seals import sealed

revision = "0009"
down_revision = "0008"

_OLD = ("id", "holder_id", "redeemer_id", "issued_at", "claimed_at", "used_at")
_EVENT = ("invitation_id", "what", "actor_id", "note", "at")


def upgrade() -> None:
    key = secrets.token_hex(32)
    _make_seal_key(key)
    _renew_invitations(key)
    _make_the_others()
    _tell_what_is_known()


def _make_seal_key(key: str) -> None:
    op.create_table(
        "seal_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(sa.text("INSERT INTO seal_key (id, key) VALUES (1, :key)").bindparams(key=key))


def _renew_invitations(key: str) -> None:
    """The table is made anew, since SQLite cannot add its checks; what it held is carried over, spent codes sealed."""
    connection = op.get_bind()
    old = [dict(row) for row in connection.execute(sa.text("SELECT * FROM invitation ORDER BY id")).mappings()]
    op.drop_table("invitation")
    _make_invitations()
    for row in old:
        row["seal"] = sealed(row["code"], key)
        if row["state"] not in ("issued", "claimed"):
            row["code"] = None
    new = {"is_gift": False, "is_pooled": False, "touchpoint": "user", "campaign": ""}
    table = sa.table("invitation", *(sa.column(name) for name in [*old[0], *new])) if old else None
    if table is not None:
        connection.execute(sa.insert(table), [{**row, **new} for row in old])
        _go_on_counting()


def _go_on_counting() -> None:
    """PostgreSQL numbers the next row from a sequence, which knows nothing of rows that brought their numbers."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('invitation', 'id'), (SELECT max(id) FROM invitation))")


def _tell_what_is_known() -> None:
    """The history of codes older than this table, as far as their own row tells it."""
    old, new = sa.table("invitation", *map(sa.column, _OLD)), sa.table("invitation_event", *map(sa.column, _EVENT))
    for what, actor, at in (
        ("issued", "holder_id", "issued_at"),
        ("claimed", "redeemer_id", "claimed_at"),
        ("used", "redeemer_id", "used_at"),
    ):
        known = sa.select(old.c.id, sa.literal(what), old.c[actor], sa.literal(""), old.c[at])
        op.execute(new.insert().from_select(_EVENT, known.where(old.c[at].is_not(None))))


def _make_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("redeemer_id", sa.Integer(), nullable=True),
        sa.Column("returned_from_id", sa.Integer(), nullable=True),
        sa.Column("kept_for_id", sa.Integer(), nullable=True),
        sa.Column("is_gift", sa.Boolean(), nullable=False),
        sa.Column("is_pooled", sa.Boolean(), nullable=False),
        sa.Column("touchpoint", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state IN ('claimed', 'used')) = (redeemer_id IS NOT NULL)", name="redeemer_when_taken"),
        sa.CheckConstraint("(state IN ('issued', 'claimed')) = (code IS NOT NULL)", name="readable_while_good"),
        sa.CheckConstraint("state IN ('issued', 'claimed', 'used', 'expired', 'revoked')", name="state_known"),
        sa.CheckConstraint("touchpoint IN ('user', 'employee', 'partner', 'supplier')", name="touchpoint_known"),
        sa.CheckConstraint("length(campaign) <= 64", name="campaign_length"),
        sa.CheckConstraint("length(code) = 12", name="code_length"),
        sa.CheckConstraint("redeemer_id <> holder_id", name="nobody_invites_themselves"),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["kept_for_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["redeemer_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["returned_from_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("seal"),
    )
    op.create_index(
        "invitation_one_per_redeemer",
        "invitation",
        ["community_id", "redeemer_id"],
        unique=True,
        sqlite_where=sa.text("redeemer_id IS NOT NULL"),
        postgresql_where=sa.text("redeemer_id IS NOT NULL"),
    )
    op.create_index("invitation_state", "invitation", ["state", "claimed_at"], unique=False)
    op.create_index(op.f("ix_invitation_community_id"), "invitation", ["community_id"], unique=False)
    op.create_index(op.f("ix_invitation_holder_id"), "invitation", ["holder_id"], unique=False)
    op.create_index(op.f("ix_invitation_kept_for_id"), "invitation", ["kept_for_id"], unique=False)
    op.create_index(op.f("ix_invitation_returned_from_id"), "invitation", ["returned_from_id"], unique=False)


def _make_the_others() -> None:
    op.create_table(
        "invitation_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "what IN ('issued', 'claimed', 'returned', 'used', 'expired', 'revoked')", name="what_known"
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_invitation_event_invitation_id"), "invitation_event", ["invitation_id"], unique=False)
    op.create_table(
        "invitation_bar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('inviting', 'branch', 'entry', 'credit')", name="kind_known"),
        sa.CheckConstraint("length(reason) <= 512", name="reason_length"),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "invitation_bar_in_force",
        "invitation_bar",
        ["community_id", "person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index(op.f("ix_invitation_bar_person_id"), "invitation_bar", ["person_id"], unique=False)
    op.create_table(
        "invitation_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('round', 'wave')", name="why_known"),
        sa.CheckConstraint("codes BETWEEN 1 AND 100", name="codes_in_measure"),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_invitation_grant_person_id"), "invitation_grant", ["person_id"], unique=False)
    op.create_table(
        "seed_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("third", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("seats BETWEEN 1 AND 10000", name="seats_in_measure"),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "seed_call_open",
        "seed_call",
        ["community_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "seed_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("third", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'applied', 'accepted', 'declined')", name="state_known"),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["seed_call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("call_id", "person_id"),
    )
    op.create_index(op.f("ix_seed_application_community_id"), "seed_application", ["community_id"], unique=False)
    op.create_index(op.f("ix_seed_application_person_id"), "seed_application", ["person_id"], unique=False)
    op.create_table(
        "seed_number",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("community_id", "number"),
        sa.UniqueConstraint("community_id", "person_id"),
    )
    op.create_index(op.f("ix_seed_number_person_id"), "seed_number", ["person_id"], unique=False)
    op.create_table(
        "wave_plan",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("steps", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.PrimaryKeyConstraint("community_id"),
    )
    op.create_index(op.f("ix_wave_plan_due_at"), "wave_plan", ["due_at"], unique=False)
    op.create_table(
        "wave_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("stayed", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'accepted', 'declined')", name="state_known"),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_wave_proposal_community_id"), "wave_proposal", ["community_id"], unique=False)
    op.create_table(
        "wave_share",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["wave_proposal.id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id", "person_id"),
    )
    op.create_table(
        "waiting",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("community_id", "person_id"),
    )
    op.create_index(op.f("ix_waiting_person_id"), "waiting", ["person_id"], unique=False)
