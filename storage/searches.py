"""Searches whose results fill several pages: kept, so that a button can turn them, for who searched."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col, select

from storage.care import Tag
from storage.database import Session
from storage.suggestions import STANDING, Suggestion


class Search(SQLModel, table=True):
    """What somebody looked for, and the ids of what was found, the best first."""

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    words: str
    found: str = "[]"  # JSON
    created_at: datetime = Field(index=True)

    @property
    def ids(self) -> list[int]:
        """Ids of the suggestions that were found."""
        return list(json.loads(self.found))


async def add_search(session: Session, search: Search) -> Search:
    session.add(search)
    await session.flush()
    return search


async def get_search(session: Session, search_id: int) -> Search | None:
    """A search of any community: only who searched may turn its pages."""
    return (await session.exec(select(Search).where(Search.id == search_id))).first()


async def delete_searches(session: Session, before: datetime) -> None:
    """Forget old ones; their pages turn no more."""
    await session.exec(delete(Search).where(col(Search.created_at) < before))


async def delete_searches_of(session: Session, community_id: int) -> None:
    """Forget all of a community that is going."""
    await session.exec(delete(Search).where(col(Search.community_id) == community_id))


async def list_matching(
    session: Session,
    community_id: int,
    limit: int,
    *,
    ids: Sequence[int] | None = None,
    statuses: Sequence[str] = (),
    tags: Sequence[str] = (),
    owner_id: int | None = None,
    author_id: int | None = None,
) -> list[Suggestion]:
    """The community's suggestions that pass all filters, the newest first; `ids` narrows them down."""
    query = select(Suggestion).where(STANDING, Suggestion.community_id == community_id)
    if ids is not None:
        query = query.where(col(Suggestion.id).in_(ids))
    if statuses:
        query = query.where(col(Suggestion.status).in_(statuses))
    for tag in tags:
        query = query.where(col(Suggestion.id).in_(select(Tag.suggestion_id).where(Tag.name == tag)))
    if owner_id is not None:
        query = query.where(Suggestion.owner_id == owner_id)
    if author_id is not None:
        query = query.where(Suggestion.author_id == author_id)
    return list(await session.exec(query.order_by(col(Suggestion.number).desc()).limit(limit)))
