"""Rounds and gifts: more codes for everyone, or for one."""

import re
from functools import partial

from bot.community import gifts
from bot.community import rounds as rules
from bot.community.audit import Action, record
from bot.community.errors import GiftUnclear, RoundUnclear
from bot.here import Here
from bot.texts import rounds as texts
from bot.texts.announce import language_of_chat, language_of_person
from bot.texts.say import Answers, Rewrite, to_chat, to_person
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import within
from handlers.people import person_meant, quietly
from storage import communities, members
from storage.invitations import TOUCHPOINTS
from storage.outbox import OutboxRow

_GIFT = re.compile(rf"(\d{{1,4}})(?:\s+({'|'.join(TOUCHPOINTS)})\b)?\s*(.*)", re.DOTALL | re.IGNORECASE)


async def round_(here: Here, spoken: Spoken) -> Answers:
    """`/round 2`: how many seats that would open, with a button to open them."""
    await here.require_owner()
    if not spoken.words.isascii() or not spoken.words.isdigit():
        raise RoundUnclear(rules.MOST_EACH)
    seen = await rules.preview(here.session, here.community_id, int(spoken.words[:4]))
    return texts.preview(here.mine, here.community, seen)


async def round_pressed(here: Here, numbers: list[int]) -> Answers:
    """The owner has seen what it opens."""
    community_id, each, before, people = numbers
    here = await within(here, community_id)
    await here.require_owner()
    opened = await rules.open_round(here.session, here.community_id, each, before, people, here.person_id, here.now)
    action = Action(here.community_id, here.person_id, "round", f"+{each}")
    await record(here.session, action, {}, {"people": len(opened.people), "each": each}, here.now)
    return [Rewrite(texts.opened(here.mine, opened)), *await _tell(here, opened)]


async def _tell(here: Here, opened: rules.Preview) -> list[OutboxRow]:
    """Once in each gated chat, or in the open ones where there is none: it concerns everybody there."""
    chats = [chat for chat in await communities.list_chats(here.session, here.community_id) if not chat.is_staff]
    told = [chat for chat in chats if chat.is_seed] or [chat for chat in chats if not chat.is_channel]
    key = f"round:{here.origin}"
    return [
        to_chat(
            chat.id or 0,
            texts.more_for_all(language_of_chat(chat, here.community), opened),
            here.now,
            key=f"{key}:{chat.id}",
            topic=chat.topic,
        )
        for chat in told
    ]


async def gift(here: Here, spoken: Spoken) -> Answers:
    """`/gift @who 2`, with a door if they are for one: `/gift @who 20 partner spring fair`."""
    person_id, words = await person_meant(here, spoken, "/gift @ahe 2")
    found = _GIFT.match(words)
    if found is None:
        raise GiftUnclear(gifts.MOST_AT_ONCE)
    count, touchpoint, campaign = int(found[1]), (found[2] or "user").lower(), found[3].strip()
    await gifts.give(
        here.session,
        here.community_id,
        person_id,
        count,
        here.person_id,
        here.now,
        touchpoint=touchpoint,
        campaign=campaign,
    )
    person = await members.get_person(here.session, person_id)
    action = Action(here.community_id, here.person_id, "gift", person.name)
    await record(here.session, action, {}, {"codes": count, "touchpoint": touchpoint, "campaign": campaign}, here.now)
    t = language_of_person(person, here.community)
    told = to_person(person_id, texts.gift(t, here.community, count), here.now, key=f"gift:{here.origin}")
    given = partial(texts.given, person=person, count=count, touchpoint=touchpoint, campaign=campaign)
    return [quietly(here, given), told]


COMMANDS = (
    Command("round", round_, takes="number", staff=True),
    Command("gift", gift, takes="text", staff=True),
)
PRESSES = (Press("round", round_pressed, 4),)
PROMPTS: tuple[Prompt, ...] = ()
