"""What somebody with many accounts and much patience tries, and what comes of it: nothing."""

import copy
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from bot.community import bars, gifts, invitations, waiting
from bot.community.errors import BarredFromInviting, NoCodeToGive
from bot.community.invitations import Admitted, Missed
from bot.sandbox import wire
from bot.sandbox.model import Chat
from schedules.invitations import knock
from storage import waiting as rows
from storage.database import Database, Session
from storage.inbox import InboxRow
from storage.invitations import CLAIMED, ISSUED, REVOKED, USED, Invitation
from storage.members import Member, Person
from tests.circle import LATER, NOW, SOON, Circle, found
from tests.test_channels import a_channel, repeated_post
from tests.test_invitation_stories import CODE, NOTHING, belong, gated, invite, is_in, ledger
from tests.town import Town


async def role_of(town: Town, who: str) -> str | None:
    async with town.database.reading() as look:
        member = select(Member.role).join(Person, col(Person.id) == col(Member.person_id))
        return (await look.exec(member.where(Person.external_id == str(town.person(who).id)))).first()


def comments(town: Town, who: str, chat: Chat, text: str) -> None:
    """Somebody who is not in the group comments below a post of the channel it belongs to."""
    said = town.world.say(town.person("ahe"), chat, "…")
    body: dict[str, Any] = copy.deepcopy(wire.message(said))
    body |= {"message_id": said.id + 1000, "text": text, "from": wire.user(town.person(who))}
    town.world.queue.push("message", body)


async def test_who_comments_from_outside_has_no_seat_by_it(town: Town) -> None:
    chat = await gated(town)
    comments(town, "sam", chat, "/help")
    await town.settle()
    assert await role_of(town, "sam") is None
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    assert not is_in(town, "sam", chat)
    assert not [call for call in town.sandbox.calls if call.method == "approveChatJoinRequest"]


async def an_open_group(town: Town) -> tuple[Chat, str]:
    """An open group beside the gated one, and a code of Ahe's."""
    await gated(town)
    code = (await invite(town))[0]
    other = town.group("公开群", "tang ahe xiaoman")
    await town.settle()
    await belong(town, other, "小米种子")
    return other, code


async def test_a_code_put_into_a_message_afterwards_is_withdrawn_too(town: Town) -> None:
    other, code = await an_open_group(town)
    said = await town.say("ahe", other, "稍等")
    town.world.edit(town.person("ahe"), said, f"谁要码？{code}")
    await town.settle()
    assert await ledger(town) == [REVOKED, ISSUED]
    assert CODE.findall(town.last(town.private("ahe")).content)[-1] != code
    await town.say("sam", await town.start("sam"), code)
    assert NOTHING in town.last(town.private("sam")).content


async def test_a_code_in_a_channels_post_that_its_group_repeats_is_withdrawn(town: Town) -> None:
    other, code = await an_open_group(town)
    before = len(town.said(other))
    for said in (f"/suggest {code}", f"/suggest {code} again", "/suggest nothing"):
        town.sandbox.inject(repeated_post(town, other, said))
        await town.settle()
    assert await ledger(town) == [REVOKED, ISSUED]
    assert len(town.said(other)) == before, "nobody has said it there"


async def test_a_code_posted_in_a_channel_that_no_group_repeats_is_withdrawn(town: Town) -> None:
    await gated(town)
    channel = a_channel(town)
    await town.settle()
    await belong(town, channel, "小米种子")
    for edited in (False, True):
        code = (await invite(town))[-1]
        said = await town.say("tang", channel, "news" if edited else f"first come: {code}")
        if edited:
            town.world.edit(town.person("tang"), said, f"https://t.me/bot?start={code.replace('-', '')}")
            await town.settle()
        told = town.last(town.private("ahe")).content
        assert f"你的码 {code}" in told
        assert "Telegram" not in told
    assert not town.public(channel)
    before = await count_stored(town)
    await town.say("tang", channel, "news of today, 2026")
    assert await count_stored(town) == before, "what else it posts is not even stored"


async def count_stored(town: Town) -> int:
    async with town.database.reading() as look:
        return len((await look.exec(select(InboxRow.update_id))).all())


