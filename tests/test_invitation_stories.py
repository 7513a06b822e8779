"""Invitations as people live them: links, codes, the door, and what is said where, through the running bot."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.community import codes
from bot.sandbox.model import Chat, Message
from storage.communities import Chat as ChatRow
from storage.communities import Community
from storage.invitations import CLAIMED, ISSUED, REVOKED, USED, Invitation
from storage.members import Member, Person
from tests.town import Town

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}")
NOTHING = "opens nothing"
UNKNOWN = codes.written("22222222222" + codes.check_symbol("22222222222"))


async def gated(town: Town) -> Chat:
    """The seed group: 老唐 owns it, 雨桐 moderates, 阿禾 is a seed, and a code is needed to come in."""
    chat = town.group("小米种子", "tang yutong ahe")
    await town.settle()
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.external_id) == str(chat.id)).values(is_seed=True))
    await town.say("ahe", chat, "/help")
    return chat


async def invite(town: Town, who: str = "ahe") -> list[str]:
    """The codes somebody is shown when they ask for one."""
    await town.say(who, await town.start(who), "/invite")
    return CODE.findall(town.last(town.private(who)).content)


async def ledger(town: Town) -> list[str]:
    async with town.database.reading() as look:
        return list(await look.exec(select(Invitation.state).order_by(col(Invitation.id))))


async def inviter_of(town: Town, who: str) -> str | None:
    async with town.database.reading() as look:
        member = select(Member.inviter_id).join(Person, col(Person.id) == col(Member.person_id))
        found = (await look.exec(member.where(Person.external_id == str(town.person(who).id)))).first()
        return (await look.exec(select(Person.name).where(Person.id == found))).first()


def is_in(town: Town, who: str, chat: Chat) -> bool:
    return town.person(who) in town.world.members(chat)


def url_of(message: Message) -> str:
    return next(button.url for row in message.buttons for button in row if button.url)


async def follow(town: Town, who: str, url: str) -> None:
    town.world.open_link(town.person(who), url)
    await town.settle()


# -- the whole way in ------------------------------------------------------------------------------------------------


async def test_by_link(town: Town) -> None:
    chat = await gated(town)
    await invite(town)
    shown = town.last(town.private("ahe")).content
    link = next(word for word in shown.split() if word.startswith("https://t.me/"))
    await follow(town, "sam", link)
    said = town.last(town.private("sam"))
    assert "阿禾 invited you" in said.content
    assert await ledger(town) == [CLAIMED]
    assert not is_in(town, "sam", chat)
    await follow(town, "sam", url_of(said))
    assert is_in(town, "sam", chat)
    assert await ledger(town) == [USED]
    assert await inviter_of(town, "sam") == "阿禾"
    assert "Sam" in town.last(town.private("ahe")).content


async def test_without_a_door_the_inviter_hears_of_it_too(town: Town) -> None:
    town.group("谷雨广场", "tang ahe")
    await town.settle()
    await town.start("sam", (await invite(town, "tang"))[0].replace("-", ""))
    assert "You are a member now" in town.last(town.private("sam")).content
    assert "Sam 用你的邀请码加入了" in town.last(town.private("tang")).content


async def test_by_asking_to_join_and_being_asked_for_the_code(town: Town) -> None:
    chat = await gated(town)
    code = (await invite(town))[0]
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    assert "May I see your invitation code?" in town.last(town.private("sam")).content
    assert not is_in(town, "sam", chat)
    await town.say("sam", town.private("sam"), f"hi! my friend gave me {code.lower()}, is that right?")
    assert is_in(town, "sam", chat)
    assert await ledger(town) == [USED]
    assert await inviter_of(town, "sam") == "阿禾"


async def test_the_door_opens_for_nobody_else(town: Town) -> None:
    chat = await gated(town)
    code = (await invite(town))[0]
    await town.start("sam", code.replace("-", ""))
    town.world.request_join(town.person("xiaoman"), chat)
    await town.settle()
    assert not is_in(town, "xiaoman", chat)
    await town.say("xiaoman", town.private("xiaoman"), code)
    assert not is_in(town, "xiaoman", chat)
    assert not [call for call in town.sandbox.calls if call.method == "approveChatJoinRequest"]


async def test_a_link_is_made_once_and_never_admits_by_itself(town: Town) -> None:
    chat = await gated(town)
    await invite(town)
    first, second = await invite(town)
    await town.start("sam", first.replace("-", ""))
    await town.start("xiaoman", second.replace("-", ""))
    made = [call for call in town.sandbox.calls if call.method == "createChatInviteLink"]
    assert len(made) == 1
    passer_by = town.world.add_person("passer-by")
    assert town.world.open_link(passer_by, url_of(town.last(town.private("sam")))).requested
    await town.settle()
    assert passer_by not in town.world.members(chat)


async def test_without_the_right_to_invite_the_place_is_kept_and_said_so(town: Town) -> None:
    chat = town.group("小米种子", "tang yutong ahe", admin=False)
    await town.settle()
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.external_id) == str(chat.id)).values(is_seed=True))
    await town.say("ahe", chat, "/help")
    code = (await invite(town))[0]
    await town.start("sam", code.replace("-", ""))
    assert "Ask who invited you" in town.last(town.private("sam")).content
    town.world.add_member(chat, town.person("sam"), by=town.person("ahe"))
    await town.settle()
    assert await ledger(town) == [USED]
    assert await inviter_of(town, "sam") == "阿禾"


async def test_leaving_and_coming_back_needs_no_code_and_gives_nothing(town: Town) -> None:
    chat = await gated(town)
    await town.start("sam", (await invite(town))[0].replace("-", ""))
    link = url_of(town.last(town.private("sam")))
    await follow(town, "sam", link)
    for _ in range(3):
        town.world.leave(town.person("sam"), chat)
        await town.settle()
        await follow(town, "sam", link)
        assert is_in(town, "sam", chat)
    assert await ledger(town) == [USED]
    assert await inviter_of(town, "sam") == "阿禾"
    assert not await invite(town, "sam")


async def test_who_has_just_come_in_invites_after_a_week_and_once_they_have_taken_part(town: Town) -> None:
    chat = await gated(town)
    await town.start("sam", (await invite(town))[0].replace("-", ""))
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    town.clock.leap(8 * 86400)
    assert not await invite(town, "sam"), "has not asked or voted for anything"
    assert "7" in town.last(town.private("sam")).content
    await town.say("sam", chat, "/suggest a darker wallpaper")
    shown = [await invite(town, "sam") for _ in range(5)]
    assert len(shown[-1]) == 3


async def test_a_claim_is_given_back_when_nobody_comes(town: Town) -> None:
    await gated(town)
    code = (await invite(town))[0]
    await town.start("sam", code.replace("-", ""))
    town.clock.leap(31 * 60)
    await town.knock()
    assert await ledger(town) == [ISSUED]
    await town.start("xiaoman", code.replace("-", ""))
    assert await ledger(town) == [CLAIMED]


# -- codes that are not opened ---------------------------------------------------------------------------------------


async def test_own_used_and_members_codes_burn_nothing(town: Town) -> None:
    chat = await gated(town)
    code = (await invite(town))[0]
    await town.say("ahe", town.private("ahe"), code)
    await town.say("yutong", await town.start("yutong"), code)
    assert await ledger(town) == [ISSUED]
    await town.start("sam", code.replace("-", ""))
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    assert is_in(town, "sam", chat)
    await town.say("sam", town.private("sam"), code)
    assert "your place" in town.last(town.private("sam")).content
    await town.say("xiaoman", await town.start("xiaoman"), code)
    assert await ledger(town) == [USED]


async def test_wrong_used_and_expired_codes_get_the_very_same_answer(town: Town) -> None:
    await gated(town)
    used, expired = (await invite(town))[0], (await invite(town))[-1]
    await town.start("xiaoman", used.replace("-", ""))
    town.clock.leap(31 * 86400)
    for n, code in enumerate((used, expired, UNKNOWN)):
        town.world.add_person(f"stranger-{n}", "Stranger", "en")
        await town.start(f"stranger-{n}", code.replace("-", ""))
    answers = [town.last(town.private(f"stranger-{n}")).content for n in range(3)]
    assert NOTHING in answers[0]
    assert len(set(answers)) == 1


async def test_guessing_is_paused_politely(town: Town) -> None:
    await gated(town)
    good = (await invite(town))[0]
    await town.start("sam")
    for _ in range(5):
        await town.say("sam", town.private("sam"), UNKNOWN)
    assert NOTHING in town.last(town.private("sam")).content
    await town.say("sam", town.private("sam"), good)
    assert "60 minutes" in town.last(town.private("sam")).content
    assert await ledger(town) == [ISSUED]
    town.clock.leap(timedelta(hours=1).total_seconds())
    await town.say("sam", town.private("sam"), good)
    assert await ledger(town) == [CLAIMED]


async def test_a_slip_is_noticed_and_is_no_guess(town: Town) -> None:
    await gated(town)
    code = (await invite(town))[0]
    slipped = ("7" if code[0] != "7" else "8") + code[1:]
    await town.start("sam")
    for _ in range(8):
        await town.say("sam", town.private("sam"), slipped)
    assert "One character" in town.last(town.private("sam")).content
    await town.say("sam", town.private("sam"), code)
    assert await ledger(town) == [CLAIMED]


# -- what is said where ----------------------------------------------------------------------------------------------


async def test_a_code_is_never_shown_in_a_group(town: Town) -> None:
    chat = await gated(town)
    await town.say("ahe", chat, "/invite")
    said = town.last(chat)
    assert not CODE.search(said.content)
    await follow(town, "ahe", url_of(said))
    assert len(CODE.findall(town.last(town.private("ahe")).content)) == 1


async def test_the_button_in_a_group_asks_for_that_groups_codes(town: Town) -> None:
    first = await gated(town)
    await town.say("tang", first, "/invite")
    second = town.group("另一个产品", "tang")
    await town.say("tang", second, "/help")
    await follow(town, "tang", url_of(town.last(first)))
    assert "小米种子" in town.last(town.private("tang")).content
    town.clock.leap(7200)
    await town.say("tang", second, "/invite")
    await follow(town, "tang", url_of(town.last(second)))
    assert "另一个产品" in town.last(town.private("tang")).content


async def test_somebody_elses_community_gives_no_codes(town: Town) -> None:
    chat = await gated(town)
    await town.say("ahe", chat, "/invite")
    await follow(town, "sam", url_of(town.last(chat)))
    assert not CODE.search(town.last(town.private("sam")).content)
    assert await ledger(town) == []


@pytest.mark.parametrize(("who", "asked", "shown"), [("ahe", 4, 3), ("yutong", 7, 5), ("tang", 7, 5)])
async def test_everyone_gets_their_number(town: Town, who: str, asked: int, shown: int) -> None:
    chat = await gated(town)
    await town.say(who, chat, "/help")
    in_hand = [await invite(town, who) for _ in range(asked)][-1]
    assert len(in_hand) == len(set(in_hand)) == shown


async def test_the_tree_shows_members_their_branch_and_the_team_the_whole(town: Town) -> None:
    chat = await gated(town)
    evil = town.world.add_person("evil", '<b>&"\u202e evil', "en")
    code = (await invite(town))[0].replace("-", "")
    town.world.start(evil, code)
    await town.settle()
    await follow(town, "evil", url_of(town.last(town.world.private(evil))))
    await town.say("ahe", town.private("ahe"), "/tree")
    drawn = town.last(town.private("ahe"))
    assert drawn.photo is not None
    assert "受邀加入 1 人" in drawn.content
    await town.press("ahe", drawn, "文字版")
    assert '└ <b>&" evil' in town.last(town.private("ahe")).content
    await town.say("evil", town.private("evil"), "/tree")
    assert "阿禾 invited you" in town.last(town.private("evil")).content
    await town.say("yutong", chat, "/tree")
    assert "evil" not in town.last(chat).content
    await follow(town, "yutong", url_of(town.last(chat)))
    drawn = town.last(town.private("yutong"))
    assert drawn.photo is not None
    await town.press("yutong", drawn, "文字版")
    assert "🌱 阿禾 · 1" in town.last(town.private("yutong")).content


async def test_in_the_staff_chat_the_whole_tree_is_shown(town: Town) -> None:
    chat = await gated(town)
    await town.start("sam", (await invite(town))[0].replace("-", ""))
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    async with town.database.writing() as session:
        await session.exec(update(ChatRow).where(col(ChatRow.external_id) == str(chat.id)).values(is_staff=True))
    await town.say("tang", chat, "邀请树")
    drawn = town.last(chat)
    assert drawn.photo is not None
    await town.press("tang", drawn, "文字版")
    assert "└ Sam" in town.last(chat).content
    assert [message.receiver for message in chat.whispers.values()][-1] is town.person("tang")
    await town.say("ahe", chat, "/tree")
    assert town.last(chat).photo is None


# -- codes that get out, people who are put out -----------------------------------------------------------------------


async def test_a_code_posted_in_the_open_is_withdrawn_and_its_holder_gets_another(town: Town) -> None:
    await gated(town)
    plaza = town.group("谷雨广场", "tang yutong ahe xiaoman")
    await town.settle()
    await belong(town, plaza, "小米种子")
    code = (await invite(town))[0]
    before = len(town.texts(plaza))
    await town.say("xiaoman", plaza, f"白送一个邀请码 {code.lower().replace('-', ' ')} 先到先得")
    assert len(town.texts(plaza)) == before
    said = town.last(town.private("ahe")).content
    assert "小满" in said
    fresh = CODE.findall(said)[-1]
    assert fresh != code
    assert await ledger(town) == [REVOKED, ISSUED]
    await town.start("sam", code.replace("-", ""))
    assert NOTHING in town.last(town.private("sam")).content
    await town.say("sam", town.private("sam"), fresh)
    assert await ledger(town) == [REVOKED, CLAIMED]


async def test_a_code_hidden_in_a_link_or_in_a_suggestion_is_noticed_too(town: Town) -> None:
    await gated(town)
    plaza = town.group("谷雨广场", "tang yutong ahe xiaoman")
    await town.settle()
    await belong(town, plaza, "小米种子")
    code = (await invite(town))[0]
    await town.say("xiaoman", plaza, f"/suggest 用这个码 {code}")
    assert await ledger(town) == [REVOKED, ISSUED]
    assert not any("#1" in said for said in town.texts(plaza)), "what would publish the code is not done"
    await town.say("xiaoman", plaza, f"/suggest 型号 {UNKNOWN} 的耳机没有声音")
    assert any("#1" in said for said in town.texts(plaza)), "what only looks like a code is no matter"


async def test_a_code_told_among_those_inside_stays_good(town: Town) -> None:
    chat = await gated(town)
    code = (await invite(town))[0]
    await town.say("ahe", chat, f"谁要邀请码 {code}")
    assert await ledger(town) == [ISSUED]


async def test_whom_the_team_bans_no_code_lets_in_and_their_own_codes_are_withdrawn(town: Town) -> None:
    chat = await gated(town)
    await invite(town)
    friend = (await invite(town, "yutong"))[0]
    town.world.kick(chat, town.person("ahe"), town.person("tang"), None)
    await town.settle()
    assert await ledger(town) == [REVOKED, ISSUED]
    await town.say("ahe", town.private("ahe"), friend)
    assert "打不开门" in town.last(town.private("ahe")).content
    town.world.unban(chat, town.person("ahe"), town.person("tang"))
    await town.settle()
    await town.say("ahe", town.private("ahe"), friend)
    assert "打不开门" not in town.last(town.private("ahe")).content


async def belong(town: Town, chat: Chat, community: str) -> None:
    """The chat joins the community of that name."""
    async with town.database.writing() as session:
        target = (await session.exec(select(Community.id).where(Community.name == community))).one()
        there = update(ChatRow).where(col(ChatRow.external_id) == str(chat.id))
        await session.exec(there.values(community_id=target))
