"""A phone number shown by Telegram's own button, where a community wants one before a code lets somebody in.

`/phone` is the team's way to free one that was lost, sold or banned by mistake.
"""

from aiogram.types import Message

from bot.community import invitations as rules
from bot.community import phones
from bot.community.errors import NoPhoneShown, PhoneSecretMissing
from bot.community.invitations import Admitted, PhoneTaken
from bot.here import Here
from bot.texts import phones as texts
from bot.texts.announce import language_of_person
from bot.texts.say import Answers, Rewrite, to_person
from handlers import invitations
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import within
from handlers.people import person_meant, require_team_alone
from storage import bars, members
from storage import phones as rows
from storage.bars import ENTRY
from storage.outbox import OutboxRow


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


async def show(here: Here, spoken: Spoken) -> Answers:
    """`/phone`: whom a number keeps out; `/phone @who`, or in reply to somebody: theirs."""
    require_team_alone(here)
    if not spoken.words and spoken.message.reply_to_message is None:
        return texts.kept_out(here.t, here.community, await rows.list_kept_out(here.session, here.community_id))
    person_id, _ = await person_meant(here, spoken, "/phone @ahe")
    if not await rows.has_proof(here.session, here.community_id, person_id):
        raise NoPhoneShown
    holder = await members.get_person(here.session, person_id)
    banned = await bars.get_bar(here.session, here.community_id, person_id, ENTRY)
    return texts.one_kept(here.t, here.community, holder, is_banned=banned is not None)


async def freed(here: Here, numbers: list[int]) -> Answers:
    """Whoever was refused for the number may show it now."""
    here = await within(here, numbers[0])
    await here.require_staff(fresh=True)
    require_team_alone(here)
    refused = await phones.free(here.session, here.community_id, numbers[1], here.person_id, here.now)
    holder = await members.get_person(here.session, numbers[1])
    return [Rewrite(texts.freed(here.t, holder)), *[await _tell(here, person_id) for person_id in refused]]


async def _tell(here: Here, person_id: int) -> OutboxRow:
    person = await members.get_person(here.session, person_id)
    said = texts.shown_anew(language_of_person(person, here.community), here.community)
    return to_person(person_id, said, here.now, key=f"phone:{here.origin}:{person_id}")


COMMANDS = (Command("phone", show, takes="text", staff=True, harmless=True),)
PRESSES = (Press("phone", freed, 2),)
PROMPTS: tuple[Prompt, ...] = ()
