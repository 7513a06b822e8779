"""The chat page of the sandbox in a real browser: what one person does, another sees."""

import os
import re
import shutil
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from bot.sandbox.model import Chat
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK: ViewportSize = {"width": 1440, "height": 900}
TABLET: ViewportSize = {"width": 1024, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
TINY_PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

WAIT_MS = 10_000
expect.set_options(timeout=WAIT_MS)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@dataclass
class SteppingClock:
    """The real time and some more."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Village:
    """A public group and a gated one, with everyone but Sam in the first, the bot an administrator of both."""

    sandbox: Sandbox
    group: Chat
    seeds: Chat
    clock: SteppingClock

    def person(self, key: str) -> Person:
        return self.sandbox.world.people[key]

    async def call(self, method: str, **params: object) -> dict[str, object]:
        """Call the Bot API as the bot would."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.sandbox.url}/bot42:SANDBOX/{method}", json=params) as response,
        ):
            answer: dict[str, object] = await response.json()
        assert answer["ok"], answer
        return answer


Visit = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None and os.environ.get("CI"):
        pytest.fail(f"CI must have a browser: none of {', '.join(BROWSERS)} is installed")
    if path is None:
        pytest.skip(f"needs a browser: none of {', '.join(BROWSERS)} is installed")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def village() -> AsyncIterator[Village]:
    clock = SteppingClock()
    sandbox = Sandbox(clock=clock)
    await sandbox.start()
    world = sandbox.world
    tang = world.people["tang"]
    group = world.add_chat("小米公开群", "supergroup", tang, username="millet_group")
    seeds = world.add_chat("种子群", "supergroup", tang)
    for key in ("xiaoman", "ahe", "yutong"):
        world.join(world.people[key], group)
    world.add_bot(group, tang, admin=True)
    world.add_bot(seeds, tang, admin=True)
    yield Village(sandbox, group, seeds, clock)
    await sandbox.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, village: Village) -> AsyncIterator[Visit]:
    """Open the page as someone; whatever the browser complains about fails the test."""
    contexts = []
    complaints: list[str] = []
    # A server that is away is for the page to bear, and the browser notes it all the same.
    borne = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")

    async def open_page(as_: str, size: ViewportSize = DESK, locale: str = "en-US", *, dark: bool = False) -> Page:
        context = await browser.new_context(
            viewport=size,
            locale=locale,
            color_scheme="dark" if dark else "light",
            has_touch=size is PHONE,
            is_mobile=size is PHONE,
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        await page.goto(f"{village.sandbox.url}/?as={as_}")
        await expect(page.locator(f".person[data-key={as_}]")).to_have_attribute("aria-pressed", "true")
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not [line for line in complaints if not any(error in line for error in borne)]


def column(page: Page, chat: Chat | Person) -> Locator:
    return page.locator(f".column[data-chat='{chat.id}']")


def message(page: Page, text: str) -> Locator:
    """The messages that say this themselves; a quote of it does not count."""
    return page.locator(".message").filter(has=page.locator(".body", has_text=text))


async def say(page: Page, chat: Chat | Person, text: str) -> None:
    box = column(page, chat).get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")


async def choose(page: Page, text: str, entry: str) -> None:
    """Open the menu of a message and choose an entry."""
    await message(page, text).locator(".bubble").click(button="right")
    await page.get_by_role("menuitem", name=entry).click()


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
    updates = (await village.call("getUpdates", timeout=5, allowed_updates=["callback_query"]))["result"]
    assert isinstance(updates, list)
    update = updates[-1]
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


async def expect_nothing_sticks_out(page: Page) -> None:
    """Nothing is wider than the window, and no message leaves its column."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate(
        "[...document.querySelectorAll('.scroller')].every((s) => s.scrollWidth <= s.clientWidth)"
    )


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
    village.sandbox.world.say(village.person("tang"), village.group, "新的一天")
    await expect(day).to_have_text(["Yesterday", "Today"])
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
