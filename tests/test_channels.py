"""A channel gets the digest of its owner's community: brought in, asked about apart from its readers, read, pressed."""

import pytest
from sqlmodel import col, select

from bot import doors
from bot.sandbox.model import Chat
from storage import communities
from storage.bars import Bar
from storage.members import Member, Person
from storage.outbox import DOUBTFUL, SENT
from tests.test_chats import row
from tests.test_digests import FRIDAY, WEEK, a_staff_room, at, issues, outbox_rows
from tests.test_grids import SUNDAY, TUESDAY, labels, pictures, question
from tests.test_triage import an_english_group, suggested
from tests.town import Town


def a_channel(town: Town, owner: str = "tang", **rights: bool) -> Chat:
    """A channel into which its owner has brought the bot."""
    name = f"grain_news_{len(town.world.chats)}"
    channel = town.world.add_chat("Grain news", "channel", owner=town.person(owner), username=name)
    town.world.add_bot(channel, town.person(owner), **(rights or {"can_post_messages": True}))
    return channel


async def joined(town: Town, *readers: str) -> tuple[Chat, Chat]:
    """A group, and the channel that its owner has made one of the same community's, in private."""
    group = await an_english_group(town)
    await town.start("tang")
    channel = a_channel(town)
    await town.settle()
    await town.press("tang", town.last(town.private("tang")), "Grain OS")
    for reader in readers:
        town.world.join(town.person(reader), channel)
    await town.settle()
    return group, channel


async def count_members(town: Town) -> int:
    async with town.database.reading() as look:
        return len((await look.exec(select(Member.id).where(Member.community_id == 1, col(Member.present)))).all())


async def test_its_owner_says_in_private_whose_digest_it_gets(town: Town) -> None:
    group = await an_english_group(town)
    before = len(town.texts(group))
    await town.start("tang")
    channel = a_channel(town)
    await town.settle()
    asked = town.last(town.private("tang"))
    assert "Whose digest" in asked.content
    await town.press("tang", asked, "Grain OS")
    assert "Grain news is a channel of Grain OS. It gets the digest" in asked.content
    assert labels(asked) == ["✓ 简体中文", "繁體中文", "English", "✓ Digest"]
    assert (await row(town, channel)).community_id == (await row(town, group)).community_id
    assert not town.public(channel)
    assert len(town.texts(group)) == before
    await town.say("tang", town.private("tang"), "/setup")
    assert town.last(town.private("tang")).content == asked.content
    await town.start("yutong")
    await town.say("yutong", town.private("yutong"), "/setup")
    assert "only in a group" in town.last(town.private("yutong")).content


async def test_who_has_not_pressed_start_is_asked_where_only_they_see_it(town: Town) -> None:
    group = await an_english_group(town)
    a_channel(town)
    await town.settle()
    asked = town.last(group)
    assert asked not in town.public(group)
    assert asked.receiver is town.person("tang")
    await town.press("tang", asked, "Grain OS")
    assert "is a channel of" in town.last(group).content


async def test_a_channel_alone_is_told_nothing_and_the_group_may_join_it(town: Town) -> None:
    await town.start("tang")
    channel = a_channel(town)
    await town.settle()
    told = town.last(town.private("tang"))
    assert not told.buttons
    await at(town, FRIDAY)
    assert not town.public(channel), "a quiet week of nobody's"
    group = town.group()
    await town.settle()
    await town.press("tang", town.last(group), "Grain news")
    here = (await row(town, channel)).community_id
    assert here == (await row(town, group)).community_id
    assert (here, True) in await standing(town, "tang")
    await town.say("xiaoman", group, "/suggest 夜间模式")
    await town.say("yutong", group, "/ship 1 v2.3")
    await at(town, FRIDAY + WEEK)
    assert [len([m for m in town.public(chat) if m.photo and m.silent]) for chat in (channel, group)] == [1, 1]


