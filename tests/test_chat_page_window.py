"""The chat page as a window: on a desk and on a phone, in three languages, by keyboard, for a long time."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from tests import chat_page
from tests.chat_page import DESK, PHONE, TABLET, ZONE, Village, Visit, column, expect_nothing_sticks_out, message

# pytest finds fixtures by their names in the module that uses them.
browser, village, visit = chat_page.browser, chat_page.village, chat_page.visit
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_on_a_phone_there_is_one_chat_at_a_time(village: Village, visit: Visit) -> None:
    village.sandbox.world.say(village.person("tang"), village.group, "https://example.com/" + "long" * 60)
    page = await visit("ahe", PHONE)
    await expect(page.locator(".column")).to_have_count(0)
    await page.locator(f".chat[data-key='{village.group.id}']").tap()
    await expect(column(page, village.group)).to_be_visible()
    await expect(page.locator("#sidebar")).to_be_hidden()
    await expect_nothing_sticks_out(page)
    await page.get_by_role("button", name="Back to the chats").tap()
    await expect(page.locator("#sidebar")).to_be_visible()
    await expect(page.locator(".column")).to_have_count(0)


async def test_as_many_columns_as_fit_stand_side_by_side(village: Village, visit: Visit) -> None:
    page = await visit("tang", TABLET)
    await expect(page.locator(".column")).to_have_count(2)
    await page.set_viewport_size(DESK)
    await expect(page.locator(".column")).to_have_count(3)
    await column(page, village.group).get_by_role("button", name="Close this column").click()
    await expect(page.locator(".column")).to_have_count(2)
    await page.locator(f".chat[data-key='{village.group.id}']").click()
    await expect(page.locator(".column").last).to_have_attribute("data-chat", str(village.group.id))


async def test_dark_is_dark_and_can_be_switched(village: Village, visit: Visit) -> None:
    page = await visit("ahe", dark=True)
    brightness = (
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((sum, one) => sum + +one, 0) / 3"
    )
    assert await page.evaluate(brightness) < 60
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate(brightness) > 200
    await page.reload()
    assert await page.evaluate(brightness) > 200


async def test_the_page_speaks_three_languages_completely(village: Village, visit: Visit) -> None:
    page = await visit("xiaoman", locale="zh-TW")
    texts: dict[str, dict[str, str]] = await page.evaluate(
        "import('/static/strings.js').then((module) => module.STRINGS)"
    )
    assert set(texts) == {"en", "zh-hans", "zh-hant"}
    assert set(texts["en"]) == set(texts["zh-hans"]) == set(texts["zh-hant"])
    for key, english in texts["en"].items():
        holes = set(re.findall(r"\{\w+\}", english))
        assert all(set(re.findall(r"\{\w+\}", texts[code][key])) == holes for code in texts), key
        assert all(texts[code][key].strip() for code in texts), key
    await expect(page.locator(".card")).to_contain_text("試試看")
    await page.get_by_label("語言").select_option("zh-hans")
    await expect(page.locator(".card")).to_contain_text("扮演小满")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans-CN")


async def test_a_tip_lays_the_words_ready(village: Village, visit: Visit) -> None:
    page = await visit("tang")
    await page.get_by_role("button", name="As 小满").click()
    await expect(page.locator(".person[data-key=xiaoman]")).to_have_attribute("aria-pressed", "true")
    await expect(column(page, village.group).get_by_role("textbox")).to_have_value(re.compile("/suggest"))
    await page.get_by_role("button", name="Close", exact=True).click()
    await expect(page.locator(".card")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("button", name="What can I try?")).to_be_visible()


async def test_thousands_of_messages_keep_the_page_light_and_the_place_kept(village: Village, visit: Visit) -> None:
    world, ahe = village.sandbox.world, village.person("ahe")
    page = await visit("xiaoman")
    for number in range(1500):
        world.say(ahe, village.group, f"第 {number} 句")
    here = column(page, village.group)
    await expect(message(page, "第 1499 句")).to_be_in_viewport()
    assert await here.locator(".message").count() < 400
    oldest = await here.locator(".message").first.get_attribute("data-id")
    assert oldest
    reading = here.locator(f".message[data-id='{oldest}'] + *")
    await here.locator(".scroller").evaluate("scroller => scroller.scrollTop = 20")
    place = await reading.bounding_box()
    await expect(here.locator(".message").first).not_to_have_attribute("data-id", oldest)
    assert await reading.bounding_box() == place
    world.say(ahe, village.group, "新来的一句")
    await expect(here.locator(".jump .badge")).to_have_text("1")
    assert await reading.bounding_box() == place
    await here.get_by_role("button", name="To the newest message").click()
    await expect(message(page, "新来的一句")).to_be_in_viewport()


async def test_the_page_finds_back_after_a_break(village: Village, visit: Visit) -> None:
    world, ahe = village.sandbox.world, village.person("ahe")
    doomed = world.say(ahe, village.group, "会被删掉")
    changed = world.say(ahe, village.group, "改之前")
    page = await visit("xiaoman")
    await expect(message(page, "改之前")).to_be_visible()
    port = int(village.sandbox.url.rpartition(":")[2])
    await village.sandbox.stop()
    await expect(page.locator(".notice")).to_have_text("Reconnecting…")
    world.delete(ahe, doomed)
    world.edit(ahe, changed, "改之后")
    world.say(ahe, village.group, "其间说的")
    await village.sandbox.start(port=port)
    await expect(message(page, "其间说的")).to_be_visible()
    await expect(message(page, "改之后")).to_be_visible()
    await expect(message(page, "会被删掉")).to_have_count(0)
    await expect(page.locator(".notice")).to_be_hidden()


async def test_when_the_day_turns_today_becomes_yesterday(village: Village, visit: Visit) -> None:
    page = await visit("xiaoman")
    day = column(page, village.group).locator(".day")
    await expect(day).to_have_text(["Today"])
    village.clock.ahead = timedelta(days=1)
    await expect(day).to_have_text(["Yesterday"])
    said = village.sandbox.world.say(village.person("tang"), village.group, "新的一天")
    await expect(day).to_have_text(["Yesterday", "Today"])
    there = said.date.astimezone(ZoneInfo(ZONE))
    await expect(message(page, "新的一天").locator("time")).to_have_text(f"{there:%H:%M}")
    tomorrow = (await page.locator(".clock").get_attribute("datetime") or "")[:10]
    assert tomorrow == village.clock().date().isoformat()


async def test_enter_while_choosing_a_chinese_word_does_not_send(village: Village, visit: Visit) -> None:
    page = await visit("xiaoman")
    box = column(page, village.group).get_by_role("textbox")
    await box.fill("jianyi")
    await box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    await expect(box).to_have_value("jianyi")
    await box.press("Shift+Enter")
    await expect(box).to_have_value("jianyi\n")
    await box.press("Enter")
    await expect(message(page, "jianyi")).to_be_visible()
    await expect(box).to_have_value("")


async def test_messages_can_be_reached_by_keyboard(village: Village, visit: Visit) -> None:
    world = village.sandbox.world
    world.say(village.person("tang"), village.group, "第一句")
    world.say(village.person("tang"), village.group, "第二句")
    page = await visit("xiaoman")
    await message(page, "第二句").wait_for()
    await column(page, village.group).locator(".scroller").focus()
    await page.keyboard.press("ArrowUp")
    await expect(message(page, "第二句")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(message(page, "第一句").locator(".reaction")).to_have_text("👍1")


async def test_a_long_press_opens_the_menu_and_it_stays(village: Village, visit: Visit) -> None:
    village.sandbox.world.say(village.person("tang"), village.group, "按住我")
    page = await visit("ahe", PHONE)
    await page.locator(f".chat[data-key='{village.group.id}']").tap()
    box = await message(page, "按住我").locator(".bubble").bounding_box()
    assert box
    touch = await page.context.new_cdp_session(page)
    point = {"x": box["x"] + 20, "y": box["y"] + 20}
    await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(page.get_by_role("menu")).to_be_visible()
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await page.get_by_role("menuitem", name="React with 🎉").tap()
    await expect(message(page, "按住我").locator(".reaction")).to_have_text("🎉1")


async def test_on_a_phone_a_short_chat_fills_the_window_to_its_end(village: Village, visit: Visit) -> None:
    page = await visit("ahe", PHONE)
    await page.locator(f".chat[data-key='{village.group.id}']").tap()
    foot = await column(page, village.group).locator(".foot").bounding_box()
    assert foot
    assert foot["y"] + foot["height"] == PHONE["height"]
