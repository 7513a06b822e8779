"""The digest before it is posted, the ritual that posts it, and the team's word on one that may have got lost."""

import re
from collections.abc import Callable
from dataclasses import replace

from markupsafe import Markup

from bot.community import digests, issues, members, rituals
from bot.community.audit import Action, record
from bot.community.errors import Outsider, RitualUnclear
from bot.here import Here
from bot.texts import digests as texts
from bot.texts import doubts, drafts
from bot.texts import rituals as ritual_texts
from bot.texts.catalogues import Translator
from bot.texts.posting import MOST_DOUBTS
from bot.texts.say import Answers, Rewrite, Toast, Whisper
from handlers.commands import Command, Press, Spoken
from handlers.drafts import unseen_by_members
from storage import communities, outbox
from storage import digests as rows
from storage.outbox import OutboxRow

_WEEKDAYS = (
    "mon monday 周一 週一 星期一 礼拜一 禮拜一",
    "tue tues tuesday 周二 週二 星期二 礼拜二 禮拜二",
    "wed weds wednesday 周三 週三 星期三 礼拜三 禮拜三",
    "thu thur thurs thursday 周四 週四 星期四 礼拜四 禮拜四",
    "fri friday 周五 週五 星期五 礼拜五 禮拜五",
    "sat saturday 周六 週六 星期六 礼拜六 禮拜六",
    "sun sunday 周日 周天 週日 週天 星期日 星期天 礼拜日 礼拜天 禮拜日 禮拜天",
)
WEEKDAY_BY_WORD = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:：]\s?(\d{2})(?!\d)")


async def digest(here: Here, _: Spoken) -> Answers:
    """`/digest`: what the next issue would say now, and which chats may not have the last one."""
    community = await communities.get_community(here.session, here.community_id)
    draft = await digests.coming_draft(here.session, community, here.now)
    told = await issues.draft(here.session, community, digests.due_of(community, here.now))
    lost = await rows.list_doubts(here.session, here.community_id, MOST_DOUBTS)
    said = drafts.preview(here.t, told, draft, community)
    return unseen_by_members(here, [*said, doubts.in_doubt(here.t, lost)] if lost else said)


async def mentions(here: Here, _: Spoken) -> Answers:
    """`/mentions`: agree that a digest that names me rings my phone, or take that back."""
    here.require_face()
    await here.require_present()
    if here.known_member is None:
        raise Outsider
    wanted = not here.known_member.mentions
    await members.set_mentions(here.session, here.known_member, wanted=wanted)
    return Whisper(texts.mentions(here.mine, wanted=wanted))


async def ritual(here: Here, spoken: Spoken) -> Answers:
    """`/ritual 橙色星期五 fri 17:00 Asia/Shanghai`; without words it tells the present one."""
    community = await communities.get_community(here.session, here.community_id)
    if spoken.words:
        name, weekday, hour, minute, zone = read_ritual(spoken.words)
        wanted = rituals.check_ritual(weekday, hour, minute, zone or community.zone)
        before = rituals.taken_down(community)
        community = await rituals.set_ritual(here.session, here.community_id, name, wanted, here.now)
        action = Action(here.community_id, here.person_id, "ritual", "ritual")
        await record(here.session, action, before, rituals.taken_down(community), here.now)
    return ritual_texts.ritual(here.t, community, rituals.next_moments(community, 3))


async def repost_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Post it again": somebody of the team has looked, and the digest is not there."""
    here = await _about(here, numbers[0])
    await here.require_staff()
    lost = await rows.claim_doubt(here.session, here.community_id, numbers[0], outbox.DEAD, "posted again by staff")
    if lost is None:
        return Toast(doubts.settled_already(here.mine))
    return [await _what_is_left(here, lost, doubts.reposted), _again(here, lost)]


async def arrived_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "It is there": nothing more to do."""
    here = await _about(here, numbers[0])
    await here.require_staff()
    found = await rows.claim_doubt(here.session, here.community_id, numbers[0], outbox.SENT, "seen by staff")
    return await _what_is_left(here, found, doubts.arrived) if found else Toast(doubts.settled_already(here.mine))


async def _what_is_left(here: Here, settled: OutboxRow, says: Callable[[Translator, str, str], Markup]) -> Rewrite:
    """The message without what has been settled."""
    chat = await communities.get_chat(here.session, settled.chat_id or 0)
    lost = await rows.list_doubts(here.session, here.community_id, MOST_DOUBTS)
    said = doubts.in_doubt(here.t, lost, says(here.t, here.person.name, chat.title or chat.external_id))
    return Rewrite(said.text, said.keyboard)


async def _about(here: Here, row_id: int) -> Here:
    """In private a button means the community whose digest it names, not the one that was spoken of last."""
    if here.chat is not None:
        return here
    async with here.database.reading() as look:
        community = await rows.get_community_of(look, row_id)
    return replace(here, known_community=community) if community else here


def _again(here: Here, lost: OutboxRow) -> OutboxRow:
    return outbox.call(lost.method, lost.arguments, here.now, chat_id=lost.chat_id, key=f"{lost.key}:again", once=True)


def read_ritual(words: str) -> tuple[str, int, int, int, str]:
    """Name, weekday, hour, minute, zone (name and zone may be empty); raises RitualUnclear."""
    times = list(_TIME.finditer(words))
    if not times:
        raise RitualUnclear
    time = times[-1]
    before, after = words[: time.start()].split(), words[time.end() :].split()
    if not before or len(after) > 1:
        raise RitualUnclear
    name, weekday = _read_weekday(before)
    return name, weekday, int(time[1]), int(time[2]), after[0].strip("()（）,，") if after else ""


def _read_weekday(before: list[str]) -> tuple[str, int]:
    """The last word is the weekday, or the name itself ends with it, as in 橙色星期五."""
    last = before[-1].lower().strip(",，")
    if last in WEEKDAY_BY_WORD:
        return " ".join(before[:-1]), WEEKDAY_BY_WORD[last]
    for word, weekday in WEEKDAY_BY_WORD.items():
        if not word.isascii() and last.endswith(word):
            return " ".join(before), weekday
    raise RitualUnclear


COMMANDS = (
    Command("mentions", mentions, aliases=("提醒我",)),
    Command("digest", digest, aliases=("周报", "週報"), staff=True),
    Command("ritual", ritual, takes="text", aliases=("仪式", "儀式"), staff=True),
)
PRESSES = (Press("repost", repost_pressed, 1), Press("arrived", arrived_pressed, 1))
PROMPTS = ()
