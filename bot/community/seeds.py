"""Choosing seeds: applications in private, a ranked list for the team, a number for ever."""

from dataclasses import dataclass
from datetime import datetime

from bot.community.errors import AlreadySettled, NoSeedCall, SeatsUnclear
from storage import contributions, members, seeds, tree
from storage.contributions import Contribution
from storage.database import Session
from storage.members import Person
from storage.seeds import ACCEPTED, APPLIED, DECLINED, LONGEST_ANSWER, QUESTIONS, Application, SeedCall

MOST_SEATS = 10_000
# What an applicant is ranked by. Talk counts nothing, and votes little, since they cost little.
PER_SHIPPED, PER_ASKED, PER_WEEK, PER_VOTE = 5, 2, 3, 1
MOST_ASKED, MOST_VOTES = 10, 10  # more of these rank nobody higher


@dataclass(frozen=True)
class Applicant:
    """An application as the team sees it."""

    application: Application
    person: Person
    given: Contribution

    @property
    def score(self) -> int:
        return (
            PER_SHIPPED * self.given.shipped
            + PER_ASKED * min(self.given.asked, MOST_ASKED)
            + PER_WEEK * len(self.given.weeks)
            + PER_VOTE * min(self.given.voted, MOST_VOTES)
        )


async def open_call(session: Session, community_id: int, seats: int, by_id: int, now: datetime) -> SeedCall:
    """Take applications; a call that is open gets so many seats. Seeds who were there before get the first numbers.

    Raises SeatsUnclear.
    """
    if not 1 <= seats <= MOST_SEATS:
        raise SeatsUnclear(MOST_SEATS)
    await tree.claim_tree(session, community_id)
    if call := await seeds.get_open_call(session, community_id):
        call.seats = seats
        return call
    for founder in await seeds.list_founders(session, community_id):
        await seeds.add_number(session, community_id, founder, now)
    last = await seeds.get_last_call(session, community_id)
    wording = last.questions if last else ("",) * QUESTIONS
    first, second, third = wording
    made = SeedCall(
        community_id=community_id, seats=seats, first=first, second=second, third=third, by_id=by_id, opened_at=now
    )
    return await seeds.add_call(session, made)


async def close_call(session: Session, community_id: int, now: datetime) -> SeedCall:
    """Take no more applications. Raises NoSeedCall."""
    call = await _open_call(session, community_id)
    call.closed_at = now
    return call


async def word(session: Session, community_id: int, question: int, words: str) -> SeedCall:
    """Put one of the three questions in the community's own words. Raises NoSeedCall."""
    call = await _open_call(session, community_id)
    setattr(call, ("first", "second", "third")[question - 1], words[:LONGEST_ANSWER])
    return call


async def begin(session: Session, community_id: int, person_id: int, now: datetime) -> Application:
    """An application to answer the questions in. Raises NoSeedCall, AlreadySettled."""
    call = await _open_call(session, community_id)
    theirs = await seeds.get_application_of(session, call.id or 0, person_id)
    if theirs is None:
        new = Application(community_id=community_id, call_id=call.id or 0, person_id=person_id, began_at=now)
        return await seeds.add_application(session, new)
    if theirs.state in (ACCEPTED, DECLINED):
        raise AlreadySettled
    return theirs


async def answer(session: Session, community_id: int, person_id: int, question: int, words: str, now: datetime) -> bool:
    """Write down the answer to one question; True when it was the last. Raises as `begin`."""
    theirs = await begin(session, community_id, person_id, now)
    setattr(theirs, ("first", "second", "third")[question - 1], words.strip()[:LONGEST_ANSWER])
    if question == QUESTIONS:
        theirs.state = APPLIED
    await session.flush()
    return question == QUESTIONS


async def rank(session: Session, community_id: int) -> list[Applicant]:
    """Who has applied and waits for a word, those who have given most first; the earlier first among equals."""
    waiting = await seeds.list_applications(session, community_id, APPLIED)
    given = await contributions.list_contributions(session, community_id)
    people = await members.list_people(session, [one.person_id for one in waiting])
    applicants = [Applicant(one, people[one.person_id], given.get(one.person_id, Contribution())) for one in waiting]
    return sorted(applicants, key=lambda one: (-one.score, one.application.id or 0))


async def accept(session: Session, application: Application, by_id: int, now: datetime) -> int:
    """Make a seed of them, with a number for ever. Raises AlreadySettled."""
    await tree.claim_tree(session, application.community_id)
    if not await seeds.claim_decision(session, application.id or 0, ACCEPTED, by_id, now):
        raise AlreadySettled
    member = await members.get_member(session, application.community_id, application.person_id)
    if member is not None and member.role == "member":
        member.role = "seed"
    return await seeds.add_number(session, application.community_id, application.person_id, now)


async def decline(session: Session, application: Application, by_id: int, now: datetime) -> None:
    """Not this time. Raises AlreadySettled."""
    if not await seeds.claim_decision(session, application.id or 0, DECLINED, by_id, now):
        raise AlreadySettled


async def _open_call(session: Session, community_id: int) -> SeedCall:
    call = await seeds.get_open_call(session, community_id)
    if call is None:
        raise NoSeedCall
    return call
