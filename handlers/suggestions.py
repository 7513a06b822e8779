"""Suggesting, being offered the similar one, finding, listing."""

from aiogram.types import Message

from bot import doors
from bot.community import members, suggestions
from bot.community.similar import Reading, Similar
from bot.community.suggestions import Ask
from bot.here import STAND_INS, Here, seen_person
from bot.texts import announce
from bot.texts import suggestions as texts
from bot.texts.invitations import privately
from bot.texts.say import Answers, Rewrite, Toast, Whisper
from handlers.commands import Command, Press, Spoken
from storage import suggestions as rows
from storage.suggestions import Suggestion

LISTED = 10


async def suggest(here: Here, spoken: Spoken) -> Answers:
    """`/suggest text`, or in reply to somebody's message, whose author gets the credit."""
    captured = None if spoken.words else _replied_to(spoken.message)
    text = suggestions.check_text(spoken.words or _words_of(captured), spoken.command)
    if captured is None or not _has_face(captured):
        here.require_face()
    reading = await here.finder.read(text)
    async with here.database.reading() as look:
        known = await rows.get_suggestion_by_origin(look, _origin(here, captured))
        alike = await here.finder.find_similar(look, here.community, reading)
    if known:
        return Whisper(texts.known_already(here.mine, known))
    ask = await _ask(here, captured, text)
    if own := _own_words(alike, ask):
        return Whisper(texts.yours_already(here.mine, own))
    if alike:
        offered = await suggestions.offer(here.session, ask, here.now)
        return texts.offer(here.mine, offered.id or 0, [match.suggestion for match in alike])
    suggestion = await suggestions.submit(here.session, ask, reading.indexed, here.now)
    return await announce.card(here.session, suggestion, here.now)


async def join_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "+1 this one": the asker's words join an existing suggestion."""
    offer_id, number = numbers
    taken = await _take(here, offer_id)
    if isinstance(taken, Toast):
        return taken
    ask, reading = taken
    suggestion = await suggestions.access_suggestion(here.session, ask.community_id, number)
    joined = await suggestions.join(here.session, suggestion, ask, reading.indexed, here.now)
    said = texts.joined(here.mine, suggestion) if joined else texts.yours_already(here.mine, suggestion)
    return [Rewrite(said), await announce.card(here.session, suggestion, here.now)]


async def new_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Mine is different": the text becomes a suggestion of its own."""
    taken = await _take(here, numbers[0])
    if isinstance(taken, Toast):
        return taken
    ask, reading = taken
    suggestion = await suggestions.submit(here.session, ask, reading.indexed, here.now)
    return [Rewrite(texts.filed(here.mine, suggestion)), await announce.card(here.session, suggestion, here.now)]


async def top(here: Here, _: Spoken) -> Answers:
    """`/top`: what people want most."""
    ranked = await rows.list_most_wanted(here.session, here.community_id, LISTED)
    return texts.most_wanted(here.t, ranked)


async def search(here: Here, spoken: Spoken) -> Answers:
    """`/search words`: the suggestions like them."""
    text = suggestions.check_text(spoken.words, spoken.command)
    reading = await here.finder.read(text)
    async with here.database.reading() as look:
        found = await here.finder.search(look, here.community, reading, LISTED)
        matches = [match.suggestion for match in found]
        votes = await rows.count_votes(look, [suggestion.id or 0 for suggestion in matches])
    return texts.found(here.t, text, matches, votes)


async def mine(here: Here, _: Spoken) -> Answers:
    """`/my`: what I asked and voted for; in a group, where it concerns nobody else, only the way to it."""
    here.require_face()
    if here.chat is not None:
        return privately(here.t, await doors.username(here.rights), "my")
    return await list_mine(here)


async def list_mine(here: Here) -> Answers:
    """What the person asked and voted for."""
    asked = await rows.list_by_author(here.session, here.community_id, here.person_id, LISTED)
    voted_for = await rows.list_voted(here.session, here.community_id, here.person_id, LISTED)
    votes = await rows.count_votes(here.session, [suggestion.id or 0 for suggestion in (*asked, *voted_for)])
    return texts.mine(here.t, asked, voted_for, votes)


async def _ask(here: Here, captured: Message | None, text: str) -> Ask:
    author_id = await _author(here, captured) if captured else here.person_id
    return Ask(
        community_id=here.community_id,
        author_id=author_id,
        text=text,
        origin=_origin(here, captured),
        captured_by_id=here.person_id if author_id != here.person_id else None,
        source_chat_id=here.chat.id if here.chat else None,
        source_message=str(captured.message_id) if captured else here.message_ref,
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
    reading = await here.finder.read(offered.text)
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


def _words_of(message: Message | None) -> str:
    return (message.text or message.caption or "") if message else ""


def _origin(here: Here, captured: Message | None) -> str:
    return f"{captured.chat.id}/{captured.message_id}" if captured else here.origin


COMMANDS = (
    Command("suggest", suggest, takes="text", in_passing=True, aliases=("建议", "建議", "提议", "提議", "idea")),
    Command("top", top, aliases=("热门", "熱門")),
    Command("search", search, takes="text", aliases=("搜索", "搜尋", "查找")),
    Command("my", mine, aliases=("我的",)),
)
PRESSES = (Press("join", join_pressed, 2), Press("new", new_pressed, 1))
PROMPTS = ()
