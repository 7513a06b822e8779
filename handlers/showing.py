"""`/show 12`: one suggestion in full, for who asks."""

from bot.community import follows, showing
from bot.community.suggestions import access_suggestion
from bot.here import Here
from bot.texts import showing as texts
from bot.texts.errors import stale_button
from bot.texts.links import to_message
from bot.texts.say import Answers, Rewrite, Toast, Whisper
from handlers.commands import Command, Press, Spoken, number_in
from handlers.named import for_member
from storage import communities, pictures
from storage.communities import Chat


async def show(here: Here, spoken: Spoken) -> Answers:
    """`/show 12`."""
    return await _page(here, number_in(spoken), 0)


async def page_pressed(here: Here, numbers: list[int]) -> Answers:
    """Another page of voices."""
    here, suggestion = await for_member(here, numbers[0])
    page = await _page(here, suggestion.number, numbers[1])
    return Rewrite(page.text, page.keyboard)


async def hear_pressed(here: Here, numbers: list[int]) -> Answers:
    """Follow it, or hear no more of it."""
    one, at, hears = numbers
    here, suggestion = await for_member(here, one)
    page = await _page(here, suggestion.number, at, hears=bool(hears))
    return Rewrite(page.text, page.keyboard)


async def picture_pressed(here: Here, numbers: list[int]) -> Answers:
    """The picture, in the team's room or privately."""
    here, suggestion = await for_member(here, numbers[0])
    if not suggestion.photo or (here.chat and not here.chat.is_staff):
        return Toast(stale_button(here.mine))
    if here.chat or suggestion.author_id != here.person_id:
        await here.require_staff()
    to = (here.chat.id, None) if here.chat else (None, here.person_id)
    further = await pictures.list_pictures(here.session, suggestion.album) if suggestion.album else []
    return texts.picture(suggestion, further, here.now, chat_id=to[0], person_id=to[1], topic=here.topic)


async def _page(here: Here, number: int, page: int, *, hears: bool | None = None) -> Whisper:
    async with here.database.reading() as look:
        suggestion = await access_suggestion(look, here.community_id, number)
        source_id = suggestion.source_chat_id
        source = await communities.get_chat(look, source_id) if source_id else None
    is_open = source is not None and await _may_open(here, source)
    link = to_message(source, suggestion.source_message, suggestion.topic) if is_open else None
    pictured = suggestion.photo is not None and await _may_see_picture(here, suggestion.author_id)
    if hears is not None:
        here.require_face()
        await follows.set_hearing(here.session, suggestion, here.person_id, here.now, hears=hears)
    shown = await showing.gather(here.session, suggestion, here.person_id, page)
    return texts.page(here.mine, shown, link, pictured=pictured)


async def _may_open(here: Here, source: Chat) -> bool:
    """Whether who reads this can open a link into the chat it came from."""
    if source.username or (here.chat and (here.chat.id == source.id or here.chat.is_staff)):
        return True
    return here.chat is None and bool(await here.rights.list_present([source], here.person.external_id))


async def _may_see_picture(here: Here, author_id: int) -> bool:
    """In other groups the picture is where it was said."""
    if here.chat is None:
        return author_id == here.person_id or await here.is_staff()
    return here.chat.is_staff


COMMANDS = (Command("show", show, takes="number", aliases=("查看",)),)
PRESSES = (Press("show", page_pressed, 2), Press("follow", hear_pressed, 3), Press("picture", picture_pressed, 1))
PROMPTS = ()
