"""Suggestions: submitted, joined by others with their own words."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.community import roundups, votes
from bot.community.errors import EmptyText, StaleButton, TakenBack, TextTooLong, UnknownSuggestion
from bot.community.votes import Cast
from storage import communities, follows, merges, suggestions, wordings
from storage.database import Session
from storage.suggestions import MAX_LENGTH, Offer, Suggestion
from storage.wordings import Indexed, Wording

_LOOKS_EMPTY = "\u2800\u3164\uffa0\u115f\u1160"  # the braille blank and the Hangul fillers
ANSWER_EXPECTED_WITHIN = timedelta(hours=12)  # then an unanswered offer becomes a suggestion, so that nothing is lost


@dataclass(frozen=True)
class Ask:
    """Somebody's words, and where they were said."""

    community_id: int
    author_id: int
    text: str
    origin: str  # known by: the same words heard twice are one ask
    captured_by_id: int | None = None
    source_chat_id: int | None = None
    source_message: str | None = None
    topic: str | None = None
    photo: str | None = None
    album: str | None = None  # to which the picture belongs


def check_text(text: str, command: str, longest: int = MAX_LENGTH) -> str:
    """The text as it is kept; raises EmptyText, TextTooLong."""
    kept = text.replace("\x00", "").strip()  # PostgreSQL stores no NUL
    if not any(_is_visible(character) for character in kept):
        raise EmptyText(command)
    if len(kept) > longest:
        raise TextTooLong(longest)
    return kept


def _is_visible(character: str) -> bool:
    """A letter or digit; emoji, marks and invisible characters alone ask for nothing that others could read."""
    return unicodedata.category(character)[0] in "LN" and character not in _LOOKS_EMPTY


async def access_suggestion(session: Session, community_id: int, number: int) -> Suggestion:
    """A suggestion of this community; raises UnknownSuggestion for any other community's, TakenBack."""
    if not 0 < number < 2**31:
        raise UnknownSuggestion(number)
    suggestion = await suggestions.get_suggestion(session, community_id, number)
    if suggestion is None:
        raise UnknownSuggestion(number)
    if suggestion.withdrawn_at:
        raise TakenBack(number)
    return suggestion


async def access_surviving(session: Session, community_id: int, number: int) -> Suggestion:
    """As `access_suggestion`; of a merged one, the one it was merged into: there it is voted for and decided."""
    return await merges.get_root(session, await access_suggestion(session, community_id, number))


async def access_named(session: Session, community_id: int, suggestion_id: int) -> Suggestion:
    """As `access_surviving`, of what a button names by its id; raises StaleButton for another community's."""
    suggestion = await suggestions.get_suggestion_by_id(session, suggestion_id)
    if suggestion is None or suggestion.community_id != community_id:
        raise StaleButton
    if suggestion.withdrawn_at:
        raise TakenBack(suggestion.number)
    return await merges.get_root(session, suggestion)


async def submit(session: Session, ask: Ask, indexed: Indexed, now: datetime) -> Suggestion:
    """Make a suggestion of what was asked; the same ask again gives the same suggestion.

    What its author took back stands again when they ask anew; raises TakenBack for anybody else who asks.
    """
    if existing := await suggestions.get_suggestion_by_origin(session, ask.origin):
        return await _ask_anew(session, existing, ask, indexed, now) if existing.withdrawn_at else existing
    suggestion = Suggestion(
        number=await communities.claim_number(session, ask.community_id), created_at=now, **vars(ask)
    )
    await suggestions.add_suggestion(session, suggestion)
    await roundups.gather(session, suggestion, now)
    await _keep_words(session, suggestion, ask, indexed, now)
    await follows.add_follow(session, suggestion.id or 0, ask.author_id, now)
    return suggestion


async def _ask_anew(session: Session, taken_back: Suggestion, ask: Ask, indexed: Indexed, now: datetime) -> Suggestion:
    if not is_theirs_anew(taken_back, ask):
        raise TakenBack(taken_back.number)
    taken_back.withdrawn_at = taken_back.handled_at = None
    taken_back.text, taken_back.photo, taken_back.album = ask.text, ask.photo, ask.album
    await session.flush()
    await _keep_words(session, taken_back, ask, indexed, now)
    await follows.add_follow(session, taken_back.id or 0, ask.author_id, now)
    return taken_back


def is_theirs_anew(taken_back: Suggestion, ask: Ask) -> bool:
    """Whether it is its own author who asks again for what they had taken back."""
    return taken_back.author_id == ask.author_id and ask.captured_by_id is None


async def offer(session: Session, ask: Ask, now: datetime, *, sure: bool = True) -> Offer:
    """Keep what was asked until its author says whether it is one of the similar ones; or a suggestion at all."""
    existing = await suggestions.get_offer_by_origin(session, ask.origin)
    if existing and existing.answered_at:  # what came of it was taken back since
        existing.answered_at, existing.created_at = None, now
        existing.text, existing.photo, existing.album, existing.sure = ask.text, ask.photo, ask.album, sure
        await session.flush()
    if existing:
        return existing
    return await suggestions.add_offer(session, Offer(created_at=now, sure=sure, **vars(ask)))


async def take_offer(session: Session, offered: Offer, now: datetime) -> Ask | None:
    """What was asked, for the one answer that counts; None when it has been answered."""
    if not await suggestions.claim_offer(session, offered.id or 0, now):
        return None
    return Ask(**{name: getattr(offered, name) for name in Ask.__dataclass_fields__})


async def join(session: Session, suggestion: Suggestion, ask: Ask, indexed: Indexed, now: datetime) -> Cast | None:
    """Add a person's vote and own words to a suggestion; None when it is their own. Raises AlreadyDecided, Outsider."""
    if suggestion.author_id == ask.author_id:
        return None
    cast = await votes.vote(session, suggestion, ask.author_id, now)
    await _keep_words(session, suggestion, ask, indexed, now)
    return cast


async def _keep_words(session: Session, suggestion: Suggestion, ask: Ask, indexed: Indexed, now: datetime) -> None:
    wording = Wording(
        community_id=suggestion.community_id,
        suggestion_id=suggestion.id or 0,
        person_id=ask.author_id,
        text=ask.text,
        terms="",
        terms_by=indexed.terms_by,
        origin=ask.origin,
        created_at=now,
    )
    await wordings.add_wording(session, wording, indexed)
