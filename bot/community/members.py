"""Meeting people and chats: a group whose adding we missed is met at its first message, and works at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.community.rituals import Ritual
from storage import communities, members
from storage.communities import Chat, Community
from storage.database import Session
from storage.members import Member, Person

RECENTLY = timedelta(hours=1)  # how exact "last seen" is: a write for every command would be too many


@dataclass(frozen=True)
class SeenPerson:
    """A person as the network shows them in an update."""

    external_id: str
    name: str
    username: str | None = None
    locale: str = ""


@dataclass(frozen=True)
class SeenChat:
    """A chat as the network shows it in an update."""

    external_id: str
    kind: str
    title: str
    username: str | None = None


@dataclass(frozen=True)
class Defaults:
    """What a community starts with, where our pages are reached, and the key of phone numbers' hashes."""

    language: str
    zone: str
    web_url: str = ""
    phone_secret: str = ""


async def meet_person(session: Session, seen: SeenPerson, now: datetime) -> Person:
    """The person's row, made or brought up to date."""
    person = await members.get_person_by_external_id(session, seen.external_id)
    if person is None:
        return await members.add_person(
            session,
            Person(
                external_id=seen.external_id,
                name=seen.name[:255],
                username=seen.username,
                locale=seen.locale[:35],
                created_at=now,
            ),
        )
    person.name, person.username, person.locale = seen.name[:255], seen.username, seen.locale[:35]
    return person


def is_current(person: Person, seen: SeenPerson) -> bool:
    """Whether the row already says what the update says."""
    return (person.name, person.username, person.locale) == (seen.name[:255], seen.username, seen.locale[:35])


async def meet_chat(session: Session, seen: SeenChat, defaults: Defaults, now: datetime) -> Chat:
    """The chat's row; an unknown group founds a community of its own."""
    chat = await communities.get_chat_by_external_id(session, seen.external_id)
    if chat is None:
        community = await found_community(session, seen.title, defaults, now)
        new = Chat(community_id=community.id or 0, external_id=seen.external_id, kind=seen.kind, title=seen.title[:255])
        new.username = seen.username
        return await communities.add_chat(session, new)
    chat.title, chat.username = seen.title[:255], seen.username
    if chat.status == "left":
        chat.status = "member"
    return chat


def is_current_chat(chat: Chat, seen: SeenChat) -> bool:
    """Whether the row already says what the update says."""
    return (chat.title, chat.username) == (seen.title[:255], seen.username) and chat.status != "left"


async def found_community(session: Session, name: str, defaults: Defaults, now: datetime) -> Community:
    """A community with sane settings, its first digest due at the next ritual."""
    community = Community(
        name=name[:255] or "·", language=defaults.language, zone=defaults.zone, created_at=now, digest_due_at=now
    )
    ritual = Ritual(community.ritual_weekday, community.ritual_hour, community.ritual_minute, community.zone)
    community.digest_due_at = ritual.next_due(now)
    return await communities.add_community(session, community)


async def meet_member(session: Session, chat: Chat, person: Person, now: datetime) -> Member:
    """The person's membership in the chat's community; being in the gated chat makes a seed."""
    member = await members.get_member(session, chat.community_id, person.id or 0)
    if member is None:
        member = await members.add_member(
            session, Member(community_id=chat.community_id, person_id=person.id or 0, joined_at=now, seen_at=now)
        )
    if chat.is_seed and member.role == "member":
        member.role = "seed"
    if now - member.seen_at > RECENTLY:
        member.seen_at = now
    member.present, member.left_at = True, None
    return member


async def meet_absent(session: Session, chat: Chat, person: Person, now: datetime) -> None:
    """The person has to do with the chat's community and is in none of its groups."""
    member = await meet_member(session, chat, person, now)
    member.present, member.left_at = False, now


async def arrive(session: Session, chat: Chat, person: Person, now: datetime) -> Member:
    """As `meet_member`, of somebody whom we see coming: who is new to us is a newcomer from now on."""
    known = await members.get_member(session, chat.community_id, person.id or 0)
    member = await meet_member(session, chat, person, now)
    if known is None or known.joined_at == now:  # met by the very update that tells of their coming
        member.arrived_at = now
    return member


async def leave(session: Session, community_id: int, person_id: int, now: datetime) -> None:
    """The person left the last of the chats they were in. They stay who they are: a seat is never taken away."""
    if member := await members.get_member(session, community_id, person_id):
        member.present, member.left_at = False, member.left_at or now


async def choose(session: Session, community_id: int, person_id: int, now: datetime) -> bool:
    """From now on the person speaks of this community in private; False when they are no member of it."""
    member = await members.get_member(session, community_id, person_id)
    if member is not None:
        member.seen_at = now
    return member is not None


def is_met(member: Member | None, chat: Chat, now: datetime) -> bool:
    """Whether meeting the member in this chat would change nothing."""
    if member is None or not member.present or now - member.seen_at > RECENTLY:
        return False
    return not (chat.is_seed and member.role == "member")


async def set_mentions(session: Session, member: Member, *, wanted: bool) -> None:
    """Whether a digest that names the member may ring their phone."""
    await members.set_mentions(session, member.community_id, member.person_id, wanted=wanted)
