"""The chat page of the sandbox in a real browser: what one person does, another sees."""

import asyncio
import re
from base64 import b64decode
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests import chat_page
from tests.chat_page import Village, Visit, choose, column, expect_nothing_sticks_out, message, say

# pytest finds fixtures by their names in the module that uses them.
browser, village, visit = chat_page.browser, chat_page.village, chat_page.visit
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TINY_PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


async def test_what_one_person_says_another_sees_without_reload(village: Village, visit: Visit) -> None:
    xiaoman, ahe = await visit("xiaoman"), await visit("ahe")
    await say(xiaoman, village.group, "大家好 🌾 <b>&\n第二行")
    await expect(message(xiaoman, "大家好")).to_have_class(re.compile("mine"))
    seen = message(ahe, "大家好")
    await expect(seen.locator(".body")).to_have_text("大家好 🌾 <b>&\n第二行", use_inner_text=True)
    await expect(seen.locator(".author")).to_have_text("小满")
    await expect(seen).not_to_have_class(re.compile("mine"))
    last = village.sandbox.world.last(village.group)
    assert last
    assert last.text == "大家好 🌾 <b>&\n第二行"


async def test_being_someone_else_changes_the_chats_and_whose_words_are_mine(village: Village, visit: Visit) -> None:
    village.sandbox.world.say(village.person("ahe"), village.group, "阿禾在此")
    page = await visit("tang")
    await expect(page.locator(".chat")).to_have_count(3)
    await expect(message(page, "阿禾在此")).not_to_have_class(re.compile("mine"))
    await page.locator(".person[data-key=ahe]").click()
    await expect(message(page, "阿禾在此")).to_have_class(re.compile("mine"))
    await expect(page.locator(".chat")).to_have_count(2)
    await expect(page).to_have_url(re.compile("as=ahe"))
    await page.reload()
    await expect(page.locator(".person[data-key=ahe]")).to_have_attribute("aria-pressed", "true")


async def test_a_reply_quotes_and_leads_to_what_it_answers(village: Village, visit: Visit) -> None:
    world, tang = village.sandbox.world, village.person("tang")
    world.say(tang, village.group, "能不能有深色模式？")
    for number in range(90):
        world.say(tang, village.group, f"第 {number} 句")
    page = await visit("ahe")
    world.say(village.person("yutong"), village.group, "最新的一句")
    await message(page, "最新的一句").locator(".bubble").hover()
    await message(page, "最新的一句").get_by_role("button", name="Reply").click()
    await say(page, village.group, "同意")
    quote = message(page, "同意").locator(".quote")
    await expect(quote).to_contain_text("雨桐")
    await expect(quote).to_contain_text("最新的一句")
    asked = next(one for one in world.messages(village.group) if one.text == "能不能有深色模式？")
    world.say(tang, village.group, "回答最早的", reply_to=asked)
    await expect(message(page, "能不能有深色模式？").locator(".body")).to_have_count(0)
    await message(page, "回答最早的").locator(".quote").click()
    await expect(message(page, "能不能有深色模式？").locator(".body").first).to_be_in_viewport()


async def test_own_messages_can_be_edited_and_deleted(village: Village, visit: Visit) -> None:
    page, other = await visit("xiaoman"), await visit("ahe")
    await say(page, village.group, "一个错字")
    await choose(page, "一个错字", "Edit")
    await say(page, village.group, "没有错字")
    await expect(message(other, "没有错字")).to_contain_text("edited")
    await expect(message(other, "一个错字")).to_have_count(0)
    await choose(page, "没有错字", "Delete")
    await expect(message(other, "没有错字")).to_have_count(0)
    await message_menu_is_without(other, village, "Delete")


async def message_menu_is_without(page: Page, village: Village, entry: str) -> None:
    village.sandbox.world.say(village.person("tang"), village.group, "别人的话")
    await message(page, "别人的话").locator(".bubble").click(button="right")
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_visible()
    await expect(page.get_by_role("menuitem", name=entry)).to_have_count(0)
    await page.keyboard.press("Escape")


