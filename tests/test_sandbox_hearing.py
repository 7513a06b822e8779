"""What the bot hears, and in whose name people speak."""

import pytest
from aiogram.exceptions import TelegramBadRequest

from bot.sandbox.errors import Refused
from tests.test_sandbox_stage import Stage, stage

__all__ = ["stage"]


# -- privacy mode ----------------------------------------------------------------------------------------------------


async def test_with_privacy_a_member_bot_hears_only_what_is_meant_for_it(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group(admin=False)
    own = await stage.bot.send_message(group.id, "我是小米")
    card = group.messages[own.message_id]
    for text in (
        "闲聊",
        "/suggest 深色",
        "/help@millet_demo_bot",
        "/help@other_bot",
        "@millet_demo_bot 在吗",
        "#建议 x",
    ):
        world.say(stage["ahe"], group, text)
    said = world.say(stage["ahe"], group, "回复你", reply_to=card)
    world.say(stage["ahe"], group, "回复自己", reply_to=said)
    assert await stage.texts() == ["/suggest 深色", "/help@millet_demo_bot", "回复你"]


async def test_without_privacy_or_as_administrator_it_hears_everything(stage: Stage) -> None:
    world = stage.sandbox.world
    member, admin = stage.group(admin=False), stage.group(admin=True)
    world.say(stage["ahe"], admin, "听得到")
    world.privacy = False
    world.say(stage["ahe"], member, "也听得到")
    assert await stage.texts() == ["听得到", "也听得到"]


async def test_service_messages_pass_privacy_and_own_words_do_not_come_back(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group(admin=False)
    await stage.bot.send_message(group.id, "大家好")
    world.join(stage["sam"], group)
    world.leave(stage["sam"], group)
    joined, left = await stage.updates()
    assert joined.message
    assert joined.message.new_chat_members
    assert joined.message.new_chat_members[0].id == stage["sam"].id
    assert left.message
    assert left.message.left_chat_member
    assert left.message.left_chat_member.id == stage["sam"].id


async def test_the_bot_hears_nothing_of_a_chat_it_is_not_in(stage: Stage) -> None:
    world = stage.sandbox.world
    chat = world.add_chat("别人的群")
    world.say(stage["tang"], chat, "/suggest 听不到")
    assert await stage.kinds() == []
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await stage.bot.get_chat(chat.id)


async def test_membership_and_reactions_are_for_administrators(stage: Stage) -> None:
    world = stage.sandbox.world
    await stage.updates(allowed=["chat_member", "message_reaction"])
    for admin in (False, True):
        group = stage.group(admin=admin)
        world.react(stage["xiaoman"], world.say(stage["ahe"], group, "好"), "👍")
        world.join(stage["sam"], group)
        assert await stage.kinds() == (["message_reaction", "chat_member"] if admin else [])


# -- speaking in another name ----------------------------------------------------------------------------------------


async def test_anonymous_administrators_write_as_the_group(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("yutong")
    world.promote(group, stage["yutong"], anonymous=True, can_manage_chat=True)
    world.say(stage["yutong"], group, "团队说话")
    world.say_anonymous_admin(group, "又说一句")
    heard = [update.message for update in await stage.updates() if update.message]
    for message in heard:
        assert message.from_user
        assert message.sender_chat
        assert (message.from_user.id, message.from_user.is_bot) == (1087968824, True)
        assert message.sender_chat.id == message.chat.id == group.id
    assert len(heard) == 2


async def test_people_can_write_as_their_channel(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    channel = world.add_chat("阿禾的频道", "channel", stage["ahe"])
    world.say_as_channel(channel, group, "转自频道")
    [update] = await stage.updates()
    assert update.message
    assert update.message.from_user
    assert update.message.sender_chat
    assert update.message.from_user.id == 136817688
    assert update.message.sender_chat.id == channel.id


async def test_channel_posts_have_their_own_kind_of_update(stage: Stage) -> None:
    world = stage.sandbox.world
    channel = world.add_chat("公告", "channel")
    world.add_bot(channel, stage["tang"], can_post_messages=True)
    await stage.updates()
    await stage.updates(allowed=["channel_post", "edited_channel_post", "message_reaction_count"])
    post = world.say(stage["tang"], channel, "新版本")
    world.edit(stage["tang"], post, "新版本来了")
    world.add_member(channel, stage["ahe"])
    world.react(stage["ahe"], post, "🎉")
    assert await stage.kinds() == ["channel_post", "edited_channel_post", "message_reaction_count"]
    sent = await stage.bot.send_message(channel.id, "周报")
    assert sent.from_user is None
    assert sent.sender_chat


async def test_a_channel_needs_the_right_to_post(stage: Stage) -> None:
    channel = stage.sandbox.world.add_chat("公告", "channel")
    stage.sandbox.world.add_bot(channel, stage["tang"], can_invite_users=True)
    with pytest.raises(TelegramBadRequest, match="need administrator rights in the channel chat"):
        await stage.bot.send_message(channel.id, "周报")
    with pytest.raises(Refused):
        stage.sandbox.world.say(stage["ahe"], channel, "我也想发")
