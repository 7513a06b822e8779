"""The four-grid report: four taps about an issue, a word to the team, and what came of it."""

import re
from dataclasses import replace

from bot import doors
from bot.community import grids
from bot.community.errors import StaleButton
from bot.community.grids import QUESTIONS, Ballot
from bot.here import Here
from bot.texts import grids as texts
from bot.texts import posting
from bot.texts.invitations import start_link
from bot.texts.say import Answers, Rewrite, Say, Toast, Whisper
from handlers import prompts
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import headed
from handlers.presence import is_in_a_group
from storage import grids as rows
from storage import members
from storage.communities import Chat

_BY_LINK = re.compile(r"grid(word)?-(\d{1,9})")
LAST = len(QUESTIONS)  # the page with all the answers


async def grid(here: Here, _: Spoken) -> Answers:
    """`/grid`: the questions, while they are open; afterwards what came of them."""
    here.require_face()
    async with here.database.reading() as look:
        newest = await rows.get_newest(look, here.community_id)
    if newest is None:
        return await _told(here, Whisper(texts.none_yet(here.mine)))
    if newest.due_at is None or newest.due_at <= here.now:
        return await _told(here, Whisper(texts.results(here.mine, await grids.report(here.session, newest))))
    if not here.is_heard_alone:
        return Whisper(texts.not_here(here.mine))
    await here.require_present()
    return await _begun(here, newest.id or 0)


async def open_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Answer": a ballot that only the presser sees."""
    if here.chat is not None and here.chat.is_channel and not await is_in_a_group(here):
        return Toast(texts.members_answer(here.mine, await _open_group(here)), alert=True)
    here = await _about(here, numbers[0])
    if not here.is_heard_alone:
        return Toast(url=start_link(await doors.username(here.rights), f"grid-{numbers[0]}"))
    return [Toast(), await _begun(here, numbers[0])]


async def step_pressed(here: Here, numbers: list[int]) -> Answers:
    """Another of the questions, or all the answers."""
    here = await _about_own(here, numbers[0])
    link = await _way(here, numbers[0])
    asked = await grids.access_open(here.session, here.community_id, numbers[0], here.now)
    ballot = await grids.ballot(here.session, asked, here.person_id)
    return _rewritten(await _page(here, ballot, link, numbers[1]))


async def say_pressed(here: Here, numbers: list[int]) -> Answers:
    """An answer; the next question follows, or all the answers."""
    grid_id, question, choice = numbers
    here = await _about_own(here, grid_id)
    link = await _way(here, grid_id)
    asked = await grids.access_open(here.session, here.community_id, grid_id, here.now)
    is_first = await grids.answer(here.session, asked, here.person_id, question, choice)
    told = await posting.grid_changed(here.session, asked, here.now) if is_first else []
    ballot = await grids.ballot(here.session, asked, here.person_id)
    place = LAST if len(ballot.answers) == len(QUESTIONS) else question + 1
    return [_rewritten(await _page(here, ballot, link, place)), *told]


async def word_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "A word to the team": asks for it, in private."""
    here = await _about_own(here, numbers[0])
    if here.chat is not None:
        raise StaleButton
    return await _ask_word(here, numbers[0])


def named_by_link(payload: str) -> tuple[int, bool] | None:
    """The report that a link of ours is about, and whether it leads to a word to the team."""
    named = _BY_LINK.fullmatch(payload.strip())
    return (int(named[2]), bool(named[1])) if named else None


async def in_private(here: Here, grid_id: int, wants_word: bool) -> Answers:
    """The ballot, or a word to the team, for who comes from a button where not everybody may read it."""
    here = await _about(here, grid_id)
    return await (_ask_word(here, grid_id) if wants_word else _begun(here, grid_id))


async def word_given(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The word, which the team alone reads."""
    here = await _about(here, numbers[0])
    asked = await grids.access_open(here.session, here.community_id, numbers[0], here.now)
    await grids.add_words(here.session, asked, here.person_id, spoken.words)
    told = await posting.grid_words(here.session, asked, here.person_id, here.now)
    return [Say(texts.words_kept(here.mine)), *told]


async def _about(here: Here, grid_id: int) -> Here:
    """The speaker as a member of the community whose report it is; raises StaleButton, Faceless, Outsider."""
    async with here.database.reading() as look:
        community = await rows.get_community_of(look, grid_id)
        member = await members.get_member(look, community.id or 0, here.person_id) if community else None
    if community is None or (here.chat is not None and here.chat.community_id != community.id):
        raise StaleButton
    if here.chat is None and member is None:
        raise StaleButton
    here = replace(here, known_community=community, known_member=member)
    here.require_face()
    await here.require_present()
    return here


async def _open_group(here: Here) -> Chat | None:
    """A group that anybody may join, if the community has one."""
    groups = [chat for chat in await here.other_groups() if chat.is_open and chat.username]
    return groups[0] if groups else None


async def _about_own(here: Here, grid_id: int) -> Here:
    """As `_about`, for a button of a ballot: never on a message that others see."""
    if here.chat is not None and not here.whispered:
        raise StaleButton
    return await _about(here, grid_id)


async def _way(here: Here, grid_id: int) -> str | None:
    """From a group to where one can say a word to the team."""
    if here.chat is None:
        return None
    return start_link(await doors.username(here.rights), f"gridword-{grid_id}")


async def _begun(here: Here, grid_id: int) -> Whisper | Say:
    """The first question that is not answered yet, or all the answers."""
    link = await _way(here, grid_id)
    asked = await grids.access_open(here.session, here.community_id, grid_id, here.now)
    ballot = await grids.ballot(here.session, asked, here.person_id)
    return await _page(here, ballot, link, next((one for one in QUESTIONS if one not in ballot.answers), LAST))


async def _page(here: Here, ballot: Ballot, link: str | None, place: int) -> Whisper | Say:
    t = here.mine
    return await _told(here, texts.step(t, ballot, place) if place in QUESTIONS else texts.summary(t, ballot, link))


async def _told(here: Here, page: Whisper) -> Whisper | Say:
    """As it is read here: in private it says which community it is about."""
    return page if here.chat else await headed(here, page.aloud())


def _rewritten(page: Whisper | Say) -> Rewrite:
    return Rewrite(page.text, page.keyboard)


async def _ask_word(here: Here, grid_id: int) -> Answers:
    await grids.access_open(here.session, here.community_id, grid_id, here.now)
    question = await prompts.ask(here, "gridword", (grid_id,), texts.ask_words(here.mine))
    return await headed(here, question)


COMMANDS = (Command("grid", grid, aliases=("四格",)),)
PRESSES = (
    Press("grid", open_pressed, 1, in_channels=True),
    Press("gridstep", step_pressed, 2),
    Press("gridsay", say_pressed, 3),
    Press("gridword", word_pressed, 1),
)
PROMPTS = (Prompt("gridword", word_given),)
