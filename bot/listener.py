"""What others send us over HTTP: Telegram's webhook, and the web beside it."""

import hashlib
import logging

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiohttp import web

from bot.clock import Clock
from bot.intake import ALLOWED_UPDATES, LARGEST_WEBHOOK_BODY, Intake
from bot.outcomes import Outcome, classify
from bot.settings import Settings
from bot.web.routes import add_routes
from storage.database import Database

log = logging.getLogger(__name__)

WEBHOOK_PATH = "/telegram"
RETRY_SECONDS = 5  # between two tries to name our address to Telegram
CLOSE_WITHIN = 1.0  # seconds for open requests


class Listener:
    """Listens where the settings name an address of ours; otherwise it does nothing."""

    def __init__(self, settings: Settings, bot: Bot, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._bot = bot
        self._database = database
        self._clock = clock
        self._runner: web.AppRunner | None = None

    async def open(self, intake: Intake) -> None:
        """Begin to listen, and name our address to Telegram if it shall send updates there."""
        settings, secret = self._settings, self._secret()
        if not settings.webhook_url and not settings.web_url:
            return
        application = web.Application(client_max_size=LARGEST_WEBHOOK_BODY)
        if settings.webhook_url:
            application.router.add_post(WEBHOOK_PATH, intake.webhook(secret))
        if settings.web_url:
            add_routes(application, self._database, self._clock)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSE_WITHIN)
        await self._runner.setup()
        await web.TCPSite(self._runner, settings.webhook_host, settings.webhook_port).start()
        if settings.webhook_url:
            await self._set_webhook(f"{settings.webhook_url}{WEBHOOK_PATH}", secret)

    async def close(self) -> None:
        """Take nothing more, and finish what is in hand."""
        if self._runner:
            await self._runner.cleanup()

    async def _set_webhook(self, address: str, secret: str) -> None:
        """A Telegram that is away is waited for; an address it refuses is an error."""
        while True:
            try:
                await self._bot.set_webhook(address, secret_token=secret, allowed_updates=ALLOWED_UPDATES)
            except AiogramError as error:
                verdict = classify(error)
                if verdict.outcome not in (Outcome.LATER, Outcome.DOUBT):
                    raise
                log.warning("The webhook could not be set; trying again. %s", error)
                await self._clock.sleep(verdict.seconds or RETRY_SECONDS)
            else:
                return

    def _secret(self) -> str:
        if self._settings.webhook_secret:
            return self._settings.webhook_secret.get_secret_value()
        return hashlib.sha256(b"webhook" + self._bot.token.encode()).hexdigest()