async def test_reactions_are_set_counted_and_taken_back(village: Village, visit: Visit) -> None:
    village.sandbox.world.say(village.person("tang"), village.group, "周报来了")
    page, other = await visit("xiaoman"), await visit("ahe")
    await choose(page, "周报来了", "React with 🔥")
    chip = message(other, "周报来了").locator(".reaction")
    await expect(chip).to_have_text("🔥1")
    await chip.click()
    await expect(chip).to_have_text("🔥2")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(chip).to_have_text("🔥1")
    await expect(message(page, "周报来了").locator(".reaction")).to_have_attribute("aria-pressed", "true")


async def test_a_button_waits_for_the_bot_and_shows_its_answer(village: Village, visit: Visit) -> None:
    keys = [[{"text": "👍 3", "callback_data": "vote:12"}, {"text": "Why?", "callback_data": "why:12"}]]
    markup = {"inline_keyboard": keys}
    await village.call("sendMessage", chat_id=village.group.id, text="#12 深色模式", reply_markup=markup)
    page = await visit("ahe")
    vote = message(page, "#12").get_by_role("button", name="👍 3")
    await vote.click()
    await expect(vote).to_have_attribute("aria-busy", "true")
    await answer_press(village, "记下了")
    await expect(page.locator(".toast")).to_have_text("记下了")
    await expect(vote).not_to_have_attribute("aria-busy", "true")
    await message(page, "#12").get_by_role("button", name="Why?").click()
    await answer_press(village, "因为有人想要", show_alert=True)
    await expect(page.get_by_role("dialog")).to_contain_text("因为有人想要")
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_press_is_not_lost_when_the_card_changes_under_it(village: Village, visit: Visit) -> None:
    markup = {"inline_keyboard": [[{"text": "👍", "callback_data": "vote:12"}]]}
    sent = await village.call("sendMessage", chat_id=village.group.id, text="#12 · 3", reply_markup=markup)
    card = sent["result"]
    assert isinstance(card, dict)
    page = await visit("ahe")
    await message(page, "#12").get_by_role("button", name="👍").hover()
    await page.mouse.down()
    edit = {"message_id": card["message_id"], "text": "#12 · 4", "reply_markup": markup}
    await village.call("editMessageText", chat_id=village.group.id, **edit)
    await expect(page.locator(f".chat[data-key='{village.group.id}']")).to_contain_text("#12 · 4")
    await page.mouse.up()
    await answer_press(village, "记下了")
    await expect(page.locator(".toast")).to_have_text("记下了")
    await expect(message(page, "#12").locator(".body")).to_have_text("#12 · 4")


async def answer_press(village: Village, text: str, *, show_alert: bool = False) -> None:
    """Answer the one press the bot has not yet answered, as the bot would."""
    update: dict[str, Any] = {}
    async with asyncio.timeout(30):
        while "callback_query" not in update:  # what waited before it comes first, whatever is allowed now
            offset = update.get("update_id", 0) + 1
            updates = (await village.call("getUpdates", timeout=5, offset=offset))["result"]
            assert isinstance(updates, list)
            update = next((one for one in updates if "callback_query" in one), updates[-1] if updates else {})
    await village.call(
        "answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text=text, show_alert=show_alert
    )
    await village.call("getUpdates", offset=update["update_id"] + 1)


async def test_a_request_to_join_is_seen_and_approved(village: Village, visit: Visit) -> None:
    created = await village.call("createChatInviteLink", chat_id=village.seeds.id, creates_join_request=True)
    link = created["result"]
    assert isinstance(link, dict)
    village.sandbox.world.say(village.person("tang"), village.group, f"来吧 {link['invite_link']}")
    sam, tang = await visit("sam"), await visit("tang")
    await message(sam, "来吧").locator("a").click()
    await expect(sam.locator(".toast")).to_contain_text("Request sent")
    banner = column(tang, village.seeds).locator(".requests")
    await expect(banner).to_contain_text("Sam would like to join")
    await banner.get_by_role("button", name="Approve").click()
    await expect(banner.get_by_role("button")).to_have_count(0)
    await say(sam, village.seeds, "谢谢！")
    await expect(message(tang, "谢谢！")).to_be_visible()


async def test_a_public_group_is_joined_by_one_press(village: Village, visit: Visit) -> None:
    page = await visit("sam")
    await column(page, village.group).get_by_role("button", name="Join group").click()
    await say(page, village.group, "Hi all")
    await expect(message(page, "Hi all")).to_have_class(re.compile("mine"))


