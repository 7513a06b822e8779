"""Who has left, or was removed, has no say any more, in private either; and how Telegram is asked where somebody is."""

import asyncio
from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.types import ChatMemberLeft, ChatMemberMember, User
from sqlalchemy import update
from sqlmodel import col

from bot.clock import SteerableClock
from bot.community.errors import Outsider, RightsUnknown
from bot.rights import MOST_AT_ONCE, Rights
from bot.sandbox.model import Chat
from bot.texts.catalogues import translator
from bot.texts.errors import explain
from storage import members
from storage.communities import Chat as ChatRow
from tests.test_invitation_stories import CODE, gated, invite, ledger
from tests.town import MONDAY, Town

REFUSED = explain(Outsider(), translator("zh-hans"))


async def joined_rooms(town: Town) -> tuple[Chat, Chat]:
    """The seed group, and an open one of the same community, where 阿禾 is too."""
    seeds = await gated(town)
    lounge = town.group("谷雨 OS", "tang ahe")
    await town.settle()
    async with town.database.writing() as session:
        moved = update(ChatRow).where(col(ChatRow.external_id) == str(lounge.id))
        await session.exec(moved.values(community_id=1))
    await town.say("ahe", lounge, "/help")
    return seeds, lounge


async def test_a_removed_seed_gets_no_codes(town: Town) -> None:
    seeds = await gated(town)
    await town.say("ahe", seeds, "/invite")
    link = next(button.url or "" for row in town.last(seeds).buttons for button in row)
    town.world.kick(seeds, town.person("ahe"))
    await town.settle()
    assert await invite(town) == []
    assert town.last(town.private("ahe")).content == REFUSED
    town.world.open_link(town.person("ahe"), link)
    await town.settle()
    assert town.last(town.private("ahe")).content == REFUSED
    assert await ledger(town) == []


async def test_who_comes_back_gets_them_again(town: Town) -> None:
    seeds = await gated(town)
    town.world.leave(town.person("ahe"), seeds)
    await town.settle()
    assert await invite(town) == []
    town.world.add_member(seeds, town.person("ahe"))
    await town.settle()
    assert len(await invite(town)) == 1


async def test_a_seed_removed_from_the_gated_chat_alone_is_a_member_like_others(town: Town) -> None:
    seeds, lounge = await joined_rooms(town)
    town.world.kick(seeds, town.person("ahe"))
    await town.settle()
    await town.say("ahe", lounge, "/help")
    assert await invite(town) == []
    assert town.last(town.private("ahe")).content != REFUSED
    assert await ledger(town) == []


async def test_who_left_one_of_two_chats_still_has_a_say(town: Town) -> None:
    _, lounge = await joined_rooms(town)
    town.world.leave(town.person("ahe"), lounge)
    await town.settle()
    assert len(await invite(town)) == 1


async def test_who_left_one_of_two_chats_has_not_left_until_they_leave_the_other(town: Town) -> None:
    seeds, lounge = await joined_rooms(town)
    for chat, is_here in ((lounge, True), (seeds, False)):
        town.world.leave(town.person("ahe"), chat)
        await town.settle()
        assert await standing(town, "ahe") == (is_here, not is_here)


async def test_who_leaves_while_telegram_is_away_has_left(town: Town) -> None:
    _, lounge = await joined_rooms(town)
    town.clock.leap(3600)  # nothing is remembered of where they are
    town.sandbox.faults.add("500", "getChatMember", times=None)
    town.world.leave(town.person("ahe"), lounge)
    await town.settle()
    assert await standing(town, "ahe") == (False, True)


async def standing(town: Town, who: str) -> tuple[bool, bool]:
    """Whether somebody is here, and whether we saw them leave."""
    async with town.database.reading() as look:
        person = await members.get_person_by_external_id(look, str(town.person(who).id))
        assert person is not None
        member = await members.get_member(look, 1, person.id or 0)
    assert member is not None
    return member.present, member.left_at is not None


async def test_a_newcomer_hears_at_once_what_they_may_give_and_when(town: Town) -> None:
    seeds = town.group("小米种子", "tang yutong ahe", admin=False)  # only service messages tell who comes
    await town.settle()
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.external_id) == str(seeds.id)).values(is_seed=True))
    await town.say("ahe", seeds, "/help")
    await town.start("sam", (await invite(town))[0].replace("-", ""))
    town.world.add_member(seeds, town.person("sam"), by=town.person("ahe"))
    await town.settle()
    await town.say("sam", town.private("sam"), "/invite")
    said = town.last(town.private("sam")).content
    assert not CODE.search(said)
    assert "The first 3 of your own are yours once" in said


class Asked(Bot):
    """Telegram as far as it tells who is in which chat; each answer takes a turn of the loop."""

    def __init__(self, *inside: int) -> None:
        super().__init__("1:a")
        self.inside = inside
        self.asked: list[int] = []
        self.at_once = self.most_at_once = 0
        self.fails = False

    async def get_chat_member(  # type: ignore[override]  # only ids are asked for here, and two kinds answered
        self, chat_id: int, user_id: int
    ) -> ChatMemberMember | ChatMemberLeft:
        self.asked.append(chat_id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.fails:
            raise RightsUnknown
        user = User(id=user_id, is_bot=False, first_name="Sam")
        return ChatMemberMember(user=user) if chat_id in self.inside else ChatMemberLeft(user=user)


def rooms(count: int) -> list[ChatRow]:
    return [ChatRow(community_id=1, external_id=str(-n), kind="supergroup") for n in range(1, count + 1)]


async def test_several_chats_are_asked_about_at_once_but_not_all() -> None:
    bot = Asked(-3, -30)
    found = await Rights(bot, SteerableClock(MONDAY)).list_present(rooms(30), "5")
    assert [chat.external_id for chat in found] == ["-3", "-30"]
    assert bot.most_at_once == MOST_AT_ONCE


async def test_absence_is_remembered_longer_than_presence() -> None:
    bot, clock = Asked(-1), SteerableClock(MONDAY)
    rights = Rights(bot, clock)
    for minutes, asked in ((0, [-1, -2]), (1, [-1]), (8, [-1]), (1, [-1, -2])):
        clock.leap(timedelta(minutes=minutes).total_seconds())
        bot.asked.clear()
        await rights.list_present(rooms(2), "5")
        assert bot.asked == asked
    rights.forget("-2")
    bot.asked.clear()
    await rights.list_present(rooms(2), "5")
    assert bot.asked == [-2]


async def test_when_telegram_does_not_answer_nobody_is_let_through() -> None:
    bot = Asked(-1)
    bot.fails = True
    with pytest.raises(RightsUnknown):
        await Rights(bot, SteerableClock(MONDAY)).list_present(rooms(12), "5")
    assert bot.at_once == 0
