"""Alembic's entry: runs the revisions on the connection that `Database.migrate` hands over."""

import importlib
import pkgutil

from alembic import context
from sqlmodel import SQLModel

import storage

for module in pkgutil.iter_modules(storage.__path__):
    if not module.ispkg:
        importlib.import_module(f"storage.{module.name}")  # registers its tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