async def test_a_code_posted_while_somebody_opens_it_is_theirs_or_nobodys(database: Database) -> None:
    circle = await found(database, strangers=3)
    first, second, third = circle.strangers
    for slow in (False, True):
        code = await circle.code()
        assert isinstance(await circle.redeem(first, code), Admitted)
        async with database.writing() as session:
            assert not await invitations.withdraw(session, circle.community_id, [code], third, SOON)
        if slow:
            await knock(database, LATER)
            assert isinstance(await circle.redeem(second, code, LATER), Missed)
            assert (await circle.quota(circle.seed, now=LATER)).left == 2, "it has come home"
        else:
            assert await circle.enter(first) == circle.seed
            first = second


async def test_who_was_banned_from_one_chat_brings_in_nobody_through_another(database: Database) -> None:
    circle = await found(database, strangers=2)
    one, friend = circle.strangers
    await circle.bring(one, circle.seed)
    async with database.writing() as session:
        await rows.add_waiting(session, circle.community_id, friend, NOW)
        await bars.ban(session, circle.community_id, one, circle.seed, NOW)
    verbs = (invitations.hand_out, waiting.donate, partial(waiting.sponsor, person_id=friend))
    for verb in verbs:
        with pytest.raises(BarredFromInviting):
            async with database.writing() as session:
                await verb(session, circle.community_id, one, standing="seed", now=SOON)
    assert {row.state for row in await circle.ledger()} == {USED}


async def test_who_waits_and_is_banned_takes_no_code_along_and_tells_it_nobody(database: Database) -> None:
    circle = await found(database, strangers=3)
    banned, alt, friend = circle.strangers
    community, seed = circle.community_id, circle.seed
    async with database.writing() as session:
        await rows.add_waiting(session, community, banned, NOW)
        _, turn = await waiting.donate(session, community, seed, "seed", NOW)
        assert turn is not None
        assert turn.person_id == banned
        await bars.ban(session, community, banned, seed, NOW)
        await rows.add_waiting(session, community, banned, NOW)
        await bars.ban(session, community, banned, seed, NOW)
        assert await waiting.find(session, community, banned, SOON) is None
        await waiting.join(session, community, friend, SOON)
        other = await waiting.serve(session, community, SOON)
    assert other is not None
    assert other.person_id == friend
    assert isinstance(await circle.redeem(alt, turn.invitation.code or "", SOON), Missed)
    assert isinstance(await circle.redeem(friend, other.invitation.code or "", SOON), Admitted)
    assert [row.state for row in await circle.ledger()] == [REVOKED, CLAIMED]
    assert (await circle.quota(seed, now=SOON)).left == 2, "one donation, one code"


async def test_who_donates_and_waits_themselves_holds_up_nobody(database: Database) -> None:
    circle = await found(database, strangers=2)
    cheat, friend = circle.strangers
    async with database.writing() as session:
        await _add_member(session, circle, cheat)
        await gifts.give(session, circle.community_id, cheat, 1, circle.seed, NOW)
        await waiting.join(session, circle.community_id, cheat, NOW)
        assert (await waiting.donate(session, circle.community_id, cheat, "member", NOW))[1] is None
        await waiting.join(session, circle.community_id, friend, SOON)
        turn = await waiting.serve(session, circle.community_id, SOON)
    assert turn is not None
    assert turn.person_id == friend


async def _add_member(session: Session, circle: Circle, who: int) -> None:
    member = Member(community_id=circle.community_id, person_id=who, joined_at=NOW, seen_at=NOW)
    session.add(member)
    await session.flush()


async def test_a_promised_code_is_not_the_one_somebody_opens_at_that_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a holder's hand and the promise, somebody else opens the code."""
    circle = await found(database, strangers=2)
    quick, waits = circle.strangers
    *_, code = [await circle.code() for _ in range(3)]
    async with database.writing() as session:
        await rows.add_waiting(session, circle.community_id, waits, NOW)
    in_hand = await circle.ledger()

    async def as_it_was(*_: object) -> list[Invitation]:
        return in_hand

    assert isinstance(await circle.redeem(quick, code), Admitted)
    monkeypatch.setattr("storage.invitations.list_in_hand", as_it_was)
    for verb in (waiting.donate, partial(waiting.sponsor, person_id=waits)):
        with pytest.raises(NoCodeToGive):
            async with database.writing() as session:
                await verb(session, circle.community_id, circle.seed, standing="seed", now=SOON)
    async with database.reading() as look:
        assert await rows.count_waiting(look, circle.community_id) == 1, "who waits still waits"
