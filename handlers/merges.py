"""Merging by command and by the card's buttons, with a preview; parting again; a member's doubt."""

from bot.community import merges
from bot.community.errors import NotANumber, Outsider, StaleButton
from bot.community.merges import Pair
from bot.here import Here
from bot.texts import announce
from bot.texts import merges as texts
from bot.texts.say import Answer, Answers, Rewrite, Say, Toast
from handlers import prompts
from handlers.commands import Command, Press, Prompt, Spoken, numbers_in
from handlers.named import for_team, named
from storage import merges as rows
from storage import outbox
from storage.suggestions import Suggestion

OFFERED = 4


async def merge(here: Here, spoken: Spoken) -> Answers:
    """`/merge 12 7`: what it would make of the two; a button does it."""
    numbers = numbers_in(spoken)
    if len(set(numbers)) != 2:  # one into the other
        raise NotANumber(f"{spoken.command} 12 7")
    return texts.preview(here.t, await merges.preview(here.session, here.community_id, numbers[0], numbers[1]))


async def split(here: Here, spoken: Spoken) -> Answers:
    """`/split 12`: as before the merge."""
    numbers = numbers_in(spoken)
    if not numbers:
        raise NotANumber(f"{spoken.command} 12")
    pair = await merges.split(here.session, here.community_id, numbers[0], here.person_id, here.now)
    return [Say(texts.split(here.t, pair)), *await _cards(here, pair)]


async def alike_pressed(here: Here, numbers: list[int]) -> Answers:
    """The card's merge button: into which one?"""
    here, suggestion = await for_team(here, numbers[0])
    reading = await here.read(suggestion.text)
    async with here.database.reading() as look:
        family = await rows.list_family(look, suggestion.id or 0)
        found = await here.finder.search(look, here.community, reading, OFFERED + len(family))
    similar = [one.suggestion for one in found if one.suggestion.id not in family]
    fitting = [one for one in similar if one.status in merges.UNDECIDED][:OFFERED]
    return [Toast(), texts.offer(here.mine, suggestion, fitting)]


async def merge_pressed(here: Here, numbers: list[int]) -> Answers:
    """One of those offered: the preview."""
    here, merged, into = await _pair(here, numbers)
    found = await merges.preview(here.session, here.community_id, merged.number, into.number)
    return [Toast(), texts.preview(here.t, found)]


async def into_pressed(here: Here, numbers: list[int]) -> Answers:
    """Another number, to be typed."""
    here, suggestion = await for_team(here, numbers[0])
    return [Toast(), await prompts.ask(here, "into", (numbers[0],), texts.ask_number(here.t, suggestion))]


async def number_given(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The number typed: the preview."""
    here, suggestion = await for_team(here, numbers[0])
    given = numbers_in(spoken)
    if not given:
        raise NotANumber("12")
    return texts.preview(here.t, await merges.preview(here.session, here.community_id, suggestion.number, given[0]))


async def unite_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Merge", under the preview."""
    here, merged, into = await _pair(here, numbers, fresh=True)
    pair = await merges.merge(here.session, here.community_id, merged.number, into.number, here.person_id, here.now)
    said, keyboard = texts.merged(here.t, pair)
    return [Rewrite(said, keyboard), *await _cards(here, pair)]


async def _pair(here: Here, numbers: list[int], *, fresh: bool = False) -> tuple[Here, Suggestion, Suggestion]:
    """Both that a button names; raises StaleButton where they are of different communities, StaffOnly."""
    here, merged = await for_team(here, numbers[0], fresh=fresh)
    _, into = await named(here, numbers[1])
    if into.community_id != merged.community_id:
        raise StaleButton
    return here, merged, into


async def leave_pressed(here: Here, _: list[int]) -> Answers:
    """ "Leave it", under the preview."""
    await here.require_staff()
    return Rewrite(texts.left(here.mine))


async def apart_pressed(here: Here, numbers: list[int]) -> Answers:
    """Split: under what was merged, on its card, or under somebody's doubt."""
    here, merged = await for_team(here, numbers[0], fresh=True)
    pair = await merges.split(here.session, here.community_id, merged.number, here.person_id, here.now)
    answers: list[Answer] = [Toast(texts.split(here.mine, pair)), *await _cards(here, pair)]
    live = await outbox.get_slot(here.session, f"triage:{pair.merged.id}")
    return answers if live == here.message_ref else [*answers, Rewrite(texts.split(here.t, pair))]


async def contest_pressed(here: Here, numbers: list[int]) -> Answers:
    """A member doubts that the two are the same: the team hears it once from each."""
    here, suggestion = await named(here, numbers[0])
    if here.chat is not None and (here.known_member is None or not here.known_member.present):
        raise Outsider
    pair = await merges.contest(here.session, suggestion, here.person_id)
    key = f"contest:{suggestion.id}:{suggestion.decided_at:%Y%m%d%H%M%S}:{here.person_id}"
    told = await announce.to_team(
        here.session, here.community, lambda t: texts.contested(t, pair, here.person.name), here.now, key=key
    )
    return [Toast(texts.heard(here.mine), alert=True), *told]


async def together_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Keep together", under somebody's doubt."""
    here, suggestion = await for_team(here, numbers[0])
    root = await rows.get_root(here.session, suggestion)
    if root.id == suggestion.id:
        raise StaleButton
    return Rewrite(texts.kept(here.t, Pair(suggestion, root), here.person.name))


async def _cards(here: Here, pair: Pair) -> list[Answer]:
    """Every card on which the two are seen."""
    both: list[Suggestion] = [pair.merged, pair.into]
    return [await announce.card(here.session, one, here.now) for one in both]


COMMANDS = (
    Command("merge", merge, takes="number", aliases=("合并", "合併"), staff=True, fresh=True),
    Command("split", split, takes="number", aliases=("拆分", "分开", "分開"), staff=True, fresh=True),
)
PRESSES = (
    Press("alike", alike_pressed, 1),
    Press("merge", merge_pressed, 2),
    Press("into", into_pressed, 1),
    Press("unite", unite_pressed, 2),
    Press("leave", leave_pressed, 0),
    Press("apart", apart_pressed, 1),
    Press("contest", contest_pressed, 1),
    Press("together", together_pressed, 1),
)
PROMPTS = (Prompt("into", number_given),)
