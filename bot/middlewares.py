"""Around every update: one unit of work, and who is speaking where."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import CallbackQuery, Message, TelegramObject, Update
from markupsafe import Markup

from bot.clock import Clock
from bot.community import members as rules
from bot.community.communities import follow_migration
from bot.community.errors import Refusal
from bot.community.members import Defaults, SeenChat, SeenPerson
from bot.community.similar import Finder
from bot.ears import Ears
from bot.here import CHANNEL_ITSELF, STAND_INS, Here, seen_person
from bot.patience import Patience
from bot.rights import Rights
from bot.texts import announce
from bot.texts.errors import explain
from bot.texts.say import Answer, React, Rewrite, Say, Toast, Whisper, to_chat, to_one_in, to_person
from storage import communities, inbox, members, outbox
from storage.database import Database, Session
from storage.outbox import ANSWER, OutboxRow, call

log = logging.getLogger(__name__)


class Mouth(Protocol):
    """The courier, as the unit of work sees it."""

    def wake(self) -> None:
        """Something new stands in the outbox."""

    def quickly(self, method: str, fields: dict[str, object]) -> None:
        """Send what is worth nothing after a crash."""


@dataclass(frozen=True)
class Seen:
    """What an update shows of its circumstances."""

    person: SeenPerson
    chat: SeenChat | None
    speaks: bool  # a message in the chat proves membership; a pressed button does not
    moves: bool = False  # it tells of somebody coming or going: its handler meets them, as newcomers


class AlreadyDoneError(Exception):
    """Another run of the same update was quicker; this one's effects must not stand."""