async def test_only_who_owns_both_joins_them_and_only_its_owner_changes_it(town: Town) -> None:
    group, channel = await joined(town)
    theirs = await an_english_group(town, "Elsewhere", "sam ahe")
    await town.start("sam")
    stray = a_channel(town, "sam")
    await town.settle()
    ours, there, alone = await row(town, channel), await row(town, theirs), await row(town, stray)
    sams, tangs = town.last(town.private("sam")), town.last(town.private("tang"))
    for who, message, data in (
        ("sam", sams, f"joins:{ours.id}:{there.community_id}"),
        ("sam", sams, f"joins:{alone.id}:{ours.community_id}"),
        ("sam", sams, f"channel:{ours.id}:3"),
        ("tang", tangs, f"channel:{(await row(town, group)).id}:3"),
        ("tang", tangs, f"channel:{ours.id}:9"),
        ("tang", tangs, f"joins:{ours.id}:{there.community_id}"),
    ):
        pressed = town.world.press_data(town.person(who), message, data)
        await town.settle()
        assert pressed.answer is not None
        assert pressed.answer.alert, data
    assert (await row(town, channel)).model_dump() == ours.model_dump()
    assert (await row(town, stray)).model_dump() == alone.model_dump()


async def test_it_reads_the_same_issue_in_its_language_and_members_answer_there(town: Town) -> None:
    group, channel = await joined(town, "sam", "xiaoman")
    await town.press("tang", town.last(town.private("tang")), "繁體中文")
    await suggested(town, group, "a faster camera", "dark mode")
    await town.say("yutong", group, "/ship 1 v2.3")
    here = await count_members(town)
    await at(town, FRIDAY)
    [issue], [there] = issues(town, group), town.public(channel)
    assert there.silent
    assert there.photo
    assert "a faster camera" in there.content
    assert "您" not in there.content
    assert "You asked" in issue.content
    assert "You asked" not in there.content
    assert await count_members(town) == here, "who reads only is no member"
    await at(town, SUNDAY)
    asked = question(town, channel)
    assert asked is not None
    assert asked.silent
    await _answers(town, "xiaoman", channel)
    member, reader = [town.world.press(town.person(who), asked, labels(asked)[0]) for who in ("ahe", "sam")]
    await town.settle()
    assert member.answer
    assert member.answer.url, "she is in the group, where she has never said anything"
    assert reader.answer
    assert f"Join @{group.username}" in (reader.answer.text or "")
    forged = town.world.press_data(town.person("sam"), asked, "help:0")
    await town.settle()
    assert forged.answer
    assert len(town.public(channel)) == 2
    await at(town, TUESDAY)
    [result] = pictures(town, channel)
    assert result.silent
    assert await count_members(town) == here + 1, "the reader is none"
    [told] = pictures(town, group)
    assert "1 of 4 answered" in told.content


async def _answers(town: Town, who: str, channel: Chat) -> None:
    """From the button in the channel to four taps in private."""
    asked = question(town, channel)
    assert asked is not None
    pressed = town.world.press(town.person(who), asked, labels(asked)[0])
    await town.settle()
    assert pressed.answer
    town.world.open_link(town.person(who), pressed.answer.url or "")
    await town.settle()
    private = town.private(who)
    choices = [row[0].data or "" for row in town.last(private).buttons]
    while choices[0].startswith("gridsay"):
        town.world.press_data(town.person(who), town.last(private), choices[0])
        await town.settle()
        choices = [row[0].data or "" for row in town.last(private).buttons]


async def test_without_the_right_to_post_the_team_hears_why(town: Town) -> None:
    group, channel = await joined(town)
    staff = await a_staff_room(town)
    town.world.promote(channel, town.world.bot, can_invite_users=True)
    await at(town, FRIDAY)
    assert len(issues(town, group)) == 1
    told = town.last(staff)
    assert "Grain news: I may not write there" in told.content
    assert {row.state for row in await outbox_rows(town)} == {SENT, DOUBTFUL}
    await town.say("tang", town.private("tang"), "/setup")
    assert "I may not write there yet" in town.last(town.private("tang")).content
    await at(town, FRIDAY + WEEK)
    assert "Grain news: I may not write there" in town.last(staff).content
    said = len(town.texts(staff))
    town.world.promote(channel, town.world.bot, can_post_messages=True)
    await town.settle()
    await at(town, FRIDAY + 2 * WEEK)
    assert len(town.public(channel)) == 1
    town.world.kick(channel, town.world.bot)
    await town.settle()
    await at(town, FRIDAY + 3 * WEEK)
    assert len(town.texts(staff)) == said, "who is sent away says nothing"
    assert (await row(town, channel)).status == "left"


