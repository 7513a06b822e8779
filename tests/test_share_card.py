"""The share card: a square that opens the bot with the code, for its holder only, and only while the code is good."""

from typing import Any

import zxingcpp
from sqlmodel import col, select

from bot.community.codes import read
from bot.texts.pictures import paint
from storage import holds
from storage.outbox import OutboxRow
from tests.test_invitation_stories import CODE, follow, gated, invite, url_of
from tests.test_pictures import MONSTER, margin_is_clean, opened
from tests.town import Town


async def test_the_card_of_a_code_brings_a_friend_in(town: Town) -> None:
    chat = await gated(town)
    private = town.private("ahe")
    await invite(town)
    hand = town.last(private)
    code = CODE.findall(hand.content)[0]
    await town.press("ahe", hand, "做成分享卡")
    card = town.last(private)
    assert card.photo is not None
    assert code in card.content
    async with town.database.reading() as look:
        sent = select(OutboxRow).where(col(OutboxRow.method) == "sendPhoto")
        order: dict[str, Any] = (await look.exec(sent)).one().arguments
    ingredients = order["photo"]["ingredients"]
    assert ingredients["title"] == "小米种子"
    image = opened(await paint("card", ingredients))
    (square,) = zxingcpp.read_barcodes(image)
    phone = image.resize((360, image.height // 3))
    assert [found.text for found in zxingcpp.read_barcodes(phone)] == [square.text], "also as small as on a phone"
    assert read(square.text) == [code.replace("-", "")]
    await follow(town, "sam", square.text)
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    assert town.person("sam") in town.world.members(chat)
    toast = await town.press("ahe", hand, "做成分享卡")
    assert "不能再送人" in toast
    assert town.last(private).content != card.content, "that Sam came in"


async def test_each_code_in_hand_has_its_button_and_nobody_elses_code_is_drawn(town: Town) -> None:
    await gated(town)
    for _ in range(3):
        await invite(town)
    hand = town.last(town.private("ahe"))
    labels = [button.label for row in hand.buttons for button in row]
    assert labels == [f"🖼 {code[:4]}" for code in CODE.findall(hand.content)]
    await invite(town, "yutong")
    theirs = town.last(town.private("yutong"))
    data = hand.buttons[0][0].data or ""
    town.world.press_data(town.person("yutong"), theirs, data)
    await town.settle()
    assert town.last(town.private("yutong")) is theirs
    assert all(message.photo is None for message in town.said(town.private("yutong")))


async def test_a_card_is_drawn_once_a_day_and_only_of_a_code_that_opens_for_its_holders_friends(town: Town) -> None:
    chat = await gated(town)
    private = town.private("ahe")
    await invite(town)
    hand = town.last(private)
    assert "已经发给你了" not in await town.press("ahe", hand, "做成分享卡")
    assert "已经发给你了" in await town.press("ahe", hand, "做成分享卡")
    assert len([message for message in town.said(private) if message.photo]) == 1

    town.clock.leap(24 * 3600)
    async with town.database.writing() as session:
        await holds.add_holds(session, None, town.clock.now())
    assert "明天" in await town.press("ahe", hand, "做成分享卡"), "nobody knows yet whether it is still good"
    async with town.database.writing() as session:
        await session.delete(await holds.get_hold(session, 1))
    await town.say("tang", chat, "/bar 阿禾 发码给陌生人")
    assert "发码给陌生人" in await town.press("ahe", hand, "做成分享卡")
    await town.say("tang", chat, "/unbar 阿禾")
    town.world.leave(town.person("ahe"), chat)
    await town.settle()
    refused = await town.press("ahe", hand, "做成分享卡")
    assert refused
    assert "发码给陌生人" not in refused
    assert len([message for message in town.said(private) if message.photo]) == 1


async def test_whatever_the_names_the_card_keeps_its_margins() -> None:
    words = {"language": "zh-hans", "title": MONSTER, "subtitle": MONSTER, "code": "7K2M-9QXT-4WBN", "note": MONSTER}
    link = "https://t.me/" + "m" * 32 + "?start=7K2M9QXT4WBN"
    image = opened(await paint("card", {**words, "link": link}))
    assert margin_is_clean(image)
    assert [found.text for found in zxingcpp.read_barcodes(image)] == [link]
