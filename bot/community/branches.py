"""Branches of the invitation tree: how healthy each is, and what of it can be shown at once."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Literal

from storage import contributions, tree
from storage.database import Session
from storage.tree import Stay

STAYS = timedelta(days=30)  # who is here so long has stayed
ENOUGH_TO_TELL = 3  # people who came that long ago, before a branch is called good or bad
BEST, WORST = 3, 2  # branches named

Way = Literal["active", "stayed", "new", "left"]
Mark = Literal["", "path", "me"]


def has_stayed(since: datetime, left_at: datetime | None, now: datetime) -> bool | None:
    """Whether somebody stayed thirty days; None of who came later, here or gone, so that neither weighs more."""
    if now - since < STAYS:
        return None
    return left_at is None or left_at - since >= STAYS


@dataclass
class Health:
    """What became of the people of a branch."""

    active: int = 0  # here, and asked or voted
    stayed: int = 0  # here for thirty days, and only look on
    new: int = 0  # here for less
    left: int = 0
    told: int = 0  # of all those, they came so long ago that it can be told whether they stayed
    kept: int = 0  # of these, they stayed thirty days

    @property
    def size(self) -> int:
        return self.here + self.left

    @property
    def here(self) -> int:
        return self.active + self.stayed + self.new

    @property
    def parts(self) -> list[int]:
        return [self.active, self.stayed, self.new, self.left]

    def add(self, other: "Health") -> None:
        """Count others in."""
        self.active += other.active
        self.stayed += other.stayed
        self.new += other.new
        self.left += other.left
        self.told += other.told
        self.kept += other.kept


@dataclass(eq=False)
class Branch:
    """A person, and everybody they brought, directly or through others."""

    person_id: int
    name: str
    inviter_id: int | None
    way: Way
    own: Health  # of the person alone
    below: Health = field(default_factory=Health)  # of everybody but the person

    @property
    def is_alive(self) -> bool:
        """Whether anybody in it, the person included, is still here."""
        return bool(self.own.here or self.below.here)

    @property
    def weight(self) -> tuple[int, int]:
        """The livelier comes first."""
        return self.own.active + self.below.active, self.own.here + self.below.here


@dataclass(frozen=True)
class Row:
    """One line of the picture: a person with their branch, or so many people folded into one line."""

    depth: int
    branch: Branch | None  # None for those who are folded
    health: Health  # of the branch below, or of all who are folded
    mark: Mark = ""


class Forest:
    """The whole tree of a community at one moment."""

    def __init__(self, stays: Sequence[Stay], contributors: Collection[int], now: datetime) -> None:
        self.by_id = {stay.kin.person_id: _sprout(stay, contributors, now) for stay in stays}
        self.brought: dict[int, list[Branch]] = defaultdict(list)  # by who brought them, the livelier first
        for branch in self.by_id.values():
            self.brought[branch.inviter_id or 0 if branch.inviter_id in self.by_id else 0].append(branch)
        for branch in reversed(list(self._from_the_top())):
            for one in self.brought[branch.person_id]:
                branch.below.add(one.own)
                branch.below.add(one.below)
        for siblings in self.brought.values():
            siblings.sort(key=lambda one: one.weight, reverse=True)
        self.trees = [one for one in self.brought[0] if self.brought[one.person_id]]

    @property
    def invited(self) -> Health:
        """Everybody whom somebody brought."""
        everybody = Health()
        for one in self.trees:
            everybody.add(one.below)
        return everybody

    def path_to(self, person_id: int) -> list[Branch]:
        """The person after everybody above them."""
        path: list[Branch] = []
        one = self.by_id.get(person_id)
        while one is not None:
            path.insert(0, one)
            one = self.by_id.get(one.inviter_id or 0)
        return path

    def notable(self) -> list[Branch]:
        """The best branches and after them the worst, none within another."""
        told = [one for one in self.by_id.values() if one.below.told >= ENOUGH_TO_TELL]
        ranked = sorted(told, key=_merit, reverse=True)
        best = self._apart(ranked, BEST)
        worst = self._apart([one for one in reversed(ranked) if one not in best], WORST, best)
        return [*best, *reversed(worst)]

    def _from_the_top(self) -> Iterator[Branch]:
        waiting = list(self.brought[0])
        while waiting:
            branch = waiting.pop()
            yield branch
            waiting += self.brought[branch.person_id]

    def _apart(self, ranked: Sequence[Branch], most: int, others: Sequence[Branch] = ()) -> list[Branch]:
        chosen: list[Branch] = []
        for one in ranked:
            if len(chosen) < most and not any(self._within(one, other) for other in (*chosen, *others)):
                chosen.append(one)
        return chosen

    def _within(self, one: Branch, other: Branch) -> bool:
        return self._is_above(one, other) or self._is_above(other, one)

    def _is_above(self, upper: Branch, lower: Branch) -> bool:
        above = self.by_id.get(lower.inviter_id or 0)
        while above is not None and above is not upper:
            above = self.by_id.get(above.inviter_id or 0)
        return above is not None


async def survey(session: Session, community_id: int, now: datetime) -> Forest:
    """The community's whole tree with the health of every branch."""
    given = await contributions.list_contributions(session, community_id)
    stays = await tree.list_stays(session, community_id)
    return await asyncio.to_thread(Forest, stays, given.keys(), now)  # 30 ms for five thousand


