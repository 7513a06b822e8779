""" "I'll try it first", by the card's button and by `/reserve 12`; the team sees who."""

from bot.community import reservations
from bot.community.suggestions import access_named, access_surviving
from bot.here import Here
from bot.texts import reservations as texts
from bot.texts.say import Answers, Say, Toast
from handlers.commands import Command, Press, Spoken, number_in
from handlers.named import for_who_is_there
from storage.suggestions import Suggestion


async def reserve(here: Here, spoken: Spoken) -> Answers:
    """`/reserve 12`: early access when it ships; said again, it is given up."""
    number = number_in(spoken)
    here.require_face()
    await here.require_present()
    return here.aside(await _toggle(here, await access_surviving(here.session, here.community_id, number)))


async def reserve_pressed(here: Here, numbers: list[int]) -> Answers:
    """The card's button: reserves, and gives it up when pressed again."""
    here, _ = await for_who_is_there(here, numbers[0])
    return Toast(await _toggle(here, await access_named(here.session, here.community_id, numbers[0])))


async def _toggle(here: Here, suggestion: Suggestion) -> str:
    stands = await reservations.toggle_reservation(here.session, suggestion, here.person_id, here.now)
    return texts.reserved(here.mine, suggestion) if stands else texts.given_up(here.mine, suggestion)


async def list_reserving(here: Here, spoken: Spoken) -> Answers:
    """`/reservations 12`: who wants to try it first."""
    suggestion = await access_surviving(here.session, here.community_id, number_in(spoken))
    names = [person.name for person in await reservations.list_first(here.session, suggestion)]
    if here.chat is not None and not here.chat.is_staff:
        return here.aside(texts.listed(here.mine, suggestion, names))
    return Say(texts.listed(here.t, suggestion, names))


COMMANDS = (
    Command("reserve", reserve, takes="number", aliases=("预约", "預約")),
    Command("reservations", list_reserving, takes="number", aliases=("预约名单", "預約名單"), staff=True),
)
PRESSES = (Press("reserve", reserve_pressed, 1),)
PROMPTS = ()
