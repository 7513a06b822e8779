"""Signs that several accounts are one person: read when the team asks, shown to nobody else, and never a verdict.

Each is something that honest people do too, which is why nothing follows from it by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from storage import bars, invitations, members, phones, signs, tree
from storage.bars import Bar
from storage.database import Session
from storage.members import Member, Person
from storage.signs import Arrival

TOGETHER = timedelta(minutes=5)  # codes of one holder opened within
SILENT_FOR = timedelta(days=2)  # before somebody's silence means anything
MOST_APART = 1000  # between the network's numbers of two accounts that may have been made together
FEWEST_ECHOES = 3  # votes, all for one's inviter


@dataclass
class Signs:
    """What is striking about one person: each list names the others it has to do with."""

    together: list[int] = field(default_factory=list)  # opened codes of the same holder at once, and all are silent
    neighbours: list[int] = field(default_factory=list)  # came by the same holder, with accounts of nearly one number
    phones: list[int] = field(default_factory=list)  # to whom the number this person showed is bound
    echoes: int = 0  # votes, none but for whoever brought them
    brought: list[int] = field(default_factory=list)  # whom they brought, and who show signs themselves

    @property
    def weight(self) -> int:
        """How many kinds of signs there are."""
        return sum(map(bool, (self.together, self.neighbours, self.phones, self.echoes, self.brought)))


@dataclass(frozen=True)
class Case:
    """A member as the team sees them: where they stand in the tree, what is in force, what is striking."""

    member: Member
    person: Person
    inviter: Person | None
    brought: int  # by themselves
    below: int  # by those they brought
    unused: int  # codes in the hands of their whole branch
    bars: list[Bar]
    signs: Signs
    names: dict[int, str]  # of those whom the signs mention


async def read(session: Session, community_id: int, now: datetime) -> dict[int, Signs]:
    """Everybody of whom something is striking."""
    arrivals = await signs.list_arrivals(session, community_id)
    votes = await signs.list_votes(session, community_id)
    spoken = await signs.list_authors(session, community_id) | votes.keys()
    found: dict[int, Signs] = defaultdict(Signs)
    by_holder: dict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_holder[arrival.holder_id].append(arrival)
        if echoes := _echoes(votes.get(arrival.person_id, Counter()), arrival.holder_id):
            found[arrival.person_id].echoes = echoes
    for theirs in by_holder.values():
        silent = [one for one in theirs if one.person_id not in spoken and one.at + SILENT_FOR <= now]
        _note_together(found, silent)
        _note_neighbours(found, theirs)
    for person_id, holder_id in await phones.list_refusals(session, community_id):
        found[person_id].phones.append(holder_id)
    for holder_id, theirs in by_holder.items():
        if striking := [one.person_id for one in theirs if one.person_id in found]:
            found[holder_id].brought = striking
    return dict(found)


async def rank(session: Session, community_id: int, now: datetime) -> list[tuple[Member, Person, Signs]]:
    """Members of whom something is striking, the most first."""
    found = await read(session, community_id, now)
    known = await members.list_memberships_of(session, community_id, list(found))
    cases = [(one.member, one.person, found[one.person.id or 0]) for one in known if one.member]
    return sorted(cases, key=lambda one: (-one[2].weight, -len(one[2].brought), one[0].id or 0))


async def look_at(session: Session, member: Member, now: datetime) -> Case:
    """One member's case."""
    community_id, person_id = member.community_id, member.person_id
    theirs = (await read(session, community_id, now)).get(person_id, Signs())
    mentioned = {*theirs.together, *theirs.neighbours, *theirs.phones, *theirs.brought, person_id}
    people = await members.list_people(session, [*mentioned, *([member.inviter_id] if member.inviter_id else [])])
    branch = await tree.list_branch(session, community_id, person_id)
    held = await invitations.count_held(session, community_id, now)
    brought = sum(kin.inviter_id == person_id for kin in branch)
    return Case(
        member=member,
        person=people[person_id],
        inviter=people.get(member.inviter_id or 0),
        brought=brought,
        below=len(branch) - 1 - brought,
        unused=sum(held.get(kin.person_id, 0) for kin in branch),
        bars=[bar for bar in await bars.list_bars(session, community_id) if bar.person_id == person_id],
        signs=theirs,
        names={i: person.name for i, person in people.items()},
    )


def _echoes(cast: Counter[int], holder_id: int) -> int:
    """How often somebody voted, if never but for whoever brought them."""
    return cast[holder_id] if cast.keys() == {holder_id} and cast[holder_id] >= FEWEST_ECHOES else 0


def _note_together(found: dict[int, Signs], silent: Sequence[Arrival]) -> None:
    """Those who opened their codes within minutes of one before or after them; they come in this order."""
    for one, other in _pairs(silent):
        if other.at - one.at <= TOGETHER:
            found[one.person_id].together.append(other.person_id)
            found[other.person_id].together.append(one.person_id)


def _note_neighbours(found: dict[int, Signs], theirs: Sequence[Arrival]) -> None:
    numbered = sorted((one for one in theirs if one.external_id.isdigit()), key=lambda one: int(one.external_id))
    for one, other in _pairs(numbered):
        if int(other.external_id) - int(one.external_id) <= MOST_APART:
            found[one.person_id].neighbours.append(other.person_id)
            found[other.person_id].neighbours.append(one.person_id)


def _pairs(row: Sequence[Arrival]) -> Iterable[tuple[Arrival, Arrival]]:
    """Each with the next."""
    return pairwise(row)