async def test_who_reads_only_does_not_stay_in_the_circle_by_it(town: Town) -> None:
    group, channel = await joined(town, "ahe", "xiaoman")
    await town.say("ahe", group, "/suggest tea")
    await town.say("xiaoman", group, "/suggest coffee")
    here = await count_members(town)
    town.world.leave(town.person("ahe"), group)
    town.world.leave(town.person("xiaoman"), channel)
    await town.settle()
    assert await count_members(town) == here - 1


async def standing(town: Town, who: str) -> list[tuple[int, bool]]:
    """The communities a person is written down in, and whether as present."""
    known = select(Member.community_id, Member.present).join(Person, col(Person.id) == col(Member.person_id))
    async with town.database.reading() as look:
        return list(await look.exec(known.where(Person.external_id == str(town.person(who).id))))


async def test_to_read_a_channel_opens_no_gated_community(town: Town) -> None:
    group, channel = await joined(town, "sam")
    await town.say("tang", group, "/setup")
    await town.press("tang", town.last(group), "Gated by code")
    await suggested(town, group, "a faster camera", by="tang")
    await town.start("sam")
    assert await standing(town, "sam") == []
    await town.say("yutong", group, "/ship 1 v2.3")
    await at(town, FRIDAY)
    await at(town, SUNDAY)
    asked = question(town, channel)
    assert asked is not None
    pressed = town.world.press(town.person("sam"), asked, labels(asked)[0])
    await town.settle()
    assert pressed.answer
    assert "welcome to read on" in (pressed.answer.text or "")
    assert await standing(town, "sam") == []
    said = len(town.texts(channel))
    town.world.leave(town.person("sam"), channel)
    await town.settle()
    assert len(town.texts(channel)) == said


async def test_who_was_banned_from_the_group_has_no_say_by_the_channel(town: Town) -> None:
    group, _ = await joined(town, "ahe")
    await suggested(town, group, "a faster camera", by="tang")
    await town.say("ahe", group, "/suggest tea")
    await town.start("ahe")
    town.world.kick(group, town.person("ahe"))
    await town.settle()
    await town.say("ahe", town.private("ahe"), "/vote 1")
    assert "Only who is in" in town.last(town.private("ahe")).content
    assert await standing(town, "ahe") == [(1, False)]


async def test_who_may_post_or_ban_in_the_channel_is_not_the_team(town: Town) -> None:
    group, channel = await joined(town, "xiaoman", "ahe")
    await town.say("ahe", group, "/suggest tea")
    town.world.promote(channel, town.person("xiaoman"), can_post_messages=True)
    await town.settle()
    await town.say("xiaoman", group, "/decline 1 no tea")
    assert "no tea" not in town.last(group).content
    town.world.kick(channel, town.person("ahe"))
    await town.settle()
    async with town.database.reading() as look:
        assert not (await look.exec(select(Bar))).all()


async def test_a_refusal_is_not_read_by_all_and_the_owner_is_asked_all_the_same(town: Town) -> None:
    group = await an_english_group(town)
    await town.say("tang", group, "/suggest tea")
    await town.start("tang")
    town.clock.leap(120)
    town.sandbox.faults.add("500", method="getChatAdministrators")
    channel = a_channel(town)
    await town.settle()
    assert not town.texts(channel)
    asked = town.last(town.private("tang"))
    assert "Whose digest" in asked.content
    assert (await row(town, channel)).status == "administrator"
    await town.press("tang", asked, "Grain OS")
    assert "is a channel of" in asked.content


