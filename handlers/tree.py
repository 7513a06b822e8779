"""Who brought whom: one's own branch for everybody, the whole for the team."""

from bot.community import branches, tree
from bot.here import Here
from bot.texts import branches as branch_texts
from bot.texts import tree as texts
from bot.texts.pictures.tree import MOST_ROWS
from bot.texts.say import Answers, Say, Whisper
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.invitations import privately
from handlers.named import within
from storage import members
from storage import tree as kin
from storage.members import Person


async def show(here: Here, _: Spoken) -> Answers:
    """`/tree`: one's own branch, privately; the whole for the team in private and in the staff chat."""
    if here.chat is None:
        return await in_private(here)
    return await (_whole_tree(here) if here.chat.is_staff and await here.is_staff() else privately(here, "tree"))


async def in_private(here: Here) -> Answers:
    """The whole for the team, one's own branch for everybody else."""
    return await (_whole_tree(here) if await here.is_staff() else _branch(here))


async def twigs_pressed(here: Here, numbers: list[int]) -> Answers:
    """The tree's picture in words: the whole for the team, one's own branch for everybody else."""
    here = await within(here, numbers[0])
    if await here.is_staff():
        places = await kin.list_kin(here.session, here.community_id)
        twigs = tree.grow(places)
        return Whisper(texts.tree(here.mine, here.community, twigs, len(places) - len(twigs)).text)
    return Whisper((await _in_words(here)).text)


async def _in_words(here: Here) -> Say:
    places = await kin.list_branch(here.session, here.community_id, here.person_id)
    return texts.branch(here.mine, tree.grow(places, here.person_id), await _inviter(here))


async def _inviter(here: Here) -> Person | None:
    above = here.known_member.inviter_id if here.known_member else None
    return await members.get_person(here.session, above) if above else None


async def _branch(here: Here) -> Answers:
    forest = await branches.survey(here.session, here.community_id, here.now)
    mine = forest.by_id.get(here.person_id)
    if mine is None or not mine.below.size:
        return await _in_words(here)
    rows = branches.fold(forest, MOST_ROWS, here.person_id, whole=False)
    return branch_texts.own(here.mine, here.community, rows, mine.below, await _inviter(here))


async def _whole_tree(here: Here) -> Answers:
    """In the staff chat nobody in particular is looked for."""
    forest = await branches.survey(here.session, here.community_id, here.now)
    if not forest.trees:
        return texts.tree(here.t, here.community, [], 0)
    rows = branches.fold(forest, MOST_ROWS, None if here.chat else here.person_id)
    return branch_texts.whole(here.t, here.community, rows, forest.invited, forest.notable())


COMMANDS = (Command("tree", show, aliases=("邀请树", "邀請樹", "邀请链", "邀請鏈")),)
PRESSES = (Press("twigs", twigs_pressed, 1),)
PROMPTS: tuple[Prompt, ...] = ()
