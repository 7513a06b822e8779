"""People, and who they are in each community."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, and_, func, or_, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import TELEGRAM, Chat, Community, get_chat_by_external_id
from storage.database import Session
from storage.suggestions import Suggestion

OURSELVES = "millet"  # the network of stand-ins
PRIVATELY, IN_DIGEST, NOT_AT_ALL = "privately", "digest", "nothing"


class Person(SQLModel, table=True):
    """One human being on one network, the same in all communities."""

    __table_args__ = (
        UniqueConstraint("network", "external_id"),
        CheckConstraint("length(name) <= 255", name="name_length"),
        CheckConstraint("language IN ('zh-hans', 'zh-hant', 'en')", name="language_known"),
    )

    id: int | None = Field(default=None, primary_key=True)
    network: str = TELEGRAM
    external_id: str
    name: str
    username: str | None = None
    locale: str = ""  # what the network says of the person's language
    language: str | None = None  # what the person chose
    reachable: bool = False  # pressed Start, and did not block the bot since
    written_at: datetime | None = None  # when we last wrote to them unasked
    created_at: datetime


class Member(SQLModel, table=True):
    """A person in a community: for ever, whatever leaving and rejoining."""

    __table_args__ = (
        UniqueConstraint("community_id", "person_id"),
        CheckConstraint("role IN ('member', 'seed', 'moderator', 'owner')", name="role_known"),
        CheckConstraint("inviter_id <> person_id", name="nobody_invites_themselves"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = "member"
    inviter_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    present: bool = True
    left_at: datetime | None = None  # when we saw them go; None for who is here
    mentions: bool = False  # agreed to be mentioned, so that the phone rings
    joined_at: datetime  # when we met them
    arrived_at: datetime | None = None  # when we saw them come; None for who was there before us
    seen_at: datetime
    welcomes_asking: bool = True  # whether they may be asked quietly if what they said is a suggestion
    hears: str = PRIVATELY  # how they want to be told what became of what they asked for
    named: bool = True  # the digest may name them
    mute_told_at: datetime | None = None  # when they were told that a vote follows, and how to mute


async def get_person(session: Session, person_id: int) -> Person:
    return (await session.exec(select(Person).where(Person.id == person_id))).one()


async def get_person_by_external_id(session: Session, external_id: str, network: str = TELEGRAM) -> Person | None:
    query = select(Person).where(Person.network == network, Person.external_id == external_id)
    return (await session.exec(query)).first()


async def get_member_by_username(session: Session, community_id: int, username: str) -> Person | None:
    """The member who bore the name when we last saw them; names change hands, so whom we met last has it."""
    query = (
        select(Person)
        .join(Member, and_(col(Member.person_id) == col(Person.id), col(Member.community_id) == community_id))
        .where(func.lower(Person.username) == username.lower())
        .order_by(col(Member.seen_at).desc(), col(Member.id).desc())
    )
    return (await session.exec(query.limit(1))).first()


async def get_member(session: Session, community_id: int, person_id: int) -> Member | None:
    query = select(Member).where(Member.community_id == community_id, Member.person_id == person_id)
    return (await session.exec(query)).first()


async def get_member_by_id(session: Session, member_id: int) -> Member | None:
    """A membership in any community: who asks must compare it with the one spoken in."""
    return (await session.exec(select(Member).where(Member.id == member_id))).first()


@dataclass(frozen=True)
class Standing:
    """A person, and who they are where they speak; in private, where they were last active."""

    person: Person
    chat: Chat | None = None
    community: Community | None = None
    member: Member | None = None


async def get_standing(session: Session, person: str, chat: str | None, network: str = TELEGRAM) -> Standing | None:
    """Person, chat, community and membership in one look, by the network's ids; None when the person is unknown."""
    if chat is None:
        query = (
            select(Person, Community, Member)
            .select_from(Person)
            .outerjoin(Member, col(Member.person_id) == col(Person.id))
            .outerjoin(Community, col(Community.id) == col(Member.community_id))
            .where(Person.network == network, Person.external_id == person)
            .order_by(col(Member.seen_at).desc(), col(Member.id))
            .limit(1)
        )
        found = (await session.exec(query)).first()
        return Standing(found[0], None, found[1], found[2]) if found else None
    row = await get_chat_by_external_id(session, chat, network)
    community_id = row.community_id if row else None
    joined = (
        select(Person, Community, Member)
        .select_from(Person)
        .outerjoin(Community, col(Community.id) == community_id)
        .outerjoin(Member, and_(col(Member.person_id) == col(Person.id), col(Member.community_id) == community_id))
        .where(Person.network == network, Person.external_id == person)
    )
    found = (await session.exec(joined)).first()
    return Standing(found[0], row, found[1], found[2]) if found else None


