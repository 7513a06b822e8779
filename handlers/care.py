"""Looking after suggestions by command: the inbox, owners, tags, dates."""

from bot.community import care
from bot.community.errors import NameMissing, UnknownMember
from bot.community.search import PAGE
from bot.here import Here
from bot.texts import announce
from bot.texts import care as texts
from bot.texts.say import Answers, Say, Whisper
from handlers.commands import Command, Press, Spoken, number_and_rest
from storage import care as rows
from storage import members
from storage.suggestions import Suggestion

_MINE = {"me", "mine", "我", "本人"}
_NOBODY = {"nobody", "none", "-", "无", "無", "没人", "沒人"}


async def inbox(here: Here, _: Spoken) -> Answers:
    """`/inbox`: what nobody has looked at, the oldest first."""
    return await _inbox(here, 0)


async def inbox_pressed(here: Here, numbers: list[int]) -> Answers:
    """Another page of it."""
    await here.require_staff()
    return texts.rewritten(await _inbox(here, numbers[0]))


async def _inbox(here: Here, offset: int) -> Whisper:
    total = await rows.count_unseen(here.session, here.community_id)
    offset = min(offset, max(0, total - 1))
    unseen = await rows.list_unseen(here.session, here.community_id, PAGE, offset)
    return texts.inbox(here.mine, unseen, total, offset)


async def assign(here: Here, spoken: Spoken) -> Answers:
    """`/assign 12 @someone`, `/assign 12 me`, `/assign 12 nobody`."""
    number, who = number_and_rest(spoken)
    owner, name = await _owner(here, spoken, who.strip())
    suggestion = await care.assign(here.session, here.community_id, number, owner, here.person_id, here.now)
    return await _said(here, suggestion, texts.assigned(here.t, suggestion, name))


async def mine(here: Here, spoken: Spoken) -> Answers:
    """`/mine 12`: I look after it."""
    number, _ = number_and_rest(spoken)
    suggestion = await care.assign(here.session, here.community_id, number, here.person_id, here.person_id, here.now)
    return await _said(here, suggestion, texts.assigned(here.t, suggestion, here.person.name))


async def tag(here: Here, spoken: Spoken) -> Answers:
    """`/tag 12 camera battery`."""
    number, words = number_and_rest(spoken)
    names = care.read_tags(words)
    suggestion = await care.tag(here.session, here.community_id, number, names, here.person_id, here.now)
    return await _said(here, suggestion, texts.tagged(here.t, suggestion, await care.tags_of(here.session, suggestion)))


async def untag(here: Here, spoken: Spoken) -> Answers:
    """`/untag 12 camera`; without a tag, all of them."""
    number, words = number_and_rest(spoken)
    names = care.read_tags(words)
    suggestion = await care.untag(here.session, here.community_id, number, names, here.person_id, here.now)
    return await _said(here, suggestion, texts.tagged(here.t, suggestion, await care.tags_of(here.session, suggestion)))


async def due(here: Here, spoken: Spoken) -> Answers:
    """`/due 12 2026-12-01`, `/due 12 none`."""
    number, words = number_and_rest(spoken)
    today = care.today_in(here.community, here.now)
    day = None if words.strip().lower() in _NOBODY else care.read_day(words, today)
    suggestion = await care.set_due(here.session, here.community_id, number, day, here.person_id, here.now)
    return await _said(here, suggestion, texts.due(here.t, suggestion))


async def _said(here: Here, suggestion: Suggestion, words: str) -> Answers:
    return [Say(words), await announce.card(here.session, suggestion, here.now)]


async def _owner(here: Here, spoken: Spoken, who: str) -> tuple[int | None, str | None]:
    """Id and name of who is meant: by @name, by a mention without one, or oneself."""
    if who.lower() in _NOBODY:
        return None, None
    if who.lower() in _MINE:
        return here.person_id, here.person.name
    if not who:
        raise NameMissing(f"{spoken.command} 12 @name")
    person = await _mentioned(here, spoken) or await members.get_member_by_username(
        here.session, here.community_id, who.split(maxsplit=1)[0].lstrip("@＠")
    )
    if person is None:
        raise UnknownMember(who)
    return person.id, person.name


async def _mentioned(here: Here, spoken: Spoken) -> members.Person | None:
    """A member without a @name, whom the app has linked in the text."""
    for entity in spoken.message.entities or ():
        if entity.type == "text_mention" and entity.user:
            person = await members.get_person_by_external_id(here.session, str(entity.user.id))
            known = person and await members.get_member(here.session, here.community_id, person.id or 0)
            return person if known else None
    return None


COMMANDS = (
    Command("inbox", inbox, aliases=("待看", "收件箱"), staff=True),
    Command("assign", assign, takes="number", aliases=("指派", "分配"), staff=True),
    Command("mine", mine, takes="number", aliases=("认领", "認領"), staff=True),
    Command("tag", tag, takes="number", aliases=("标签", "標籤"), staff=True),
    Command("untag", untag, takes="number", aliases=("去标签", "去標籤"), staff=True),
    Command("due", due, takes="number", aliases=("期限", "日期"), staff=True),
)
PRESSES = (Press("inbox", inbox_pressed, 1),)
PROMPTS = ()
