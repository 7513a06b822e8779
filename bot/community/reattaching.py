"""Mending the tree: somebody stands under another inviter from now on. Codes and their history stay as they are."""

from dataclasses import dataclass
from datetime import datetime

from bot.community import audit
from bot.community.bars import person_in
from bot.community.errors import BroughtByThem, LaterAction, NotAMember, TreeChanged, WouldCircle
from storage import members, tree
from storage.audit import AuditRow
from storage.database import Session
from storage.members import Member, Person


@dataclass(frozen=True)
class Move:
    """Who goes, with how many others below them, from whom to whom."""

    member: Member
    person: Person
    was: Person | None
    inviter: Person
    below: int


async def preview(session: Session, community_id: int, person_id: int, inviter_id: int) -> Move:
    """What would be moved. Raises NotAMember, BroughtByThem, WouldCircle."""
    member = await members.get_member(session, community_id, person_id)
    if member is None or await members.get_member(session, community_id, inviter_id) is None:
        raise NotAMember
    if member.inviter_id == inviter_id:
        raise BroughtByThem
    await _require_no_circle(session, community_id, person_id, inviter_id)
    people = await members.list_people(session, [i for i in (person_id, inviter_id, member.inviter_id) if i])
    below = len(await tree.list_branch(session, community_id, person_id)) - 1
    return Move(member, people[person_id], people.get(member.inviter_id or 0), people[inviter_id], below)


async def reattach(
    session: Session, community_id: int, person_id: int, inviter_id: int, was_id: int | None, by_id: int, now: datetime
) -> Move:
    """Let the person, and all below them, stand under another inviter. Raises as `preview`, and TreeChanged."""
    await tree.claim_tree(session, community_id)
    move = await preview(session, community_id, person_id, inviter_id)
    if move.member.inviter_id != was_id:
        raise TreeChanged
    await tree.set_inviter(session, community_id, person_id, inviter_id)
    action = audit.Action(community_id, by_id, "reattach", move.person.name)
    before = {"person_id": person_id, "inviter_id": was_id}
    await audit.record(session, action, before, {"inviter_id": inviter_id}, now)
    return move


async def set_back(session: Session, row: AuditRow) -> None:
    """Where the person stood before. Raises LaterAction where the tree has grown another way since."""
    await tree.claim_tree(session, row.community_id)
    person_id, inviter_id = person_in(row), row.was["inviter_id"]
    member = await members.get_member(session, row.community_id, person_id)
    if member is None or member.inviter_id != row.became["inviter_id"]:
        raise LaterAction(row.subject)
    if isinstance(inviter_id, int) and await _is_circle(session, row.community_id, person_id, inviter_id):
        raise LaterAction(row.subject)
    await tree.set_inviter(session, row.community_id, person_id, inviter_id if isinstance(inviter_id, int) else None)


async def _require_no_circle(session: Session, community_id: int, person_id: int, inviter_id: int) -> None:
    if await _is_circle(session, community_id, person_id, inviter_id):
        raise WouldCircle


async def _is_circle(session: Session, community_id: int, person_id: int, inviter_id: int) -> bool:
    return person_id == inviter_id or await tree.is_brought_by(session, community_id, inviter_id, person_id)
