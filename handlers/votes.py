"""Votes, by the card's button and by `/vote 12`."""

from bot.community import votes
from bot.community.suggestions import access_named, access_surviving
from bot.here import Here
from bot.texts import announce
from bot.texts import votes as texts
from bot.texts.say import Answers, React, Toast
from handlers.commands import Command, Press, Spoken, number_in
from handlers.follows import is_first_vote
from handlers.named import for_who_is_there


async def vote(here: Here, spoken: Spoken) -> Answers:
    """`/vote 12`: counts once, however often it is said. In a group a reaction is thanks enough."""
    number = number_in(spoken)
    here.require_face()
    await here.require_present()
    suggestion = await access_surviving(here.session, here.community_id, number)
    cast = await votes.vote(here.session, suggestion, here.person_id, here.now)
    first = await is_first_vote(here)
    said = texts.cast(here.mine, suggestion, cast, first=first)
    thanks = here.aside(said) if first or cast.held_hours or here.chat is None else React()
    return [thanks, *await announce.voted(here.session, suggestion, cast, here.now)]


async def vote_pressed(here: Here, numbers: list[int]) -> Answers:
    """The card's button: votes, and takes the vote back when pressed again."""
    here, _ = await for_who_is_there(here, numbers[0])
    suggestion = await access_named(here.session, here.community_id, numbers[0])
    cast = await votes.toggle_vote(here.session, suggestion, here.person_id, here.now)
    first = cast.stands and await is_first_vote(here)
    said = texts.cast(here.mine, suggestion, cast, first=first, button=True)
    toast = Toast(said, alert=cast.held_hours > 0)
    return [toast, *await announce.voted(here.session, suggestion, cast, here.now)]


COMMANDS = (Command("vote", vote, takes="number", aliases=("顶", "頂", "投票")),)
PRESSES = (Press("vote", vote_pressed, 1),)
PROMPTS = ()