async def test_brought_in_again_it_is_still_that_communitys(town: Town) -> None:
    _, channel = await joined(town)
    town.world.kick(channel, town.world.bot)
    await town.settle()
    town.world.add_bot(channel, town.person("tang"), can_post_messages=True)
    await town.settle()
    assert "Grain news is a channel of Grain OS" in town.last(town.private("tang")).content


async def test_of_two_channels_neither_belongs_to_the_other(town: Town) -> None:
    town.person("tang").language_code = "en"
    await town.start("tang")
    one, two = a_channel(town), a_channel(town)
    await town.settle()
    told = town.last(town.private("tang"))
    assert "press “Belongs to Grain news” there" in told.content
    there = (await row(town, one)).community_id
    pressed = town.world.press_data(town.person("tang"), told, f"joins:{(await row(town, two)).id}:{there}")
    await town.settle()
    assert pressed.answer
    assert pressed.answer.alert
    assert (await row(town, two)).community_id != there


async def test_the_owners_own_is_found_among_many(town: Town) -> None:
    mine = await an_english_group(town)
    await town.say("tang", mine, "/suggest tea")
    for n in range(3):
        town.clock.leap(7200)
        other = await an_english_group(town, f"Other {n}", "sam tang")
        await town.say("tang", other, "/suggest tea")
    await town.start("tang")
    a_channel(town)
    await town.settle()
    assert labels(town.last(town.private("tang"))) == ["Belongs to Grain OS"]


async def test_a_reader_moving_is_not_let_in(town: Town) -> None:
    _, channel = await joined(town)
    async with town.database.reading() as look:
        before = (await look.exec(select(Person.id))).all()
    asked = len(town.sandbox.calls)
    town.world.join(town.person("sam"), channel)
    town.world.leave(town.person("sam"), channel)
    await town.settle()
    async with town.database.reading() as look:
        assert (await look.exec(select(Person.id))).all() == before
    assert {call.method for call in town.sandbox.calls[asked:]} <= {"getUpdates"}


async def test_a_press_writes_back_nothing_that_has_changed_since(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _, channel = await joined(town)

    async def meanwhile(*_: object) -> bool:
        async with town.database.writing() as session:
            (await communities.get_chat(session, (await row(town, channel)).id or 0)).topic = "7"
        return True

    monkeypatch.setattr(doors, "may_post", meanwhile)
    await town.press("tang", town.last(town.private("tang")), "English")
    assert ((await row(town, channel)).language, (await row(town, channel)).topic) == ("en", "7")


async def test_where_telegram_repeats_its_posts_the_digest_need_not_stand_twice(town: Town) -> None:
    group, channel = await joined(town)
    channel.linked_to, group.linked_to = group.id, channel.id
    await town.say("tang", town.private("tang"), "/setup")
    assert "stand there twice" in town.last(town.private("tang")).content
    await town.say("tang", group, "/setup")
    page = town.last(group)
    assert "owner" in await town.press("yutong", page, "Digest")
    await town.press("tang", page, "✓ Digest")
    assert "The digest is not posted here" in town.last(group).content
    await town.say("yutong", group, "/audit")
    assert "✓ Digest → ✗ Digest" in town.last(group).content
    await town.say("tang", town.private("tang"), "/setup")
    assert "stand there twice" not in town.last(town.private("tang")).content
    await at(town, FRIDAY)
    assert not issues(town, group)
    assert len(town.public(channel)) == 1
    before = len(town.said(group))
    town.sandbox.inject(repeated_post(town, group, "/suggest something"))
    await town.settle()
    assert len(town.said(group)) == before


def repeated_post(town: Town, group: Chat, text: str) -> dict[str, object]:
    """A channel's post as it comes to the channel's group."""
    service = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    there = {"id": -1009, "type": "channel", "title": "News"}
    message = {
        "message_id": 900 + len(text),
        "date": int(town.clock.now().timestamp()),
        "from": service,
        "sender_chat": there,
        "chat": {"id": group.id, "type": "supergroup", "title": group.title, "username": group.username},
        "forward_origin": {"type": "channel", "date": 1, "chat": there, "message_id": 1},
        "is_automatic_forward": True,
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": 8}],
    }
    return {"message": message}
