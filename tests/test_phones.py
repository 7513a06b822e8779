"""A phone number shown before a code lets somebody in: one phone, one seat; only one's own; kept is only a hash."""

import pytest
from sqlalchemy import text, update
from sqlmodel import col, select

from bot import intake
from bot.community import bars
from bot.community import invitations as rules
from bot.sandbox.model import Chat
from storage import inbox
from storage.communities import Chat as ChatRow
from storage.invitations import CLAIMED, ISSUED, USED
from storage.phones import PhoneProof, PhoneRefusal
from tests.test_invitation_stories import follow, gated, invite, is_in, ledger, url_of
from tests.town import Town

SECRET = "a secret of the operator's, long enough"


async def with_proof(town: Town) -> Chat:
    await town.restart(phone_secret=SECRET)
    chat = await gated(town)
    await town.say("tang", chat, "/settings phone_proof on")
    return chat


async def proofs(town: Town) -> list[PhoneProof]:
    async with town.database.reading() as look:
        return list(await look.exec(select(PhoneProof)))


async def everything_kept(town: Town) -> str:
    """All that stands in the database, as text."""
    async with town.database.reading() as look:
        tables = ("phone_proof", "phone_refusal", "inbox", "outbox", "prompt", "person", "invitation_event", "audit")
        there = await look.connection()
        found = [str((await there.execute(text(f"SELECT * FROM {table}"))).all()) for table in tables]  # noqa: S608
    return "\n".join(found)


async def test_the_door_opens_once_the_own_number_is_shown(any_town: Town) -> None:
    town = any_town
    chat = await with_proof(town)
    sam = await town.start("sam")
    await town.say("sam", sam, (await invite(town))[0])
    assert "one seat to each phone" in town.last(sam).content
    assert "kept for 30 minutes" in town.last(sam).content
    assert [key.asks_contact for row in sam.keys for key in row] == [True]
    assert await ledger(town) == [CLAIMED]
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    assert not is_in(town, "sam", chat), "a claim alone opens nothing"
    assert "kept for 30 minutes" in town.last(sam).content

    town.world.show_contact(town.person("sam"), of=town.person("xiaoman"))
    await town.settle()
    assert "somebody else's contact" in town.last(sam).content
    assert await proofs(town) == []

    town.world.show_contact(town.person("sam"))
    await town.settle()
    assert is_in(town, "sam", chat)
    assert sam.keys == ()
    assert await ledger(town) == [USED]
    digits = town.person("sam").phone.removeprefix("+")
    assert digits not in await everything_kept(town)
    assert not [call for call in town.sandbox.calls if digits in str(call.params)]

    town.world.leave(town.person("sam"), chat)
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    assert is_in(town, "sam", chat), "shown once is shown for ever"


async def test_no_number_is_asked_for_when_the_time_of_the_claim_is_over(town: Town) -> None:
    chat = await with_proof(town)
    await town.start("sam", (await invite(town))[0].replace("-", ""))
    town.clock.leap(31 * 60)
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    assert "May I see your invitation code?" in town.last(town.private("sam")).content


async def test_a_phone_that_has_a_seat_gives_no_second_and_the_team_can_see_it(town: Town) -> None:
    chat = await with_proof(town)
    second = town.world.add_person("second", "Sam the second", "en")
    second.phone = town.person("sam").phone
    for who in ("sam", "second"):
        await town.say(who, await town.start(who), (await invite(town))[-1])
    town.world.show_contact(town.person("sam"))
    await town.settle()
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    assert is_in(town, "sam", chat)
    town.world.show_contact(second)
    await town.settle()
    assert "bound to another account" in town.last(town.private("second")).content
    assert await ledger(town) == [USED, ISSUED]
    async with town.database.reading() as look:
        assert len(list(await look.exec(select(PhoneRefusal)))) == 1


async def test_a_number_is_for_the_community_that_asked_for_it_and_no_other(town: Town) -> None:
    chat = await with_proof(town)
    first, other = (await invite(town))[0], town.group("另一个产品", "tang yutong ahe")
    await town.settle()
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.external_id) == str(other.id)).values(is_seed=True))
    town.clock.leap(7200)
    await town.say("ahe", other, "/help")
    await invite(town)
    second, third = await invite(town)
    await town.say("xiaoman", await town.start("xiaoman"), third)
    town.world.show_contact(town.person("xiaoman"), of=town.person("xiaoman"))
    await town.settle()
    assert await proofs(town) == [], "nobody has asked for it"
    sam = await town.start("sam")
    town.world.request_join(town.person("sam"), chat)
    await town.say("sam", sam, first)
    town.clock.leap(60)
    await town.say("sam", sam, second)
    town.world.show_contact(town.person("sam"))
    await town.settle()
    assert is_in(town, "sam", chat)
    assert [proof.community_id for proof in await proofs(town)] == [1]