async def get_concerned(
    session: Session, suggestion_id: int, person_id: int
) -> tuple[Suggestion, Community, Member | None] | None:
    """A suggestion of any community, that community, and who the person is in it; one look for what a button names."""
    is_theirs = and_(col(Member.community_id) == col(Suggestion.community_id), col(Member.person_id) == person_id)
    query = (
        select(Suggestion, Community, Member)
        .join(Community, col(Community.id) == col(Suggestion.community_id))
        .outerjoin(Member, is_theirs)
        .where(Suggestion.id == suggestion_id)
    )
    found: Any = (await session.exec(query)).first()
    return (found[0], found[1], found[2]) if found else None


async def list_members_called(session: Session, community_id: int, word: str) -> list[int]:
    """Members whose username, or else whose whole name, this is."""
    here = (
        select(Person.id)
        .join(Member, col(Member.person_id) == col(Person.id))
        .where(Member.community_id == community_id)
        .order_by(col(Person.id))
        .limit(2)
    )
    by_username = here.where(func.lower(Person.username) == word.lstrip("@").lower())
    found = list(await session.exec(by_username)) or list(await session.exec(here.where(Person.name == word)))
    return [one for one in found if one is not None]


async def get_last_decider(session: Session, community_id: int, *, reachable: bool = True) -> Person | None:
    """Who last decided about a suggestion, or shipped one, and is still there; `reachable`: privately, too."""
    query = (
        select(Person)
        .join(Suggestion, col(Suggestion.decided_by_id) == col(Person.id))
        .join(Member, and_(col(Member.person_id) == col(Person.id), col(Member.community_id) == community_id))
        .where(Suggestion.community_id == community_id, col(Member.present))
        .order_by(col(Suggestion.decided_at).desc(), col(Suggestion.id).desc())
    )
    if reachable:
        query = query.where(col(Person.reachable))
    return (await session.exec(query.limit(1))).first()


async def list_communities(session: Session, person_id: int, limit: int) -> list[Community]:
    """The communities a person is in, the most recently used first."""
    query = select(Community).join(Member, col(Member.community_id) == col(Community.id))
    theirs = query.where(Member.person_id == person_id).order_by(col(Member.seen_at).desc(), col(Member.id))
    return list(await session.exec(theirs.limit(limit)))


async def list_memberships(session: Session, person_id: int) -> list[Member]:
    """The communities a person is in, the most recently used first."""
    query = select(Member).where(Member.person_id == person_id).order_by(col(Member.seen_at).desc(), col(Member.id))
    return list(await session.exec(query))


async def get_home(session: Session, person_id: int) -> Community | None:
    """The community the person met us in: by its clock their days are counted."""
    query = select(Community).join(Member, col(Member.community_id) == col(Community.id))
    first = query.where(Member.person_id == person_id).order_by(col(Member.joined_at), col(Member.id)).limit(1)
    return (await session.exec(first)).first()


async def list_members(session: Session, community_id: int) -> list[tuple[Member, Person]]:
    """Everyone in a community, in the order they came."""
    query = (
        select(Member, Person)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(Member.community_id == community_id)
        .order_by(col(Member.joined_at), col(Member.id))
    )
    return list(await session.exec(query))


async def list_people(session: Session, person_ids: list[int]) -> dict[int, Person]:
    """People by id."""
    found = await session.exec(select(Person).where(col(Person.id).in_(person_ids)))
    return {person.id: person for person in found if person.id is not None}


async def list_memberships_of(session: Session, community_id: int, person_ids: Sequence[int]) -> list[Standing]:
    """Who these people are in the community; who is no member is left out."""
    query = (
        select(Person, Member)
        .join(Member, col(Member.person_id) == col(Person.id))
        .where(Member.community_id == community_id, col(Person.id).in_(person_ids))
    )
    return [Standing(person, member=member) for person, member in await session.exec(query)]


