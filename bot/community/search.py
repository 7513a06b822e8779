"""Searching: words by meaning, and filters by status, tag, owner and asker, in three languages."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.community.errors import FilterUnclear, UnknownMember
from storage import members, searches
from storage.database import Session
from storage.searches import Search
from storage.suggestions import Suggestion

MOST_FOUND = 100
PAGE = 10
_KINDS = {
    "status": "status 状态 狀態",
    "tag": "tag 标签 標籤",
    "owner": "owner 负责 負責 负责人 負責人",
    "by": "by 作者 来自 來自",
}
KIND_BY_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_FILTER = re.compile(rf"(?<!\S)({'|'.join(sorted(KIND_BY_WORD, key=len, reverse=True))})[:：](\S+)", re.IGNORECASE)
_ME = {"me", "我", "自己"}


@dataclass
class Query:
    """What was asked for: words, and what narrows them down."""

    words: str
    statuses: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    owner: str = ""
    by: str = ""


def read_query(said: str, status_by_word: dict[str, str]) -> Query:
    """Filters taken out of what was typed; raises FilterUnclear for a status nobody knows."""
    query = Query(" ".join(_FILTER.sub(" ", said).split()))
    for word, value in _FILTER.findall(said):
        kind = KIND_BY_WORD[word.lower()]
        if kind == "status":
            if value.lower() not in status_by_word:
                raise FilterUnclear(f"{word}:{value}")
            query.statuses.append(status_by_word[value.lower()])
        elif kind == "tag":
            query.tags.append(value.strip("#＃").lower())
        else:
            setattr(query, kind, value.lstrip("@＠"))
    return query


async def narrow(
    session: Session, community_id: int, query: Query, speaker_id: int, ids: Sequence[int] | None
) -> list[Suggestion]:
    """What passes the filters: of these ids, in their order, or of all, the newest first. Raises UnknownMember."""
    found = await searches.list_matching(
        session,
        community_id,
        MOST_FOUND,
        ids=ids,
        statuses=query.statuses,
        tags=query.tags,
        owner_id=await _person(session, community_id, query.owner, speaker_id),
        author_id=await _person(session, community_id, query.by, speaker_id),
    )
    if ids is None:
        return found
    rank = {i: n for n, i in enumerate(ids)}
    return sorted(found, key=lambda one: rank[one.id or 0])


async def keep(  # all that a search is known by
    session: Session, community_id: int, person_id: int, words: str, matches: Sequence[Suggestion], now: datetime
) -> Search:
    """What was found, remembered where there is more than a page of it to be turned."""
    found = json.dumps([one.id for one in matches])
    search = Search(community_id=community_id, person_id=person_id, words=words, found=found, created_at=now)
    return await searches.add_search(session, search) if len(matches) > PAGE else search


async def _person(session: Session, community_id: int, name: str, speaker_id: int) -> int | None:
    if not name:
        return None
    if name.lower() in _ME:
        return speaker_id
    person = await members.get_member_by_username(session, community_id, name)
    if person is None:
        raise UnknownMember(name)
    return person.id
