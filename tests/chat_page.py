"""A village on a sandbox, and a real browser to visit it with: what the tests of the chat page share."""

import os
import shutil
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

WAIT_MS = 30_000
expect.set_options(timeout=WAIT_MS)


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


async def expect_nothing_sticks_out(page: Page) -> None:
    """Nothing is wider than the window, and no message leaves its column."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate(
        "[...document.querySelectorAll('.scroller')].every((s) => s.scrollWidth <= s.clientWidth)"
    )
