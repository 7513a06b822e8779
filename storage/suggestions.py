"""Suggestions, and offers of similar ones that wait for their author's answer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    CheckConstraint,
    ColumnElement,
    Index,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    true,
    union,
    update,
)
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.sql.expression import Select

from storage.communities import Chat
from storage.database import Session

OPEN, PLANNED, STARTED, SHIPPED, DECLINED = "open", "planned", "started", "shipped", "declined"
MERGED = "merged"  # part of another one, where everything about it is decided
STATUSES = (OPEN, PLANNED, STARTED, SHIPPED, DECLINED, MERGED)
MAX_LENGTH = 4096
RECENT = 100


class Suggestion(SQLModel, table=True):
    """What one member asked for, numbered per community."""

    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        CheckConstraint(
            "status IN ('open', 'planned', 'started', 'shipped', 'declined', 'merged')", name="status_known"
        ),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into_one"),
        CheckConstraint("length(text) BETWEEN 1 AND 4096", name="text_length"),
        CheckConstraint("status <> 'declined' OR reason <> ''", name="declined_with_reason"),
        Index("suggestion_source", "source_chat_id", "source_message"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    number: int
    author_id: int = Field(foreign_key="person.id", index=True)
    captured_by_id: int | None = Field(default=None, foreign_key="person.id")
    text: str
    status: str = OPEN
    reason: str = ""
    source_chat_id: int | None = Field(default=None, foreign_key="chat.id")
    source_message: str | None = None
    topic: str | None = None  # of the source chat, where it is a forum
    photo: str | None = None  # the network's id of the picture that came with it
    album: str | None = Field(default=None, index=True)  # to which that one belongs: see storage/pictures.py
    origin: str = Field(unique=True)  # what it was made from, so that a repeated update makes no second one
    release_id: int | None = Field(default=None, foreign_key="release.id", index=True)
    created_at: datetime
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_as_team: bool = False  # shown as the team's decision, without a name
    digest_id: int | None = Field(default=None, foreign_key="digest.id")  # the one that told of its present status
    roundup_id: int | None = Field(default=None, index=True)  # the first of those whose card is one message for all
    withdrawn_at: datetime | None = None  # taken back by who asked for it, before anybody joined
    merged_into_id: int | None = Field(default=None, foreign_key="suggestion.id", index=True)
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)  # who of the team looks after it
    due_on: date | None = None
    handled_at: datetime | None = None  # when somebody of the team last did something about it


STANDING = col(Suggestion.withdrawn_at).is_(None)  # for every list: what was taken back is in none


class Offer(SQLModel, table=True):
    """A text that resembles existing suggestions, kept until its author says "+1" or "mine is different"."""

    __table_args__ = (CheckConstraint("length(text) BETWEEN 1 AND 4096", name="text_length"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    author_id: int = Field(foreign_key="person.id")
    captured_by_id: int | None = Field(default=None, foreign_key="person.id")
    text: str
    source_chat_id: int | None = Field(default=None, foreign_key="chat.id")
    source_message: str | None = None
    topic: str | None = None
    photo: str | None = None
    album: str | None = Field(default=None, index=True)
    origin: str = Field(unique=True)
    sure: bool = True  # meant as a suggestion; otherwise we asked whether it is one, and silence says no
    created_at: datetime = Field(index=True)
    answered_at: datetime | None = None


async def get_suggestion(session: Session, community_id: int, number: int) -> Suggestion | None:
    query = select(Suggestion).where(Suggestion.community_id == community_id, Suggestion.number == number)
    return (await session.exec(query)).first()


async def get_suggestion_by_id(session: Session, suggestion_id: int) -> Suggestion | None:
    """A suggestion of any community: who asks must compare it with the one spoken in."""
    return (await session.exec(select(Suggestion).where(Suggestion.id == suggestion_id))).first()


async def get_suggestion_by_origin(session: Session, origin: str) -> Suggestion | None:
    return (await session.exec(select(Suggestion).where(Suggestion.origin == origin))).first()


async def list_suggestions(session: Session, community_id: int, ids: list[int]) -> list[Suggestion]:
    """The suggestions of those ids that belong to the community, in the order of the ids."""
    query = select(Suggestion).where(STANDING, Suggestion.community_id == community_id, col(Suggestion.id).in_(ids))
    found = {suggestion.id: suggestion for suggestion in await session.exec(query)}
    return [found[i] for i in ids if i in found]


def families(*which: ColumnElement[bool] | bool) -> CTE:
    """Each of those suggestions (`root_id`) with itself and all that were merged into it, by however many steps."""
    root: Select[Any, Any] = select(col(Suggestion.id).label("root_id"), col(Suggestion.id).label("id")).where(*which)
    family = root.cte("family", recursive=True)
    merged = select(family.c.root_id, Suggestion.id).join(family, col(Suggestion.merged_into_id) == family.c.id)
    return family.union(merged)


# Of the suggestions `ids`. Building such a query takes ten times as long as asking with it, so all that have it are
# built once.
FAMILIES = families(col(Suggestion.id).in_(bindparam("ids", expanding=True)))


async def get_suggestion_by_source(session: Session, chat_id: int, message: str) -> Suggestion | None:
    """What was made of a message."""
    query = select(Suggestion).where(Suggestion.source_chat_id == chat_id, Suggestion.source_message == message)
    return (await session.exec(query.order_by(col(Suggestion.id)).limit(1))).first()


async def list_sources(session: Session) -> list[tuple[str, str]]:
    """Every message, with its chat's external id, of which something still undecided was made or may yet be."""
    found: list[tuple[str, str]] = []
    for table, is_live in (
        (Suggestion, col(Suggestion.status).in_((OPEN, PLANNED, STARTED))),
        (Offer, col(Offer.answered_at).is_(None)),
    ):
        chat = col(Chat.id) == col(table.source_chat_id)
        query = select(Chat.external_id, table.source_message).join(table, chat).where(is_live)
        found += [(chat_id, message) for chat_id, message in await session.exec(query) if message]
    return found


