"""The demo's snowball: by the very rules of the bot, so that the ledger's sums are the people who are in."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from bot.community import quota
from bot.demo.crowd import Crowd
from storage import waves
from storage.communities import Chat as ChatRow
from storage.database import Session
from storage.grants import Grant
from storage.invitations import CLAIMED, ISSUED, USED, Invitation, InvitationEvent
from storage.members import Member
from tests.test_invitation_stories import gated
from tests.town import Town


async def test_thirty_bring_others_and_every_sum_holds(town: Town) -> None:
    door = await gated(town)
    await town.say("ahe", door, "/suggest 希望可以屏蔽陌生来电")
    await town.say("tang", door, "/waves 30 60")
    await town.say("tang", door, "/gift 阿禾 34 partner 春季展会")
    await staff_room(town)
    crowd = Crowd(town.database, town.clock, town.world, door)
    seed = await crowd.number_of(town.person("ahe"))
    came = await crowd.bring(await crowd.codes_of(seed))
    await crowd.take_part(came)
    left = await crowd.some_leave(came)
    town.clock.leap(timedelta(days=15).total_seconds())
    await town.knock()
    proposal = next(one for one in reversed(town.said(door)) if one.button("wave:1:1") or one.button("wave:2:1"))
    number = int((proposal.buttons[0][0].data or "").split(":")[1])
    await town.press("tang", proposal, proposal.buttons[0][0].label)
    async with town.database.reading() as look:
        shares = await waves.list_shares(look, number)
    more = await crowd.hand_on(shares)
    left += await crowd.some_leave(more)
    assert came >= 25
    assert more >= 5
    assert left
    async with town.database.reading() as look:
        await sums_hold(look, came + more, present=len(crowd.here))
    assert len(town.world.members(door)) == len(crowd.here) + 4, "owner, moderator, seed and bot"


async def staff_room(town: Town) -> None:
    """The gated chat is the team's room too, so that proposals come there."""
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).values(is_staff=True))


async def sums_hold(look: Session, came: int, present: int) -> None:
    """Codes used are people brought; each was issued, claimed and used once; nobody got more than their quota."""
    ledger = list(await look.exec(select(Invitation)))
    brought = list(await look.exec(select(Member).where(col(Member.inviter_id).is_not(None))))
    used = [one for one in ledger if one.state == USED]
    assert len(used) == len(brought) == came
    assert {one.redeemer_id: one.holder_id for one in used} == {one.person_id: one.inviter_id for one in brought}
    assert sum(one.present for one in brought) == present
    events = Counter((await look.exec(select(InvitationEvent.what))).all())
    states = Counter(one.state for one in ledger)
    assert events["issued"] == len(ledger) == states.total()
    assert events["used"] == len(used)
    assert events["claimed"] == events["used"] + events["returned"] + states[CLAIMED]
    granted: Counter[int] = Counter()
    for grant in await look.exec(select(Grant)):
        granted[grant.person_id] += grant.codes
    held = Counter(one.holder_id for one in ledger if not one.is_gift and one.state in (ISSUED, CLAIMED, USED))
    assert granted, "codes were handed out by the weekly proposal"
    for who, codes in held.items():
        assert codes <= granted[who] + quota.STARTS_WITH["seed"] + 2