async def test_a_photo_is_sent_shown_and_enlarged(village: Village, visit: Visit) -> None:
    page = await visit("xiaoman")
    here = column(page, village.group)
    await here.locator("input[type=file]").set_input_files(
        {"name": "dot.png", "mimeType": "image/png", "buffer": TINY_PNG}
    )
    await expect(here.locator(".preview img")).to_be_visible()
    await say(page, village.group, "截图在此")
    picture = message(page, "截图在此").locator(".photo img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    await picture.click()
    await expect(page.locator(".lightbox img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".lightbox")).to_have_count(0)


async def test_the_bot_is_started_before_one_can_write_to_it(village: Village, visit: Visit) -> None:
    page = await visit("sam")
    private = column(page, village.person("sam"))
    await expect(private.get_by_role("textbox")).to_have_count(0)
    await private.get_by_role("button", name="Start").click()
    await expect(private.locator(".message.mine")).to_contain_text("/start")
    await village.call("sendMessage", chat_id=village.person("sam").id, text="Try /help or t.me/millet_group")
    await private.get_by_role("link", name="/help").click()
    await expect(private.locator(".message.mine").last).to_contain_text("/help")
    await expect(private.get_by_role("textbox")).to_be_visible()


async def test_hostile_names_and_texts_stay_what_they_are(village: Village, visit: Visit) -> None:
    world = village.sandbox.world
    name = '<img src=x onerror="document.title=1"><b>&"\u202egnp.exe'
    mallory = world.add_person("mallory", name)
    world.join(mallory, village.group)
    world.say(mallory, village.group, "<script>document.title=2</script> \u202e javascript:alert(1)")
    world.add_chat("\u202e<i>evil</i>" + "长" * 200, "supergroup", mallory, username="evil_group")
    page = await visit("xiaoman")
    row = message(page, "document.title=2")
    await expect(row.locator(".author")).to_have_text(name)
    await expect(row.locator(".body")).to_contain_text("<script>document.title=2</script>")
    assert await page.locator(".message img, .message script, .message b, .person img").count() == 0
    assert await page.title() == village.sandbox.world.bot.name
    await expect_nothing_sticks_out(page)


async def test_a_whisper_is_seen_by_one_person_at_its_place(village: Village, visit: Visit) -> None:
    world, xiaoman = village.sandbox.world, village.person("xiaoman")
    world.say(xiaoman, village.group, "希望有深色模式")
    await village.call("sendMessage", chat_id=village.group.id, text="要记下来吗？", receiver_user_id=xiaoman.id)
    world.say(village.person("ahe"), village.group, "我也想要")
    page = await visit("xiaoman")
    await expect(message(page, "要记下来吗？")).to_contain_text("Only you can see this")
    bodies = column(page, village.group).locator(".message .body")
    await expect(bodies).to_have_text(["希望有深色模式", "要记下来吗？", "我也想要"])
    await page.locator(".person[data-key=ahe]").click()
    await expect(message(page, "我也想要")).to_have_class(re.compile("mine"))
    await expect(message(page, "要记下来吗？")).to_have_count(0)


async def test_a_phone_number_is_shown_by_its_key_after_a_question_or_not_at_all(
    village: Village, visit: Visit
) -> None:
    world, sam = village.sandbox.world, village.person("sam")
    world.start(sam)
    page = await visit("sam")
    private = column(page, sam)
    keys = {"keyboard": [[{"text": "📱 Show my phone number", "request_contact": True}], [{"text": "Later"}]]}
    await village.call("sendMessage", chat_id=sam.id, text="One seat to each phone.", reply_markup=keys)
    key = private.get_by_role("button", name="Show my phone number")
    await key.click()
    await expect(page.get_by_role("dialog")).to_contain_text("Show your phone number to")
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await private.get_by_role("button", name="Later").click()
    await expect(private.locator(".message.mine").last).to_contain_text("Later")
    await expect(private.locator(".contact")).to_have_count(0)
    await key.click()
    await page.get_by_role("dialog").get_by_role("button", name="Show").click()
    await expect(private.locator(".message.mine .contact")).to_contain_text(sam.phone)
    await expect(page.locator(".chat .about").last).to_contain_text("👤 Sam")
    await expect(key).to_have_count(0)
    await expect_nothing_sticks_out(page)
