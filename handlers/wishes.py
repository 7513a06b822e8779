"""Overheard wishes: the author is asked where only they see it; otherwise the team finds them in its daily list."""

from bot.community import wishes
from bot.community.audit import Action, record
from bot.community.errors import KnownMessage
from bot.community.suggestions import Ask
from bot.community.talk import Said
from bot.community.wishes import access_wish
from bot.here import Here
from bot.texts import announce
from bot.texts import suggestions as suggestion_texts
from bot.texts import wishes as texts
from bot.texts.errors import explain
from bot.texts.say import Answers, Rewrite, Toast, Whisper
from handlers.commands import Press
from handlers.named import about, headed
from handlers.suggestions import look_up, take_in
from storage import wishes as rows
from storage.suggestions import Suggestion
from storage.wishes import Wish


async def overheard(here: Here, said: Said) -> Answers:
    """A wish in ordinary talk: nothing is said aloud."""
    wish = await wishes.hear(here.session, said, here.now, quietly=here.can_whisper)
    return texts.asked(here.mine, wish) if wish and wish.asked_at else None


async def note_pressed(here: Here, numbers: list[int]) -> Answers:
    """The author says it is a suggestion."""
    here, wish = await _access_own(here, numbers[0])
    taken = await _note(here, wish, None)
    if isinstance(taken, Whisper):
        return Rewrite(taken.text, taken.keyboard)
    said = suggestion_texts.filed(here.mine, taken)
    return [Rewrite(said), await announce.card(here.session, taken, here.now)]


async def leave_pressed(here: Here, numbers: list[int]) -> Answers:
    """The author says it is none."""
    here, wish = await _access_own(here, numbers[0])
    await wishes.dismiss(here.session, wish)
    return Rewrite(texts.left(here.mine))


async def silence_pressed(here: Here, numbers: list[int]) -> Answers:
    """The author says it is none, and wants no such question any more."""
    here, wish = await _access_own(here, numbers[0])
    await wishes.silence(here.session, wish)
    return Rewrite(texts.silenced(here.mine))


async def take_pressed(here: Here, numbers: list[int]) -> Answers:
    """Somebody of the team notes a wish of the list; who said it is its author."""
    here, wish = await _access_as_staff(here, numbers[0])
    taken = await _note(here, wish, here.person_id)
    await _record(here, "note", "wish" if isinstance(taken, Whisper) else f"#{taken.number}")
    if isinstance(taken, Whisper):
        return [taken, await _rest_of_list(here, wish)]
    said = Toast(suggestion_texts.filed(here.mine, taken))
    return [said, await _rest_of_list(here, wish), await announce.card(here.session, taken, here.now)]


async def drop_pressed(here: Here, numbers: list[int]) -> Answers:
    """Somebody of the team drops a wish of the list."""
    here, wish = await _access_as_staff(here, numbers[0])
    await wishes.dismiss(here.session, wish)
    await _record(here, "drop", "wish")
    return [Toast(texts.dropped(here.mine)), await _rest_of_list(here, wish)]


async def _access_own(here: Here, wish_id: int) -> tuple[Here, Wish]:
    """The speaker's own wish and its community; raises WishGone for anybody else's."""
    here = await about(here, Wish, wish_id)
    async with here.database.reading() as look:
        return here, await access_wish(look, here.community_id, wish_id, author_id=here.person_id)


async def _access_as_staff(here: Here, wish_id: int) -> tuple[Here, Wish]:
    here = await about(here, Wish, wish_id)
    await here.require_staff()
    async with here.database.reading() as look:
        return here, await access_wish(look, here.community_id, wish_id)


async def _note(here: Here, wish: Wish, captured_by_id: int | None) -> Suggestion | Whisper:
    """By the road that `/suggest` takes in reply to the message."""
    found = await look_up(here, wish.text, wish.origin)
    await wishes.note(here.session, wish)
    if found.known:
        return Whisper(explain(KnownMessage(found.known), here.mine))
    ask = Ask(
        community_id=wish.community_id,
        author_id=wish.person_id,
        text=wish.text,
        origin=wish.origin,
        captured_by_id=captured_by_id,
        source_chat_id=wish.chat_id,
        source_message=wish.message,
    )
    return await take_in(here, ask, found)


async def _rest_of_list(here: Here, wish: Wish) -> Rewrite:
    left = await rows.list_listed(here.session, wish.community_id, wish.listed_at) if wish.listed_at else []
    around = await announce.known(here.session, wish.community_id, [one.person_id for one in left])
    said = await headed(here, texts.listed(here.t, left, around))
    return Rewrite(said.text, said.keyboard)


async def _record(here: Here, name: str, subject: str) -> None:
    await record(here.session, Action(here.community_id, here.person_id, name, subject), {}, {}, here.now)


COMMANDS = ()
PRESSES = (
    Press("wish_note", note_pressed, 1),
    Press("wish_leave", leave_pressed, 1),
    Press("wish_silence", silence_pressed, 1),
    Press("wish_take", take_pressed, 1),
    Press("wish_drop", drop_pressed, 1),
)
PROMPTS = ()
