"""The team's verbs: give a suggestion a status, decline it with a reason, ship several in one release."""

import re

from bot.community import askers, notices, triage
from bot.community.errors import NotANumber, UnknownStatus
from bot.community.suggestions import access_suggestion
from bot.community.triage import Decision
from bot.here import Here
from bot.texts import announce
from bot.texts import triage as texts
from bot.texts.rituals import moment
from bot.texts.say import Answers, Say
from handlers.commands import Command, Spoken, number_and_rest
from storage import communities, merges
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, STARTED

_WORDS = {
    OPEN: "open reopen 待定 开放 開放 重开 重開",
    PLANNED: "planned plan 计划 計劃 計畫 已计划 已計劃 已計畫 排期 已排期",
    STARTED: "started start doing 开始 開始 已开始 已開始 进行中 進行中 在做 在做了 开发中 開發中",
    DECLINED: "declined decline 暂不做 暫不做 婉拒 已婉拒 拒绝 拒絕 已拒绝 已拒絕 不做",
    SHIPPED: "shipped ship done 发布 發佈 發布 已发布 已發佈 已發布 上线 上線 已上线 已上線 完成 已完成",
}
STATUS_BY_WORD = {word: status for status, words in _WORDS.items() for word in words.split()}

_SEPARATORS = r"[\s,，、;；:：]"
_WORD = re.compile(rf"([^\s,，、;；:：]*){_SEPARATORS}*(.*)", re.DOTALL)
# Marked with #, or standing alone: neither 2.3 nor the 3 of "3个新功能" is a suggestion.
_NEXT_NUMBER = re.compile(rf"(?:[#＃](\d{{1,12}})(?!\d)|(\d{{1,12}})(?={_SEPARATORS}|$)){_SEPARATORS}*")
_VERSION = re.compile(
    r"([vV]?\d+(?:\.[0-9A-Za-z]+)+(?:[+-][0-9A-Za-z.]+)?|[vV]\d[0-9A-Za-z]*)(?![0-9A-Za-z])(?:版本?)?"
)


async def status(here: Here, spoken: Spoken) -> Answers:
    """`/status 12 planned reason`; without a status it tells the present one."""
    number, rest = number_and_rest(spoken)
    word, reason = _split_word(rest)
    if not word:
        return await _standing(here, number)
    if (wanted := STATUS_BY_WORD.get(word.lower())) is None:
        raise UnknownStatus(word)
    return await _decide(here, number, wanted, reason)


async def _standing(here: Here, number: int) -> Answers:
    suggestion = await access_suggestion(here.session, here.community_id, number)
    root = await merges.get_root(here.session, suggestion)
    decider = await announce.decider(here.session, here.t, suggestion)
    return Say(texts.standing(here.t, suggestion, decider, root.number if root is not suggestion else None))


async def decline(here: Here, spoken: Spoken) -> Answers:
    """`/decline 12 reason`: everyone can read the reason."""
    number, reason = number_and_rest(spoken)
    return await _decide(here, number, DECLINED, reason)


async def ship(here: Here, spoken: Spoken) -> Answers:
    """`/ship 12 14 v2.3 note`: all of them, or none."""
    numbers, version, note = read_shipment(spoken.words)
    if not numbers:
        raise NotANumber(f"{spoken.command} 12 14 v2.3")
    release = Release(
        community_id=here.community_id,
        version=version,
        note=note,
        released_by_id=here.person_id,
        released_at=here.now,
    )
    shipped = await triage.ship(here.session, release, numbers, as_team=here.as_chat)
    community = await communities.get_community(here.session, here.community_id)
    told = await askers.with_askers(here.session, here.community_id, shipped)
    ways = await notices.count_ways(here.session, shipped)
    said = texts.shipped(here.t, release, told, moment(here.t, community.digest_due_at, community.zone), ways)
    return [Say(said), *[await announce.card(here.session, suggestion, here.now) for suggestion in shipped]]


async def _decide(here: Here, number: int, wanted: str, reason: str) -> Answers:
    decision = Decision(wanted, reason, here.person_id, as_team=here.as_chat)
    suggestion = await triage.decide(here.session, here.community_id, number, decision, here.now)
    return [Say(texts.decided(here.t, suggestion)), await announce.card(here.session, suggestion, here.now)]


def read_shipment(words: str) -> tuple[list[int], str, str]:
    """Numbers (each once, in their order), version, note."""
    numbers: dict[int, None] = {}
    rest = words.strip()
    while found := _NEXT_NUMBER.match(rest):
        numbers[int(found[1] or found[2])] = None
        rest = rest[found.end() :]
    if version := _VERSION.match(rest):
        return list(numbers), version[1], rest[version.end() :].lstrip(" \t\n,，、;；:：.。")
    return list(numbers), "", rest


def _split_word(rest: str) -> tuple[str, str]:
    found = _WORD.match(rest)
    return (found[1], found[2].strip()) if found else ("", "")


COMMANDS = (
    Command("status", status, takes="number", aliases=("状态", "狀態"), staff=True, fresh=True),
    Command("decline", decline, takes="number", aliases=("婉拒", "拒绝", "拒絕"), staff=True, fresh=True),
    Command("ship", ship, takes="number", aliases=("发布", "發佈", "發布", "上线", "上線"), staff=True, fresh=True),
)
PRESSES = ()
PROMPTS = ()
