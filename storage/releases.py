"""Releases: what shipped together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session

LONGEST_VERSION, LONGEST_NOTE = 64, 1024


class Release(SQLModel, table=True):
    """One shipment: a version, a line about it, and the suggestions that name it."""

    __table_args__ = (CheckConstraint("length(version) <= 64 AND length(note) <= 1024", name="text_length"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    version: str = ""
    note: str = ""
    released_by_id: int = Field(foreign_key="person.id")
    released_at: datetime


async def add_release(session: Session, release: Release) -> Release:
    session.add(release)
    await session.flush()
    return release


async def list_releases(session: Session, community_id: int, ids: Sequence[int]) -> dict[int, Release]:
    """Releases of the community by id."""
    query = select(Release).where(Release.community_id == community_id, col(Release.id).in_(ids))
    return {release.id: release for release in await session.exec(query) if release.id is not None}
