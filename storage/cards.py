"""What stands on a suggestion's cards, in as few statements as can be: a card is drawn anew for every vote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select

from storage.communities import Chat, Community
from storage.database import Session
from storage.members import Person
from storage.reservations import Reservation
from storage.suggestions import Suggestion, families
from storage.votes import Vote
from storage.wordings import Wording


@dataclass(frozen=True)
class Relative:
    """A suggestion itself, or one that was merged into it."""

    id: int
    number: int
    gone: bool  # taken back by who asked for it


@dataclass(frozen=True)
class Counts:
    """How many people stand behind a suggestion and what was merged into it, each once; its asker is not counted."""

    votes: int
    voices: int  # asked for it in their own words
    reserved: int


@dataclass(frozen=True)
class Places:
    """Where a suggestion's cards stand."""

    community: Community
    source: Chat | None  # the chat it was asked in; None in private
    room: Chat | None  # the team's: of several, the one that has been there longest


async def get_places(session: Session, suggestion: Suggestion) -> Places:
    """Its community and chats, in one look."""
    is_room = (col(Chat.community_id) == col(Community.id)) & col(Chat.is_staff) & (col(Chat.status) != "left")
    is_source = col(Chat.id) == suggestion.source_chat_id
    query: Any = select(Community, Chat).outerjoin(Chat, or_(is_room, is_source))
    query = query.where(Community.id == suggestion.community_id).order_by(col(Chat.id))
    found: list[tuple[Community, Chat | None]] = list(await session.exec(query))
    chats = [chat for _, chat in found if chat is not None]
    return Places(
        community=found[0][0],
        source=next((chat for chat in chats if chat.id == suggestion.source_chat_id), None),
        room=next((chat for chat in chats if chat.is_staff and chat.status != "left"), None),
    )


async def list_relatives(session: Session, suggestion_id: int) -> list[Relative]:
    """The suggestion and all that were merged into it, the oldest first."""
    family = families(col(Suggestion.id) == suggestion_id)
    query = select(Suggestion.id, Suggestion.number, Suggestion.withdrawn_at).join(
        family, col(Suggestion.id) == family.c.id
    )
    found = await session.exec(query.order_by(col(Suggestion.number)))
    return [Relative(i or 0, number, gone is not None) for i, number, gone in found]


async def count_people(session: Session, family: Sequence[int], author_id: int) -> Counts:
    """Everybody behind these suggestions; votes still held back are left out."""
    voters, speakers, reserving = (
        select(func.count(func.distinct(table.person_id))).where(col(table.suggestion_id).in_(family))
        for table in (Vote, Wording, Reservation)
    )
    votes = voters.where(Vote.person_id != author_id, col(Vote.held_until).is_(None))
    voices = speakers.where(Wording.person_id != author_id)
    query = select(votes.scalar_subquery(), voices.scalar_subquery(), reserving.scalar_subquery())
    return Counts(*(await session.exec(query)).one())


async def list_voices(
    session: Session, suggestion: Suggestion, family: Sequence[int], most: int
) -> list[tuple[str, str]]:
    """Names and own words of some who asked beside its asker, each once; those for this very one come first."""
    of_family = (col(Wording.suggestion_id).in_(family), Wording.person_id != suggestion.author_id)
    firsts = select(func.min(Wording.id)).where(*of_family).group_by(col(Wording.person_id))
    query = (
        select(Person.name, Wording.text)
        .join(Wording, col(Wording.person_id) == col(Person.id))
        .where(col(Wording.id).in_(firsts))
        .order_by(col(Wording.suggestion_id) != suggestion.id, col(Wording.id))
    )
    return list(await session.exec(query.limit(most)))