async def list_recent(session: Session, suggestion: Suggestion, since: datetime) -> list[Suggestion]:
    """Those asked for before it in the same chat since a moment, the earliest first; of the last hundred there are."""
    query = select(Suggestion).where(
        Suggestion.community_id == suggestion.community_id,
        col(Suggestion.number).between(suggestion.number - RECENT, suggestion.number - 1),
        Suggestion.source_chat_id == suggestion.source_chat_id,
        col(Suggestion.created_at) > since,
    )
    return list(await session.exec(query.order_by(col(Suggestion.number))))


async def list_newer(session: Session, community_id: int, after: int, limit: int) -> list[Suggestion]:
    """Suggestions with a greater id, in order."""
    query = select(Suggestion).where(Suggestion.community_id == community_id, col(Suggestion.id) > after)
    return list(await session.exec(query.order_by(col(Suggestion.id)).limit(limit)))


async def list_roundup(session: Session, roundup_id: int) -> list[Suggestion]:
    """Those whose card is one message for all, the earliest first."""
    query = select(Suggestion).where(Suggestion.roundup_id == roundup_id)
    return list(await session.exec(query.order_by(col(Suggestion.number))))


async def count_roundup(session: Session, roundup_id: int) -> int:
    query = select(func.count()).where(Suggestion.roundup_id == roundup_id)
    return int((await session.exec(query)).one())


async def list_untold(session: Session, community_id: int) -> list[Suggestion]:
    """Decided suggestions of which no digest has told yet, the earliest decision first."""
    query = select(Suggestion).where(
        STANDING,
        Suggestion.community_id == community_id,
        col(Suggestion.status).not_in((OPEN, MERGED)),
        col(Suggestion.digest_id).is_(None),
    )
    return list(await session.exec(query.order_by(col(Suggestion.decided_at), col(Suggestion.number))))


async def list_by_links(session: Session, community_id: int, links: Sequence[tuple[str, str]]) -> list[Suggestion]:
    """Suggestions by the message in which they were asked, its chat named as in a link: `c/1234` or a username."""
    found: list[Suggestion] = []
    for place, message in links:
        query = (
            select(Suggestion)
            .join(Chat, col(Chat.id) == col(Suggestion.source_chat_id))
            .where(STANDING, Suggestion.community_id == community_id, Suggestion.source_message == message)
        )
        inner = place.startswith("c/")
        named = Chat.external_id == f"-100{place[2:]}" if inner else func.lower(Chat.username) == place.lower()
        found += await session.exec(query.where(named))
    return found


async def lock_suggestions(
    session: Session, community_id: int, numbers: Sequence[int], *, gone: bool = False
) -> list[Suggestion]:
    """Suggestions by number, held until the transaction ends, so that nobody else decides on them meanwhile.

    They are as who held them before has left them. Those taken back only where they are wanted (`gone`), too.
    """
    query = select(Suggestion).where(Suggestion.community_id == community_id, col(Suggestion.number).in_(numbers))
    query = query if gone else query.where(STANDING)
    held = query.order_by(col(Suggestion.number)).with_for_update()
    return list(await session.exec(held.execution_options(populate_existing=True)))


