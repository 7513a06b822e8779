"""Digests: one per community and period, and the reads they are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    union,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import Select

from storage import outbox
from storage.communities import Chat, Community
from storage.database import Session, insert_into
from storage.members import Member, Person
from storage.outbox import DOUBTFUL, OutboxRow
from storage.suggestions import FAMILIES, OPEN, STANDING, Suggestion
from storage.votes import Vote
from storage.wordings import Wording

POSTED, SKIPPED = "posted", "skipped"


class Digest(SQLModel, table=True):
    """The weekly issue of one period, such as 2026-W47."""

    __table_args__ = (
        UniqueConstraint("community_id", "period"),
        CheckConstraint("state IN ('posted', 'skipped')", name="state_known"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    period: str
    state: str
    published_at: datetime
    html: str = ""  # what was said, in the community's language, for who reads it outside the chats


@dataclass(frozen=True)
class Newcomer:
    """Somebody new, and who brought them."""

    person_id: int
    name: str  # empty where they do not want to be named
    inviter_id: int | None = None
    inviter: str | None = None  # None also where they do not want to be named


@dataclass(frozen=True)
class Voice:
    """One person's own words for a suggestion."""

    person_id: int
    name: str
    words: str


async def get_last_posted(session: Session, community_id: int) -> Digest | None:
    """The newest issue the community has seen: the next one tells what happened since."""
    query = select(Digest).where(Digest.community_id == community_id, Digest.state == POSTED)
    return (await session.exec(query.order_by(col(Digest.published_at).desc()).limit(1))).first()


async def has_digest(session: Session, community_id: int, period: str) -> bool:
    """Whether the period has been settled, by an issue or by skipping it."""
    query = select(Digest.id).where(Digest.community_id == community_id, Digest.period == period)
    return (await session.exec(query)).first() is not None


async def list_issues(session: Session, community_id: int) -> list[tuple[str, datetime]]:
    """The weeks that had an issue, and when it came; the newest first."""
    query = select(Digest.period, Digest.published_at).where(
        Digest.community_id == community_id, Digest.state == POSTED
    )
    return list(await session.exec(query.order_by(col(Digest.published_at).desc())))


async def list_posted(session: Session, community_id: int, limit: int) -> list[Digest]:
    """The newest issues."""
    query = select(Digest).where(Digest.community_id == community_id, Digest.state == POSTED)
    return list(await session.exec(query.order_by(col(Digest.published_at).desc()).limit(limit)))


async def set_html(session: Session, digest_id: int, html: str) -> None:
    """Keep what the issue said."""
    await (await session.connection()).execute(_SET_HTML, {"digest_id": digest_id, "said": html})


async def count_open(session: Session, community_id: int) -> int:
    """How many suggestions wait for a decision."""
    query = select(func.count()).where(STANDING, Suggestion.community_id == community_id, Suggestion.status == OPEN)
    return int((await session.exec(query)).one())


async def claim_due(session: Session, community: Community, next_due: datetime) -> bool:
    """Move the due moment on; of several who saw it due exactly one gets True."""
    move = update(Community).where(
        col(Community.id) == community.id, col(Community.digest_due_at) == community.digest_due_at
    )
    return (await session.exec(move.values(digest_due_at=next_due))).rowcount == 1


async def add_digest(session: Session, digest: Digest) -> int | None:
    """The new digest's id; None when the period has one already."""
    insert = insert_into(session, Digest).on_conflict_do_nothing().returning(col(Digest.id))
    added = await (await session.connection()).execute(insert, digest.model_dump(exclude={"id"}))
    return added.scalar_one_or_none()


async def set_told(session: Session, suggestion_ids: Sequence[int], digest_id: int) -> None:
    """These suggestions' present status has been told."""
    told = {"ids": suggestion_ids, "told_by": digest_id}
    await (await session.connection()).execute(_SET_TOLD, told)


# Built once, as what is asked and written for each community at its hour is: that takes longer than the asking.
_SET_HTML = update(Digest).where(col(Digest.id) == bindparam("digest_id")).values(html=bindparam("said"))
_SET_TOLD = (
    update(Suggestion)
    .where(col(Suggestion.id).in_(bindparam("ids", expanding=True)))
    .values(digest_id=bindparam("told_by"))
)


async def count_supporters(session: Session, suggestion_ids: Sequence[int]) -> dict[int, int]:
    """By suggestion, how many people asked or voted for it or for what was merged into it, each once."""
    supporters = await session.exec(_SUPPORTERS, params={"ids": suggestion_ids})
    return {suggestion_id: int(count) for suggestion_id, count in supporters}


def _supporters() -> Select[Any, int]:
    family = FAMILIES
    voted = select(family.c.root_id, Vote.person_id).join(family, col(Vote.suggestion_id) == family.c.id)
    voters = voted.where(col(Vote.held_until).is_(None))
    voices = select(family.c.root_id, Wording.person_id).join(family, col(Wording.suggestion_id) == family.c.id)
    people = union(voters, voices).subquery()
    return select(people.c.root_id, func.count()).group_by(people.c.root_id)