async def test_a_phone_is_bound_only_while_it_keeps_a_place(any_town: Town) -> None:
    town = any_town
    await with_proof(town)
    second = town.world.add_person("second", "Sam the second", "en")
    second.phone = town.person("sam").phone
    await town.say("sam", await town.start("sam"), (await invite(town))[0])
    town.world.show_contact(town.person("sam"))
    await town.settle()
    [shown] = await proofs(town)
    town.clock.leap(31 * 60)
    await town.knock()
    assert await ledger(town) == [ISSUED]
    assert await proofs(town) == [shown], "Telegram may tell us late that Sam is in"
    town.clock.leap(31 * 24 * 3600)
    await town.knock()
    assert await proofs(town) == [], "Sam never came"

    async with town.database.writing() as session:
        session.add(PhoneProof(**shown.model_dump()))  # as one whose code was replaced keeps it
        await bars.ban(session, 1, shown.person_id, shown.person_id, town.clock.now())
    await town.say("second", await town.start("second"), (await invite(town))[-1])
    town.world.show_contact(second)
    await town.settle()
    assert [proof.person_id for proof in await proofs(town)] == [shown.person_id], "who is banned has no second phone"
    async with town.database.writing() as session:
        await bars.unban(session, 1, shown.person_id, shown.person_id, town.clock.now())
    await town.say("second", town.private("second"), (await invite(town))[-1])
    town.world.show_contact(second)
    await town.settle()
    assert [proof.person_id for proof in await proofs(town)] != [shown.person_id]
    assert CLAIMED in await ledger(town)


async def test_who_is_heard_of_late_has_the_seat_and_the_phone_keeps_it(town: Town) -> None:
    """Sam is let in, but of his coming we hear only once his claim has gone home."""
    chat = await with_proof(town)
    second = town.world.add_person("second", "Sam the second", "en")
    second.phone = town.person("sam").phone
    await invite(town)
    codes = await invite(town)
    for who, code in zip(("sam", "second"), codes, strict=True):
        await town.say(who, await town.start(who), code)
    town.world.show_contact(town.person("sam"))
    await town.settle()
    town.clock.leap(31 * 60)
    async with town.database.writing() as session:
        await rules.bring_home(session, town.clock.now())
    town.world.join(town.person("sam"), chat)
    town.world.show_contact(second)
    await town.settle()
    assert await ledger(town) == [USED, ISSUED]
    assert len(await proofs(town)) == 1
    await town.say("second", town.private("second"), codes[1])
    town.world.show_contact(second)
    await town.settle()
    assert "bound to another account" in town.last(town.private("second")).content
    assert await ledger(town) == [USED, ISSUED]


async def test_the_team_frees_a_phone_and_who_was_refused_for_it_may_show_it(any_town: Town) -> None:
    town = any_town
    town.person("tang").language_code = "en"
    chat = await with_proof(town)
    second = town.world.add_person("second", "Sam the second", "en")
    second.phone = town.person("sam").phone
    await invite(town)
    code, other = await invite(town)
    await town.say("sam", await town.start("sam"), code)
    town.world.show_contact(town.person("sam"))
    await town.settle()
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    await town.say("second", await town.start("second"), other)
    town.world.show_contact(second)
    await town.settle()

    tang = await town.start("tang")
    await town.say("tang", tang, "/phone")
    assert "Sam the second showed the phone of Sam." in town.last(tang).content
    await town.say("tang", tang, "/phone 阿禾")
    assert "No phone number is bound to them" in town.last(tang).content
    await town.say("tang", tang, "/phone Sam")
    assert "is bound to Sam" in town.last(tang).content
    [proof] = await proofs(town)
    await town.press("tang", town.last(tang), "Free the phone of Sam")
    assert proof.seal not in await everything_kept(town)
    assert is_in(town, "sam", chat)
    assert "has freed your phone number" in town.last(town.private("second")).content
    await town.say("tang", tang, "/audit")
    assert "phone number freed" in town.last(tang).content
    assert "↩ 1" not in [key.label for row in town.last(tang).buttons for key in row], "nothing is kept to undo it"
    await town.say("second", town.private("second"), other)
    town.world.show_contact(second)
    await town.settle()
    assert await ledger(town) == [USED, CLAIMED]
    assert [one.person_id for one in await proofs(town)] != [proof.person_id]


async def test_only_the_team_frees_phones_and_members_read_of_none(town: Town) -> None:
    chat = await with_proof(town)
    await town.say("sam", await town.start("sam"), (await invite(town))[0])
    town.world.show_contact(town.person("sam"))
    await town.settle()
    [proof] = await proofs(town)
    await town.say("tang", chat, "/phone")
    assert "成员" in town.last(chat).content or "Members must not read" in town.last(chat).content
    for who in ("ahe", "sam"):
        message = town.last(town.private(who)) if who == "sam" else town.said(town.private("ahe"))[-1]
        town.world.press_data(town.person(who), message, f"phone:1:{proof.person_id}")
        await town.settle()
    assert await proofs(town) == [proof]


async def test_an_update_that_is_set_aside_keeps_no_number_and_tried_again_asks_for_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_proof(town)
    sam = await town.start("sam")
    await town.say("sam", sam, (await invite(town))[0])

    async def fails(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(rules, "prove", fails)
        broken.setattr(intake, "PAUSES", (0,) * intake.MOST_TRIES)
        town.world.show_contact(town.person("sam"))
        await town.settle()
    digits = town.person("sam").phone.removeprefix("+")
    assert digits not in await everything_kept(town)
    async with town.database.writing() as session:
        [parked] = await inbox.list_parked(session)
        assert '"user_id"' in (parked.payload or "")
        await inbox.set_waiting(session)
    await town.restart(phone_secret=SECRET)
    await town.settle()
    assert "one seat to each phone" in town.last(sam).content
    assert await proofs(town) == []


async def test_without_the_operators_secret_none_is_asked_for(town: Town) -> None:
    chat = await gated(town)
    await town.say("tang", chat, "/settings phone_proof on")
    assert "PHONE_SECRET" in town.last(chat).content
    await town.say("sam", await town.start("sam"), (await invite(town))[0])
    assert "Welcome" in town.last(town.private("sam")).content
