"""Who is an administrator: asked of Telegram, remembered for a minute, so that a demotion takes effect within one."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

from bot.clock import Clock
from bot.community.errors import RightsUnknown
from storage.communities import Chat

REMEMBERED = timedelta(seconds=60)
ABSENCE_REMEMBERED = timedelta(minutes=10)  # `forget` ends it when somebody comes
MOST_AT_ONCE = 10
PRESENT = {"creator", "administrator", "member"}


class Rights:
    """Asks before a transaction opens; raises RightsUnknown when Telegram does not answer."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self.bot = bot
        self._clock = clock
        self._admins: dict[str, tuple[datetime, dict[str, str]]] = {}
        self._present: dict[tuple[str, str], tuple[datetime, bool]] = {}

    async def is_staff(self, chats: Iterable[Chat], person: str, *, fresh: bool = False) -> bool:
        """Whether the person administers any of these chats; `fresh` asks Telegram whatever is remembered."""
        chats = list(chats)
        for chat in chats if fresh else ():
            self._admins.pop(chat.external_id, None)
        return any([person in await self._admins_of(chat) for chat in chats])

    async def is_owner(self, chats: Iterable[Chat], person: str) -> bool:
        """Whether the person created any of these chats."""
        return any([(await self._admins_of(chat)).get(person) == "creator" for chat in chats])

    async def is_present(self, chat: str, person: str) -> bool:
        """Whether the person is in the chat now, both by the network's ids."""
        key, now = (chat, person), self._clock.now()
        if (known := self._present.get(key)) and _is_fresh(known, now):
            return known[1]
        try:
            member = await self.bot.get_chat_member(int(chat), int(person))
        except (TelegramBadRequest, TelegramForbiddenError):
            present = False
        except AiogramError as error:
            raise RightsUnknown from error
        else:
            present = member.status in PRESENT or bool(getattr(member, "is_member", False))
        self._forget_old(now)
        self._present[key] = (now, present)
        return present

    async def list_present(self, chats: Iterable[Chat], person: str) -> list[Chat]:
        """Those of the chats the person is in now; Telegram is asked about several at a time."""
        narrow = asyncio.Semaphore(MOST_AT_ONCE)

        async def ask(chat: Chat) -> Chat | None:
            async with narrow:
                return chat if await self.is_present(chat.external_id, person) else None

        answers = await asyncio.gather(*map(ask, chats), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [answer for answer in answers if isinstance(answer, Chat)]

    def forget(self, chat: str) -> None:
        """Somebody's standing in the chat has just changed."""
        self._admins.pop(chat, None)
        self._present = {key: known for key, known in self._present.items() if key[0] != chat}

    async def _admins_of(self, chat: Chat) -> dict[str, str]:
        now = self._clock.now()
        if (known := self._admins.get(chat.external_id)) and _is_within(now - known[0], REMEMBERED):
            return known[1]
        try:
            found = await self.bot.get_chat_administrators(int(chat.external_id))
        except (TelegramBadRequest, TelegramForbiddenError):
            return {}
        except AiogramError as error:
            raise RightsUnknown from error
        admins = {str(admin.user.id): str(admin.status) for admin in found if not admin.user.is_bot}
        self._admins[chat.external_id] = (now, admins)
        return admins

    def _forget_old(self, now: datetime) -> None:
        if len(self._present) > 5_000:
            self._present = {key: known for key, known in self._present.items() if _is_fresh(known, now)}


def _is_fresh(known: tuple[datetime, bool], now: datetime) -> bool:
    asked_at, present = known
    return _is_within(now - asked_at, REMEMBERED if present else ABSENCE_REMEMBERED)


def _is_within(age: timedelta, limit: timedelta) -> bool:
    """What was asked later than now was asked by a clock that has been set back since: nobody knows when."""
    return timedelta() <= age < limit
