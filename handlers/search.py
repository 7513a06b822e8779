"""`/search words status:planned tag:camera owner:me by:@x`, in pages that only the asker turns."""

from bot.community import search as rules
from bot.community import suggestions
from bot.community.errors import EmptyText, NothingSought
from bot.community.search import MOST_FOUND, PAGE, Query
from bot.here import Here
from bot.texts import search as texts
from bot.texts.care import rewritten
from bot.texts.errors import stale_button
from bot.texts.say import Answers, Toast, Whisper
from handlers.commands import Command, Press, Spoken
from handlers.triage import STATUS_BY_WORD
from storage import searches, votes
from storage import suggestions as rows
from storage.database import Session
from storage.searches import Search


async def search(here: Here, spoken: Spoken) -> Answers:
    """The suggestions like some words, or those that pass the filters."""
    try:
        text = suggestions.check_text(spoken.words, spoken.command)
    except EmptyText:
        raise NothingSought from None
    query = rules.read_query(text, STATUS_BY_WORD)
    ids = await _like(here, query)
    matches = await rules.narrow(here.session, here.community_id, query, here.person_id, ids)
    if not matches and not query.words:
        return Whisper(texts.none_such(here.mine, text))
    kept = await rules.keep(here.session, here.community_id, here.person_id, text, matches, here.now)
    return await _page(here, here.session, kept, 0)


async def found_pressed(here: Here, numbers: list[int]) -> Answers:
    """Another page of it, for who searched."""
    async with here.database.reading() as look:
        kept = await searches.get_search(look, numbers[0])
        if kept is None or (here.chat is not None and here.chat.community_id != kept.community_id):
            return Toast(stale_button(here.mine))
        if kept.person_id != here.person_id:
            return Toast(texts.not_yours(here.mine))
        return rewritten(await _page(here, look, kept, numbers[1]))


async def _like(here: Here, query: Query) -> list[int] | None:
    """Ids of what is like the words, the closest first; None when there are filters alone."""
    if not query.words:
        return None
    reading = await here.read(query.words)
    async with here.database.reading() as look:
        alike = await here.finder.search(look, here.community, reading, MOST_FOUND)
    return [match.suggestion.id or 0 for match in alike]


async def _page(here: Here, session: Session, kept: Search, offset: int) -> Whisper:
    ids = kept.ids[offset : offset + PAGE]
    matches = await rows.list_suggestions(session, kept.community_id, ids)
    counted = await votes.count_votes(session, ids)
    return texts.found(here.mine, kept, matches, counted, offset)


COMMANDS = (Command("search", search, takes="text", aliases=("搜索", "搜尋", "查找")),)
PRESSES = (Press("found", found_pressed, 2),)
PROMPTS = ()
