"""Does it work? A week after shipping, those who asked for it are asked once; enough of "no" reopens it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.community import budget
from bot.community.errors import TextTooLong, TooLateToAnswer
from bot.community.followers import askers_of, list_muted
from bot.community.notices import News, notify, way_of
from storage import communities, members, verdicts
from storage.communities import Community
from storage.database import Session
from storage.members import Person
from storage.notices import TOLD
from storage.releases import Release
from storage.suggestions import SHIPPED, Suggestion
from storage.verdicts import NO, PARTLY, WORKS, Asked, Verdict

ASKED_AFTER = timedelta(days=7)
LATEST = timedelta(days=7)  # a question that could not be asked by then is not asked
CHANGEABLE_FOR = timedelta(days=7)
MOST_AT_ONCE = 3  # questions in one message; the others come on another day
LONGEST_WORDS = 1024
FEWEST_NOES = 3  # to reopen; and they must be more than half of the answers


@dataclass(frozen=True)
class Questions:
    """One message: does each of these work?"""

    key: str
    person: Person
    asked: Sequence[Asked]
    community: Community  # of the first
    names: Mapping[int, str]  # of communities by id, where the person is in several


@dataclass(frozen=True)
class Satisfaction:
    """How many said what."""

    works: int
    partly: int
    no: int

    @property
    def answers(self) -> int:
        return self.works + self.partly + self.no

    @property
    def reopens(self) -> bool:
        """Whether it did not work for so many that it has to be done again."""
        return self.no >= FEWEST_NOES and self.no * 2 > self.answers


async def expect(session: Session, suggestion: Suggestion, release: Release) -> None:
    """Those who asked for it in their own words will be asked, but for the one who shipped it."""
    askers = [i for i in await askers_of(session, suggestion) if i != release.released_by_id]
    expected = [
        Verdict(
            community_id=suggestion.community_id,
            suggestion_id=suggestion.id or 0,
            release_id=release.id or 0,
            person_id=person_id,
            due_at=release.released_at + ASKED_AFTER,
        )
        for person_id in askers
    ]
    await verdicts.add_verdicts(session, expected)


async def ask(session: Session, person_id: int, now: datetime) -> Questions | None:
    """What to ask a person in their one message of the day; what is not worth asking any more is given up."""
    due = await verdicts.list_due(session, person_id, now)
    worth = [one for one in due if await _is_worth_asking(session, one, now)]
    await verdicts.set_due(session, _ids([one for one in due if one not in worth]), None)
    if not worth:
        return None
    moment = await budget.take_day(session, worth[0].verdict.community_id, person_id, now)
    if moment > now:
        await verdicts.set_due(session, _ids(worth), moment)
        return None
    key = f"verdicts:{person_id}:{now.isoformat()}"
    await verdicts.set_asked(session, _ids(worth[:MOST_AT_ONCE]), key, now)
    return await _questions(session, key, worth[0].person, worth[:MOST_AT_ONCE])


async def _is_worth_asking(session: Session, one: Asked, now: datetime) -> bool:
    """Whether it is still as shipped, not too late, and the person is to be written to privately."""
    if not _stands(one) or now - one.release.released_at > ASKED_AFTER + LATEST:
        return False
    muted = await list_muted(session, one.suggestion)
    return one.person.id not in muted and way_of(one.person, one.member) == TOLD


def _stands(one: Asked) -> bool:
    return one.suggestion.status == SHIPPED and one.suggestion.release_id == one.release.id


async def _questions(session: Session, key: str, person: Person, asked: Sequence[Asked]) -> Questions:
    known = [await communities.get_community(session, i) for i in {one.verdict.community_id for one in asked}]
    several = len(await members.list_memberships(session, person.id or 0)) > 1
    first = next(one for one in known if one.id == asked[0].verdict.community_id)
    return Questions(key, person, asked, first, {one.id or 0: one.name for one in known} if several else {})


async def answer(session: Session, person_id: int, verdict_id: int, said: str, now: datetime) -> Questions:
    """Keep somebody's answer and return the message it was given in; raises TooLateToAnswer."""
    one = await _access(session, person_id, verdict_id, now)
    await verdicts.set_answer(session, one.verdict, said, now)
    letter = one.verdict.letter or ""
    return await _questions(session, letter, one.person, await verdicts.list_in_letter(session, letter))


async def add_words(session: Session, person_id: int, verdict_id: int, words: str, now: datetime) -> Asked:
    """Keep what somebody has to say to their answer; raises TooLateToAnswer, TextTooLong."""
    one = await _access(session, person_id, verdict_id, now)
    if one.verdict.answer is None:
        raise TooLateToAnswer
    kept = words.replace("\x00", "").strip()  # PostgreSQL stores no NUL
    if len(kept) > LONGEST_WORDS:
        raise TextTooLong(LONGEST_WORDS)
    one.verdict.words = kept
    await session.flush()
    if kept and not await _has_a_room(session, one.verdict.community_id):
        news = News("feedback", f"{verdict_id}:{now.isoformat()}", kept)
        await notify(session, one.suggestion, [one.release.released_by_id], news, now)
    return one


async def _access(session: Session, person_id: int, verdict_id: int, now: datetime) -> Asked:
    """What the person was asked; another's question is as closed to them as an old one."""
    one = await verdicts.get_asked(session, person_id, verdict_id)
    if one is None or one.verdict.asked_at is None or not _stands(one):
        raise TooLateToAnswer
    if now - one.verdict.asked_at > CHANGEABLE_FOR:
        raise TooLateToAnswer
    return one


async def _has_a_room(session: Session, community_id: int) -> bool:
    """Whether the team has a chat of its own, where the words are shown anyway."""
    return any(chat.is_staff for chat in await communities.list_chats(session, community_id))


async def count(session: Session, suggestion: Suggestion) -> Satisfaction:
    """The answers about a suggestion as it was shipped last."""
    return _satisfaction(await verdicts.count_answers(session, suggestion.id or 0, suggestion.release_id or 0))


async def satisfaction(
    session: Session, community_id: int, since: datetime, until: datetime | None = None
) -> Satisfaction:
    """What a community's askers have said of what was shipped, from one moment to before another."""
    return _satisfaction(await verdicts.count_answers_between(session, community_id, since, until))


def _satisfaction(counts: Mapping[str, int]) -> Satisfaction:
    return Satisfaction(counts.get(WORKS, 0), counts.get(PARTLY, 0), counts.get(NO, 0))


def _ids(asked: Sequence[Asked]) -> list[int]:
    return [one.verdict.id or 0 for one in asked]
