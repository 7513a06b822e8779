"""Votes, by the card's button and by `/vote 12`."""

from bot.community import suggestions
from bot.community.errors import Outsider
from bot.here import Here
from bot.texts import announce
from bot.texts import suggestions as texts
from bot.texts.say import Answers, React, Say, Toast
from handlers.commands import Command, Press, Spoken, number_in


async def vote(here: Here, spoken: Spoken) -> Answers:
    """`/vote 12`: counts once, however often it is said."""
    number = number_in(spoken)
    here.require_face()
    suggestion = await suggestions.access_suggestion(here.session, here.community_id, number)
    await suggestions.vote(here.session, suggestion, here.person_id, here.now)
    thanks = React() if here.chat else Say(texts.counted(here.t, suggestion))
    return [thanks, await announce.card(here.session, suggestion, here.now)]


async def vote_pressed(here: Here, numbers: list[int]) -> Answers:
    """The card's button: votes, and takes the vote back when pressed again."""
    if here.known_member is None or not here.known_member.present:
        raise Outsider
    suggestion = await suggestions.access_suggestion(here.session, here.community_id, numbers[0])
    stands = await suggestions.toggle_vote(here.session, suggestion, here.person_id, here.now)
    toast = Toast(texts.voted(here.mine, suggestion) if stands else texts.unvoted(here.mine, suggestion))
    return [toast, await announce.card(here.session, suggestion, here.now)]


COMMANDS = (Command("vote", vote, takes="number", aliases=("顶", "頂", "投票")),)
PRESSES = (Press("vote", vote_pressed, 1),)
PROMPTS = ()
