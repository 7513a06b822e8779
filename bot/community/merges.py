"""Merging what means the same: nothing moves, the two are counted together, and can be parted exactly again."""

from dataclasses import dataclass
from datetime import datetime

from bot.community import audit, learning, notices
from bot.community.errors import CannotMerge, MergedIntoItself, NotMerged, NotTheirs, PartOfAnother, UnknownSuggestion
from bot.community.notices import News
from bot.community.suggestions import access_suggestion
from storage import audit as log
from storage import members, merges, suggestions, votes
from storage import notices as notice_rows
from storage.database import Session
from storage.suggestions import MERGED, OPEN, PLANNED, STARTED, Suggestion
from storage.tree import claim_tree

UNDECIDED = (OPEN, PLANNED, STARTED)


@dataclass(frozen=True)
class Pair:
    """A suggestion and the one it is, or will be, merged into."""

    merged: Suggestion
    into: Suggestion


@dataclass(frozen=True)
class Preview:
    """What a merge would make of two: askers, and people counted once for both."""

    pair: Pair
    askers: tuple[str, str]
    votes: tuple[int, int]  # as they stand
    votes_together: int
    voices_together: int


async def preview(session: Session, community_id: int, number: int, into: int) -> Preview:
    """What merging one into the other would give; raises as `merge` does. It changes nothing."""
    pair = await _pair(session, community_id, number, into)
    ids = [pair.merged.id or 0, pair.into.id or 0]
    families = [i for one in ids for i in await merges.list_family(session, one)]
    people = await members.list_people(session, [pair.merged.author_id, pair.into.author_id])
    counted = await votes.count_votes(session, ids)
    return Preview(
        pair=pair,
        askers=(people[pair.merged.author_id].name, people[pair.into.author_id].name),
        votes=(counted.get(ids[0], 0), counted.get(ids[1], 0)),
        votes_together=await merges.count_voters(session, families, but=pair.into.author_id),
        voices_together=await merges.count_speakers(session, families),
    )


async def merge(session: Session, community_id: int, number: int, into: int, actor_id: int, now: datetime) -> Pair:
    """Make one suggestion part of another; one that was merged itself stands for the one it was merged into.

    Raises UnknownSuggestion, PartOfAnother, MergedIntoItself, CannotMerge.
    """
    await claim_tree(session, community_id)  # two merges at once could make a circle
    pair = await _pair(session, community_id, number, into)
    suggestion, before = pair.merged, audit.standing(pair.merged)
    suggestion.status, suggestion.reason, suggestion.merged_into_id = MERGED, "", pair.into.id
    suggestion.decided_at, suggestion.decided_by_id, suggestion.decided_as_team = now, actor_id, False
    await audit.record_change(session, suggestion, audit.about(suggestion, actor_id, "merge"), before, now)
    pair.into.handled_at = now
    await learning.learn_merge(session, community_id, suggestion.id or 0, pair.into.id or 0, actor_id, now)
    await notices.notify(
        session, suggestion, _askers(pair, actor_id), News("merged", now.isoformat(), str(pair.into.number)), now
    )
    return pair


async def split(session: Session, community_id: int, number: int, actor_id: int, now: datetime) -> Pair:
    """Part a merged suggestion from the other: it stands as before the merge, or is as gone as it was taken back.

    Raises UnknownSuggestion, NotMerged.
    """
    await claim_tree(session, community_id)
    held = await suggestions.lock_suggestions(session, community_id, [number] if number < 2**31 else [], gone=True)
    if not held:
        raise UnknownSuggestion(number)
    suggestion = held[0]
    merged = await log.get_merge(session, community_id, f"#{suggestion.number}")
    if suggestion.status != MERGED or merged is None:
        raise NotMerged(number)
    pair = Pair(suggestion, await merges.get_root(session, suggestion))
    before, merged_at = audit.standing(suggestion), suggestion.decided_at or now
    audit.set_back(suggestion, merged.was)
    await audit.record_change(session, suggestion, audit.about(suggestion, actor_id, "split"), before, now)
    await learning.learn_split(session, community_id, suggestion.id or 0, pair.into.id or 0, actor_id, now)
    await tell_split(session, pair, actor_id, merged_at, now)
    return pair


async def check_rejoin(session: Session, suggestion: Suggestion, into_id: int) -> None:
    """Whether a suggestion may become part of that one again, as it was; raises as `merge` does."""
    await claim_tree(session, suggestion.community_id)
    into = await suggestions.get_suggestion_by_id(session, into_id)
    if into is not None:
        await _pair(session, suggestion.community_id, suggestion.number, into.number)


async def tell_split(session: Session, pair: Pair, actor_id: int, merged_at: datetime, now: datetime) -> None:
    """Both askers hear that the two are apart again, but for who has not heard yet that they were one."""
    unheard = await notice_rows.drop_unheard(session, pair.merged.id or 0, "merged", merged_at, now)
    told = [person for person in _askers(pair, actor_id) if person not in unheard]
    await notices.notify(session, pair.merged, told, News("split", now.isoformat(), str(pair.into.number)), now)


async def tell_rejoined(session: Session, pair: Pair, actor_id: int, split_at: datetime, now: datetime) -> None:
    """A split was undone: both askers hear that the two are one, but for who has not heard yet that they were apart."""
    unheard = await notice_rows.drop_unheard(session, pair.merged.id or 0, "split", split_at, now)
    told = [person for person in _askers(pair, actor_id) if person not in unheard]
    await notices.notify(session, pair.merged, told, News("merged", now.isoformat(), str(pair.into.number)), now)


async def contest(session: Session, suggestion: Suggestion, person_id: int) -> Pair:
    """The pair that somebody says is not the same; raises NotMerged, and NotTheirs for who wanted neither."""
    if suggestion.status != MERGED:
        raise NotMerged(suggestion.number)
    root = await merges.get_root(session, suggestion)
    if not await merges.has_asked(session, await merges.list_family(session, root.id or 0), person_id):
        raise NotTheirs
    return Pair(suggestion, root)


def _askers(pair: Pair, actor_id: int) -> list[int]:
    """Both askers, each once; who did it needs no telling."""
    return [person for person in {pair.merged.author_id: 0, pair.into.author_id: 0} if person != actor_id]


async def _pair(session: Session, community_id: int, number: int, into: int) -> Pair:
    suggestion = await access_suggestion(session, community_id, number)
    root = await merges.get_root(session, await access_suggestion(session, community_id, into))
    if suggestion.status == MERGED:
        raise PartOfAnother(number, (await merges.get_root(session, suggestion)).number)
    if root.id == suggestion.id:
        raise MergedIntoItself(number, into)
    for one in (suggestion, root):
        if one.status not in UNDECIDED:
            raise CannotMerge(one.number, one.status)
    return Pair(suggestion, root)
