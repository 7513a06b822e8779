"""The books of the crowd's ledgers, kept from what was written down alone: they must say what the tables say."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import col, select

from bot.community.invitations import HELD_FOR
from storage.audit import AuditRow
from storage.bars import BRANCH, ENTRY, INVITING, Bar
from storage.database import Session
from storage.invitations import CLAIMED, EXPIRED, ISSUED, REVOKED, USED, Invitation, InvitationEvent
from storage.members import Member
from storage.phones import PhoneProof
from tests.circle import NOW
from tests.crowd import Crowd

TO_AND_FROM = {
    "issued": (ISSUED, {""}),
    "claimed": (CLAIMED, {ISSUED}),
    "returned": (ISSUED, {CLAIMED}),
    "used": (USED, {CLAIMED, ISSUED}),  # of a claim that went home we may hear late that it was used
    "expired": (EXPIRED, {ISSUED}),
    "revoked": (REVOKED, {ISSUED}),
}

Place = tuple[int, int]  # a community, and a person


@dataclass
class Code:
    """One code, as its history tells it."""

    community_id: int
    holder_id: int
    is_gift: bool
    expires_at: datetime
    state: str = ""
    redeemer_id: int | None = None
    claimed_at: datetime | None = None
    went_home_from: int | None = None

    def is_out(self, now: datetime) -> bool:
        """Whether it counts against its holder's quota."""
        return not self.is_gift and (self.state in (CLAIMED, USED) or (self.state == ISSUED and self.expires_at > now))


