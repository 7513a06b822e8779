"""Everyone's own words for what they asked: theirs to change and to take back."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.community import follows
from bot.community.errors import AlreadyDecided, NoWords
from bot.community.suggestions import access_suggestion
from storage import merges, pictures, reservations, suggestions, votes, wordings
from storage.database import Session
from storage.suggestions import DECLINED, SHIPPED, Suggestion
from storage.wordings import Indexed, Wording

SETTLED = (SHIPPED, DECLINED)


class Fate(Enum):
    """What becomes of a suggestion when somebody takes their words back."""

    GONE = auto()  # nobody else had joined: it is in no list any more
    HANDED_ON = auto()  # the next voice is its text now, and who said it its asker
    STAYS = auto()  # others voted for these words or were merged into them: they stand, the asker hears no more
    VOICE = auto()  # one voice less


@dataclass(frozen=True)
class Voice:
    """A suggestion and somebody's own words for it."""

    suggestion: Suggestion
    wording: Wording


async def access_voice(session: Session, community_id: int, number: int, person_id: int) -> Voice:
    """The person's words, while they can be changed; raises UnknownSuggestion, TakenBack, NoWords, AlreadyDecided."""
    suggestion = await access_suggestion(session, community_id, number)
    wording = await wordings.get_wording(session, suggestion.id or 0, person_id)
    if wording is None:
        raise NoWords(number)
    if suggestion.status in SETTLED:
        raise AlreadyDecided(number, suggestion.status)
    return Voice(suggestion, wording)


async def reword(session: Session, voice: Voice, text: str, indexed: Indexed, now: datetime) -> None:
    """The person's new words; those of who asked first are the suggestion's text."""
    await wordings.set_text(session, voice.wording, text, indexed, now)
    if voice.suggestion.author_id == voice.wording.person_id:
        voice.suggestion.text = text
    await session.flush()


async def withdraw(session: Session, voice: Voice, now: datetime) -> Fate:
    """Take the person's words back, with their vote; what others joined stays for them."""
    suggestion, person_id = voice.suggestion, voice.wording.person_id
    fate = await _fate(session, voice)
    if fate is Fate.STAYS:
        await follows.leave(session, suggestion, person_id)
        return fate
    await wordings.delete_wording(session, voice.wording)
    if fate is Fate.VOICE:
        await votes.delete_vote(session, suggestion.id or 0, person_id)
    elif fate is Fate.HANDED_ON:
        await _hand_on(session, suggestion)
    else:
        suggestion.withdrawn_at, suggestion.text = now, "…"
        await _forget_pictures(session, suggestion)
    if voice.wording.origin:
        await suggestions.delete_offered_words(session, voice.wording.origin)
    await session.flush()
    await follows.let_go(session, suggestion, person_id)
    return fate


async def _fate(session: Session, voice: Voice) -> Fate:
    suggestion = voice.suggestion
    if suggestion.author_id != voice.wording.person_id:
        return Fate.VOICE
    if len(await wordings.list_voices(session, suggestion.id or 0)) > 1:
        return Fate.HANDED_ON
    ids = [suggestion.id or 0]
    is_wanted = (
        await merges.list_merged(session, ids[0])
        or await votes.has_votes(session, ids)
        or await reservations.count_reservations(session, ids)
    )
    return Fate.STAYS if is_wanted else Fate.GONE


async def _hand_on(session: Session, suggestion: Suggestion) -> None:
    """The next voice asks for it now; nobody votes for their own, so that vote becomes the asking."""
    following = (await wordings.list_voices(session, suggestion.id or 0))[0]
    suggestion.author_id, suggestion.text = following.person_id, following.text
    suggestion.captured_by_id = suggestion.source_message = None  # all of who asked first
    await _forget_pictures(session, suggestion)
    await votes.delete_vote(session, suggestion.id or 0, following.person_id)


async def _forget_pictures(session: Session, suggestion: Suggestion) -> None:
    if suggestion.album:
        await pictures.delete_pictures(session, suggestion.album)
    suggestion.photo = suggestion.album = None
