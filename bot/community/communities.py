"""What a community's chats are for, and following those that move."""

from datetime import datetime

from bot.community.audit import Action, record
from storage import communities, digests, members, moves
from storage.communities import Chat, Community
from storage.database import Session
from storage.suggestions import Suggestion


def roles_of(chat: Chat) -> list[str]:
    """What the chat is for."""
    plays = {"open": chat.is_open, "seed": chat.is_seed, "staff": chat.is_staff}
    return [role for role, so in plays.items() if so]


async def toggle_role(session: Session, chat: Chat, role: str) -> Chat:
    """Give the chat a role (open, seed, staff) or take it away; one without any is open."""
    row = await session.merge(chat)
    if role == "seed":
        row.is_seed = not row.is_seed
    elif role == "staff":
        row.is_staff = not row.is_staff
    else:
        row.is_open = not row.is_open
    # A chat that has just become the staff's or gated is no longer open to all, unless it is said again.
    if role != "open" and (row.is_seed or row.is_staff):
        row.is_open = False
    row.is_open = row.is_open or not (row.is_seed or row.is_staff)
    await session.flush()
    return row


async def switch_digest(session: Session, chat: Chat, by_id: int, now: datetime) -> None:
    """The chat gets the digest from now on, or no longer."""
    before, chat.gets_digest = chat.gets_digest, not chat.gets_digest
    action = Action(chat.community_id, by_id, "role", chat.title)
    await record(session, action, {"digest": before}, {"digest": chat.gets_digest}, now)


async def speak(session: Session, chat: Chat, language: str, by_id: int, now: datetime) -> None:
    """The language spoken in the chat from now on."""
    before, chat.language = chat.language, language
    action = Action(chat.community_id, by_id, "language", chat.title)
    await record(session, action, {"value": before}, {"value": language}, now)


async def adopt(session: Session, chat: Chat, community_id: int) -> bool:
    """Make the chat one of a community's; False when its present community has come to life already."""
    row = await communities.get_chat(session, chat.id or 0)  # afresh: Telegram may have been asked since it was read
    present = await communities.get_community(session, row.community_id)
    if present.id == community_id or await _has_a_life(session, present):
        return False
    row.community_id = community_id
    await session.flush()
    await members.move_members(session, present.id or 0, community_id)
    await moves.move_heard(session, present.id or 0, community_id)
    await digests.delete_digests(session, present.id or 0)
    await moves.forget_community(session, present.id or 0)
    return True


async def _has_a_life(session: Session, community: Community) -> bool:
    """Whether anything hangs on the community that could not simply be forgotten."""
    others = len(await communities.list_chats(session, community.id or 0)) > 1
    return others or community.last_number > 0 or await moves.has_invited(session, community.id or 0)


async def follow_migration(session: Session, old: str, new: str) -> list[Suggestion]:
    """A group became a supergroup: its row gets the new id. Either service message may come first, twice or never.

    Returns the suggestions that have another number now.
    """
    return await moves.follow(session, old, new)
