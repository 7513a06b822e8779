"""People coming and going: joining, requests and links, promotion, expulsion, and a group becoming a supergroup."""

from dataclasses import replace
from datetime import datetime

from bot.sandbox import wire
from bot.sandbox.errors import Refused, not_allowed, not_found
from bot.sandbox.model import USUAL_RIGHTS, Chat, InviteLink, JoinRequest, Member, Service
from bot.sandbox.people import Person
from bot.sandbox.state import Change, WorldState
from bot.sandbox.updates import Json


class Membership(WorldState):
    """The verbs about who is in which chat. Each changes the world and tells the bot what Telegram would tell it."""

    # -- coming --------------------------------------------------------------------------------------------------

    def add_member(self, chat: Chat, person: Person, by: Person | None = None) -> None:
        """Someone inside adds a person (the creator, if nobody is named)."""
        self._enter(chat, by or self.creator(chat), Member(person, "member"))

    def join(self, person: Person, chat: Chat, link: InviteLink | None = None) -> None:
        """A person walks in by themselves; a chat that asks for approval refuses and wants `request_join`."""
        self._refuse_banned(person, chat)
        if chat.member(person):
            return
        if chat.join_by_request or (link and link.creates_join_request):
            raise Refused(
                "This chat asks you to request to join.", "加入此群需要管理员批准。", "加入此群組需要管理員批准。"
            )
        if link:
            self._check_link(link)
        self._enter(chat, person, Member(person, "member"), link)

    def _enter(
        self, chat: Chat, actor: Person, new: Member, link: InviteLink | None = None, *, requested: bool = False
    ) -> None:
        self._end_request(chat, new.person)
        self.set_standing(chat, actor, new, link, requested=requested)
        if chat.kind != "channel":
            sender = new.person if requested else actor
            self.announce(chat, sender, Service("joined", new.person))

    def add_bot(self, chat: Chat, by: Person, *, admin: bool = False, **rights: bool) -> None:
        """Someone brings the bot in: as a plain member, with the usual rights (`admin=True`), or with exactly these."""
        held = _chosen(admin=admin, rights=rights)
        standing = Member(self.bot, "administrator", held) if held else Member(self.bot, "member")
        self._enter(chat, by, standing)

    # -- asking to come ------------------------------------------------------------------------------------------

    def request_join(self, person: Person, chat: Chat, invite_link: InviteLink | None = None) -> JoinRequest:
        """Knock at a chat that approves newcomers; the bot hears it if it may invite. Once is enough."""
        self._refuse_banned(person, chat)
        if chat.member(person):
            raise Refused("You are already in this chat.", "你已经在群里了。", "你已經在群組裡了。")
        if person.id in chat.requests:
            return chat.requests[person.id]
        if invite_link:
            self._check_link(invite_link)
            invite_link.pending.add(person.id)
        request = JoinRequest(person, self.clock(), invite_link)
        self.open_door(chat, request)
        if self.bot_has(chat, "can_invite_users"):
            self.met.add(person.id)
            self.queue.push("chat_join_request", self._request_told(chat, request))
        self.notify(Change("chats", chat))
        return request

    def _request_told(self, chat: Chat, request: JoinRequest) -> Json:
        told: Json = {
            "chat": wire.chat(chat),
            "from": wire.user(request.person),
            "user_chat_id": request.person.id,
            "date": int(request.date.timestamp()),
        }
        if request.link:
            told["invite_link"] = wire.invite_link(request.link, self.bot)
        return told

    def approve(self, actor: Person, chat: Chat, person: Person) -> None:
        """Let in someone who has asked."""
        request = chat.requests.get(person.id)
        if request is None:
            raise not_found()
        self._enter(chat, actor, Member(person, "member"), request.link, requested=True)

    def decline(self, _actor: Person, chat: Chat, person: Person) -> None:
        """Turn away someone who has asked; they are told nothing."""
        if person.id not in chat.requests:
            raise not_found()
        self._end_request(chat, person)
        self.notify(Change("chats", chat, person=person))

    def _end_request(self, chat: Chat, person: Person) -> None:
        request = chat.requests.pop(person.id, None)
        if request:
            doors = [door for door in self._doors.pop(person.id, []) if door[0] is not request]
            if doors:
                self._doors[person.id] = doors
            if request.link:
                request.link.pending.discard(person.id)

    # -- links ---------------------------------------------------------------------------------------------------

    def new_link(
        self,
        creator: Person,
        chat: Chat,
        *,
        name: str | None = None,
        creates_join_request: bool = False,
        member_limit: int | None = None,
        expires: datetime | None = None,
        primary: bool = False,
    ) -> InviteLink:
        """Make an invite link of the chat; a new primary one replaces its maker's old one."""
        if primary:
            for old in chat.links.values():
                old.revoked = old.revoked or (old.primary and old.creator is creator)
        url = f"https://t.me/+{self.serial():06x}{abs(chat.id) % 0xFFFFFFFF:010x}"
        link = InviteLink(url, creator, name, creates_join_request, member_limit, expires, primary)
        return self.add_link(chat, link)

    def _check_link(self, link: InviteLink) -> None:
        expired = link.expires is not None and link.expires <= self.clock()
        full = link.member_limit is not None and len(link.joined) >= link.member_limit
        if link.revoked or expired or full:
            raise Refused("This invite link has expired.", "邀请链接已失效。", "邀請連結已失效。")

    # -- going ---------------------------------------------------------------------------------------------------

    def leave(self, person: Person, chat: Chat) -> None:
        """Walk out."""
        self.standing(person, chat)
        self.remove(chat, person, Member(person, "left"))

    def kick(self, chat: Chat, person: Person, by: Person | None = None, until: datetime | None = None) -> None:
        """Ban someone, present or not."""
        self._end_request(chat, person)
        self.remove(chat, by or self.creator(chat), Member(person, "kicked", until=until))

    def unban(self, chat: Chat, person: Person, by: Person | None = None) -> None:
        """Lift a ban."""
        standing = chat.members.get(person.id)
        if standing and standing.status == "kicked":
            self.set_standing(chat, by or self.creator(chat), Member(person, "left"))

    def remove(self, chat: Chat, actor: Person, new: Member) -> None:
        """Give someone a standing outside, with the notice that they have left."""
        was_here = chat.member(new.person) is not None
        self.set_standing(chat, actor, new)
        if was_here and chat.kind != "channel":
            notice = self.announce(chat, actor, Service("left", new.person))
            if new.person is self.bot:
                # The last thing a removed bot hears of a chat, though it is no longer there.
                self.queue.push("message", wire.message(notice))

    # -- standing ------------------------------------------------------------------------------------------------

    def creator(self, chat: Chat) -> Person:
        """Who owns the chat."""
        return next(member.person for member in chat.members.values() if member.status == "creator")

    def promote(
        self, chat: Chat, person: Person, *, by: Person | None = None, anonymous: bool = False, **rights: bool
    ) -> None:
        """Make someone an administrator, with the usual rights or with exactly these."""
        held = _chosen(admin=True, rights=rights)
        self.set_standing(chat, by or self.creator(chat), Member(person, "administrator", held, anonymous=anonymous))

    def demote(self, chat: Chat, person: Person, *, by: Person | None = None) -> None:
        """Make an administrator an ordinary member again."""
        self.set_standing(chat, by or self.creator(chat), Member(person, "member"))

    def restrict(
        self, chat: Chat, actor: Person, person: Person, permissions: frozenset[str], until: datetime | None
    ) -> None:
        """Leave someone only these permissions, until a moment or for good."""
        here = chat.member(person) is not None
        new = Member(person, "restricted", until=until, permissions=permissions, present_while_restricted=here)
        self.set_standing(chat, actor, new)

    def _refuse_banned(self, person: Person, chat: Chat) -> None:
        standing = self.settled(chat, person.id)
        if standing and standing.status == "kicked":
            raise Refused("You were removed from this chat.", "你已被移出这个群。", "你已被移出這個群組。")

    # -- migration -----------------------------------------------------------------------------------------------

    def migrate_to_supergroup(self, chat: Chat, by: Person | None = None) -> Chat:
        """Turn a basic group into a supergroup: a new id, numbers from 1, new links, and a notice on either side."""
        if chat.kind != "group" or chat.migrated_to:
            raise not_allowed()
        actor = by or self.creator(chat)
        new = Chat(self.supergroup_id(), "supergroup", chat.title, join_by_request=chat.join_by_request)
        new.members = {number: replace(member, link=None) for number, member in chat.members.items()}
        new.size = chat.size
        self.register(new)
        for link in chat.links.values():
            link.revoked = True
        self.announce(chat, actor, Service("migrated_to", number=new.id))
        chat.migrated_to = new.id
        self.announce(new, actor, Service("migrated_from", number=chat.id))
        self.notify(Change("chats", chat))
        self.notify(Change("chats", new))
        return new

    def supergroup_id(self) -> int:
        return -1_002_100_000_000 - self.serial()


def _chosen(*, admin: bool, rights: dict[str, bool]) -> frozenset[str]:
    named = frozenset(name for name, given in rights.items() if given)
    if named:
        return named | {"can_manage_chat"}
    return USUAL_RIGHTS if admin else frozenset()
