"""Alembic's entry: runs the revisions on the connection that `Database.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

from storage import (
    audit,
    communities,
    digests,
    drafts,
    follows,
    inbox,
    invitations,
    members,
    notices,
    outbox,
    prompts,
    releases,
    repositories,
    settings,
    suggestions,
    wordings,
)

# Named, so that a tool that tidies imports sees they are needed: each registers its tables.
TABLES = (
    audit,
    communities,
    digests,
    drafts,
    follows,
    inbox,
    invitations,
    members,
    notices,
    outbox,
    prompts,
    releases,
    repositories,
    settings,
    suggestions,
    wordings,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
