"""Bars: who may not invite, or not come in. Each has a reason, and each can be lifted."""

from datetime import datetime

from bot.community.errors import AlreadyBarred, NotAMember, NotBarred, ReasonMissing
from storage import bars, invitations, members, tree
from storage.bars import BRANCH, CREDIT, ENTRY, INVITING, LONGEST_REASON, Bar
from storage.database import Session


async def bar(
    session: Session, community_id: int, person_id: int, kind: str, reason: str, by_id: int, now: datetime
) -> Bar:
    """Keep somebody, or all of their branch, from inviting. Their unused codes open nothing meanwhile.

    Raises NotAMember, ReasonMissing, AlreadyBarred.
    """
    if not reason.strip():
        raise ReasonMissing
    if await members.get_member(session, community_id, person_id) is None:
        raise NotAMember
    if await bars.get_bar(session, community_id, person_id, kind):
        raise AlreadyBarred
    return await _add(session, community_id, person_id, kind, reason, by_id, now)


async def lift(session: Session, community_id: int, person_id: int, kind: str, by_id: int, now: datetime) -> None:
    """End a bar; what was in hand is good again. Raises NotBarred."""
    if not await bars.set_lifted(session, community_id, person_id, kind, by_id, now):
        raise NotBarred


async def withhold(session: Session, community_id: int, person_id: int, by_id: int, now: datetime) -> bool:
    """Let somebody bring their inviter no credit, and earn none by friends; nobody is told. Again, it is undone."""
    if await bars.set_lifted(session, community_id, person_id, CREDIT, by_id, now):
        return False
    await _add(session, community_id, person_id, CREDIT, "", by_id, now)
    return True


async def ban(session: Session, community_id: int, person_id: int, by_id: int, now: datetime) -> None:
    """Somebody was banned from a chat: their unused codes are withdrawn, and no code opens for them."""
    if await bars.get_bar(session, community_id, person_id, ENTRY) is None:
        await _add(session, community_id, person_id, ENTRY, "", by_id, now)
    await invitations.set_all_revoked(session, community_id, [person_id], by_id, now, "banned")
    await invitations.set_returned_by(session, community_id, person_id, by_id, now)


async def unban(session: Session, community_id: int, person_id: int, by_id: int, now: datetime) -> None:
    """The ban is over; codes open for the person again."""
    await bars.set_lifted(session, community_id, person_id, ENTRY, by_id, now)


async def revoke_branch(session: Session, community_id: int, person_id: int, by_id: int, now: datetime) -> int:
    """Withdraw all unused codes of a person and of everyone they brought; how many those were."""
    branch = [kin.person_id for kin in await tree.list_branch(session, community_id, person_id)]
    return await invitations.set_all_revoked(session, community_id, branch, by_id, now, "branch")


async def _add(
    session: Session, community_id: int, person_id: int, kind: str, reason: str, by_id: int, now: datetime
) -> Bar:
    made = Bar(
        community_id=community_id,
        person_id=person_id,
        kind=kind,
        reason=reason.strip()[:LONGEST_REASON],
        by_id=by_id,
        since=now,
    )
    return await bars.add_bar(session, made)


KINDS = (INVITING, BRANCH)  # those the team names
