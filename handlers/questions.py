"""The promise to answer: questions of the open chats start a clock, the team's first answer or reaction stops it."""

from aiogram.types import Message, MessageReactionUpdated

from bot.community import questions
from bot.community.errors import RightsUnknown
from bot.community.talk import Said
from bot.here import Here
from bot.texts import announce
from bot.texts import questions as texts
from bot.texts.say import Answers, Rewrite, Say, Toast, Whisper
from handlers.commands import Command, Press, Spoken
from handlers.named import about, headed
from storage import questions as rows
from storage.questions import Question


async def asked(here: Here, said: Said) -> Answers:
    """A question in ordinary talk; the team's own are no promise to anybody."""
    if not await _is_team(here):
        await questions.ask(here.session, said, here.now)
    return None


async def answered(here: Here, message: Message) -> bool:
    """Whether the message replies to an open question; if the team's, the clock stops."""
    replied = message.reply_to_message
    return replied is not None and await _answer(here, str(replied.message_id))


async def reacted(event: MessageReactionUpdated, here: Here) -> Answers:
    """The team's reaction to a question is an answer, too; taking one back changes nothing."""
    if event.new_reaction:
        await _answer(here, str(event.message_id))
    return None


async def _answer(here: Here, message: str) -> bool:
    """True when it is the team's answer to an open question."""
    if here.chat is None:
        return False
    async with here.database.reading() as look:
        question = await rows.get_open_by_message(look, here.chat.id or 0, message)
    if question is None or question.person_id == here.person_id or not await _is_team(here):
        return False
    await questions.answer(here.session, question, here.now)
    return True


async def _is_team(here: Here) -> bool:
    """Whether the speaker is of the team; where Telegram does not tell, nobody is troubled with that."""
    try:
        return await here.is_staff()
    except RightsUnknown:
        return False


async def unanswered(here: Here, _: Spoken) -> Answers:
    """`/unanswered`: questions that wait longer than promised."""
    said = await _list(here)
    return Whisper(said.text, said.keyboard)


async def over_pressed(here: Here, numbers: list[int]) -> Answers:
    """Somebody of the team takes a question off the list."""
    here = await about(here, Question, numbers[0])
    await here.require_staff()
    await questions.dismiss(here.session, here.community_id, numbers[0], here.now)
    said = await _list(here)
    return [Toast(texts.settled(here.mine)), Rewrite(said.text, said.keyboard)]


async def _list(here: Here) -> Say:
    oldest, total = await questions.list_unanswered(here.session, here.community_id, here.now)
    asker_ids = [question.person_id for question in oldest if question.person_id]
    around = await announce.known(here.session, here.community_id, asker_ids)
    return await headed(here, texts.unanswered(here.mine, oldest, total, around, here.now))


COMMANDS = (Command("unanswered", unanswered, aliases=("待答", "未答"), staff=True),)
PRESSES = (Press("question_over", over_pressed, 1),)
PROMPTS = ()