class UnitOfWork(BaseMiddleware):
    """One writing session an update: its effects, what is said about them, and the inbox row's end, in one commit."""

    def __init__(  # the composition root hands over all a handler may need
        self,
        database: Database,
        clock: Clock,
        rights: Rights,
        finder: Finder,
        ears: Ears,
        mouth: Mouth,
        defaults: Defaults,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rights = rights
        self._finder = finder
        self._ears = ears
        self._mouth = mouth
        self._defaults = defaults
        self._patience = Patience()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> None:
        assert isinstance(event, Update)  # noqa: S101  # registered on `update` only
        quick: list[Toast | React] = []
        try:
            quick = await self._handle_or_refuse(handler, event, data)
        except AlreadyDoneError:
            log.info("Update %s was done already.", event.update_id)
        await self._ears.refresh(self._database, self._clock.now())
        self._mouth.wake()
        for answer in quick or _spinner_stops(event):
            self._send_quickly(answer, event)

    async def _handle_or_refuse(
        self, handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: Update, data: dict[str, Any]
    ) -> list[Toast | React]:
        try:
            return await self._handle(handler, event, data)
        except Refusal as refusal:
            return await self._refuse(refusal, event, data.get("here"))

    async def _handle(
        self, handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: Update, data: dict[str, Any]
    ) -> list[Toast | React]:
        here = await self._meet(event)
        data["here"] = here
        async with self._database.writing() as session:
            if here is not None:
                here.session = session
            answers = _listed(await handler(event, data))
            await self._finish(session, event, here, answers)
        return [answer for answer in answers if isinstance(answer, Toast | React)]

    async def _refuse(self, refusal: Refusal, event: Update, here: Here | None) -> list[Toast | React]:
        """Everything was rolled back; the person hears why, once. Who floods us is not answered each time."""
        quick: list[Toast | React] = []
        answers: list[Answer] = []
        why = explain(refusal, here.mine) if here else ""
        if here is not None and event.callback_query:
            quick = [Toast(why, alert=True)]
        elif here is not None and self._patience.answers(here.person.external_id, why, here.now):
            answers = _refused(here, why)
        async with self._database.writing() as session:
            await self._finish(session, event, here, answers)
        return quick

    async def _finish(self, session: Session, event: Update, here: Here | None, answers: list[Answer]) -> None:
        rows = [row for answer in answers if (row := _row(answer, here))]
        await outbox.add_rows(session, rows)
        if not await inbox.set_done(session, event.update_id):
            raise AlreadyDoneError

    async def _meet(self, event: Update) -> Here | None:
        """Who and where; only what is new or changed is written, in a transaction of its own."""
        seen = _seen(event)
        if seen is None:
            return None
        now = self._clock.now()
        await self._follow_migration(event)
        here = await self._look(seen, now)
        if here is None or await self._is_news(seen, here, now):
            belongs = await self._belongs(seen, here)
            async with self._database.writing() as session:
                await self._introduce(session, seen, now, belongs=belongs)
            here = await self._look(seen, now)
        if here is not None:
            _describe(here, event)
        return here

    async def _follow_migration(self, event: Update) -> None:
        """Before the chat is looked up: under its new id it would be met as a stranger."""
        message = event.message
        if message is None or not (message.migrate_to_chat_id or message.migrate_from_chat_id):
            return
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        async with self._database.writing() as session:
            moved = await follow_migration(session, str(old), str(new))
            await announce.renumbered(session, moved, self._clock.now())
        self._ears.doubt()

    async def _is_news(self, seen: Seen, here: Here, now: datetime) -> bool:
        """Whether the update says something about the person or the chat that is not written down yet."""
        if seen.chat is None or here.chat is None:
            return not here.person.reachable
        if here.person.external_id in STAND_INS or rules.is_met(here.known_member, here.chat, now):
            return False
        return await self._belongs(seen, here)

    async def _belongs(self, seen: Seen, here: Here | None) -> bool:
        """Whether the person is in the group the update comes from; a channel has readers, no members."""
        if seen.chat is None or seen.chat.kind == "channel" or seen.moves or seen.person.external_id in STAND_INS:
            return False
        if seen.speaks and (_has_seat(here) or not await self._is_gated(seen.chat)):
            return True
        return await self._rights.is_present(seen.chat.external_id, seen.person.external_id)

    async def _is_gated(self, chat: SeenChat) -> bool:
        """Whether speaking there is no proof of being in: guests comment on the posts of a channel it belongs to."""
        async with self._database.reading() as look:
            known = await communities.get_chat_by_external_id(look, chat.external_id)
        return known is not None and known.is_seed

    async def _look(self, seen: Seen, now: datetime) -> Here | None:
        """What is known already; None when person or chat are new or have changed."""
        async with self._database.reading() as session:
            place = seen.chat.external_id if seen.chat else None
            standing = await members.get_standing(session, seen.person.external_id, place)
        if standing is None or not rules.is_current(standing.person, seen.person):
            return None
        if seen.chat and (standing.chat is None or not rules.is_current_chat(standing.chat, seen.chat)):
            return None
        return Here(
            database=self._database,
            session=session,  # a placeholder until the unit of work has opened its own
            now=now,
            rights=self._rights,
            finder=self._finder,
            ears=self._ears,
            person=standing.person,
            chat=standing.chat,
            known_community=standing.community,
            known_member=standing.member,
            web_url=self._defaults.web_url,
            phone_secret=self._defaults.phone_secret,
        )

    async def _introduce(self, session: Session, seen: Seen, now: datetime, *, belongs: bool) -> None:
        person = await rules.meet_person(session, seen.person, now)
        if seen.chat is None:
            person.reachable = True  # who writes to us privately can be written to
            return
        chat = await rules.meet_chat(session, seen.chat, self._defaults, now)
        if belongs:
            await rules.meet_member(session, chat, person, now)

    def _send_quickly(self, answer: Toast | React, event: Update) -> None:
        if isinstance(answer, Toast) and event.callback_query:
            fields: dict[str, object] = {"callback_query_id": event.callback_query.id, "show_alert": answer.alert}
            fields |= ({"text": answer.shown} if answer.text else {}) | ({"url": answer.url} if answer.url else {})
            self._mouth.quickly("answerCallbackQuery", fields)
        elif isinstance(answer, React) and event.message:
            where = {"chat_id": event.message.chat.id, "message_id": event.message.message_id}
            reaction = [{"type": "emoji", "emoji": answer.emoji}]
            self._mouth.quickly("setMessageReaction", {**where, "reaction": reaction})


def _seen(event: Update) -> Seen | None:
    inner = event.event
    user = getattr(inner, "from_user", None) or getattr(inner, "user", None)  # whose reaction it is
    holder = inner.message if isinstance(inner, CallbackQuery) else inner
    chat = getattr(holder, "chat", None)
    is_post = event.channel_post or event.edited_channel_post  # nobody is named as its author
    if user is None and not is_post:
        return None
    person = seen_person(user) if user else CHANNEL_ITSELF
    in_private = chat is None or chat.type == "private"
    place = None if chat is None or in_private else SeenChat(str(chat.id), chat.type, chat.title or "", chat.username)
    moves = event.chat_member is not None or bool(getattr(inner, "new_chat_members", None))
    moves = moves or event.chat_join_request is not None  # who knocks is outside: Telegram need not be asked
    return Seen(person, place, speaks=isinstance(inner, Message), moves=moves)


def _describe(here: Here, event: Update) -> None:
    said = event.message or event.edited_message
    message = said or (event.callback_query.message if event.callback_query else None)
    here.origin = f"update/{event.update_id}"
    if message is None:
        return
    here.message_ref = str(message.message_id)
    if isinstance(message, Message) and message.ephemeral_message_id:
        here.whispered = message.ephemeral_message_id
    if said:
        here.origin = f"{said.chat.id}/{said.message_id}"
        here.as_chat = said.sender_chat is not None and said.sender_chat.id == said.chat.id
    if isinstance(message, Message) and message.is_topic_message and message.message_thread_id:
        here.topic = str(message.message_thread_id)


def _row(answer: Answer, here: Here | None) -> OutboxRow | None:
    """The outbox row of an answer; toasts and reactions have none."""
    if isinstance(answer, OutboxRow):
        return answer
    if here is None:
        return None
    if isinstance(answer, Whisper):
        return _whisper(answer, here)
    if isinstance(answer, Rewrite):
        return _rewrite(answer, here)
    return _say(answer, here) if isinstance(answer, Say) else None


def _refused(here: Here, why: Markup | str) -> list[Answer]:
    """Why, for the speaker; in a channel nothing is said that all its readers would see."""
    if here.chat is None or not here.chat.is_channel:
        return [Whisper(why)]
    return [to_person(here.person_id, Say(why), here.now, priority=ANSWER)] if here.person.reachable else []


def _say(said: Say, here: Here) -> OutboxRow:
    if here.chat is None:
        return to_person(here.person_id, said, here.now, priority=ANSWER)
    reply_to = here.message_ref if said.reply and (said.asks or not said.slot) and not here.whispered else None
    return to_chat(here.chat.id or 0, said, here.now, priority=ANSWER, reply_to=reply_to, topic=here.topic)


def _whisper(whisper: Whisper, here: Here) -> OutboxRow:
    if here.chat is None or not here.can_whisper:
        return _say(whisper.aloud(), here)
    return to_one_in(here.chat.id or 0, whisper, here.person.external_id, here.now, topic=here.topic)


def _rewrite(rewrite: Rewrite, here: Here) -> OutboxRow:
    chat_id, person_id = (here.chat.id, None) if here.chat else (None, here.person_id)
    fields = rewrite.fields()
    if not here.whispered:
        fields["message_id"] = int(here.message_ref or "0")
        return call("editMessageText", fields, here.now, chat_id=chat_id, person_id=person_id, priority=ANSWER)
    fields |= {"receiver_user_id": int(here.person.external_id), "ephemeral_message_id": here.whispered}
    return call("editEphemeralMessageText", fields, here.now, chat_id=chat_id, priority=ANSWER)


def _listed(answers: object) -> list[Answer]:
    if answers is None or answers is UNHANDLED:
        return []
    return list(answers) if isinstance(answers, list | tuple) else [answers]  # type: ignore[list-item]  # aiogram hands handlers' results on untyped


def _has_seat(here: Here | None) -> bool:
    return here is not None and here.known_member is not None and here.known_member.role != "member"


def _spinner_stops(event: Update) -> list[Toast]:
    """Every pressed button is answered, or it spins for ever."""
    return [Toast()] if event.callback_query else []