@dataclass
class Books:
    """Every line is checked as it is written: whether what it says was allowed at its moment."""

    crowd: Crowd
    whole_every: int  # steps: then everything is compared, and not what has changed alone
    codes: dict[int, Code] = field(default_factory=dict)
    held: dict[Place, list[Code]] = field(default_factory=lambda: defaultdict(list))
    seats: dict[Place, int] = field(default_factory=dict)  # whose code gave it
    inviters: dict[Place, int] = field(default_factory=dict)
    bars: set[tuple[Place, str]] = field(default_factory=set)
    freed: set[Place] = field(default_factory=set)  # whose phone the team has freed
    happened: Counter[str] = field(default_factory=Counter)
    last_event: int = 0
    last_action: int = 0
    seen_to: datetime = NOW
    steps: int = 0

    async def catch_up(self) -> None:
        """Write down what is new, in the order it happened, and compare."""
        self.steps += 1
        async with self.crowd.circles[0].database.reading() as look:
            news = [*await self._new_bars(look), *await self._new_actions(look), *await self._new_events(look)]
            for _, line in sorted(news, key=lambda one: one[0]):
                self._write(line)
            self.seen_to = self.crowd.now
            await self._move_in(look)
            await self._compare_changed(look, {e.invitation_id for _, e in news if isinstance(e, InvitationEvent)})
            await self._compare_sums(look)
            if self.steps % self.whole_every == 0:
                await self.compare_all(look)

    async def _new_events(self, look: Session) -> list[tuple[datetime, object]]:
        query = select(InvitationEvent, Invitation).join(Invitation).where(col(InvitationEvent.id) > self.last_event)
        news: list[tuple[datetime, object]] = []
        for event, code in await look.exec(query.order_by(col(InvitationEvent.id))):
            self.last_event = event.id or 0
            news.append((event.at, event))
            if code.id not in self.codes:
                new = Code(code.community_id, code.holder_id, code.is_gift, code.expires_at)
                self.codes[code.id or 0] = new
                self.held[new.community_id, new.holder_id].append(new)
        return news

    async def _new_actions(self, look: Session) -> list[tuple[datetime, object]]:
        query = select(AuditRow).where(col(AuditRow.id) > self.last_action).order_by(col(AuditRow.id))
        rows = list(await look.exec(query))
        self.last_action = max((row.id or 0 for row in rows), default=self.last_action)
        return [(row.at, row) for row in rows]

    async def _new_bars(self, look: Session) -> list[tuple[datetime, object]]:
        began = self.seen_to
        rows = list(await look.exec(select(Bar).where(or_(col(Bar.since) > began, col(Bar.lifted_at) > began))))
        put = [(row.since, (row, True)) for row in rows if row.since > began]
        lifted = [(row.lifted_at, (row, False)) for row in rows if row.lifted_at]
        return [*put, *lifted]

    def _write(self, line: object) -> None:
        match line:
            case InvitationEvent():
                self._change(self.codes[line.invitation_id], line)
            case AuditRow():
                self._mend(line)
            case (Bar() as bar, bool(holds)):
                place = (bar.community_id, bar.person_id), bar.kind
                (self.bars.add if holds else self.bars.discard)(place)

    def _change(self, code: Code, event: InvitationEvent) -> None:
        self.happened[event.what] += 1
        to, before = TO_AND_FROM[event.what]
        assert code.state in before, (event.what, code)
        checks = {"issued": self._issue, "claimed": self._claim, "used": self._use, "returned": self._return}
        if check := checks.get(event.what):
            check(code, event)
        code.state = to

    def _issue(self, code: Code, event: InvitationEvent) -> None:
        if not code.is_gift:
            place = code.community_id, code.holder_id
            out = sum(one.is_out(event.at) for one in self.held[place])
            assert out < self.crowd.most[place], "no more codes than the quota has"

    def _claim(self, code: Code, event: InvitationEvent) -> None:
        who = event.actor_id or 0
        place = code.community_id, who
        assert who != code.holder_id
        assert event.at < code.expires_at
        assert place not in self.seats, "who has a seat burns no second code"
        assert (place, ENTRY) not in self.bars, "the banned open nothing"
        assert not self._is_barred_above(code.community_id, code.holder_id), "codes of the barred sleep"
        code.redeemer_id, code.claimed_at = who, event.at

    def _use(self, code: Code, event: InvitationEvent) -> None:
        who = event.actor_id or 0
        place = code.community_id, who
        if code.state == CLAIMED:
            assert code.redeemer_id == who
        else:
            assert code.went_home_from == who, "late is only who had claimed it"
            self.happened["used late"] += 1
        assert place not in self.seats, "one code, one person"
        assert (place, ENTRY) not in self.bars, "the banned stay out"
        self.seats[place] = code.holder_id
        code.redeemer_id = who
        if place not in self.inviters and who not in self._line(code.community_id, code.holder_id):
            self.inviters[place] = code.holder_id

    def _return(self, code: Code, event: InvitationEvent) -> None:
        assert code.claimed_at is not None
        if event.actor_id is None:
            assert event.at - code.claimed_at >= HELD_FOR
        code.went_home_from = code.redeemer_id if event.actor_id is None else None
        code.redeemer_id = code.claimed_at = None

    def _mend(self, row: AuditRow) -> None:
        """What the team did to the tree, and to a phone."""
        self.happened[row.action] += 1
        place = row.community_id, row.was.get("person_id")
        if not isinstance(place[1], int):
            return
        who = (place[0], place[1])
        if "inviter_id" in row.became:
            above = row.became["inviter_id"]
            self.inviters.pop(who, None)
            if isinstance(above, int):
                assert who[1] not in self._line(who[0], above), "a circle"
                self.inviters[who] = above
        if row.action == "phone":
            self.freed.add(who)

    def _line(self, community_id: int, who: int) -> list[int]:
        """Somebody, and everyone above them."""
        line = [who]
        while above := self.inviters.get((community_id, line[-1])):
            line.append(above)
            assert len(line) <= len(self.inviters) + 1, "a circle"
        return line

    def _is_barred_above(self, community_id: int, who: int) -> bool:
        line = [((community_id, one), BRANCH) for one in self._line(community_id, who)]
        return not self.bars.isdisjoint([((community_id, who), INVITING), *line])

    async def _move_in(self, look: Session) -> None:
        """Who came into a chat that turned out to be another's is of that one, with who brought them."""
        for stray, home in self.crowd.strays.items():
            brought = {who: above for (where, who), above in self.inviters.items() if where == stray}
            if not brought:
                continue
            self.happened["moved in"] += 1
            moved = select(Member).where(Member.community_id == home, col(Member.person_id).in_(brought))
            for member in await look.exec(moved):
                if (home, member.person_id) not in self.inviters and member.inviter_id == brought[member.person_id]:
                    assert member.person_id not in self._line(home, member.inviter_id), "a circle"
                    self.inviters[home, member.person_id] = member.inviter_id
            for who in brought:
                del self.inviters[stray, who]

    async def _compare_changed(self, look: Session, ids: set[int]) -> None:
        rows = await look.exec(select(Invitation).where(col(Invitation.id).in_(ids)))
        self._compare(list(rows))

    def _compare(self, rows: Sequence[Invitation]) -> None:
        for row in rows:
            code = self.codes[row.id or 0]
            assert (row.state, row.redeemer_id) == (code.state, code.redeemer_id)
            assert row.state not in (CLAIMED, USED) or row.kept_for_id in (None, row.redeemer_id)

    async def _compare_sums(self, look: Session) -> None:
        """What no line speaks of has not changed either."""
        states = await look.exec(select(Invitation.state, func.count()).group_by(col(Invitation.state)))
        assert dict(states.all()) == Counter(code.state for code in self.codes.values())
        assert len(self.seats) == sum(code.state == USED for code in self.codes.values())

    async def compare_all(self, look: Session) -> None:
        """The whole ledger, the whole tree, everybody who is in, and the phones they came with."""
        self._compare(list(await look.exec(select(Invitation))))
        members = {(one.community_id, one.person_id): one for one in await look.exec(select(Member))}
        above = {place: one.inviter_id for place, one in members.items() if one.inviter_id}
        assert above.items() ^ self.inviters.items() == set()
        for community_id, who in self.seats:
            home = self.crowd.strays.get(community_id, community_id)
            assert members[home, who].role == "seed", "who spent a code is in"
        for community_id, who in self.inviters:
            self._line(community_id, who)
        asking = self.crowd.circles[1].community_id
        proven = set(await look.exec(select(PhoneProof.person_id).where(PhoneProof.community_id == asking)))
        came = {who for community_id, who in self.seats if community_id == asking}
        assert came <= proven | {who for community_id, who in self.freed if community_id == asking}
