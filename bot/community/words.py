"""A community's own dictionary: names of its product, so that texts are cut where its people would."""

from datetime import datetime

from bot.community.errors import TooManyWords, UnknownWord, UnsuitedWord
from bot.community.proposals import begin
from bot.language.normal import plain
from bot.language.terms import is_word
from bot.language.tokens import LONGEST_WORD
from storage import findings, words
from storage.communities import Community
from storage.database import Session
from storage.words import Word

MOST_WORDS = 100


async def add(session: Session, community: Community, written: str, person_id: int, now: datetime) -> bool:
    """Take up a word; False when it is known. Raises UnsuitedWord, TooManyWords."""
    form = plain(written)
    if not is_word(form) or len(written) > LONGEST_WORD:
        raise UnsuitedWord(written)
    known = await words.list_forms(session, community.id or 0)
    if len(known) >= MOST_WORDS and form not in known:
        raise TooManyWords(MOST_WORDS)
    word = Word(community_id=community.id or 0, form=form, word=written, added_by_id=person_id, created_at=now)
    if not await words.add_word(session, word):
        return False
    await _reread(session, community, now)
    return True


async def remove(session: Session, community: Community, written: str, now: datetime) -> Word:
    """Take a word out; raises UnknownWord."""
    word = await words.delete_word(session, community.id or 0, plain(written))
    if word is None:
        raise UnknownWord(written)
    await _reread(session, community, now)
    return word


async def _reread(session: Session, community: Community, now: datetime) -> None:
    """The wordings there are were cut without the change; they are cut anew in the background."""
    await begin(session, community, now)
    (await findings.lock_finding(session, community.id or 0)).is_rereading = True
    await session.flush()
