"""`/my`: what I asked, voted for and follow; muting what I would rather not hear of."""

from bot import doors
from bot.community import follows, reservations, votes
from bot.community.suggestions import access_suggestion
from bot.here import Here
from bot.texts import announce
from bot.texts import follows as texts
from bot.texts.errors import stale_button
from bot.texts.invitations import privately
from bot.texts.say import Answer, Answers, Rewrite, Say, Toast, Whisper
from handlers.commands import Command, Press, Spoken, number_in
from storage import follows as rows
from storage import grids
from storage import votes as counted
from storage.merges import get_root
from storage.suggestions import Suggestion

MOST_PAGES = 1_000


async def is_first_vote(here: Here) -> bool:
    """True the one time that somebody is to be told how to mute, and only where nobody else hears it."""
    if not here.is_heard_alone:
        return False
    return await follows.begin(here.session, here.community_id, here.person_id, here.now)


async def mine(here: Here, _: Spoken) -> Answers:
    """`/my`; in a group, where it concerns nobody else, only the way to it."""
    here.require_face()
    if here.chat is None:
        return await list_mine(here)
    way = privately(here.mine, await doors.username(here.rights), "my")
    return Whisper(way.text, way.keyboard)


async def list_mine(here: Here, page: int = 0) -> Say:
    """A page of what concerns the speaker."""
    first = page * texts.ON_A_PAGE
    found = await rows.list_mine(here.session, here.community_id, here.person_id, first, texts.ON_A_PAGE + 1)
    shown = found[: texts.ON_A_PAGE]
    votes_by_id = await counted.count_votes(here.session, [one.suggestion.id or 0 for one in shown])
    won = await grids.list_trophies(here.session, here.community_id, person_id=here.person_id)
    return texts.listed(here.mine, shown, votes_by_id, page, more=len(found) > len(shown), won=won)


async def page_pressed(here: Here, numbers: list[int]) -> Answers:
    """Turn the page."""
    if here.chat is not None:
        return Toast(stale_button(here.mine))
    said = await list_mine(here, min(numbers[0], MOST_PAGES))
    return Rewrite(said.text, said.keyboard)


async def open_pressed(here: Here, numbers: list[int]) -> Answers:
    """Open one of them."""
    return await _open(here, *numbers)


async def vote_pressed(here: Here, numbers: list[int]) -> Answers:
    """Vote, or take the vote back."""
    await here.require_present()
    suggestion = await _access(here, numbers[0])
    if suggestion is None:
        return Toast(stale_button(here.mine))
    cast = await votes.toggle_vote(here.session, suggestion, here.person_id, here.now)
    told = await announce.voted(here.session, suggestion, cast, here.now)
    return [await _open(here, *numbers), *told]


async def first_pressed(here: Here, numbers: list[int]) -> Answers:
    """Be among the first to try it, or leave that to others."""
    await here.require_present()
    if suggestion := await _access(here, numbers[0]):
        await reservations.toggle_reservation(here.session, suggestion, here.person_id, here.now)
    return await _open(here, *numbers)


async def follow_pressed(here: Here, numbers: list[int]) -> Answers:
    """Follow it, or no more."""
    if suggestion := await _access(here, numbers[0]):
        await follows.toggle_follow(here.session, suggestion, here.person_id, here.now)
    return await _open(here, *numbers)


async def mute_pressed(here: Here, numbers: list[int]) -> Answers:
    """Mute it, or hear of it again."""
    found = await rows.get_mine(here.session, here.community_id, here.person_id, numbers[0])
    if found and found.follow and here.chat is None:
        await follows.set_muted(here.session, found.suggestion, here.person_id, muted=not found.follow.muted)
    return await _open(here, *numbers)


async def _access(here: Here, suggestion_id: int) -> Suggestion | None:
    """A suggestion of the community meant in private; the list may be an old one of another."""
    if here.chat is not None:
        return None
    found = await rows.get_mine(here.session, here.community_id, here.person_id, suggestion_id)
    return found.suggestion if found else None


async def _open(here: Here, suggestion_id: int, page: int) -> Answer:
    """The detail as it stands now."""
    found = await rows.get_mine(here.session, here.community_id, here.person_id, suggestion_id)
    if found is None or here.chat is not None:
        return Toast(stale_button(here.mine))
    voters, root = (
        await counted.count_voters(here.session, [suggestion_id]),
        await get_root(here.session, found.suggestion),
    )
    into = root.number if root.id != suggestion_id else None
    said = texts.detail(here.mine, found, voters, page, into)
    return Rewrite(said.text, said.keyboard)


async def mute(here: Here, spoken: Spoken) -> Answers:
    """`/mute 12`: hear no more of it."""
    return await _set_muted(here, spoken, muted=True)


async def unmute(here: Here, spoken: Spoken) -> Answers:
    """`/unmute 12`: hear of it again."""
    return await _set_muted(here, spoken, muted=False)


async def _set_muted(here: Here, spoken: Spoken, *, muted: bool) -> Answers:
    here.require_face()
    suggestion = await access_suggestion(here.session, here.community_id, number_in(spoken))
    if not await follows.set_muted(here.session, suggestion, here.person_id, muted=muted):
        return here.aside(texts.not_followed(here.mine, suggestion))
    said = texts.muted(here.mine, suggestion) if muted else texts.unmuted(here.mine, suggestion)
    return here.aside(said)


COMMANDS = (
    Command("my", mine, aliases=("我的",)),
    Command("mute", mute, takes="number", aliases=("静音", "靜音")),
    Command("unmute", unmute, takes="number", aliases=("取消静音", "取消靜音")),
)
PRESSES = (
    Press("my", page_pressed, 1),
    Press("myopen", open_pressed, 2),
    Press("myvote", vote_pressed, 2),
    Press("myfirst", first_pressed, 2),
    Press("myfollow", follow_pressed, 2),
    Press("mymute", mute_pressed, 2),
)
PROMPTS = ()
