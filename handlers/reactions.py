"""Reactions: on a suggestion's card or on the message it was made of, the named ones are votes."""

from aiogram.types import MessageReactionUpdated, ReactionTypeEmoji

from bot.community import votes
from bot.community.suggestions import access_suggestion
from bot.here import Here
from bot.texts import announce
from bot.texts import votes as texts
from bot.texts.say import Answers
from handlers import questions
from handlers.follows import is_first_vote

VOTING = frozenset("👍❤🔥")
VARIATION = "\ufe0f"  # the heart comes with it or without


async def reacted(event: MessageReactionUpdated, here: Here) -> Answers:
    """Somebody's reactions to a message have changed; what they are now decides: a vote, or the team's answer."""
    if here.chat is None or here.known_member is None or not here.known_member.present:
        return None
    async with here.database.reading() as look:
        found = await votes.find_reacted(look, here.chat, str(event.message_id))
    if found is None:
        return await questions.reacted(event, here)
    suggestion = await access_suggestion(here.session, here.community_id, found[0].number)
    cast = await votes.react(here.session, suggestion, here.person_id, found[1], here.now, wants=_wants(event))
    if cast is None or not cast.changed:
        return None
    first = cast.stands and await is_first_vote(here)
    said = [here.aside(texts.cast(here.mine, suggestion, cast, first=first))] if first or cast.held_hours else []
    return [*said, *await announce.voted(here.session, suggestion, cast, here.now)]


def _wants(event: MessageReactionUpdated) -> bool:
    shown = [one.emoji.replace(VARIATION, "") for one in event.new_reaction if isinstance(one, ReactionTypeEmoji)]
    return not VOTING.isdisjoint(shown)
