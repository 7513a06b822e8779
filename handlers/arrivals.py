"""People coming to a group and leaving it, as far as Telegram tells."""

from aiogram.types import ChatMemberBanned, ChatMemberUnion, ChatMemberUpdated, Message

from bot.community import bars, members
from bot.community.errors import RightsUnknown
from bot.community.members import SeenPerson
from bot.here import Here, seen_person
from bot.rights import PRESENT
from bot.texts.say import Answers
from handlers import invitations, seeds, waiting
from storage.outbox import OutboxRow


async def somebody_moved(event: ChatMemberUpdated, here: Here) -> Answers:
    """A person joined, left, was promoted or demoted; in a channel that is nothing to the community."""
    if here.chat is None:
        return None
    here.rights.forget(here.chat.external_id)
    member, user = event.new_chat_member, event.new_chat_member.user
    present = member.status in PRESENT or bool(getattr(member, "is_member", False))
    if user.is_bot or here.chat.is_channel:
        return None
    gone = not present and await _is_gone(here, str(user.id))
    told = await _follow_ban(event, here)
    if present:
        return [*told, *await _came(here, seen_person(user))]
    if gone:
        await _left(here, seen_person(user))
    return told


async def _follow_ban(event: ChatMemberUpdated, here: Here) -> list[OutboxRow]:
    """Whom the team bans for good from one of its chats no code lets in any more, until the ban is over."""
    was, is_now = map(_is_banned, (event.old_chat_member, event.new_chat_member))
    if was == is_now:
        return []
    person = await members.meet_person(here.session, seen_person(event.new_chat_member.user), here.now)
    if not is_now:
        await bars.unban(here.session, here.community_id, person.id or 0, here.person_id, here.now)
        return []
    await bars.ban(here.session, here.community_id, person.id or 0, here.person_id, here.now)
    return await waiting.wait_no_more(here, person.id or 0, "banned")


def _is_banned(member: ChatMemberUnion) -> bool:
    """Banned for good; of a ban that ends by itself Telegram tells no end, and keeps the person out meanwhile."""
    return isinstance(member, ChatMemberBanned) and member.until_date.timestamp() <= 0


async def people_came(message: Message, here: Here) -> Answers:
    """The service message of people joining: the only sign where the bot is no administrator."""
    people = [user for user in message.new_chat_members or () if not user.is_bot]
    return [said for user in people for said in await _came(here, seen_person(user))]


async def person_left(message: Message, here: Here) -> Answers:
    """The service message of a person leaving."""
    user = message.left_chat_member
    if user is None or user.is_bot or here.chat is None:
        return None
    here.rights.forget(here.chat.external_id)
    if await _is_gone(here, str(user.id)):
        await _left(here, seen_person(user))
    return None


async def _is_gone(here: Here, who: str) -> bool:
    """Whether somebody who left this chat is in no other of the community's groups, as far as Telegram tells."""
    groups = await here.other_groups()
    try:
        return not await here.rights.list_present(groups, who)
    except RightsUnknown:
        return True


async def _came(here: Here, seen: SeenPerson) -> list[OutboxRow]:
    assert here.chat is not None  # noqa: S101  # both callers are events of a group
    person = await members.meet_person(here.session, seen, here.now)
    await members.arrive(here.session, here.chat, person, here.now)
    told = await invitations.came_in(here, person.id or 0)
    served = await waiting.wait_no_more(here, person.id or 0, "came in") if here.chat.is_seed else []
    return [*([told] if told else []), *served, *await seeds.tag_who_came(here, person)]


async def _left(here: Here, seen: SeenPerson) -> None:
    person = await members.meet_person(here.session, seen, here.now)
    await members.leave(here.session, here.community_id, person.id or 0, here.now)
