"""The answers to an offer: noted, one of these, a new one, or only said."""

from dataclasses import replace

from bot.community import learning, suggestions
from bot.community.similar import Reading
from bot.community.suggestions import Ask
from bot.here import Here
from bot.texts import announce
from bot.texts import suggestions as texts
from bot.texts import votes as vote_texts
from bot.texts.say import Answers, Rewrite, Toast
from handlers.commands import Press
from handlers.hearing import Heard
from handlers.suggestions import check, look_up
from storage import communities
from storage import members as people
from storage import suggestions as rows


async def note_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Note it": they are, and for this community."""
    offer_id, community_id = numbers
    async with here.database.reading() as look:
        offered = await rows.get_offer(look, offer_id)
        member = await people.get_member(look, community_id, here.person_id)
        if offered is None or offered.answered_at or offered.author_id != here.person_id or member is None:
            return Toast(texts.answered_already(here.mine))
        community = await communities.get_community(look, community_id)
    here = replace(here, known_community=community, known_member=member)
    await check(here, Heard(offered.text), meant=True)
    found = await look_up(here, offered.text, offered.origin)
    offered.community_id = community_id
    await rows.set_offer_sure(here.session, offer_id, community_id)
    if found.alike:
        await learning.note_shown(here.session, offered, found.alike, here.now)
        said = texts.offer(here.mine, offer_id, [match.suggestion for match in found.alike])
        return Rewrite(said.text, said.keyboard)
    ask = await suggestions.take_offer(here.session, offered, here.now)
    return await _file(here, offer_id, ask, found.reading) if ask else Toast(texts.answered_already(here.mine))


async def forget_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "No": they were only said."""
    await rows.delete_offer(here.session, numbers[0], here.person_id)
    return Rewrite(texts.forgotten(here.mine))


async def join_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "+1 this one": the asker's words join an existing suggestion."""
    offer_id, suggestion_id = numbers
    await here.require_present()
    taken = await _take(here, offer_id)
    if isinstance(taken, Toast):
        return taken
    ask, reading = taken
    suggestion = await suggestions.access_named(here.session, ask.community_id, suggestion_id)
    cast = await suggestions.join(here.session, suggestion, ask, reading.indexed, here.now)
    await learning.learn_same(here.session, offer_id, suggestion, here.person_id, here.now)
    if cast is None:
        return Rewrite(texts.yours_already(here.mine, suggestion))
    said = texts.joined(here.mine, suggestion) if not cast.held_hours else vote_texts.cast(here.mine, suggestion, cast)
    told = await announce.voted(here.session, suggestion, replace(cast, changed=True), here.now)
    return [Rewrite(said), *told]


async def new_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Mine is different": the text becomes a suggestion of its own."""
    taken = await _take(here, numbers[0])
    if isinstance(taken, Toast):
        return taken
    return await _file(here, numbers[0], *taken)


async def _file(here: Here, offer_id: int, ask: Ask, reading: Reading) -> Answers:
    suggestion = await suggestions.submit(here.session, ask, reading.indexed, here.now)
    await learning.learn_different(here.session, offer_id, suggestion, here.person_id, here.now)
    return [Rewrite(texts.filed(here.mine, suggestion)), await announce.card(here.session, suggestion, here.now)]


async def _take(here: Here, offer_id: int) -> tuple[Ask, Reading] | Toast:
    """What the presser had asked, for the one answer that counts; looked up and read before the transaction."""
    async with here.database.reading() as look:
        offered = await rows.get_offer(look, offer_id)
    if offered is None or (here.chat is not None and offered.community_id != here.community_id):
        return Toast(texts.answered_already(here.mine))
    if here.person_id not in (offered.author_id, offered.captured_by_id):
        return Toast(texts.not_your_offer(here.mine))
    reading = await here.read(offered.text, offered.community_id)
    ask = await suggestions.take_offer(here.session, offered, here.now)
    return (ask, reading) if ask else Toast(texts.answered_already(here.mine))


COMMANDS = ()
PRESSES = (
    Press("join", join_pressed, 2),
    Press("new", new_pressed, 1),
    Press("note", note_pressed, 2),
    Press("forget", forget_pressed, 1),
)
PROMPTS = ()
