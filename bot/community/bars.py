"""Bars: who may not invite, not come in, or brings no credit. Each has a reason, and each can be lifted."""

from collections import Counter
from datetime import datetime

from bot.community import audit, invitations, waiting
from bot.community.errors import (
    AlreadyBarred,
    LaterAction,
    NotAMember,
    NotBarred,
    NothingToRevoke,
    ReasonMissing,
)
from storage import bars, claims, members, tree
from storage import invitations as codes
from storage.audit import AuditRow
from storage.bars import BRANCH, CREDIT, ENTRY, INVITING, LONGEST_REASON, Bar
from storage.database import Session

# What the team may do to somebody, as the audit log names it. Credit is withheld silently: only the team ever hears.
DEEDS = {INVITING: "bar", BRANCH: "pause", CREDIT: "withhold"}
KINDS = tuple(DEEDS)


async def bar(
    session: Session, community_id: int, person_id: int, kind: str, reason: str, by_id: int, now: datetime
) -> Bar:
    """Keep somebody, or all of their branch, from inviting; or let them bring their inviter no credit, nor earn any.

    Unused codes of who may not invite open nothing meanwhile. Raises NotAMember, ReasonMissing, AlreadyBarred.
    """
    if not reason.strip():
        raise ReasonMissing(is_told=kind != CREDIT)
    if await members.get_member(session, community_id, person_id) is None:
        raise NotAMember
    if await bars.get_bar(session, community_id, person_id, kind):
        raise AlreadyBarred
    made = await _add(session, community_id, person_id, kind, reason, by_id, now)
    await _note(session, made, by_id, None, made.reason, now)
    return made


async def lift(session: Session, community_id: int, person_id: int, kind: str, by_id: int, now: datetime) -> Bar:
    """End a bar; what was in hand is good again. Raises NotBarred."""
    barred = await bars.get_bar(session, community_id, person_id, kind)
    if barred is None or not await bars.set_lifted(session, community_id, person_id, kind, by_id, now):
        raise NotBarred
    await _note(session, barred, by_id, barred.reason, None, now)
    return barred


async def _note(
    session: Session, barred: Bar, by_id: int, was: str | None, became: str | None, now: datetime
) -> AuditRow:
    person = await members.get_person(session, barred.person_id)
    action = audit.Action(barred.community_id, by_id, DEEDS[barred.kind], person.name)
    before = {"person_id": barred.person_id, barred.kind: was}
    return await audit.record(session, action, before, {barred.kind: became}, now)


async def set_back(session: Session, row: AuditRow, by_id: int, now: datetime) -> None:
    """A bar that was imposed ends, one that was lifted holds again. Raises LaterAction."""
    kind = next(kind for kind, deed in DEEDS.items() if deed == row.action)
    person_id, reason = person_in(row), row.was[kind]
    in_force = await bars.get_bar(session, row.community_id, person_id, kind)
    if (in_force is None) == (reason is None):
        raise LaterAction(row.subject)
    if reason is None:
        await bars.set_lifted(session, row.community_id, person_id, kind, by_id, now)
    else:
        await _add(session, row.community_id, person_id, kind, str(reason), by_id, now)


def person_in(row: AuditRow) -> int:
    """Whom an action of the team's concerned."""
    return int(str(row.was["person_id"]))


async def revoke_branch(
    session: Session, community_id: int, person_id: int, reason: str, by_id: int, now: datetime
) -> Counter[int]:
    """Withdraw all unused codes of a person and of everyone they brought: how many, by holder.

    They come home, so that their holders may ask for others. Raises NotAMember, ReasonMissing, NothingToRevoke.
    """
    if not reason.strip():
        raise ReasonMissing(is_told=True)
    person = await members.get_person(session, person_id)
    branch = [kin.person_id for kin in await tree.list_branch(session, community_id, person_id)]
    if not branch:
        raise NotAMember
    gone = await codes.set_all_revoked(session, community_id, branch, by_id, now, "branch")
    if not gone:
        raise NothingToRevoke
    action = audit.Action(community_id, by_id, "revoke", person.name)
    after = {"codes": [code.id for code in gone], "why": reason.strip()[:LONGEST_REASON]}
    await audit.record(session, action, {"person_id": person_id}, after, now)
    return Counter(code.holder_id for code in gone)


async def hand_back(session: Session, row: AuditRow, by_id: int, now: datetime) -> None:
    """Withdrawn codes are gone for good, and their holders' own came home; gifts, which do not, are made anew."""
    for invitation in await codes.list_invitations(session, row.community_id, _numbers(row.became["codes"])):
        if invitation.is_gift:
            await invitations.mint(
                session, invitations.draft_like(invitation), by_id, now, f"instead of {invitation.id}"
            )


def _numbers(listed: object) -> list[int]:
    return [int(number) for number in listed] if isinstance(listed, list) else []


async def ban(session: Session, community_id: int, person_id: int, by_id: int, now: datetime) -> None:
    """Somebody was banned from a chat: their unused codes are withdrawn, and no code opens for them or is kept."""
    if await bars.get_bar(session, community_id, person_id, ENTRY) is None:
        await _add(session, community_id, person_id, ENTRY, "", by_id, now)
    await codes.set_all_revoked(session, community_id, [person_id], by_id, now, "banned")
    await claims.set_returned_by(session, community_id, person_id, by_id, now)
    await waiting.leave(session, community_id, person_id, "banned", by_id, now)


async def unban(session: Session, community_id: int, person_id: int, by_id: int, now: datetime) -> None:
    """The ban is over; codes open for the person again."""
    await bars.set_lifted(session, community_id, person_id, ENTRY, by_id, now)


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
