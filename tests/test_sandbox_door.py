"""The door of a chat: join requests, invite links, deep links."""

import asyncio
from datetime import timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError

from bot.sandbox.errors import Refused
from bot.sandbox.model import Chat
from tests.test_sandbox_stage import Stage, stage

__all__ = ["stage"]


def gated(stage: Stage, **rights: bool) -> Chat:
    """A group that approves newcomers, the bot at its door."""
    world = stage.sandbox.world
    chat = world.add_chat("种子群", join_by_request=True)
    world.add_bot(chat, stage["tang"], **(rights or {"can_invite_users": True}))
    world.queue.drop_all()
    return chat


# -- join requests ---------------------------------------------------------------------------------------------------


async def test_a_request_lets_the_bot_write_first_for_five_minutes(stage: Stage) -> None:
    world, chat, sam = stage.sandbox.world, gated(stage), stage["sam"]
    world.request_join(sam, chat)
    [update] = await stage.updates()
    assert update.chat_join_request
    assert (update.chat_join_request.chat.id, update.chat_join_request.user_chat_id) == (chat.id, sam.id)
    await stage.bot.send_message(sam.id, "你的邀请码？")
    stage.clock.leap(301)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await stage.bot.send_message(sam.id, "还在吗？")


@pytest.mark.parametrize("approve", [True, False])
async def test_once_processed_the_window_closes(stage: Stage, approve: bool) -> None:
    world, chat, sam = stage.sandbox.world, gated(stage), stage["sam"]
    world.request_join(sam, chat)
    decide = stage.bot.approve_chat_join_request if approve else stage.bot.decline_chat_join_request
    assert await decide(chat.id, sam.id)
    assert (sam in world.members(chat)) is approve
    with pytest.raises(TelegramForbiddenError):
        await stage.bot.send_message(sam.id, "欢迎")
    answer = "USER_ALREADY_PARTICIPANT" if approve else "HIDE_REQUESTER_MISSING"
    with pytest.raises(TelegramBadRequest, match=answer):
        await decide(chat.id, sam.id)


async def test_approval_shows_as_a_join_by_request(stage: Stage) -> None:
    world, chat = stage.sandbox.world, gated(stage)
    await stage.updates(allowed=["chat_member", "message"])
    world.request_join(stage["sam"], chat)
    await stage.bot.approve_chat_join_request(chat.id, stage["sam"].id)
    member, notice = await stage.updates()
    assert member.chat_member
    assert (member.chat_member.via_join_request, member.chat_member.new_chat_member.status) == (True, "member")
    assert notice.message
    assert notice.message.from_user
    assert notice.message.from_user.id == stage["sam"].id


async def test_requests_are_told_only_to_a_bot_that_may_invite(stage: Stage) -> None:
    chat = gated(stage, can_pin_messages=True)
    stage.sandbox.world.request_join(stage["sam"], chat)
    assert await stage.kinds() == []
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await stage.bot.approve_chat_join_request(chat.id, stage["sam"].id)


async def test_a_gated_chat_cannot_be_walked_into(stage: Stage) -> None:
    world, chat = stage.sandbox.world, gated(stage)
    with pytest.raises(Refused):
        world.join(stage["sam"], chat)
    world.request_join(stage["sam"], chat)
    world.kick(chat, stage["sam"])
    with pytest.raises(Refused):
        world.request_join(stage["sam"], chat)
    with pytest.raises(TelegramBadRequest, match="HIDE_REQUESTER_MISSING"):
        await stage.bot.approve_chat_join_request(chat.id, stage["sam"].id)


async def test_knocking_twice_is_one_request(stage: Stage) -> None:
    chat = gated(stage)
    for _ in range(2):
        stage.sandbox.world.request_join(stage["sam"], chat)
    assert await stage.kinds() == ["chat_join_request"]


async def test_a_moderator_can_be_faster_than_the_bot(stage: Stage) -> None:
    world, chat = stage.sandbox.world, gated(stage)
    world.request_join(stage["sam"], chat)
    world.approve(stage["tang"], chat, stage["sam"])
    with pytest.raises(TelegramBadRequest, match="USER_ALREADY_PARTICIPANT"):
        await stage.bot.approve_chat_join_request(chat.id, stage["sam"].id)


async def test_a_hundred_knock_at_once(stage: Stage) -> None:
    world, chat = stage.sandbox.world, gated(stage)
    people = [world.add_person(f"guest{number}") for number in range(100)]
    for person in people:
        world.request_join(person, chat)
    assert len(await stage.updates()) == 100
    await asyncio.gather(*(stage.bot.approve_chat_join_request(chat.id, person.id) for person in people))
    assert await stage.bot.get_chat_member_count(chat.id) == 102
    assert chat.requests == {}