async def list_numbered(session: Session, community_id: int, numbers: Sequence[int]) -> list[Suggestion]:
    """Suggestions by number that stand; anybody may decide on them meanwhile."""
    query = select(Suggestion).where(Suggestion.community_id == community_id, col(Suggestion.number).in_(numbers))
    return list(await session.exec(query.where(STANDING).order_by(col(Suggestion.number))))


async def add_suggestion(session: Session, suggestion: Suggestion) -> Suggestion:
    session.add(suggestion)
    await session.flush()
    return suggestion


async def add_offer(session: Session, offer: Offer) -> Offer:
    session.add(offer)
    await session.flush()
    return offer


async def get_offer(session: Session, offer_id: int) -> Offer | None:
    """An offer of any community: in private its author answers it, wherever they were last active."""
    return (await session.exec(select(Offer).where(Offer.id == offer_id))).first()


async def get_offer_by_origin(session: Session, origin: str) -> Offer | None:
    return (await session.exec(select(Offer).where(Offer.origin == origin))).first()


async def list_unanswered_offers(session: Session, before: datetime, limit: int = 100) -> list[Offer]:
    query = select(Offer).where(col(Offer.sure), col(Offer.answered_at).is_(None), Offer.created_at < before)
    return list(await session.exec(query.order_by(col(Offer.id)).limit(limit)))


async def claim_offer(session: Session, offer_id: int, now: datetime) -> bool:
    """True for the one answer that counts."""
    claim = update(Offer).where(col(Offer.id) == offer_id, col(Offer.answered_at).is_(None)).values(answered_at=now)
    return (await session.exec(claim)).rowcount == 1


async def set_offer_text(session: Session, offer_id: int, person_id: int, text: str) -> bool:
    """False when it is not this person's, or has been answered."""
    waiting = (col(Offer.id) == offer_id, col(Offer.author_id) == person_id, col(Offer.answered_at).is_(None))
    return (await session.exec(update(Offer).where(*waiting).values(text=text))).rowcount == 1


async def set_offer_sure(session: Session, offer_id: int, community_id: int) -> None:
    """It is meant as a suggestion, and for this community."""
    sure = update(Offer).where(col(Offer.id) == offer_id).values(sure=True, community_id=community_id)
    await session.exec(sure)


async def delete_unsure_offers(session: Session, before: datetime) -> None:
    """Forget words of which nobody has said that they are a suggestion."""
    unsure = (col(Offer.sure).is_(False), col(Offer.answered_at).is_(None), col(Offer.created_at) < before)
    await session.exec(delete(Offer).where(*unsure))


async def delete_offer(session: Session, offer_id: int, person_id: int) -> None:
    """Forget what somebody said is no suggestion."""
    one = (col(Offer.id) == offer_id, col(Offer.author_id) == person_id, col(Offer.sure).is_(False))
    await session.exec(delete(Offer).where(*one))


async def delete_offered_words(session: Session, origin: str) -> None:
    """What was offered of a message's words is forgotten with them."""
    made = update(Offer).where(col(Offer.origin) == origin, col(Offer.answered_at).is_not(None))
    await session.exec(made.values(text="…", photo=None, album=None))


async def count_asked(session: Session, community_id: int, person_id: int, since: datetime, *, meant: bool) -> int:
    """How much somebody has asked since then, whatever came of it; what they noted of others counts as theirs.

    `meant` leaves out words of which nobody has said that they are a suggestion.
    """
    asked = [
        select(table.origin).where(
            table.community_id == community_id,
            func.coalesce(table.captured_by_id, table.author_id) == person_id,
            table.created_at >= since,
            true() if table is Suggestion or not meant else Offer.sure,
        )
        for table in (Suggestion, Offer)
    ]
    return int((await session.exec(select(func.count()).select_from(union(*asked).subquery()))).one())


async def count_asked_since(session: Session, community_id: int, since: datetime) -> int:
    """How much has been asked for since then."""
    query = select(func.count()).where(STANDING, Suggestion.community_id == community_id, Suggestion.created_at > since)
    return int((await session.exec(query)).one())


async def list_waiting_origins(session: Session, after: int, since: datetime) -> list[tuple[int, str]]:
    """Offers with a greater id that are no older, and what each was made from."""
    query = select(Offer.id, Offer.origin).where(col(Offer.id) > after, Offer.created_at > since)
    return [(i or 0, origin) for i, origin in await session.exec(query.order_by(col(Offer.id)))]
