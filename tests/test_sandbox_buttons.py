"""Buttons and reactions: what the bot offers, what people press, what both hear of it."""

from collections.abc import Sequence

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    ForceReply,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReactionTypeEmoji,
    ReactionTypeUnion,
    WebAppInfo,
)

from bot.sandbox.errors import Refused
from bot.sandbox.page_views import PageViews
from tests.test_sandbox_stage import Stage, send, stage

__all__ = ["stage"]


def emojis(reactions: Sequence[ReactionTypeUnion]) -> list[str]:
    return [reaction.emoji for reaction in reactions if isinstance(reaction, ReactionTypeEmoji)]


# -- buttons ---------------------------------------------------------------------------------------------------------


async def test_a_press_reaches_the_bot_and_its_answer_the_person(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    sent, card = await send(stage, group, "深色模式", "👍", "👎")
    press = world.press(stage["ahe"], card, "👍")
    [update] = await stage.updates()
    query = update.callback_query
    assert query
    assert query.message
    assert (query.id, query.data, query.from_user.id) == (press.id, "do:👍", stage["ahe"].id)
    assert query.message.message_id == sent.message_id
    before = press.answer
    assert before is None
    await stage.bot.answer_callback_query(press.id, "已投票", show_alert=True)
    assert press.answer
    assert (press.answer.text, press.answer.alert) == ("已投票", True)


async def test_a_question_opens_the_field_of_whom_it_names_or_answers(stage: Stage) -> None:
    world, group, ahe = stage.sandbox.world, stage.group(), stage["ahe"]
    said = world.say(ahe, group, "/edit 1")
    asked, named = ForceReply(selective=True), f'<a href="tg://user?id={ahe.id}">阿禾</a>'
    views = PageViews(world)
    await stage.bot.send_message(group.id, "改成什么？", reply_to_message_id=said.id, reply_markup=asked)
    await stage.bot.send_message(group.id, f"{named}：改成什么？", parse_mode="HTML", reply_markup=asked)
    await stage.bot.send_message(group.id, "大家说呢？", reply_markup=ForceReply())
    await stage.bot.send_message(group.id, "好。")
    questions = world.messages(group)[-4:]
    assert [views.message(ahe, one)["asks_me"] for one in questions] == [True, True, True, False]
    assert [views.message(stage["xiaoman"], one)["asks_me"] for one in questions] == [False, False, True, False]


async def test_a_press_is_answered_once_and_soon(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    _, card = await send(stage, group, "x", "ok")
    press, late = world.press(stage["ahe"], card, "ok"), world.press(stage["xiaoman"], card, "ok")
    await stage.bot.answer_callback_query(press.id)
    stage.clock.leap(61)
    for query in (press.id, late.id, "12345"):
        with pytest.raises(TelegramBadRequest, match="query is too old and response timeout expired"):
            await stage.bot.answer_callback_query(query)


async def test_a_press_on_a_deleted_message_shows_only_its_place(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    sent, card = await send(stage, group, "x", "ok")
    await stage.bot.delete_message(group.id, sent.message_id)
    with pytest.raises(Refused):
        world.press(stage["ahe"], card, "ok")
    world.press_data(stage["ahe"], card, "forged")
    [update] = await stage.updates()
    assert update.callback_query
    assert isinstance(update.callback_query.message, InaccessibleMessage)
    assert update.callback_query.message.message_id == sent.message_id


async def test_callback_data_has_64_bytes(stage: Stage) -> None:
    group = stage.group()
    for data, fits in (("米" * 21, True), ("米" * 22, False), ("", False)):
        markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data=data)]])
        if fits:
            await stage.bot.send_message(group.id, "x", reply_markup=markup)
        else:
            with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
                await stage.bot.send_message(group.id, "x", reply_markup=markup)


@pytest.mark.parametrize(
    ("button", "complaint"),
    [
        (InlineKeyboardButton(text="x"), "exactly one action"),
        (InlineKeyboardButton(text="x", callback_data="x", url="https://t.me/x"), "exactly one action"),
        (InlineKeyboardButton(text=" ", callback_data="x"), "text must be non-empty"),
        (InlineKeyboardButton(text="x", url="javascript:alert(1)"), "is invalid"),
        (InlineKeyboardButton(text="x", url="http://localhost/"), "is invalid"),
        (InlineKeyboardButton(text="x", web_app=WebAppInfo(url="https://board.example.com")), "BUTTON_TYPE_INVALID"),
    ],
)
async def test_buttons_that_telegram_refuses(stage: Stage, button: InlineKeyboardButton, complaint: str) -> None:
    with pytest.raises(TelegramBadRequest, match=complaint):
        await stage.bot.send_message(
            stage.group().id, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]])
        )


async def test_a_mini_app_button_belongs_in_a_private_chat(stage: Stage) -> None:
    chat = stage.sandbox.world.start(stage["ahe"]).chat
    button = InlineKeyboardButton(text="看板", web_app=WebAppInfo(url="https://board.example.com"))
    sent = await stage.bot.send_message(chat.id, "x", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
    assert sent.reply_markup
    assert sent.reply_markup.inline_keyboard[0][0].web_app


# -- reactions -------------------------------------------------------------------------------------------------------


async def test_people_react_change_their_mind_and_take_it_back(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group()
    await stage.updates(allowed=["message_reaction"])
    said = world.say(stage["ahe"], group, "好主意")
    for emoji in ("👍", "👍", "🔥", None):
        world.react(stage["xiaoman"], said, emoji)
    told = [update.message_reaction for update in await stage.updates() if update.message_reaction]
    changes = [(emojis(t.old_reaction), emojis(t.new_reaction)) for t in told]
    assert changes == [([], ["👍"]), (["👍"], ["🔥"]), (["🔥"], [])]
    assert all(t.user and t.user.id == stage["xiaoman"].id for t in told)
    with pytest.raises(Refused):
        world.react(stage["xiaoman"], said, "🍚")


async def test_an_anonymous_administrators_reaction_names_the_chat(stage: Stage) -> None:
    world, group = stage.sandbox.world, stage.group("yutong ahe")
    world.promote(group, stage["yutong"], anonymous=True, can_manage_chat=True)
    await stage.updates(allowed=["message_reaction"])
    world.react(stage["yutong"], world.say(stage["ahe"], group, "好"), "👍")
    [update] = await stage.updates()
    assert update.message_reaction
    assert update.message_reaction.actor_chat
    assert (update.message_reaction.user, update.message_reaction.actor_chat.id) == (None, group.id)


async def test_the_bot_reacts_from_the_fixed_list(stage: Stage) -> None:
    group = stage.group()
    said = stage.sandbox.world.say(stage["ahe"], group, "建议")
    await stage.bot.set_message_reaction(group.id, said.id, [ReactionTypeEmoji(emoji="❤️")])
    assert said.reactions == {42: "❤"}
    await stage.bot.set_message_reaction(group.id, said.id, [])
    assert said.reactions == {}
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await stage.bot.set_message_reaction(group.id, said.id, [ReactionTypeEmoji(emoji="🍚")])
    two: list[ReactionTypeUnion] = [ReactionTypeEmoji(emoji="👍"), ReactionTypeEmoji(emoji="🔥")]
    with pytest.raises(TelegramBadRequest, match="REACTIONS_TOO_MANY"):
        await stage.bot.set_message_reaction(group.id, said.id, two)
