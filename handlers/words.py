"""`/words`: the community's own dictionary."""

from bot.community import words as rules
from bot.community.audit import Action, record
from bot.here import Here
from bot.texts import words as texts
from bot.texts.say import Answers, Whisper
from handlers.commands import Command, Spoken
from storage import words as rows

ADD = {"add", "+", "加", "添加", "增加", "新增"}
REMOVE = {"remove", "delete", "-", "删", "删除", "刪除", "移除"}


async def words(here: Here, spoken: Spoken) -> Answers:
    """`/words` lists them; `/words add 小爱同学` and `/words remove 小爱同学` change them."""
    verb, _, word = spoken.words.partition(" ")
    word = word.strip()
    if word and verb.lower() in ADD:
        return await _add(here, word)
    if word and verb.lower() in REMOVE:
        return await _remove(here, word)
    return texts.listed(here.mine, await rows.list_words(here.session, here.community_id))


async def _add(here: Here, word: str) -> Answers:
    if not await rules.add(here.session, here.community, word, here.person_id, here.now):
        return Whisper(texts.known_already(here.mine, word))
    await _record(here, word, "off", "on")
    return Whisper(texts.added(here.mine, word))


async def _remove(here: Here, word: str) -> Answers:
    removed = await rules.remove(here.session, here.community, word, here.now)
    await _record(here, removed.word, "on", "off")
    return Whisper(texts.removed(here.mine, removed.word))


async def _record(here: Here, word: str, before: str, after: str) -> None:
    action = Action(here.community_id, here.person_id, "words", word)
    await record(here.session, action, {"value": before}, {"value": after}, here.now)


COMMANDS = (Command("words", words, takes="text", aliases=("词库", "詞庫"), staff=True),)
PRESSES = ()
PROMPTS = ()