_SUPPORTERS = _supporters()


async def list_voices(session: Session, suggestion_ids: Sequence[int]) -> dict[int, list[Voice]]:
    """By suggestion, who asked for it in which words, the first one first."""
    query = (
        select(Wording.suggestion_id, Wording.person_id, Person.name, Wording.text)
        .join(Person, col(Person.id) == col(Wording.person_id))
        .where(col(Wording.suggestion_id).in_(suggestion_ids))
        .order_by(col(Wording.created_at), col(Wording.id))
    )
    voices: dict[int, list[Voice]] = {}
    for suggestion_id, person_id, name, words in await session.exec(query):
        voices.setdefault(suggestion_id, []).append(Voice(person_id, name, words))
    return voices


async def list_consents(
    session: Session, community_id: int, person_ids: Sequence[int]
) -> tuple[set[int], dict[int, str]]:
    """Those among these people who do not want to be named, and the network's ids of those who want to be mentioned."""
    query = (
        select(Member.person_id, Member.named, Member.mentions, Person.external_id)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(Member.community_id == community_id, col(Member.person_id).in_(person_ids))
    )
    found = list(await session.exec(query))
    nameless = {person_id for person_id, named, _, _ in found if not named}
    return nameless, {person_id: known_as for person_id, _, mentions, known_as in found if mentions}


async def list_newcomers(session: Session, community_id: int, since: datetime, *, invited_only: bool) -> list[Newcomer]:
    """Who came after a moment and is still there, with who brought them; the invited first."""
    which = {"community_id": community_id, "since": since, "all": not invited_only}
    return [Newcomer(*found) for found in await session.exec(_NEWCOMERS, params=which)]


_INVITER, _INVITING = aliased(Person), aliased(Member)
_MAY_NOT_BE_NAMED = and_(
    col(_INVITING.person_id) == col(Member.inviter_id),
    col(_INVITING.community_id) == col(Member.community_id),
    col(_INVITING.named).is_(False),
)
_NEWCOMERS = (
    select(Member.person_id, case((col(Member.named), col(Person.name)), else_=""), Member.inviter_id, _INVITER.name)
    .join(Person, col(Person.id) == col(Member.person_id))
    .outerjoin(_INVITING, _MAY_NOT_BE_NAMED)
    .outerjoin(_INVITER, and_(col(_INVITER.id) == col(Member.inviter_id), col(_INVITING.id).is_(None)))
    .where(
        Member.community_id == bindparam("community_id"),
        col(Member.joined_at) > bindparam("since"),
        col(Member.present),
        or_(col(Member.inviter_id).is_not(None), bindparam("all", type_=Boolean)),
    )
    .order_by(col(Member.inviter_id).is_(None), col(Member.joined_at), col(Member.id))
)


async def list_doubts(session: Session, community_id: int, limit: int) -> list[tuple[OutboxRow, Chat]]:
    """Digests of which nobody has said yet whether they arrived, and where; the newest first."""
    query = (
        select(OutboxRow, Chat)
        .join(Chat, col(Chat.id) == col(OutboxRow.chat_id))
        .where(Chat.community_id == community_id, OutboxRow.state == DOUBTFUL)
        .where(col(OutboxRow.key).startswith("digest:"), col(OutboxRow.key).not_like("%:picture"))
        .order_by(col(OutboxRow.id).desc())
    )
    return [(row, chat) for row, chat in await session.exec(query.limit(limit))]


async def get_community_of(session: Session, row_id: int) -> Community | None:
    """The community to one of whose chats a message was sent."""
    chats = select(Community).join(Chat, col(Chat.community_id) == col(Community.id))
    sent = chats.join(OutboxRow, col(OutboxRow.chat_id) == col(Chat.id)).where(OutboxRow.id == row_id)
    return (await session.exec(sent)).first()


async def claim_doubt(session: Session, community_id: int, row_id: int, state: str, reason: str) -> OutboxRow | None:
    """End the doubt about a message to one of the community's chats; None when there is none (any more)."""
    ours = select(Chat.id).where(Chat.community_id == community_id)
    claim = update(OutboxRow).where(
        col(OutboxRow.id) == row_id, col(OutboxRow.state) == DOUBTFUL, col(OutboxRow.chat_id).in_(ours)
    )
    if (await session.exec(claim.values(state=state, error=reason))).rowcount != 1:
        return None
    return await outbox.get_row(session, row_id)


async def delete_digests(session: Session, community_id: int) -> None:
    """Forget the issues of a community that goes up in another: without suggestions they told of quiet weeks only."""
    await session.exec(delete(Digest).where(col(Digest.community_id) == community_id))
