"""The demo's snowball: played on the real bot, and in the end the ledger's sums are the people who are in."""

from collections import Counter
from pathlib import Path

from sqlmodel import col, select

from bot.app import Tempo
from bot.community import quota
from bot.demo.snowball import roll
from bot.demo.stage import Stage
from bot.demo.story import _monday_morning
from storage.database import Session
from storage.grants import Grant
from storage.invitations import CLAIMED, ISSUED, USED, Invitation, InvitationEvent
from storage.members import Member
from tests.databases import SqliteMaker
from tests.town import Town

TEMPO = Tempo(poll_seconds=10, knock_seconds=0.1, paced=False)


async def test_a_hundred_bring_fifty_and_every_sum_holds(sqlite: SqliteMaker, tmp_path: Path) -> None:
    async with Town.open(await sqlite.make(tmp_path), tmp_path, TEMPO, speed=1) as town:
        stage = Stage(town.sandbox, town.clock, town.millet, seconds=0)
        public, seeds, team = await _monday_morning(stage)
        for who in ("ahe", "yutong", "xiaolu"):
            await stage.say(who, seeds, "/help")
        await stage.say("xiaoman", public, "建议 希望可以屏蔽陌生来电")
        founders = len(town.world.members(seeds)) - 1
        await roll(stage, public, seeds, team, sizes=(100, 150))
        said = [message.content for message in town.world.messages(team)]
        pictures = [message for message in town.world.messages(team) if message.photo]
        assert any("100 → 150" in text for text in said)
        assert len(pictures) >= 3, "growth and funnel, and the tree at the end"
        async with town.database.reading() as look:
            await sums_hold(look, present=seeds.size - founders - 1)


async def sums_hold(look: Session, present: int) -> None:
    """Codes used are people brought; each was issued, claimed and used once; nobody got more than their quota."""
    ledger = list(await look.exec(select(Invitation)))
    brought = list(await look.exec(select(Member).where(col(Member.inviter_id).is_not(None))))
    used = [one for one in ledger if one.state == USED]
    assert len(used) == len(brought) >= 140
    assert {one.redeemer_id: one.holder_id for one in used} == {one.person_id: one.inviter_id for one in brought}
    assert sum(one.present for one in brought) == present >= 130
    assert any(not one.present for one in brought), "some have left"
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