# -- invite links ----------------------------------------------------------------------------------------------------


async def test_a_link_with_a_limit_counts_who_is_present(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("")
    link = await stage.bot.create_chat_invite_link(group.id, name="给两位", member_limit=1)
    assert (link.name, link.member_limit, link.creates_join_request) == ("给两位", 1, False)
    assert world.open_link(stage["sam"], link.invite_link).joined
    with pytest.raises(Refused):
        world.open_link(stage["ahe"], link.invite_link)
    world.leave(stage["sam"], group)
    assert world.open_link(stage["ahe"], link.invite_link).joined


async def test_a_link_can_expire_be_changed_and_revoked(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("")
    link = await stage.bot.create_chat_invite_link(group.id, expire_date=timedelta(hours=1))
    assert link.expire_date
    soon = int(stage.clock.now().timestamp()) + 60
    edited = await stage.bot.edit_chat_invite_link(group.id, link.invite_link, name="一分钟", expire_date=soon)
    assert edited.name == "一分钟"
    stage.clock.leap(61)
    with pytest.raises(Refused):
        world.open_link(stage["sam"], link.invite_link)
    await stage.bot.edit_chat_invite_link(group.id, link.invite_link)
    assert (await stage.bot.revoke_chat_invite_link(group.id, link.invite_link)).is_revoked
    with pytest.raises(Refused):
        world.open_link(stage["sam"], link.invite_link)


async def test_a_link_can_ask_for_approval_but_not_with_a_limit(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("")
    with pytest.raises(TelegramBadRequest, match="member limit can't be specified"):
        await stage.bot.create_chat_invite_link(group.id, member_limit=5, creates_join_request=True)
    link = await stage.bot.create_chat_invite_link(group.id, creates_join_request=True)
    opened = world.open_link(stage["sam"], link.invite_link)
    assert (opened.joined, opened.requested) == (False, True)
    [update] = await stage.updates()
    assert update.chat_join_request
    assert update.chat_join_request.invite_link
    assert update.chat_join_request.invite_link.invite_link == link.invite_link


async def test_the_primary_link_is_replaced_by_a_new_one(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("")
    first = await stage.bot.export_chat_invite_link(group.id)
    second = await stage.bot.export_chat_invite_link(group.id)
    assert (await stage.bot.get_chat(group.id)).invite_link == second
    with pytest.raises(Refused):
        world.open_link(stage["sam"], first)
    assert world.open_link(stage["sam"], second).joined


async def test_another_administrators_link_is_neither_shown_nor_changed(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("")
    link = world.new_link(stage["tang"], group)
    await stage.updates(allowed=["chat_member"])
    world.open_link(stage["sam"], link.url)
    [update] = await stage.updates()
    assert update.chat_member
    assert update.chat_member.invite_link
    assert update.chat_member.invite_link.invite_link.endswith("…")
    with pytest.raises(TelegramBadRequest, match="CHAT_ADMIN_REQUIRED"):
        await stage.bot.edit_chat_invite_link(group.id, link.url, name="我的")


async def test_links_die_with_a_migration(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("", kind="group")
    link = await stage.bot.create_chat_invite_link(group.id)
    world.migrate_to_supergroup(group)
    with pytest.raises(Refused):
        world.open_link(stage["sam"], link.invite_link)


# -- t.me ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "heard"),
    [
        ("https://t.me/millet_demo_bot?start=K7-abc_1", "/start K7-abc_1"),
        ("t.me/Millet_Demo_Bot", "/start"),
        ("https://t.me/millet_demo_bot?start=米", "/start"),
        (f"https://t.me/millet_demo_bot?start={'x' * 65}", "/start"),
    ],
)
async def test_deep_links_carry_only_what_telegram_lets_through(stage: Stage, link: str, heard: str) -> None:
    stage.sandbox.world.open_link(stage["sam"], link)
    assert await stage.texts() == [heard]


async def test_links_to_chats_and_messages(stage: Stage) -> None:
    world = stage.sandbox.world
    public = world.add_chat("公开群", username="millet_open")
    hidden = world.add_chat("密室")
    assert world.open_link(stage["sam"], "https://t.me/millet_open/7").message == 7
    assert world.open_link(stage["sam"], "https://t.me/millet_open").chat is public
    private_link = f"https://t.me/c/{str(hidden.id).removeprefix('-100')}/1"
    assert world.open_link(stage["tang"], private_link).chat is hidden
    for link in (private_link, "https://t.me/+nothing", "https://t.me/nobody_here", "https://example.com"):
        with pytest.raises(Refused):
            world.open_link(stage["sam"], link)