def _sprout(stay: Stay, contributors: Collection[int], now: datetime) -> Branch:
    kept = has_stayed(stay.since, stay.left_at, now)
    way: Way = "stayed" if kept else "new"
    if stay.left_at is not None:
        way = "left"
    elif stay.kin.person_id in contributors:
        way = "active"
    own = Health(told=int(kept is not None), kept=int(kept is True))
    setattr(own, way, 1)
    return Branch(stay.kin.person_id, stay.kin.name, stay.kin.inviter_id, way, own)


def _merit(branch: Branch) -> tuple[float, float, int]:
    below = branch.below
    return below.kept / below.told, below.active / below.size, below.size


def fold(forest: Forest, most: int, reader_id: int | None = None, *, whole: bool = True) -> list[Row]:
    """So many lines of the tree: the reader's path and the liveliest branches, everybody else folded with a count.

    Unless it is to be the `whole`, only the reader's path and their own branch are opened.
    """
    path = forest.path_to(reader_id) if reader_id else []
    longest = (most - 1) // 2  # each may want a line more for those folded beside it
    if not whole:
        path = path[-longest:]
        return _Folding(forest, path[:1], path, most, opened=path[-1:]).rows()
    path = path[:longest]
    others = [one for one in forest.trees if one not in path]
    return _Folding(forest, [*path[:1], *others], path, most, opened=path, offered=others).rows()


class _Folding:
    """Which branches are shown: the path first, then the liveliest while there is room."""

    def __init__(
        self,
        forest: Forest,
        roots: Sequence[Branch],
        path: Sequence[Branch],
        most: int,
        *,
        opened: Sequence[Branch],
        offered: Sequence[Branch] = (),
    ) -> None:
        self._brought, self._roots, self._path = forest.brought, roots, path
        self._shown: set[int] = set()
        self._opened: set[int] = set()  # whose branch is drawn out: that of all others is in their own line
        self._hidden = {0: len(roots)}  # children not shown, by parent; 0 stands above the roots
        self._lines = 0
        self._waiting: list[tuple[int, int, int, int, Branch]] = []
        for place, one in enumerate(path):
            self._show(one, path[place - 1].person_id if place else 0)
        self._offer(offered, 0)
        for one in opened:
            self._offer(self._brought[one.person_id], one.person_id)
        while self._waiting:
            *_, parent, branch = heappop(self._waiting)
            if self._lines + self._costs(parent) <= most:
                self._show(branch, parent)
                self._offer(self._brought[branch.person_id], branch.person_id)

    def rows(self) -> list[Row]:
        """The lines from top to bottom."""
        rows: list[Row] = []
        self._list(self._roots, 0, rows)
        return rows

    def _offer(self, branches: Sequence[Branch], parent: int) -> None:
        """A branch nobody is left in stays folded."""
        for one in branches:
            if one.is_alive and one.person_id not in self._shown:
                active, here = one.weight
                heappush(self._waiting, (-active, -here, one.person_id, parent, one))

    def _costs(self, parent: int) -> int:
        """Lines of one more: its own; and that of its folded siblings begins with the first and ends with the last."""
        hidden, is_first = self._hidden[parent], parent not in self._opened
        return 1 + (is_first and hidden > 1) - (not is_first and hidden == 1)

    def _show(self, branch: Branch, parent: int) -> None:
        self._lines += self._costs(parent)
        self._shown.add(branch.person_id)
        self._opened.add(parent)
        self._hidden[parent] -= 1
        self._hidden[branch.person_id] = len(self._brought[branch.person_id])

    def _list(self, branches: Sequence[Branch], depth: int, rows: list[Row]) -> None:
        folded = Health()
        for one in branches:
            if one.person_id in self._shown:
                rows.append(Row(depth, one, one.below, self._mark(one)))
                if one.person_id in self._opened:
                    self._list(self._brought[one.person_id], depth + 1, rows)
            else:
                folded.add(one.own)
                folded.add(one.below)
        if folded.size:
            rows.append(Row(depth, None, folded))

    def _mark(self, branch: Branch) -> Mark:
        if branch not in self._path:
            return ""
        return "me" if branch is self._path[-1] else "path"
