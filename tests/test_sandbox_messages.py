"""What the bot sends, edits, forwards, pins and deletes."""

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    ReplyParameters,
)
from aiogram.types import Message as TelegramMessage

from bot.sandbox.errors import Refused
from bot.sandbox.files import plain_png
from tests.test_sandbox_stage import Stage, keyboard, send, stage

__all__ = ["stage"]

PNG = BufferedInputFile(plain_png(30, 20), "board.png")


# -- editing ---------------------------------------------------------------------------------------------------------


async def test_an_edit_without_a_keyboard_takes_it_away(stage: Stage) -> None:
    group = stage.group()
    sent, card = await send(stage, group, "1 票", "👍")
    stage.clock.leap(5)
    edited = await stage.bot.edit_message_text("2 票", chat_id=group.id, message_id=sent.message_id)
    assert isinstance(edited, TelegramMessage)
    assert (card.text, card.buttons, card.edited) == ("2 票", (), stage.clock.now())
    assert edited.edit_date


async def test_an_edit_that_changes_nothing_is_an_error(stage: Stage) -> None:
    group = stage.group()
    sent, _ = await send(stage, group, "1 票", "👍")
    edit = stage.bot.edit_message_text
    same = keyboard("👍")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await edit("1 票", chat_id=group.id, message_id=sent.message_id, reply_markup=same)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_reply_markup(reply_markup=same)
    await edit("<b>1</b> 票", chat_id=group.id, message_id=sent.message_id, reply_markup=same, parse_mode="HTML")
    await sent.edit_reply_markup(reply_markup=keyboard("👍", "👎"))


async def test_only_own_messages_can_be_edited(stage: Stage) -> None:
    group = stage.group()
    said = stage.sandbox.world.say(stage["ahe"], group, "阿禾说的")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await stage.bot.edit_message_text("改写历史", chat_id=group.id, message_id=said.id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await stage.bot.edit_message_text("改写历史", chat_id=group.id, message_id=999)


async def test_texts_and_captions_are_edited_by_different_methods(stage: Stage) -> None:
    group = stage.group()
    text, _ = await send(stage, group)
    picture = await stage.bot.send_photo(group.id, PNG, caption="图")
    with pytest.raises(TelegramBadRequest, match="there is no caption"):
        await stage.bot.edit_message_caption(chat_id=group.id, message_id=text.message_id, caption="x")
    with pytest.raises(TelegramBadRequest, match="there is no text"):
        await stage.bot.edit_message_text("x", chat_id=group.id, message_id=picture.message_id)
    await stage.bot.edit_message_caption(chat_id=group.id, message_id=picture.message_id, caption="新图")
    assert group.messages[picture.message_id].caption == "新图"


async def test_people_edit_and_the_bot_hears_it_once(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = world.say(stage["ahe"], group, "深色")
    world.edit(stage["ahe"], said, "深色模式 #建议")
    world.edit(stage["ahe"], said, "深色模式 #建议")
    with pytest.raises(Refused):
        world.edit(stage["xiaoman"], said, "不是我的")
    _, edited = await stage.updates()
    assert edited.edited_message
    assert (edited.edited_message.text, edited.edited_message.message_id) == ("深色模式 #建议", said.id)


# -- replying, forwarding, copying -----------------------------------------------------------------------------------


async def test_replies_nest_one_level_and_need_their_message(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = world.say(stage["ahe"], group, "一")
    answer = await stage.bot.send_message(
        group.id, "二", reply_parameters=ReplyParameters(message_id=said.id), disable_notification=True
    )
    assert group.messages[answer.message_id].silent
    world.say(stage["xiaoman"], group, "三", reply_to=group.messages[answer.message_id])
    third = (await stage.updates())[-1].message
    assert third
    assert third.reply_to_message
    assert third.reply_to_message.text == "二"
    assert third.reply_to_message.reply_to_message is None
    assert (third.message_thread_id, third.is_topic_message) == (said.id, None)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await stage.bot.send_message(group.id, "x", reply_parameters=ReplyParameters(message_id=999))
    lenient = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await stage.bot.send_message(group.id, "x", reply_parameters=lenient)).reply_to_message is None


async def test_forwards_name_their_origin_and_copies_do_not(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = world.say(stage["ahe"], group, "原话")
    forwarded = await stage.bot.forward_message(group.id, group.id, said.id)
    assert forwarded.forward_origin
    assert forwarded.forward_origin.type == "user"
    copy = await stage.bot.copy_message(group.id, group.id, said.id, reply_markup=keyboard("ok"))
    assert group.messages[copy.message_id].text == "原话"
    assert group.messages[copy.message_id].origin is None
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await stage.bot.copy_message(group.id, group.id, 999)


# -- deleting and pinning --------------------------------------------------------------------------------------------


async def test_deleting_is_for_48_hours_and_once(stage: Stage) -> None:
    group = stage.group(admin=False)
    sent, _ = await send(stage, group)
    old, _ = await send(stage, group)
    await stage.bot.delete_message(group.id, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await stage.bot.delete_message(group.id, sent.message_id)
    stage.clock.leap(49 * 3600)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await stage.bot.delete_message(group.id, old.message_id)


async def test_many_are_deleted_at_once_and_missing_ones_skipped(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = [world.say(stage["ahe"], group, f"{number}") for number in range(3)]
    assert await stage.bot.delete_messages(group.id, [said[0].id, said[1].id, 999])
    assert world.last(group) is said[2]
    with pytest.raises(TelegramBadRequest, match="too many"):
        await stage.bot.delete_messages(group.id, list(range(1, 102)))


async def test_a_persons_deletion_is_told_to_nobody(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    said = world.say(stage["ahe"], group, "说错了")
    await stage.updates()
    world.delete(stage["ahe"], said)
    assert await stage.kinds() == []
    with pytest.raises(Refused):
        world.delete(stage["xiaoman"], world.say(stage["ahe"], group, "别删我的"))


async def test_pinning_comes_back_as_a_service_message(stage: Stage) -> None:
    group = stage.group()
    sent, _ = await send(stage, group, "本周之最")
    await stage.bot.pin_chat_message(group.id, sent.message_id)
    [update] = await stage.updates()
    assert update.message
    assert update.message.pinned_message
    assert update.message.pinned_message.message_id == sent.message_id
    assert (await stage.bot.get_chat(group.id)).pinned_message
    await stage.bot.unpin_chat_message(group.id, message_id=sent.message_id)
    assert group.pinned == []
    with pytest.raises(TelegramBadRequest, match="message to unpin not found"):
        await stage.bot.unpin_chat_message(group.id)
