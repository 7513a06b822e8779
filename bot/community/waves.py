"""Waves: each week those who stayed are compared with the plan, and codes are proposed for the trusted middle."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.community.errors import AlreadySettled, Overtaken, PlanUnclear
from storage import bars, communities, contributions, grants, invitations, members, tree, waves
from storage.bars import BRANCH, Bar
from storage.contributions import Contribution
from storage.database import Session
from storage.grants import WAVE
from storage.members import Member
from storage.tree import Kin
from storage.waves import ACCEPTED, DECLINED, Door, Proposal, WavePlan

EVERY = timedelta(days=7)
MOST_STEPS, LARGEST = 12, 1_000_000
OLD_ENOUGH = timedelta(days=14)  # a code that old can tell whether its person stayed
ENOUGH_TO_TELL = 20  # codes; until then half of them are expected to bring somebody who stays
USUAL_PERCENT = 50
MOST_EACH = 2  # codes a week for one person
LOUDEST = 10  # the most active tenth has its say already
NEARLY = 1.05  # a size that is so near is as good as reached: the next codes are for the one after it
HERE_FOR = timedelta(days=14)  # trust takes time


@dataclass(frozen=True)
class Outlook:
    """How a community stands against its plan."""

    stayed: int
    goal: int  # the next size of the plan, or its last
    percent: int  # of the codes that can tell, those that brought somebody who stayed
    told: int  # how many codes that is measured on
    weeks_left: int | None  # until the goal at the pace of the last weeks; None when it cannot be told

    @property
    def missing(self) -> int:
        return max(self.goal - self.stayed, 0)

    @property
    def codes(self) -> int:
        """How many codes bring the missing ones, as codes have done so far."""
        return ceil(self.missing * 100 / max(self.percent, 1))


async def plan(session: Session, community_id: int, sizes: Sequence[int], by_id: int, now: datetime) -> WavePlan:
    """Name the sizes to grow to; the first proposal is due at once. Raises PlanUnclear."""
    rising = list(sizes) == sorted(set(sizes))
    if not sizes or not rising or len(sizes) > MOST_STEPS or not 1 <= sizes[0] <= sizes[-1] <= LARGEST:
        raise PlanUnclear
    steps = " ".join(map(str, sizes))
    made = WavePlan(community_id=community_id, steps=steps, by_id=by_id, begun_at=now, due_at=now)
    await waves.set_plan(session, made)
    return made


async def look(session: Session, wave_plan: WavePlan, now: datetime) -> Outlook:
    """Those who stayed against the plan, and what is to be expected."""
    community_id = wave_plan.community_id
    gated = any(chat.is_seed for chat in await communities.list_chats(session, community_id))
    stayed = await waves.count_stayed(session, community_id, gated=gated)
    goal = next((size for size in wave_plan.sizes if size > stayed * NEARLY), wave_plan.sizes[-1])
    percent, told = measure(await waves.list_doors(session, community_id, now, now - OLD_ENOUGH))
    history = await waves.list_proposals(session, community_id)
    return Outlook(stayed, goal, percent, told, forecast(history[-4:], stayed, goal, now))


def measure(doors: Sequence[Door]) -> tuple[int, int]:
    """Of a hundred codes, how many brought somebody who stayed; and on how many codes that is measured."""
    told, kept = sum(door.decided for door in doors), sum(door.kept for door in doors)
    return (max(round(100 * kept / told), 1), told) if told >= ENOUGH_TO_TELL else (USUAL_PERCENT, told)


def forecast(history: Sequence[Proposal], stayed: int, goal: int, now: datetime) -> int | None:
    """Weeks until the goal, at the pace since the oldest of these proposals."""
    if not history or now - history[0].made_at < EVERY or stayed <= history[0].stayed:
        return None
    a_week = (stayed - history[0].stayed) * EVERY / (now - history[0].made_at)
    return max(ceil((goal - stayed) / a_week), 0)


async def propose(session: Session, wave_plan: WavePlan, now: datetime) -> tuple[Proposal, dict[int, int]]:
    """This week's proposal, instead of any still undecided; the next is due at the same hour of a week to come."""
    await waves.set_overtaken(session, wave_plan.community_id, now)
    wave_plan.due_at += EVERY * ((now - wave_plan.due_at) // EVERY + 1)
    outlook = await look(session, wave_plan, now)
    shares = share(await list_trusted(session, wave_plan.community_id, now), outlook.codes)
    made = Proposal(
        community_id=wave_plan.community_id,
        stayed=outlook.stayed,
        goal=outlook.goal,
        percent=outlook.percent,
        made_at=now,
    )
    return await waves.add_proposal(session, made, shares), shares


async def list_trusted(session: Session, community_id: int, now: datetime) -> list[int]:
    """The trusted middle, who have brought fewest first: here for a while, taking part, and not the loudest tenth."""
    given = await contributions.list_contributions(session, community_id)
    kin = await tree.list_kin(session, community_id)
    barred = below_bars(kin, await bars.list_bars(session, community_id))
    held = await invitations.count_held(session, community_id, now)
    known = [member for member, _ in await members.list_members(session, community_id)]
    by_voice = sorted(known, key=lambda one: _voice(given.get(one.person_id)), reverse=True)
    middle = [one for one in by_voice[ceil(len(by_voice) / LOUDEST) :] if _is_trusted(one, given, now)]
    fit = [one for one in middle if one.person_id not in barred and not held.get(one.person_id)]
    brought = Counter(one.inviter_id for one in kin)  # the tree says who brought whom, since the team may mend it
    return [one.person_id for one in sorted(fit, key=lambda one: (brought[one.person_id], one.joined_at))]


def below_bars(kin: Sequence[Kin], known: Sequence[Bar]) -> set[int]:
    """Whom a bar keeps from codes: those it names, and all who stand below a paused one."""
    brought: dict[int | None, list[int]] = defaultdict(list)
    for one in kin:
        brought[one.inviter_id].append(one.person_id)
    barred, paused = set[int](), [bar.person_id for bar in known if bar.kind == BRANCH]
    while paused:
        person_id = paused.pop()
        barred.add(person_id)
        paused += brought[person_id]
    return barred | {bar.person_id for bar in known}


def _voice(given: Contribution | None) -> int:
    return given.asked + given.voted if given else 0


def _is_trusted(member: Member, given: dict[int, Contribution], now: datetime) -> bool:
    return member.present and now - member.joined_at >= HERE_FOR and member.person_id in given


def share(people: Sequence[int], codes: int) -> dict[int, int]:
    """One code each as far as they go round, then a second."""
    shares: dict[int, int] = {}
    for _ in range(MOST_EACH):
        for who in people[: max(codes - sum(shares.values()), 0)]:
            shares[who] = shares.get(who, 0) + 1
    return shares


async def accept(session: Session, proposal: Proposal, by_id: int, now: datetime) -> dict[int, int]:
    """Hand the codes out, once, to those of them who may still invite. Raises AlreadySettled, Overtaken."""
    await _decide(session, proposal, ACCEPTED, by_id, now)
    kin = await tree.list_kin(session, proposal.community_id)
    barred = below_bars(kin, await bars.list_bars(session, proposal.community_id))
    proposed = await waves.list_shares(session, proposal.id or 0)
    shares = {who: codes for who, codes in proposed.items() if who not in barred}
    await grants.add_grants(session, proposal.community_id, shares, WAVE, by_id, now)
    return shares


async def decline(session: Session, proposal: Proposal, by_id: int, now: datetime) -> None:
    """Not this week. Raises as `accept`."""
    await _decide(session, proposal, DECLINED, by_id, now)


async def _decide(session: Session, proposal: Proposal, state: str, by_id: int, now: datetime) -> None:
    if not await waves.claim_decision(session, proposal.id or 0, state, by_id, now):
        raise Overtaken if proposal.state == DECLINED and proposal.decided_by_id is None else AlreadySettled
