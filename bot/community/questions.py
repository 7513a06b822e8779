"""The promise to answer: questions of the open chats wait for the team's first answer, and their times are told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.community import settings
from bot.community.errors import QuestionGone
from bot.community.rituals import next_daily
from bot.community.talk import Said
from storage import questions
from storage.database import Session
from storage.questions import ANSWERED, DISMISSED, LONGEST_EXCERPT, Question

KEPT = timedelta(days=90)  # the times of answered ones; a question that is open so long is let go, too
MOST_LISTED = 10
FEW = 3  # from so many answers on, the median says something


@dataclass(frozen=True)
class Promise:
    """How the promise was kept in a time, and what is open at its end."""

    answered: int
    within: timedelta | None  # half of them were answered, or all while they are few; None when none was
    open: int
    oldest_waits: timedelta | None  # how long the oldest open one has waited


async def ask(session: Session, said: Said, now: datetime) -> bool:
    """Start the clock for a question; False where nothing is promised, and when it was heard already."""
    ours = await settings.load(session, said.community.id or 0)
    if not ours.promise_hours or not said.is_among_members:
        return False
    due = now + timedelta(hours=ours.promise_hours)
    question = Question(
        community_id=said.community.id or 0,
        chat_id=said.chat.id or 0,
        person_id=said.person_id,
        message=said.message,
        origin=said.origin,
        excerpt=" ".join(said.text.replace("\x00", "").split())[:LONGEST_EXCERPT],
        asked_at=now,
        due_at=due,
        tell_at=next_daily(due, ours.daily_hour, said.community.zone),
    )
    return await questions.add_question(session, question)


async def answer(session: Session, question: Question, now: datetime) -> None:
    """The team has answered: the clock stops, once."""
    await questions.claim_question(session, question.id or 0, ANSWERED, now)


async def dismiss(session: Session, community_id: int, question_id: int, now: datetime) -> None:
    """It needs no answer any more; raises QuestionGone."""
    question = await questions.get_question(session, community_id, question_id)
    if question is None or not await questions.claim_question(session, question_id, DISMISSED, now):
        raise QuestionGone


async def list_unanswered(session: Session, community_id: int, now: datetime) -> tuple[list[Question], int]:
    """The oldest questions that wait longer than promised, and how many there are in all."""
    overdue = await questions.list_overdue(session, community_id, now, MOST_LISTED)
    return overdue, await questions.count_overdue(session, community_id, now)


async def promise_kept(session: Session, community_id: int, since: datetime, until: datetime) -> Promise | None:
    """How the promise was kept in that time; None when nothing was asked or is open."""
    times = await questions.list_times(session, community_id, since, until)
    if not times:
        return None
    waited = [(answered - asked).total_seconds() for asked, answered in times if answered]
    still_open = [asked for asked, answered in times if not answered]
    return Promise(
        answered=len(waited),
        within=timedelta(seconds=median(waited) if len(waited) >= FEW else max(waited)) if waited else None,
        open=len(still_open),
        oldest_waits=until - still_open[0] if still_open else None,
    )