async def list_names(session: Session, community_id: int, person_ids: Sequence[int]) -> dict[int, str]:
    """By id, the names of those among these people whom the digest may name."""
    member = and_(col(Member.person_id) == col(Person.id), col(Member.community_id) == community_id)
    query = select(Person.id, Person.name).outerjoin(Member, member)
    may_be = or_(col(Member.named).is_(None), col(Member.named))
    return {i or 0: name for i, name in await session.exec(query.where(col(Person.id).in_(person_ids), may_be))}


async def list_nameless(session: Session, community_id: int, person_ids: Sequence[int]) -> set[int]:
    """Those among these people whom the digest must not name."""
    query = select(Member.person_id).where(
        Member.community_id == community_id, col(Member.person_id).in_(person_ids), col(Member.named).is_(False)
    )
    return set(await session.exec(query))


async def add_person(session: Session, person: Person) -> Person:
    session.add(person)
    await session.flush()
    return person


async def add_stand_in(session: Session, community: Community, now: datetime) -> Person:
    """Who stands for what a community does by its members' answers, made once; no network knows it."""
    known_as = f"community/{community.id}"
    if itself := await get_person_by_external_id(session, known_as, network=OURSELVES):
        return itself
    return await add_person(
        session, Person(network=OURSELVES, external_id=known_as, name=community.name, created_at=now)
    )


async def add_member(session: Session, member: Member) -> Member:
    session.add(member)
    await session.flush()
    return member


async def set_reachable(session: Session, person_id: int, reachable: bool) -> None:
    """Remember whether the person can be written to privately."""
    await session.exec(update(Person).where(col(Person.id) == person_id).values(reachable=reachable))


async def set_mentions(session: Session, community_id: int, person_id: int, *, wanted: bool) -> None:
    """Remember whether the person agreed to be mentioned."""
    one = (col(Member.community_id) == community_id, col(Member.person_id) == person_id)
    await session.exec(update(Member).where(*one).values(mentions=wanted))


async def set_welcomes_asking(session: Session, community_id: int, person_id: int, *, welcomes: bool) -> None:
    """Remember whether the member may be asked about what they said."""
    member = update(Member).where(col(Member.community_id) == community_id, col(Member.person_id) == person_id)
    await session.exec(member.values(welcomes_asking=welcomes))


async def set_hears(session: Session, community_id: int, person_id: int, way: str) -> bool:
    """How the person wants to be told; False when they are no member."""
    member = (col(Member.community_id) == community_id, col(Member.person_id) == person_id)
    return (await session.exec(update(Member).where(*member).values(hears=way))).rowcount == 1


async def set_named(session: Session, community_id: int, person_id: int, *, named: bool) -> bool:
    """Whether the digest may name the person; False when they are no member."""
    member = (col(Member.community_id) == community_id, col(Member.person_id) == person_id)
    return (await session.exec(update(Member).where(*member).values(named=named))).rowcount == 1


async def claim_day(session: Session, person_id: int, day_began: datetime, now: datetime) -> bool:
    """True for the one unasked message that may go to the person on this day of theirs."""
    unwritten = or_(col(Person.written_at).is_(None), col(Person.written_at) < day_began)
    claim = update(Person).where(col(Person.id) == person_id, unwritten).values(written_at=now)
    return (await session.exec(claim)).rowcount == 1


async def claim_mute_hint(session: Session, community_id: int, person_id: int, now: datetime) -> bool:
    """True the one time that a person is to be told in a community how to mute."""
    untold = (col(Member.community_id) == community_id, col(Member.person_id) == person_id)
    claim = update(Member).where(*untold, col(Member.mute_told_at).is_(None)).values(mute_told_at=now)
    return (await session.exec(claim)).rowcount == 1


async def move_members(session: Session, old_community_id: int, new_community_id: int) -> None:
    """Bring a community's members into another; who is there already stays as they are, and is present from now on.

    Who is not, and yet has brought somebody there, comes without an inviter, so that no circle can close.
    """
    there = list(await session.exec(select(Member).where(Member.community_id == new_community_id)))
    known, above = {member.person_id: member for member in there}, {member.inviter_id for member in there}
    for member in await session.exec(select(Member).where(Member.community_id == old_community_id)):
        if (same := known.get(member.person_id)) is None:
            member.community_id = new_community_id
            member.inviter_id = None if member.person_id in above else member.inviter_id
            continue
        if member.present:
            same.present, same.left_at = True, None
        await session.delete(member)
    await session.flush()
