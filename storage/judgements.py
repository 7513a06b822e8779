"""What people said of likeness: +1, mine is different, merged, kept apart; the finder's certainty learns from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, case, func, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into
from storage.suggestions import Suggestion

OFFER, PROPOSAL, MERGE = "offer", "proposal", "merge"
MOST_ANSWERS = 500  # the latest ones say how people answer now
MOST_OF_ONE = 20  # of them, to what they were offered themselves


class Judgement(SQLModel, table=True):
    """A suggestion that was held against a text, and whether they mean the same.

    The text is an offer's, or that of another suggestion, which an offer becomes when its author says "mine is
    different". A pair of suggestions has one row, the older one first: the last word counts.
    """

    __table_args__ = (
        UniqueConstraint("offer_id", "suggestion_id"),
        UniqueConstraint("suggestion_id", "other_id"),
        CheckConstraint("door IN ('offer', 'proposal', 'merge')", name="door_known"),
        CheckConstraint("offer_id IS NOT NULL OR other_id IS NOT NULL", name="held_against_something"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    door: str
    suggestion_id: int = Field(foreign_key="suggestion.id")
    other_id: int | None = Field(default=None, foreign_key="suggestion.id", index=True)
    offer_id: int | None = Field(default=None, foreign_key="offer.id", ondelete="CASCADE")
    certainty: float | None = None  # the finder's; measured at the next quiet hour where it was not asked
    vector_by: str | None = None  # the encoder whose vectors had a say in it
    is_same: bool | None = None  # None while nobody has said so, or nobody will
    judged_by_id: int | None = Field(default=None, foreign_key="person.id")
    shown_at: datetime | None = None  # None: found by the machine, not shown to the team yet
    judged_at: datetime | None = None


async def add_judgements(session: Session, rows: Sequence[Judgement]) -> None:
    """Note what was shown; shown again, it is the same."""
    for row in rows:
        insert = insert_into(session, Judgement).values(**row.model_dump(exclude={"id"}))
        await session.exec(insert.on_conflict_do_nothing())


async def list_shown(session: Session, offer_id: int) -> list[Judgement]:
    """What an offer showed."""
    query = select(Judgement).where(Judgement.offer_id == offer_id).order_by(col(Judgement.id))
    return list(await session.exec(query))


async def set_certainty(session: Session, judgement_id: int, certainty: float, vector_by: str | None) -> None:
    """How certain the finder would have been."""
    change = update(Judgement).where(col(Judgement.id) == judgement_id)
    await session.exec(change.values(certainty=certainty, vector_by=vector_by))


async def get_judgement(session: Session, community_id: int, judgement_id: int) -> Judgement | None:
    query = select(Judgement).where(Judgement.community_id == community_id, Judgement.id == judgement_id)
    return (await session.exec(query)).first()


async def get_pair(session: Session, one_id: int, other_id: int) -> Judgement | None:
    """The row of two suggestions."""
    first, second = sorted((one_id, other_id))
    query = select(Judgement).where(Judgement.suggestion_id == first, Judgement.other_id == second)
    return (await session.exec(query)).first()


async def list_settled(session: Session, suggestion_id: int) -> set[int]:
    """Suggestions that were held against this one by people or for the team, which need not be asked again."""
    asked = (col(Judgement.is_same).is_not(None)) | (col(Judgement.door) != OFFER)
    pairs = select(Judgement.suggestion_id, Judgement.other_id).where(
        (col(Judgement.suggestion_id) == suggestion_id) | (col(Judgement.other_id) == suggestion_id), asked
    )
    return {i for pair in await session.exec(pairs) for i in pair if i is not None} - {suggestion_id}


async def list_unmeasured(session: Session, community_id: int, limit: int = 50) -> list[Judgement]:
    """What the team said of pairs of which the finder has not said yet how certain it would have been, and still can.

    Of what offers showed, a "+1" leaves no text to measure: the other answers alone would speak against all offers.
    """
    either = col(Suggestion.id).in_((col(Judgement.suggestion_id), col(Judgement.other_id)))
    is_gone = select(Suggestion.id).where(either, col(Suggestion.withdrawn_at).is_not(None)).exists()
    query = select(Judgement).where(
        ~is_gone,
        Judgement.community_id == community_id,
        Judgement.door != OFFER,
        col(Judgement.certainty).is_(None),
        col(Judgement.is_same).is_not(None),
    )
    return list(await session.exec(query.order_by(col(Judgement.id)).limit(limit)))


async def list_waiting(session: Session, community_id: int) -> list[Judgement]:
    """Likely duplicates that were found and not shown to the team yet, the most certain first."""
    query = select(Judgement).where(
        Judgement.community_id == community_id, Judgement.door == PROPOSAL, col(Judgement.shown_at).is_(None)
    )
    return list(await session.exec(query.order_by(col(Judgement.certainty).desc(), col(Judgement.id))))


async def list_proposed(session: Session, suggestion_id: int) -> list[Judgement]:
    """Proposals shown to the team in which the suggestion is one of two, but for those that were kept apart."""
    query = select(Judgement).where(
        (col(Judgement.suggestion_id) == suggestion_id) | (col(Judgement.other_id) == suggestion_id),
        Judgement.door == PROPOSAL,
        col(Judgement.shown_at).is_not(None),
        col(Judgement.is_same).is_not(False),
    )
    return list(await session.exec(query.order_by(col(Judgement.id))))


async def list_answers(session: Session, community_id: int, vector_by: str | None) -> list[tuple[float, bool]]:
    """Certainty and answer of the latest texts that were judged with this encoder, or by terms alone.

    An offer is one text, whatever it showed: it was right if any of it was. Of what one person was offered only the
    latest count, so that nobody alone teaches a community; who merges is trusted.
    """
    text = func.coalesce(col(Judgement.offer_id), -col(Judgement.id)).label("text")
    said_at = func.max(col(Judgement.judged_at)).label("said_at")
    said_by = func.max(col(Judgement.judged_by_id))
    by_team = func.max(case((col(Judgement.door) == OFFER, 0), else_=1))
    teacher = case((by_team == 0, said_by), else_=-func.max(Judgement.id))
    nth = func.row_number().over(partition_by=teacher, order_by=(said_at.desc(), text)).label("nth")
    right = func.max(case((col(Judgement.is_same).is_(True), 1), else_=0)).label("right")
    answers = (
        select(func.max(Judgement.certainty).label("certainty"), right)
        .add_columns(text, said_at, nth)
        .where(
            col(Judgement.community_id) == community_id,
            col(Judgement.vector_by).is_not_distinct_from(vector_by),
            col(Judgement.certainty).is_not(None),
        )
        .group_by(text)
        .having(func.count(col(Judgement.is_same)) > 0)
        .subquery()
    )
    query = select(answers.c.certainty, answers.c.right).where(answers.c.nth <= MOST_OF_ONE)
    latest = query.order_by(answers.c.said_at.desc(), answers.c.text).limit(MOST_ANSWERS)
    return [(certainty, bool(right)) for certainty, right in await session.exec(latest)]
