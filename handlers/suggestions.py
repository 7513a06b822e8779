"""Suggesting, being offered the similar one, finding, listing."""

from dataclasses import dataclass

from aiogram.types import Message

from bot.community import learning, limits, members, settings, suggestions
from bot.community.errors import (
    EnoughToday,
    KnownMessage,
    NoCommunity,
    OwnAlready,
    TakenBack,
    TextTooLong,
    TooFast,
    TooNew,
)
from bot.community.similar import Reading, Similar
from bot.community.suggestions import Ask
from bot.here import Here, seen_person
from bot.texts import announce
from bot.texts import suggestions as texts
from bot.texts.errors import explain
from bot.texts.say import Answers, React, Whisper
from handlers import prompts
from handlers.commands import Command, Prompt, Spoken
from handlers.hearing import Heard, Pictured, album_of, has_face, origin_of, photo_of, replied_to, words_of
from handlers.named import within
from storage import members as people
from storage import pictures, votes, wordings
from storage import suggestions as rows
from storage.communities import Community
from storage.database import Session
from storage.suggestions import Suggestion

LISTED = 10
NOTED = "✍"
MOST_ASKED_ABOUT = 3  # communities
LIMITS = (TextTooLong, EnoughToday, TooNew, TooFast)


async def suggest(here: Here, spoken: Spoken) -> Answers:
    """`/suggest text`, or in reply to somebody's message, whose author gets the credit; with a picture or without."""
    replied = replied_to(spoken.message)
    if spoken.words:
        pictured = Pictured.of(spoken.message) or Pictured.of(replied)
        return await note(here, Heard(spoken.words, spoken.command, pictured=pictured))
    if replied is not None and photo_of(replied) and not words_of(replied):
        return await ask_about(here, replied)
    return await note(here, Heard(words_of(replied), spoken.command, replied, Pictured.of(replied)))


async def note(here: Here, heard: Heard) -> Answers:
    """Make a suggestion of what was heard, or offer the similar ones."""
    if heard.captured is None or not has_face(heard.captured):
        here.require_face()
    text = await check(here, heard)
    found = await look_up(here, text, origin_of(here, heard.captured))
    if found.known:
        raise KnownMessage(found.known)
    taken = await take_in(here, await _ask(here, heard, text), found)
    if isinstance(taken, Whisper):
        return taken
    return [React(NOTED), await announce.card(here.session, taken, here.now)]


@dataclass(frozen=True)
class Found:
    """What is there already for somebody's words; looked up before the session's first statement."""

    reading: Reading
    known: int | None  # the suggestion that this very message belongs to
    gone: Suggestion | None  # or did, before its author took it back
    alike: list[Similar]


async def look_up(here: Here, text: str, origin: str) -> Found:
    """Read a text and find what is like it."""
    reading = await here.read(text)
    async with here.database.reading() as look:
        made = await rows.get_suggestion_by_origin(look, origin)
        gone = made if made and made.withdrawn_at else None
        known = made.number if made and not gone else await _number_joined(look, origin)
        return Found(reading, known, gone, await here.finder.find_similar(look, here.community, reading))


async def take_in(here: Here, ask: Ask, found: Found) -> Suggestion | Whisper:
    """The one road in, whoever noted the words: a new suggestion, or the question whether it is one of these.

    Raises TakenBack for words whose author wants them noted no more.
    """
    if found.gone and not suggestions.is_theirs_anew(found.gone, ask):
        raise TakenBack(found.gone.number)
    here.ears.add_source(ask.origin)
    await _keep_album(here, ask)
    if found.gone:
        return await suggestions.submit(here.session, ask, found.reading.indexed, here.now)
    if own := _own_words(found.alike, ask):
        return Whisper(explain(OwnAlready(own.number), here.mine))
    if found.alike:
        offered = await suggestions.offer(here.session, ask, here.now)
        await learning.note_shown(here.session, offered, found.alike, here.now)
        return texts.offer(here.mine, offered.id or 0, [match.suggestion for match in found.alike])
    return await suggestions.submit(here.session, ask, found.reading.indexed, here.now)


async def ask_about(here: Here, pictured: Message) -> Answers:
    """A picture without words: what is it about?"""
    kept = " ".join([photo_of(pictured) or "", album_of(pictured) or ""]).strip()
    return await prompts.ask(here, "picture", (pictured.message_id,), texts.what_of_it(here.t), kept=kept)


