"""Suggesting, being offered the similar one, finding, listing."""

from dataclasses import dataclass, replace

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
from bot.here import STAND_INS, Here, seen_person
from bot.texts import announce
from bot.texts import suggestions as texts
from bot.texts import votes as vote_texts
from bot.texts.errors import explain
from bot.texts.say import Answers, React, Rewrite, Toast, Whisper
from handlers import prompts
from handlers.commands import Command, Press, Prompt, Spoken
from storage import communities, pictures, votes, wordings
from storage import members as people
from storage import suggestions as rows
from storage.communities import Community
from storage.database import Session
from storage.suggestions import Suggestion

LISTED = 10
NOTED = "✍"
MOST_ASKED_ABOUT = 3  # communities
LIMITS = (TextTooLong, EnoughToday, TooNew, TooFast)


@dataclass(frozen=True)
class Pictured:
    """A picture, by the network's ids: the message it is in, itself, and the album it is one of."""

    message: str
    photo: str
    album: str | None = None

    @classmethod
    def of(cls, message: Message | None) -> "Pictured | None":
        photo = photo_of(message)
        return cls(str(message.message_id), photo, album_of(message)) if message and photo else None


@dataclass(frozen=True)
class Heard:
    """What is suggested: words, the message they are captured from, and the picture that goes with them."""

    words: str
    command: str = "/suggest"
    captured: Message | None = None
    pictured: Pictured | None = None


async def suggest(here: Here, spoken: Spoken) -> Answers:
    """`/suggest text`, or in reply to somebody's message, whose author gets the credit; with a picture or without."""
    replied = _replied_to(spoken.message)
    if spoken.words:
        pictured = Pictured.of(spoken.message) or Pictured.of(replied)
        return await note(here, Heard(spoken.words, spoken.command, pictured=pictured))
    if replied is not None and photo_of(replied) and not _words_of(replied):
        return await ask_about(here, replied)
    return await note(here, Heard(_words_of(replied), spoken.command, replied, Pictured.of(replied)))


async def note(here: Here, heard: Heard) -> Answers:
    """Make a suggestion of what was heard, or offer the similar ones."""
    if heard.captured is None or not _has_face(heard.captured):
        here.require_face()
    text = await _check(here, heard)
    found = await look_up(here, text, _origin(here, heard.captured))
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
    return await prompts.ask(here, "picture", (pictured.message_id,), texts.what_of_it(here.mine), kept=kept)


async def picture_explained(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The words for a picture."""
    return await note(here, Heard(spoken.words, pictured=Pictured(str(numbers[0]), *spoken.kept.split())))


async def perhaps(here: Here, message: Message) -> Answers:
    """Plain words in private: are they a suggestion, and for which community?"""
    heard = Heard(_words_of(message), pictured=Pictured.of(message))
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
            text = await _check(await _in(here, community), heard)
            taking.append(community)
        except LIMITS as refusal:
            refused.append(refusal)
    if not taking:
        raise refused[0] if refused else NoCommunity
    return text, taking


async def _in(here: Here, community: Community) -> Here:
    """The same, as somebody of that community."""
    async with here.database.reading() as look:
        member = await people.get_member(look, community.id or 0, here.person_id)
    return replace(here, known_community=community, known_member=member)


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


async def note_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Note it": they are, and for this community."""
    offer_id, community_id = numbers
    async with here.database.reading() as look:
        offered = await rows.get_offer(look, offer_id)
        member = await people.get_member(look, community_id, here.person_id)
        if offered is None or offered.answered_at or offered.author_id != here.person_id or member is None:
            return Toast(texts.answered_already(here.mine))
        here = await _in(here, await communities.get_community(look, community_id))
    await _check(here, Heard(offered.text), meant=True)
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


async def top(here: Here, _: Spoken) -> Answers:
    """`/top`: what people want most."""
    ranked = await votes.list_most_wanted(here.session, here.community_id, LISTED)
    return texts.most_wanted(here.mine, ranked)


async def _check(here: Here, heard: Heard, *, meant: bool = False) -> str:
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
        origin=_origin(here, captured),
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
    if here.chat is None or user is None or not _has_face(captured):
        return here.person_id
    person = await members.meet_person(here.session, seen_person(user), here.now)
    await members.meet_member(here.session, here.chat, person, here.now)
    return person.id or 0


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


def _own_words(alike: list[Similar], ask: Ask) -> Suggestion | None:
    same = [match.suggestion for match in alike if match.same_words]
    return next((suggestion for suggestion in same if suggestion.author_id == ask.author_id), None)


def _replied_to(message: Message) -> Message | None:
    """The message a real reply answers: a topic's first message is no reply, and the bot's own words are no wish."""
    answered = message.reply_to_message
    if answered is None or answered.forum_topic_created or (answered.from_user and answered.from_user.is_bot):
        return None
    return answered


def _has_face(message: Message) -> bool:
    """Whether somebody can be credited for a message."""
    return message.from_user is not None and str(message.from_user.id) not in STAND_INS


def photo_of(message: Message | None) -> str | None:
    """The network's id of a message's picture, in its largest size."""
    return message.photo[-1].file_id if message and message.photo else None


def album_of(message: Message | None) -> str | None:
    """What the album of a message's picture is known by."""
    return f"{message.chat.id}/{message.media_group_id}" if message and message.media_group_id else None


def _words_of(message: Message | None) -> str:
    return (message.text or message.caption or "") if message else ""


def _origin(here: Here, captured: Message | None) -> str:
    return f"{captured.chat.id}/{captured.message_id}" if captured else here.origin


COMMANDS = (
    Command("suggest", suggest, takes="text", in_passing=True, aliases=("建议", "建議", "提议", "提議", "idea")),
    Command("top", top, aliases=("热门", "熱門")),
)
PRESSES = (
    Press("join", join_pressed, 2),
    Press("new", new_pressed, 1),
    Press("note", note_pressed, 2),
    Press("forget", forget_pressed, 1),
)
PROMPTS = (Prompt("picture", picture_explained),)
