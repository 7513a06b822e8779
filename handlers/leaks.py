"""Codes posted where everybody reads them, in a group or a channel: withdrawn, and their holders get others."""

from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import Message

from bot import doors
from bot.community import leaks
from bot.here import Here
from bot.texts import invitations as texts
from bot.texts.announce import language_of_person
from bot.texts.say import Answers, to_person
from handlers.hearing import has_face
from storage import invitations, members
from storage.outbox import OutboxRow


async def posted_openly(message: Message, here: Here, posted: list[str]) -> Answers:
    """A code where everybody reads it: withdrawn, and its holder gets another."""
    if here.chat is None or here.chat.is_seed or here.chat.is_staff:
        return _unless_it_goes_on(message)
    async with here.database.reading() as look:
        if not await invitations.list_good(look, posted, here.now):
            return _unless_it_goes_on(message)
    username = await doors.username(here.rights)
    poster = here.person if has_face(message) else None
    told: list[OutboxRow] = []
    for leak in await leaks.withdraw(here.session, here.community_id, posted, here.person_id, here.now):
        holder = await members.get_person(here.session, leak.holder_id)
        t = language_of_person(holder, here.community)
        said = texts.leaked(t, here.chat, poster, leak.old, leak.new, username)
        told.append(to_person(leak.holder_id, said, here.now, key=f"leaked:{here.origin}:{leak.old}"))
    return told or _unless_it_goes_on(message)


def _unless_it_goes_on(message: Message) -> Answers:
    """A message without a code to withdraw goes its usual way; a channel's post, which is repeated here, has none."""
    if not message.is_automatic_forward:
        raise SkipHandler
    return None
