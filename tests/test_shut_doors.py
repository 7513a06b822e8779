"""A gated chat whose door the bot may not open: the newcomer, the owner and the team each hear what is the matter."""

from sqlalchemy import update
from sqlmodel import col

from bot import doors
from bot.rights import Rights
from bot.sandbox.model import Chat
from bot.texts import doors as texts
from bot.texts.catalogues import LANGUAGES, translator
from storage.communities import Chat as ChatRow
from storage.invitations import ISSUED
from tests.test_invitation_stories import follow, gated, invite, is_in, ledger, url_of
from tests.town import Town


async def a_staff_room(town: Town) -> Chat:
    """The team's own chat of the first community."""
    room = town.group("小米团队", "tang yutong")
    await town.settle()
    async with town.database.writing() as session:
        row = update(ChatRow).where(col(ChatRow.external_id) == str(room.id))
        await session.exec(row.values(community_id=1, is_staff=True, is_open=False, language="en"))
    return room


def take_the_right(town: Town, chat: Chat) -> None:
    town.world.promote(chat, town.world.bot, can_delete_messages=True)


async def test_a_door_that_cannot_be_opened_is_told_to_the_team_once_a_day(town: Town) -> None:
    chat = await gated(town)
    staff = await a_staff_room(town)
    first, second = [(await invite(town))[n] for n in range(2)]
    take_the_right(town, chat)
    before = len(town.texts(staff))
    await town.start("sam", first.replace("-", ""))
    assert "told the team" in town.last(town.private("sam")).content
    assert not town.last(town.private("sam")).buttons
    assert "right to invite users" in town.last(staff).content
    assert "小米种子" in town.last(staff).content
    await town.start("xiaoman", second.replace("-", ""))
    assert len(town.texts(staff)) == before + 1
    town.clock.leap(86_400)
    await town.start("xiaoman", second.replace("-", ""))
    assert len(town.texts(staff)) == before + 2
    town.world.promote(chat, town.world.bot)
    await town.say("sam", town.private("sam"), first)
    await follow(town, "sam", url_of(town.last(town.private("sam"))))
    assert is_in(town, "sam", chat)


async def test_who_waits_at_a_shut_door_is_not_told_that_it_opens(town: Town) -> None:
    chat = await gated(town)
    code = (await invite(town))[0]
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    take_the_right(town, chat)
    await town.say("sam", town.private("sam"), code)
    assert "Ask who invited you" in town.last(town.private("sam")).content  # there is no team to tell
    assert not [call for call in town.sandbox.calls if call.method == "approveChatJoinRequest"]


async def test_without_a_staff_chat_who_decided_last_hears_of_the_door(town: Town) -> None:
    chat = await gated(town)
    code = (await invite(town))[0]
    await town.start("yutong")
    await town.say("ahe", chat, "/suggest 夜间模式跟随日落")
    await town.say("yutong", chat, "/status 1 planned")
    take_the_right(town, chat)
    await town.start("sam", code.replace("-", ""))
    assert "小米种子" in town.last(town.private("yutong")).content
    assert "told the team" in town.last(town.private("sam")).content


async def test_telegram_says_whether_the_bot_may_invite(town: Town) -> None:
    chat = await gated(town)
    rights = Rights(town.millet.bot, town.clock)
    row = ChatRow(community_id=1, external_id=str(chat.id), kind="supergroup")
    assert await doors.may_invite(rights, row)
    take_the_right(town, chat)
    assert not await doors.may_invite(rights, row)
    town.world.demote(chat, town.world.bot)
    assert not await doors.may_invite(rights, row)
    assert len({texts.needs_right(translator(language)) for language in LANGUAGES}) == len(LANGUAGES)


async def test_when_letting_in_fails_for_good_the_newcomer_knows_and_the_code_comes_home(town: Town) -> None:
    chat = await gated(town)
    code = (await invite(town))[0]
    town.world.request_join(town.person("sam"), chat)
    await town.settle()
    town.sandbox.faults.add("400", "approveChatJoinRequest", description="Bad Request: CHANNELS_TOO_MUCH")
    await town.say("sam", town.private("sam"), code)
    assert not is_in(town, "sam", chat)
    said = town.last(town.private("sam")).content
    assert "30 minutes" in said
    assert "the code is good again" in said
    town.clock.leap(31 * 60)
    await town.knock()
    assert await ledger(town) == [ISSUED]
    await town.say("sam", town.private("sam"), code)
    assert is_in(town, "sam", chat)
