"""Votes: one person, one vote, whatever the door; a newcomer's counts once they have been here a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.community import follows, settings
from bot.community.errors import AlreadyDecided, Outsider, OwnSuggestion
from storage import members, merges, outbox, suggestions, votes
from storage.communities import Chat
from storage.database import Session
from storage.members import Member
from storage.suggestions import DECLINED, SHIPPED, Suggestion
from storage.votes import BY_CARD, BY_SOURCE, BY_WORD, Vote

# So many newcomers' votes for one suggestion within the time look arranged; the team is told.
BURST, BURST_WITHIN = 10, timedelta(minutes=10)
NEWCOMER_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Cast:
    """What became of a vote."""

    stands: bool
    changed: bool = True
    held_hours: int = 0  # until it counts, as that of a newcomer
    burst: int = 0  # how many newcomers have voted for it just now, if that is remarkable


async def vote(session: Session, suggestion: Suggestion, person_id: int, now: datetime, door: int = BY_WORD) -> Cast:
    """Count a person's vote once, and let them follow what they want.

    Raises OwnSuggestion, AlreadyDecided; Outsider for who was never in the community.
    """
    _check_vote(suggestion, person_id)
    member = await members.get_member(session, suggestion.community_id, person_id)
    if member is None:
        raise Outsider
    until = await _held_until(session, member, now)
    cast = Vote(suggestion_id=suggestion.id or 0, person_id=person_id, created_at=now, doors=door, held_until=until)
    is_new = await votes.add_vote(session, cast)
    if is_new or door == BY_WORD:
        await follows.follow(session, suggestion, person_id, now)
    burst = await _burst(session, suggestion, member, now) if is_new else 0
    return Cast(stands=True, changed=is_new, held_hours=_hours(until, now), burst=burst)


async def toggle_vote(session: Session, suggestion: Suggestion, person_id: int, now: datetime) -> Cast:
    """Vote, or take the vote back. Raises as `vote` does."""
    _check_vote(suggestion, person_id)
    family = await merges.list_family(session, suggestion.id or 0)
    if await votes.delete_votes(session, family, person_id):
        await follows.let_go(session, suggestion, person_id)
        return Cast(stands=False)
    return await vote(session, suggestion, person_id, now)


async def react(
    session: Session, suggestion: Suggestion, person_id: int, door: int, now: datetime, *, wants: bool
) -> Cast | None:
    """A reaction was put on the card or the source, or taken away; that ends a vote which nothing else holds.

    None where a reaction is no vote: on one's own suggestion, and on what is settled.
    """
    root = await merges.get_root(session, suggestion)
    if not (_may_vote(suggestion, person_id) and _may_vote(root, person_id)):
        return None
    if wants:
        return await vote(session, suggestion, person_id, now, door)
    if not await votes.delete_door(session, suggestion.id or 0, person_id, door):
        return Cast(stands=False, changed=False)
    await follows.let_go(session, suggestion, person_id)
    return Cast(stands=False)


async def count_due(session: Session, suggestion: Suggestion, now: datetime) -> None:
    """Newcomers' votes whose time has come count from now on."""
    await votes.set_counted(session, suggestion, now)


async def find_reacted(session: Session, chat: Chat, message: str) -> tuple[Suggestion, int] | None:
    """The suggestion that a message of the chat shows as its card, or was the source of, and which of the two."""
    slot = await outbox.get_slot_of(session, chat.id or 0, message)
    if slot is not None:
        kind, _, number = slot.partition(":")
        shown = await suggestions.list_suggestions(session, chat.community_id, [int(number)]) if kind == "card" else []
        return (shown[0], BY_CARD) if shown else None
    source = await suggestions.get_suggestion_by_source(session, chat.id or 0, message)
    is_ours = source is not None and source.community_id == chat.community_id and source.withdrawn_at is None
    return (source, BY_SOURCE) if source and is_ours else None


def _may_vote(suggestion: Suggestion, person_id: int) -> bool:
    return suggestion.author_id != person_id and suggestion.status not in (SHIPPED, DECLINED)


def _check_vote(suggestion: Suggestion, person_id: int) -> None:
    if suggestion.author_id == person_id:
        raise OwnSuggestion
    if not _may_vote(suggestion, person_id):
        raise AlreadyDecided(suggestion.number, suggestion.status)


async def _held_until(session: Session, member: Member, now: datetime) -> datetime | None:
    """When the vote of somebody whom we saw come begins to count; None for at once."""
    if member.arrived_at is None:
        return None
    wait = (await settings.load(session, member.community_id)).vote_wait_hours
    until = member.arrived_at + timedelta(hours=wait)
    return until if until > now else None


def _hours(until: datetime | None, now: datetime) -> int:
    return ceil((until - now) / timedelta(hours=1)) if until else 0


async def _burst(session: Session, suggestion: Suggestion, member: Member, now: datetime) -> int:
    if member.arrived_at is None or member.arrived_at <= now - NEWCOMER_FOR:
        return 0
    count = await votes.count_newcomers(session, suggestion, now - BURST_WITHIN, now - NEWCOMER_FOR)
    return count if count >= BURST else 0
