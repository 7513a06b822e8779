"""The composition root: the only module that sees everything."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods import DeleteWebhook, SetMyCommands, TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    Update,
)
from aiogram.utils.token import TokenValidationError

from bot.clock import Clock, SystemClock
from bot.community import restores
from bot.community.members import Defaults
from bot.community.similar import Finder
from bot.courier import Courier, TokenRefusedError
from bot.ears import Ears
from bot.easel import Easel
from bot.embeddings import Endpoint
from bot.intake import MOST_HELD, Drain, Intake
from bot.language.terms import load as load_words
from bot.language.vectors import find_encoder
from bot.listener import Listener
from bot.marks import Marks
from bot.middlewares import UnitOfWork
from bot.pace import Pace
from bot.rights import Rights
from bot.settings import Settings
from bot.texts import announce, posting
from bot.texts.catalogues import Translator, closest_language, translator
from bot.texts.help import menus
from bot.texts.pictures import paint
from bot.texts.say import Toast
from bot.texts.suggestions import went_wrong
from handlers.commands import CommandTable
from handlers.gate import Gate
from handlers.overhearing import Overhearing
from handlers.router import COMMANDS, make_router
from schedules.timetable import Timetable
from storage import communities, inbox, members, outbox, suggestions
from storage.database import Database
from storage.lease import Lease

log = logging.getLogger(__name__)

SCOPES = {
    "default": BotCommandScopeDefault,
    "all_private_chats": BotCommandScopeAllPrivateChats,
    "all_chat_administrators": BotCommandScopeAllChatAdministrators,
}
STOP_WITHIN = 6.0  # seconds for the updates in hand; with the courier's last calls the whole stop stays under ten
RETRY_SECONDS = 5  # between two tries to reach Telegram at the start


@dataclass(frozen=True)
class Tempo:
    """How fast the program goes: tests and the demo hurry where production is patient."""

    poll_seconds: int = 50
    call_seconds: float = 20.0  # how long an answer of Telegram's is waited for
    knock_seconds: float = 15.0
    paced: bool = True


class _Session(AiohttpSession):
    """Closes its connections and is done: aiogram's own sleeps a quarter of a second after that."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Millet:
    """The running bot: road in, road out and timetable over one database."""

    def __init__(self, settings: Settings, clock: Clock | None = None, tempo: Tempo | None = None) -> None:
        if settings.bot_token is None:
            raise TokenRefusedError("BOT_TOKEN is not set. Get a token from @BotFather and set it, or run the demo.")
        self.settings = settings
        self.clock = clock or SystemClock()
        self.tempo = tempo or Tempo()
        self.database = Database(settings.database_url.get_secret_value())
        server = TelegramAPIServer.from_base(settings.bot_api_url)
        session = _Session(api=server, timeout=self.tempo.call_seconds)
        try:
            self.bot = Bot(settings.bot_token.get_secret_value(), session=session)
        except TokenValidationError:
            raise TokenRefusedError("BOT_TOKEN is no token: it looks like 123456:ABC…, from @BotFather.") from None
        pace = Pace() if self.tempo.paced else None
        self.marks = Marks()
        tellers = (posting.doubtful, announce.topic_lost, announce.renumbered)
        self.courier = Courier(self.bot, self.database, self.clock, pace, self.marks, *tellers, Easel(paint))
        self._endpoint = _endpoint(settings, self.clock)
        self.finder = Finder(self._endpoint or find_encoder())
        around = (self._beat, self._after_knock, self.courier.wake)
        self.timetable = Timetable(self.database, self.clock, self.finder, *around, self.tempo.knock_seconds)
        self.lease = Lease(self.database, settings.data_dir)
        self._overhearing = Overhearing()
        self._tasks: list[asyncio.Task[None]] = []
        self._menus: asyncio.Task[None] | None = None  # not one of the parts whose end is the program's
        self._drain: Drain | None = None
        self._ears: Ears | None = None
        self._listener = Listener(settings, self.bot, self.database, self.clock)

    async def is_idle(self) -> bool:
        """Whether nothing is in hand, and nothing that waits on disk is due."""
        if not self.courier.is_idle or (self._drain is not None and not self._drain.is_idle):
            return False
        async with self.database.reading() as look:
            return not await inbox.list_waiting(look, limit=1) and not await outbox.list_due(
                look, self.clock.now(), limit=1
            )

    async def start(self) -> None:
        """Migrate, take up what was left, and begin to listen; raises TokenRefusedError, AlreadyRunningError."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        await self.lease.take()
        self._spawn(self.lease.keep(), "lease")
        words = asyncio.create_task(asyncio.to_thread(load_words, self.settings.data_dir / "jieba"))
        await self.database.migrate()
        await self._beat()
        me = await self._introduce()
        await words  # before the first text is looked at
        table = CommandTable(COMMANDS, me)
        self._ears = ears = Ears(table.words)
        await ears.refresh(self.database, self.clock.now())
        gate = Gate(table, self.bot.id, self.marks, ears, self._overhearing)
        await self._remember(gate)
        rights = Rights(self.bot, self.clock)
        dispatcher = self._dispatcher(table, rights, ears)
        drain = Drain(self.database, self.clock, self._feeder(dispatcher), self._apologise)
        self._drain = drain
        await drain.refill()
        self.intake = intake = Intake(self.database, self.clock, drain, gate.concerns_us)
        self.timetable.start()
        self._spawn(self.courier.run(), "courier")
        await self._listener.open(intake)
        if not self.settings.webhook_url:
            await self._call_quietly(DeleteWebhook())
            self._spawn(intake.poll(self.bot, self.tempo.poll_seconds), "poll")
        log.info("@%s listens by %s. Ctrl-C ends it.", me, "webhook" if self.settings.webhook_url else "long polling")
        self._menus = asyncio.create_task(self._publish_menus(), name="menus")

    async def _remember(self, gate: Gate) -> None:
        """Chats that are known, and messages that reactions may mean something at: what waits will bring more."""
        async with self.database.reading() as session:
            gate.meet(await communities.list_known_chats(session))
            await self._overhearing.learn(session)
            cards = await outbox.list_standing(session, "card:")
            for chat, message in (*cards, *await suggestions.list_sources(session)):
                self.marks.add(chat, message)
            for row in await inbox.list_waiting(session, limit=MOST_HELD):
                gate.concerns_us(row.update)

    async def wait(self) -> None:
        """Until a part of the program ends with an error, which is raised."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Finish what is in hand; everything else stays on disk for the next start. A start cut short is no matter."""
        if self._menus:
            self._menus.cancel()
        for task in self._tasks:
            if task.get_name() == "poll":
                task.cancel()
        await self._listener.close()
        in_hand = [self._drain.stop(STOP_WITHIN)] if self._drain else []
        await asyncio.gather(self.timetable.stop(STOP_WITHIN), *in_hand)
        await self.courier.stop()
        tasks = [*self._tasks, *([self._menus] if self._menus else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.finder.close()
        if self._endpoint:
            await self._endpoint.close()
        await self.bot.session.close()
        await self.database.close()
        await self.lease.release()

    async def _beat(self) -> None:
        """See that the database is the one we left, and leave a mark of how far it has come."""
        async with self.database.writing() as session:
            beat, is_copy = await restores.beat(session, self.lease.read_mark(), self.clock.now())
        self.lease.write_mark(beat)
        if is_copy:
            log.warning("The database was put back from a copy. What it would send waits; see `restored --help`.")

    async def _after_knock(self) -> None:
        """Updates put back by another process are taken up, its words are learnt, and what the jobs wrote is sent."""
        if self._ears:
            await self._ears.refresh(self.database, self.clock.now(), anyway=True)
        if self._drain:
            await self._drain.refill()
        async with self.database.reading() as look:
            await self._overhearing.learn(look)
        self.courier.wake()

    def _spawn(self, work: Any, name: str) -> None:  # a coroutine of any result
        self._tasks.append(asyncio.create_task(work, name=name))

    async def _introduce(self) -> str:
        """Our own username. Only a refused token ends the program; a Telegram that is away is waited for."""
        while True:
            try:
                return (await self.bot.me()).username or ""
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                raise TokenRefusedError(
                    "Telegram does not know this BOT_TOKEN. Copy it again from @BotFather and start anew."
                ) from error
            except AiogramError as error:
                log.warning("Telegram does not answer; trying again in %s seconds. %s", RETRY_SECONDS, error)
                await self.clock.sleep(RETRY_SECONDS)

    async def _publish_menus(self) -> None:
        """What Telegram lists after a slash. It tells languages by two letters, so Chinese menus have one script."""
        for code, language in (("", "en"), ("zh", "zh-hans")):
            for scope, menu in menus(translator(language)).items():
                commands = [BotCommand(command=command, description=words) for command, words in menu]
                await self._call_quietly(
                    SetMyCommands(commands=commands, scope=SCOPES[scope](), language_code=code or None)
                )

    def _dispatcher(self, table: CommandTable, rights: Rights, ears: Ears) -> Dispatcher:
        dispatcher = Dispatcher(disable_fsm=True)
        secret = self.settings.phone_secret.get_secret_value() if self.settings.phone_secret else ""
        defaults = Defaults(
            self.settings.default_language, self.settings.default_zone, self.settings.web_url or "", secret
        )
        dispatcher.update.outer_middleware(
            UnitOfWork(self.database, self.clock, rights, self.finder, ears, self.courier, defaults)
        )
        dispatcher.include_router(make_router(table))
        return dispatcher

    def _feeder(self, dispatcher: Dispatcher) -> Any:  # a coroutine function of one raw update
        async def feed(raw: Mapping[str, Any]) -> None:
            await dispatcher.feed_update(self.bot, Update.model_validate(raw, context={"bot": self.bot}))

        return feed

    async def _apologise(self, raw: Mapping[str, Any]) -> None:
        """Say once that something went wrong, where somebody had spoken to us or pressed a button."""
        press = raw.get("callback_query")
        if isinstance(press, dict):
            toast = Toast(went_wrong(await self._language_of(press.get("from"))), alert=True)
            fields = {"callback_query_id": str(press.get("id")), "text": toast.shown, "show_alert": toast.alert}
            self.courier.quickly("answerCallbackQuery", fields)
            return
        async with self.database.writing() as session:
            await announce.apology(session, raw, self.clock.now())
        self.courier.wake()

    async def _language_of(self, user: object) -> Translator:
        """The language of somebody named in a raw update, who need not be known to us."""
        shown = user if isinstance(user, dict) else {}
        async with self.database.reading() as look:
            person = await members.get_person_by_external_id(look, str(shown.get("id")))
        chosen = person.language if person else None
        locale = closest_language(str(shown.get("language_code") or ""))
        return translator(chosen or locale or self.settings.default_language)

    async def _call_quietly(self, call: TelegramMethod[bool]) -> None:
        try:
            await self.bot(call)
        except AiogramError as error:
            log.warning("%s", error)


def _endpoint(settings: Settings, clock: Clock) -> Endpoint | None:
    if settings.embeddings_url is None:
        return None
    key = settings.embeddings_key.get_secret_value() if settings.embeddings_key else None
    return Endpoint(settings.embeddings_url, settings.embeddings_model, key, clock)


async def run(millet: Millet) -> None:
    """Start, and stay until SIGTERM, Ctrl-C (also during the start) or a failure; then finish what is in hand."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    program = asyncio.create_task(_live(millet))
    signalled = asyncio.create_task(ended.wait())
    try:
        await asyncio.wait({program, signalled}, return_when=asyncio.FIRST_COMPLETED)
        if program.done():
            program.result()
    finally:
        program.cancel()
        signalled.cancel()
        await asyncio.gather(program, signalled, return_exceptions=True)
        await millet.stop()


async def _live(millet: Millet) -> None:
    await millet.start()
    await millet.wait()
