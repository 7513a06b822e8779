"""Who is speaking, where and when: all a handler needs beside the words."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.types import User

from bot.community.errors import Faceless, NoCommunity, Outsider, OwnerOnly, StaffOnly
from bot.community.members import SeenPerson
from bot.community.similar import Finder, Reading
from bot.ears import Ears
from bot.rights import Rights
from bot.texts.catalogues import Translator, closest_language, translator
from bot.texts.say import React, Whisper
from storage import words
from storage.communities import Chat, Community, list_chats
from storage.database import Database, Session
from storage.members import Member, Person

# Telegram's stand-ins for people who write as the group or as a channel; nobody is behind them whom one could credit.
STAND_INS = {"1087968824", "136817688", "777000"}
CHANNEL_ITSELF = SeenPerson("777000", "Telegram")  # as whom a group sees what its channel posts


def seen_person(user: User) -> SeenPerson:
    """A person as Telegram shows them."""
    return SeenPerson(str(user.id), user.full_name, user.username, user.language_code or "")


@dataclass
class Here:
    """One update's circumstances."""

    database: Database  # for looking things up before the session's first statement
    session: Session  # its transaction begins at the first statement, so look things up and ask Telegram before
    now: datetime
    rights: Rights
    finder: Finder
    ears: Ears
    person: Person
    chat: Chat | None = None  # None in private
    known_community: Community | None = None
    known_member: Member | None = None
    message_ref: str | None = None  # the message that was sent, or whose button was pressed
    origin: str = ""  # what a thing made from this update is known by: a repeated update makes no second one
    topic: str | None = None
    whispered: int | None = None  # the pressed message is one that only its reader sees; its id among those
    web_url: str = ""  # where our pages and webhooks are reached from outside
    phone_secret: str = ""  # the operator's, for hashes of phone numbers; without it none is asked for
    as_chat: bool = False  # an anonymous administrator, who writes as the group itself

    @property
    def community(self) -> Community:
        """The community spoken in; raises NoCommunity for a stranger in private."""
        if self.known_community is None:
            raise NoCommunity
        return self.known_community

    @property
    def community_id(self) -> int:
        return self.community.id or 0

    @property
    def person_id(self) -> int:
        return self.person.id or 0

    @property
    def t(self) -> Translator:
        """The language of this chat; in private, the person's."""
        if self.chat is None:
            return self.mine
        return translator(self.chat.language or self.community.language)

    @property
    def mine(self) -> Translator:
        """The person's own language, for what only they see; who writes as the group is answered aloud."""
        if self.as_chat:
            return self.t
        default = self.known_community.language if self.known_community else "en"
        return translator(self.person.language or closest_language(self.person.locale) or default)

    @property
    def can_whisper(self) -> bool:
        """Whether something can be said here that only the speaker sees."""
        known = self.chat is not None and self.chat.status == "administrator" and not self.chat.is_channel
        return known and self.person.external_id not in STAND_INS

    async def read(self, text: str, community_id: int | None = None) -> Reading:
        """A text as the finder sees it in a community, this one or another; to be read before the first statement."""
        async with self.database.reading() as look:
            own = await words.list_forms(look, community_id or self.community_id)
        return await self.finder.read(text, own)

    @property
    def is_heard_alone(self) -> bool:
        """Whether what is answered here disturbs nobody else."""
        return self.chat is None or self.can_whisper

    def aside(self, text: str) -> Whisper | React:
        """For the speaker alone; where that cannot be, a reaction says that it was done."""
        return Whisper(text) if self.is_heard_alone else React("👌")

    def require_face(self) -> None:
        """Raises Faceless for who writes as the group or as a channel, NoCommunity for a stranger in private."""
        if self.person.external_id in STAND_INS:
            raise Faceless
        if self.known_community is None:
            raise NoCommunity

    async def require_present(self) -> None:
        """Raises Outsider for who has left, or was removed. To be asked before the session's first statement."""
        if self.person.external_id in STAND_INS or (self.known_member is not None and self.known_member.present):
            return
        # Nobody may have heard them come back to another group, so in private "absent" is not the last word.
        if self.chat or not await self.rights.list_present(await self._groups(), self.person.external_id):
            raise Outsider

    async def is_staff(self, *, fresh: bool = False) -> bool:
        """Whether the speaker administers one of the community's groups at this moment."""
        return self.as_chat or await self.rights.is_staff(await self._groups(), self.person.external_id, fresh=fresh)

    async def is_owner(self) -> bool:
        """Whether the speaker created one of the community's groups."""
        return await self.rights.is_owner(await self._groups(), self.person.external_id)

    async def other_groups(self) -> list[Chat]:
        """The community's groups beside this chat."""
        return [chat for chat in await self._groups() if self.chat is None or chat.id != self.chat.id]

    async def _groups(self) -> list[Chat]:
        """A channel never counts: its readers are no members, and who may post there is not the team."""
        async with self.database.reading() as look:
            return [chat for chat in await list_chats(look, self.community_id) if not chat.is_channel]

    async def require_staff(self, *, fresh: bool = False) -> None:
        """Raises StaffOnly. To be asked before the session's first statement; `fresh` for what is hard to take back."""
        if self.known_community is None:
            raise NoCommunity
        if not await self.is_staff(fresh=fresh):
            raise StaffOnly

    async def require_owner_here(self) -> None:
        """Raises OwnerOnly unless the speaker created this very chat: what a chat is for is its owner's to say."""
        if self.chat is None or not await self.rights.is_owner([self.chat], self.person.external_id):
            raise OwnerOnly

    async def require_owner(self) -> None:
        """Raises OwnerOnly. To be asked before the session's first statement."""
        if self.known_community is None:
            raise NoCommunity
        if not await self.is_owner():
            raise OwnerOnly
