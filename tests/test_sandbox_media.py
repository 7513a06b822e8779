"""Pictures, files, forum topics, and messages for one person's eyes."""

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditEphemeralMessageText
from aiogram.types import (
    BufferedInputFile,
    EphemeralMessageParameters,
    InputMediaDocument,
    InputMediaPhoto,
)
from aiogram.types import Message as TelegramMessage

from bot.sandbox.files import plain_png
from tests.test_sandbox_stage import Stage, send, stage

__all__ = ["stage"]

PNG = BufferedInputFile(plain_png(30, 20), "board.png")


# -- pictures and files ----------------------------------------------------------------------------------------------


async def test_a_photo_goes_up_and_comes_down(stage: Stage) -> None:
    group = stage.group()
    sent = await stage.bot.send_photo(group.id, PNG, caption="<b>图</b>", parse_mode="HTML")
    assert sent.photo
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption) == (30, 20, "图")
    downloaded = await stage.bot.download(sent.photo[-1].file_id)
    assert downloaded
    assert downloaded.read() == PNG.data
    again = await stage.bot.send_photo(group.id, sent.photo[-1].file_id)
    assert again.photo
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id


async def test_what_is_no_photo_is_refused(stage: Stage) -> None:
    group = stage.group()
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await stage.bot.send_photo(group.id, BufferedInputFile(b"not a picture", "x.png"))
    with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
        await stage.bot.send_photo(group.id, BufferedInputFile(plain_png(500, 2), "x.png"))
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await stage.bot.send_photo(group.id, "no-such-file")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await stage.bot.send_photo(group.id, PNG, caption="米" * 1025)


async def test_documents_albums_and_changed_pictures(stage: Stage) -> None:
    group = stage.group()
    report = BufferedInputFile("编号,建议\n".encode(), "export.csv")
    document = await stage.bot.send_document(group.id, report, caption="导出")
    assert document.document
    assert document.document.file_name == "export.csv"
    album = await stage.bot.send_media_group(
        group.id, [InputMediaPhoto(media=PNG, caption="一"), InputMediaPhoto(media=BufferedInputFile(plain_png(), "b"))]
    )
    assert len({message.media_group_id for message in album}) == 1
    assert [message.caption for message in album] == ["一", None]
    media = InputMediaDocument(media=report, caption="换成文件")
    changed = await stage.bot.edit_message_media(media, chat_id=group.id, message_id=album[0].message_id)
    assert isinstance(changed, TelegramMessage)
    assert (changed.photo, changed.caption) == (None, "换成文件")
    with pytest.raises(TelegramBadRequest, match="from 2 to 10"):
        await stage.bot.send_media_group(group.id, [InputMediaPhoto(media=PNG)])


async def test_peoples_photos_have_captions_with_entities(stage: Stage) -> None:
    stage.sandbox.world.send_photo(stage["ahe"], stage.group(), "#建议 这个页面")
    [update] = await stage.updates()
    assert update.message
    assert update.message.photo
    assert update.message.text is None
    assert update.message.caption_entities
    assert update.message.caption_entities[0].type == "hashtag"


# -- topics ----------------------------------------------------------------------------------------------------------


async def test_topics(stage: Stage) -> None:
    world = stage.sandbox.world
    forum = world.add_chat("论坛", forum=True)
    world.add_bot(forum, stage["tang"], admin=True)
    await stage.updates()
    made = await stage.bot.create_forum_topic(forum.id, "建议")
    topic = forum.topics[made.message_thread_id]
    world.say(stage["tang"], forum, "在话题里", topic=topic)
    world.say(stage["tang"], forum, "在大厅")
    created, inside, general = [update.message for update in await stage.updates() if update.message]
    assert created.forum_topic_created
    assert (inside.message_thread_id, inside.is_topic_message) == (topic.id, True)
    assert inside.reply_to_message
    assert inside.reply_to_message.forum_topic_created
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    sent = await stage.bot.send_message(forum.id, "收到", message_thread_id=topic.id)
    assert sent.message_thread_id == topic.id
    for wrong in (1, 999):
        with pytest.raises(TelegramBadRequest, match="message thread not found"):
            await stage.bot.send_message(forum.id, "x", message_thread_id=wrong)
    await stage.bot.close_forum_topic(forum.id, topic.id)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await stage.bot.send_message(forum.id, "x", message_thread_id=topic.id)
    await stage.bot.reopen_forum_topic(forum.id, topic.id)
    await stage.bot.delete_forum_topic(forum.id, topic.id)
    assert sent.message_id not in forum.messages


async def test_outside_of_forums_a_thread_id_is_ignored(stage: Stage) -> None:
    sent = await stage.bot.send_message(stage.group().id, "x", message_thread_id=77)
    assert sent.message_thread_id is None
    await stage.bot.send_chat_action(sent.chat.id, "typing")


# -- for one person's eyes -------------------------------------------------------------------------------------------


async def test_a_whisper_is_seen_by_one_member_only(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    to_ahe = EphemeralMessageParameters(receiver_user_id=stage["ahe"].id)
    sent = await stage.bot.send_message(group.id, "要不要记成建议？", ephemeral_message_parameters=to_ahe)
    assert (sent.message_id, sent.ephemeral_message_id is not None) == (0, True)
    assert [message.text for message in world.whispers(stage["ahe"], group)] == ["要不要记成建议？"]
    assert world.whispers(stage["xiaoman"], group) == []
    assert all(message.text != sent.text for message in world.messages(group))
    edit = EditEphemeralMessageText(
        chat_id=group.id,
        receiver_user_id=stage["ahe"].id,
        ephemeral_message_id=sent.ephemeral_message_id or 0,
        text="记下了",
    )
    assert await stage.bot(edit)
    assert [message.text for message in world.whispers(stage["ahe"], group)] == ["记下了"]


async def test_a_member_bot_whispers_only_within_15_seconds_of_a_press(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group(admin=False)
    _, card = await send(stage, group, "x", "ok")
    press = world.press(stage["ahe"], card, "ok")
    answer = EphemeralMessageParameters(receiver_user_id=stage["ahe"].id, callback_query_id=press.id)
    await stage.bot.send_message(group.id, "只给你看", ephemeral_message_parameters=answer)
    stage.clock.leap(16)
    with pytest.raises(TelegramBadRequest, match="CHAT_ADMIN_REQUIRED"):
        await stage.bot.send_message(group.id, "太晚了", ephemeral_message_parameters=answer)
    outsider = EphemeralMessageParameters(receiver_user_id=stage["sam"].id)
    with pytest.raises(TelegramBadRequest, match="USER_NOT_PARTICIPANT"):
        await stage.bot.send_message(group.id, "你不在", ephemeral_message_parameters=outsider)