async def picture_explained(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The words for a picture."""
    return await note(here, Heard(spoken.words, pictured=Pictured(str(numbers[0]), *spoken.kept.split())))


async def perhaps(here: Here, message: Message) -> Answers:
    """Plain words in private: are they a suggestion, and for which community?"""
    heard = Heard(words_of(message), pictured=Pictured.of(message))
    if heard.pictured and not heard.words:
        return await (attach(here, message) if message.media_group_id else ask_about(here, message))
    text, theirs = await _welcomed(here, heard)
    ask = await _ask(here, heard, text)
    here.ears.add_source(ask.origin)
    await _keep_album(here, ask)
    offered = await suggestions.offer(here.session, ask, here.now, sure=False)
    return texts.perhaps(here.mine, offered.id or 0, theirs)


async def _welcomed(here: Here, heard: Heard) -> tuple[str, list[Community]]:
    """The text, and those of the person's communities that take it now; raises why the first one does not."""
    async with here.database.reading() as look:
        theirs = await people.list_communities(look, here.person_id, MOST_ASKED_ABOUT)
    text, taking, refused = "", [], []
    for community in theirs:
        try:
            text = await check(await within(here, community.id or 0), heard)
            taking.append(community)
        except LIMITS as refusal:
            refused.append(refusal)
    if not taking:
        raise refused[0] if refused else NoCommunity
    return text, taking


async def attach(here: Here, message: Message) -> Answers:
    """A further picture of an album, which comes by itself and without a word: it goes where the words went."""
    further = Pictured.of(message)
    if further and further.album and await pictures.is_known(here.session, further.album):
        await pictures.add_pictures(here.session, further.album, {further.message: further.photo})
    return None


async def _keep_album(here: Here, ask: Ask) -> None:
    """The pictures of the album that came before the one with the words."""
    if ask.album:
        await pictures.add_pictures(here.session, ask.album, here.ears.albums.others(ask.album, ask.source_message))


async def top(here: Here, _: Spoken) -> Answers:
    """`/top`: what people want most."""
    ranked = await votes.list_most_wanted(here.session, here.community_id, LISTED)
    return texts.most_wanted(here.mine, ranked)


async def check(here: Here, heard: Heard, *, meant: bool = False) -> str:
    """The text as it is kept; what the community limits does not limit its team."""
    try:
        async with here.database.reading() as look:
            in_force = await settings.load(look, here.community_id)
            text = suggestions.check_text(heard.words, heard.command, in_force.longest_suggestion)
            who = (here.community, here.known_member, here.person_id)
            await limits.check(look, *who, in_force, here.now, meant=meant)
    except LIMITS:
        if not await here.is_staff():
            raise
        text = suggestions.check_text(heard.words, heard.command)
    return text


async def _number_joined(look: Session, origin: str) -> int | None:
    """The suggestion that a message's words have joined."""
    said = await wordings.get_wording_by_origin(look, origin)
    joined = await rows.list_suggestions(look, said.community_id, [said.suggestion_id]) if said else []
    return joined[0].number if joined else None


async def _ask(here: Here, heard: Heard, text: str) -> Ask:
    captured = heard.captured
    author_id = await _author(here, captured) if captured else here.person_id
    shown_in = str(captured.message_id) if captured else heard.pictured.message if heard.pictured else None
    return Ask(
        community_id=here.community_id,
        author_id=author_id,
        text=text,
        origin=origin_of(here, captured),
        captured_by_id=here.person_id if author_id != here.person_id else None,
        source_chat_id=here.chat.id if here.chat else None,
        source_message=shown_in or here.message_ref,
        topic=here.topic,
        photo=heard.pictured.photo if heard.pictured else None,
        album=heard.pictured.album if heard.pictured else None,
    )


async def _author(here: Here, captured: Message) -> int:
    """Whoever wrote the captured message; the capturer where nobody can be credited for it."""
    user = captured.from_user
    if here.chat is None or user is None or not has_face(captured):
        return here.person_id
    person = await members.meet_person(here.session, seen_person(user), here.now)
    await members.meet_member(here.session, here.chat, person, here.now)
    return person.id or 0


def _own_words(alike: list[Similar], ask: Ask) -> Suggestion | None:
    same = [match.suggestion for match in alike if match.same_words]
    return next((suggestion for suggestion in same if suggestion.author_id == ask.author_id), None)


COMMANDS = (
    Command("suggest", suggest, takes="text", in_passing=True, aliases=("建议", "建議", "提议", "提議", "idea")),
    Command("top", top, aliases=("热门", "熱門")),
)
PRESSES = ()
PROMPTS = (Prompt("picture", picture_explained),)
