"""What the bot may do and whom it may write to: rights, 403 and 400, migration."""

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import ChatMemberAdministrator, ChatMemberBanned, ChatMemberRestricted, ChatPermissions

from bot.sandbox.errors import Refused
from bot.sandbox.model import Chat
from tests.test_sandbox_stage import Stage, stage

__all__ = ["stage"]


# -- 403 and 400 -----------------------------------------------------------------------------------------------------


async def test_a_person_must_press_start_first(stage: Stage) -> None:
    world = stage.sandbox.world
    stage.group()
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await stage.bot.send_message(stage["ahe"].id, "你好")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await stage.bot.send_message(stage["sam"].id, "你好")
    world.start(stage["ahe"])
    assert (await stage.bot.send_message(stage["ahe"].id, "你好")).chat.first_name == "阿禾"


async def test_blocking_is_told_and_ends_at_the_next_start(stage: Stage) -> None:
    world, ahe = stage.sandbox.world, stage["ahe"]
    world.start(ahe)
    world.block(ahe)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await stage.bot.send_message(ahe.id, "在吗")
    with pytest.raises(Refused):
        world.say(ahe, world.private(ahe), "被我屏蔽了")
    world.start(ahe)
    await stage.bot.send_message(ahe.id, "欢迎回来")
    told = [update.my_chat_member for update in await stage.updates() if update.my_chat_member]
    assert [(change.old_chat_member.status, change.new_chat_member.status) for change in told] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_a_deactivated_account_cannot_be_written_to(stage: Stage) -> None:
    stage.sandbox.world.start(stage["ahe"])
    stage["ahe"].deactivated = True
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await stage.bot.send_message(stage["ahe"].id, "在吗")


@pytest.mark.parametrize(("kind", "place"), [("group", "group"), ("supergroup", "supergroup")])
async def test_an_expelled_bot_is_told_so(stage: Stage, kind: str, place: str) -> None:
    world, group = stage.sandbox.world, stage.group(kind=kind)
    world.kick(group, world.bot)
    with pytest.raises(TelegramForbiddenError, match=f"bot was kicked from the {place} chat"):
        await stage.bot.send_message(group.id, "别赶我走")
    assert await stage.kinds() == ["my_chat_member", "message"]
    world.say(stage["ahe"], group, "/suggest 它走了")
    assert await stage.kinds() == []


async def test_a_bot_that_left_is_no_member(stage: Stage) -> None:
    group = stage.group()
    await stage.bot.leave_chat(group.id)
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await stage.bot.send_message(group.id, "我回来了")


