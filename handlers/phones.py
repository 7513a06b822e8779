"""A phone number shown by Telegram's own button, where a community wants one before a code lets somebody in."""

from aiogram.types import Message

from bot.community import invitations as rules
from bot.community.errors import PhoneSecretMissing
from bot.community.invitations import Admitted, PhoneTaken
from bot.here import Here
from bot.texts import phones as texts
from bot.texts.announce import language_of_person
from bot.texts.say import Answers
from handlers import invitations


async def shown(message: Message, here: Here) -> Answers:
    """Only the sender's own contact counts, and only while a code waits for it; of anything else nothing is kept."""
    contact = message.contact
    if here.chat is not None or contact is None or message.from_user is None:
        return None
    if contact.user_id != message.from_user.id or message.forward_origin is not None:
        return texts.not_own(here.mine)
    async with here.database.reading() as look:
        claimed = await rules.awaiting_phone(look, here.person_id)
        known = await invitations.look_into(here, look, claimed) if claimed else None
    if known is None:
        return texts.unasked(here.mine)
    if not here.phone_secret:
        raise PhoneSecretMissing
    if not contact.phone_number:  # it was set aside, without the number, and is tried again
        return texts.wanted(here.mine, known.community)
    t = language_of_person(here.person, known.community)
    outcome = await rules.prove(here.session, here.person_id, contact.phone_number, here.phone_secret, here.now)
    match outcome:
        case Admitted():
            welcome = await invitations.welcome(here, known, outcome)
            return [texts.thanks(t), *(welcome if isinstance(welcome, list) else [welcome])]
        case PhoneTaken():
            return texts.taken(t, known.community)
        case _:
            return texts.unasked(t)