async def test_a_muted_bot_lacks_the_right_to_write(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group(admin=False)
    world.restrict(group, stage["tang"], world.bot, frozenset(), None)
    with pytest.raises(TelegramBadRequest, match="not enough rights to send text messages"):
        await stage.bot.send_message(group.id, "嘘")


@pytest.mark.parametrize("chat_id", [12345, -1001, "@nobody_here"])
async def test_unknown_chats(stage: Stage, chat_id: int | str) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await stage.bot.send_message(chat_id, "有人吗")


# -- changing people's standing --------------------------------------------------------------------------------------


async def test_without_rights_nobody_is_touched(stage: Stage) -> None:
    group, ahe = stage.group(admin=False), stage["ahe"].id
    said = stage.sandbox.world.say(stage["ahe"], group, "/x")
    bot, number = stage.bot, group.id
    for call in (
        bot.ban_chat_member(number, ahe),
        bot.restrict_chat_member(number, ahe, ChatPermissions()),
        bot.promote_chat_member(number, ahe, can_pin_messages=True),
        bot.create_chat_invite_link(number),
        bot.pin_chat_message(number, said.id),
    ):
        with pytest.raises(TelegramBadRequest, match="not enough rights"):
            await call
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(number, said.id)


async def test_banning_removes_and_keeps_out_until_its_time(stage: Stage) -> None:
    world, group, ahe = stage.sandbox.world, stage.group(), stage["ahe"]
    await stage.updates(allowed=["chat_member", "message"])
    await stage.bot.ban_chat_member(group.id, ahe.id, until_date=int(stage.clock.now().timestamp()) + 3600)
    member, notice = await stage.updates()
    assert member.chat_member
    assert isinstance(member.chat_member.new_chat_member, ChatMemberBanned)
    assert notice.message
    assert notice.message.from_user
    assert (notice.message.from_user.id, notice.message.left_chat_member is not None) == (42, True)
    with pytest.raises(Refused):
        world.join(ahe, group)
    assert (await stage.bot.get_chat_member(group.id, ahe.id)).status == "kicked"
    stage.clock.leap(3601)
    assert (await stage.bot.get_chat_member(group.id, ahe.id)).status == "left"
    world.join(ahe, group)
    assert (await stage.bot.get_chat_member_count(group.id)) == 4


async def test_unbanning_a_present_member_removes_them(stage: Stage) -> None:
    group, ahe = stage.group(), stage["ahe"]
    await stage.bot.unban_chat_member(group.id, ahe.id, only_if_banned=True)
    assert ahe in stage.sandbox.world.members(group)
    await stage.bot.unban_chat_member(group.id, ahe.id)
    assert ahe not in stage.sandbox.world.members(group)


async def test_restricting_mutes_and_lifts(stage: Stage) -> None:
    world, group, ahe = stage.sandbox.world, stage.group(), stage["ahe"]
    await stage.bot.restrict_chat_member(group.id, ahe.id, ChatPermissions())
    shown = await stage.bot.get_chat_member(group.id, ahe.id)
    assert isinstance(shown, ChatMemberRestricted)
    assert (shown.is_member, shown.can_send_messages) == (True, False)
    with pytest.raises(Refused):
        world.say(ahe, group, "唔")
    everything = ChatPermissions(can_send_other_messages=True, can_add_web_page_previews=True, can_send_polls=True)
    await stage.bot.restrict_chat_member(group.id, ahe.id, everything)
    assert (await stage.bot.get_chat_member(group.id, ahe.id)).status == "member"


async def test_basic_groups_cannot_restrict(stage: Stage) -> None:
    with pytest.raises(TelegramBadRequest, match="available only for supergroups"):
        await stage.bot.restrict_chat_member(stage.group(kind="group").id, stage["ahe"].id, ChatPermissions())


async def test_owners_and_administrators_are_untouchable(stage: Stage) -> None:
    group = stage.group("yutong")
    stage.sandbox.world.promote(group, stage["yutong"])
    with pytest.raises(TelegramBadRequest, match="can't remove chat owner"):
        await stage.bot.ban_chat_member(group.id, stage["tang"].id)
    with pytest.raises(TelegramBadRequest, match="user is an administrator of the chat"):
        await stage.bot.ban_chat_member(group.id, stage["yutong"].id)
    with pytest.raises(TelegramBadRequest, match="can't restrict self"):
        await stage.bot.ban_chat_member(group.id, 42)


async def test_promoting_hands_on_only_what_one_has(stage: Stage) -> None:
    world = stage.sandbox.world
    group = world.add_chat("小群")
    world.add_bot(group, stage["tang"], can_promote_members=True, can_pin_messages=True)
    world.add_member(group, stage["yutong"])
    with pytest.raises(TelegramBadRequest, match="RIGHT_FORBIDDEN"):
        await stage.bot.promote_chat_member(group.id, stage["yutong"].id, can_restrict_members=True)
    await stage.bot.promote_chat_member(group.id, stage["yutong"].id, can_pin_messages=True)
    shown = await stage.bot.get_chat_member(group.id, stage["yutong"].id)
    assert isinstance(shown, ChatMemberAdministrator)
    assert (shown.can_pin_messages, shown.can_restrict_members) == (True, False)
    await stage.bot.promote_chat_member(group.id, stage["yutong"].id, can_pin_messages=False)
    assert (await stage.bot.get_chat_member(group.id, stage["yutong"].id)).status == "member"


async def test_losing_the_right_is_told(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    world.demote(group, world.bot)
    [update] = await stage.updates()
    assert update.my_chat_member
    assert (update.my_chat_member.old_chat_member.status, update.my_chat_member.new_chat_member.status) == (
        "administrator",
        "member",
    )


# -- asking about chats ----------------------------------------------------------------------------------------------


async def test_what_a_chat_tells_about_itself(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("yutong ahe")
    world.promote(group, stage["yutong"])
    full = await stage.bot.get_chat(group.id)
    assert (full.type, full.title) == ("supergroup", "小米内测群")
    assert full.permissions
    admins = await stage.bot.get_chat_administrators(group.id)
    assert [admin.user.first_name for admin in admins] == ["老唐", "Millet 小米", "雨桐"]
    assert await stage.bot.get_chat_member_count(group.id) == 4
    assert (await stage.bot.get_chat_member(group.id, stage["tang"].id)).status == "creator"
    world.start(stage["sam"])
    assert (await stage.bot.get_chat_member(group.id, stage["sam"].id)).status == "left"
    assert (await stage.bot.get_chat(stage["sam"].id)).first_name == "Sam"
    with pytest.raises(TelegramBadRequest):
        await stage.bot.get_chat_member(group.id, 999)


async def test_a_public_chat_is_found_by_name(stage: Stage) -> None:
    world = stage.sandbox.world
    chat = world.add_chat("公开群", username="millet_open")
    world.add_bot(chat, stage["tang"])
    assert (await stage.bot.send_message("@millet_open", "你好")).chat.id == chat.id


# -- migration -------------------------------------------------------------------------------------------------------


async def test_a_group_becomes_a_supergroup(stage: Stage) -> None:
    world = stage.sandbox.world
    group = stage.group(kind="group")
    world.say(stage["ahe"], group, "旧群")
    await stage.updates()
    new: Chat = world.migrate_to_supergroup(group)
    to, since = [update.message for update in await stage.updates() if update.message]
    assert (to.chat.id, to.migrate_to_chat_id) == (group.id, new.id)
    assert (since.chat.id, since.migrate_from_chat_id, since.message_id) == (new.id, group.id, 1)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await stage.bot.send_message(group.id, "还在旧群吗")
    assert moved.value.migrate_to_chat_id == new.id
    assert (await stage.bot.send_message(new.id, "新群你好")).message_id == 2
    assert world.members(new) == [stage["tang"], world.bot, stage["ahe"], stage["xiaoman"]]


async def test_private_chats_and_basic_groups_share_message_numbers(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group(kind="group")
    first = world.say(stage["ahe"], group, "一")
    second = world.start(stage["ahe"])
    third = world.say(stage["ahe"], group, "三")
    assert [second.id, third.id] == [first.id + 1, first.id + 2]
