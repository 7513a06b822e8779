"""A group that becomes a supergroup, by the service message or by Telegram's refusal, also when it was met already."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlmodel import col, select

from bot.community.communities import follow_migration
from bot.sandbox import updates
from bot.sandbox.model import Chat
from bot.texts.say import Say, to_chat
from storage import communities, outbox
from storage.communities import Chat as ChatRow
from storage.communities import Community
from storage.digests import Digest
from storage.grids import CLOSED, DROPPED, OPEN, PLANNED, Grid, list_reached
from storage.members import Person
from storage.notices import Notice
from storage.outbox import DEAD, SENT, WAITING, OutboxRow, SlotRow, call
from storage.suggestions import Suggestion
from storage.votes import Vote
from tests.town import Town


async def row(town: Town, chat: Chat) -> ChatRow:
    async with town.database.reading() as look:
        found = await communities.get_chat_by_external_id(look, str(chat.id))
    assert found is not None
    return found


async def old_group(town: Town) -> Chat:
    old = town.world.add_chat("谷雨 OS", kind="group", owner=town.person("tang"))
    for who in ("xiaoman", "ahe"):
        town.world.join(town.person(who), old)
    town.world.add_bot(old, town.person("tang"), admin=True)
    await town.settle()
    return old


@contextmanager
def service_messages_held() -> Iterator[list[tuple[str, Any]]]:
    """Telegram is late with the word of the move."""
    held: list[tuple[str, Any]] = []
    push = updates.UpdateQueue.push

    def late(self: updates.UpdateQueue, kind: str, body: Any) -> None:
        if kind == "message" and ("migrate_to_chat_id" in body or "migrate_from_chat_id" in body):
            held.append((kind, body))
            return
        push(self, kind, body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(updates.UpdateQueue, "push", late)
        yield held


async def test_after_a_move_a_card_is_posted_anew_and_no_strangers_message_is_edited(any_town: Town) -> None:
    old = await old_group(any_town)
    for wish in ("夜间模式", "屏蔽陌生来电", "通话录音"):
        await any_town.say("xiaoman", old, f"/suggest {wish}")
    new = any_town.world.migrate_to_supergroup(old)
    await any_town.settle()
    async with any_town.database.reading() as look:
        assert not (await look.exec(select(SlotRow))).all()
        assert set(await look.exec(select(Suggestion.source_message))) == {None}
    for wish in ("指纹解锁动画", "车载蓝牙歌词", "键盘换肤", "天气卡片"):
        await any_town.say("ahe", new, f"/suggest {wish}")
    before = any_town.texts(new)
    await any_town.say("ahe", new, "/vote 1")
    assert any_town.texts(new)[: len(before)] == before, "nothing that stands was overwritten"
    assert "夜间模式" in any_town.last(new).content


async def test_what_waits_for_a_chat_that_moves_forgets_its_old_messages(town: Town) -> None:
    old = await old_group(town)
    chat, now = await row(town, old), town.clock.now()
    reply = to_chat(chat.id or 0, Say("a reply"), now, key="reply", reply_to="3", topic="4")
    edit = call("editMessageText", {"text": "x", "message_id": 3}, now, chat_id=chat.id, key="edit")
    async with town.database.writing() as session:
        await outbox.add_rows(session, [reply, edit])
        await follow_migration(session, str(old.id), "-100777")
    async with town.database.reading() as look:
        found = {r.key: r for r in await look.exec(select(OutboxRow).where(col(OutboxRow.key).in_(["reply", "edit"])))}
    assert found["edit"].state == DEAD
    assert found["reply"].state == WAITING
    assert not {"reply_parameters", "message_thread_id"} & set(found["reply"].arguments)
    assert found["reply"].arguments["text"] == "a reply"


async def test_a_group_met_as_a_stranger_before_its_move_was_heard_of_is_one_again(any_town: Town) -> None:
    town = any_town
    old = await old_group(town)
    await town.say("xiaoman", old, "/suggest 夜间模式")
    before = await row(town, old)
    with service_messages_held() as held:
        new = town.world.migrate_to_supergroup(old)
        await town.say("ahe", new, "/suggest 天气卡片")
        card = town.last(new)
        await town.say("ahe", new, "/suggest 键盘换肤")
        await town.say("tang", new, "/merge 2 1")
        await town.press("tang", town.last(new), "合并")
    stray = await row(town, new)
    assert stray.id != before.id
    assert card.content.startswith("💡 #1 天气卡片")
    [[pressed_late], *_] = card.buttons
    for kind, body in held:
        town.world.queue.push(kind, body)
    await town.settle()
    assert card.content.startswith("💡 #2 天气卡片"), "nobody reads a number that means another one now"
    town.world.press_data(town.person("tang"), card, pressed_late.data or "")
    await town.settle()
    assert card.buttons[0][0].label == "👍 1"
    assert (await row(town, new)).id == before.id
    async with town.database.reading() as look:
        tang = (await look.exec(select(Person).where(Person.name == "老唐"))).one()
        found = list(await look.exec(select(Suggestion).order_by(col(Suggestion.number))))
        assert [(s.number, s.text, s.community_id) for s in found] == [
            (1, "夜间模式", before.community_id),
            (2, "天气卡片", before.community_id),
            (3, "键盘换肤", before.community_id),
        ]
        assert set(await look.exec(select(Notice.words))) == {"2"}, "what it was merged into, by its number now"
        assert [(v.suggestion_id, v.person_id) for v in await look.exec(select(Vote))] == [(found[1].id, tang.id)]
        assert len((await look.exec(select(ChatRow))).all()) == len((await look.exec(select(Community))).all()) == 1
    await town.say("tang", new, "/vote 2")
    await town.say("tang", new, "/search 天气卡片")
    assert "#2" in town.last(new).content


async def test_a_refusal_of_telegrams_unites_them_too_and_all_that_waits_arrives(town: Town) -> None:
    old = await old_group(town)
    await town.say("xiaoman", old, "/suggest 夜间模式")
    before = await row(town, old)
    with service_messages_held():
        new = town.world.migrate_to_supergroup(old)
        await town.say("xiaoman", new, "/top")
    stray, now = await row(town, new), town.clock.now()
    soon = call("sendMessage", {"text": "to the stray"}, now, chat_id=stray.id, key="stray")
    soon.not_before = now.replace(hour=23)
    async with town.database.writing() as session:
        await outbox.add_rows(session, [soon, to_chat(before.id or 0, Say("the digest"), now, key="d", once=True)])
    town.millet.courier.wake()
    await town.settle()
    assert town.texts(new)[-1] == "the digest"
    assert (await row(town, new)).id == before.id
    town.clock.leap(86_000)
    town.millet.courier.wake()
    await town.settle()
    assert "to the stray" in town.texts(new)


async def test_what_was_asked_as_a_stranger_is_asked_no_more(town: Town) -> None:
    old = await old_group(town)
    await town.say("xiaoman", old, "hello")
    before, now = await row(town, old), town.clock.now()
    with service_messages_held():
        new = town.world.migrate_to_supergroup(old)
        await town.say("xiaoman", new, "/top")
        stray = await row(town, new)
        async with town.database.writing() as session:
            for n, state in enumerate((PLANNED, OPEN, CLOSED)):
                issue = Digest(community_id=stray.community_id, period=f"2026-W4{n}", state="posted", published_at=now)
                session.add(issue)
                await session.flush()
                session.add(Grid(community_id=stray.community_id, digest_id=issue.id or 0, issue=n, state=state))
                posted = call("sendMessage", {}, now, chat_id=stray.id, key=f"digest:{stray.community_id}:2026-W4{n}:1")
                posted.state = SENT
                session.add(posted)
            await follow_migration(session, str(old.id), str(new.id))
    async with town.database.reading() as look:
        grids = list(await look.exec(select(Grid).order_by(col(Grid.id))))
        assert [grid.state for grid in grids] == [DROPPED, DROPPED, CLOSED]
        assert [await list_reached(look, grid) for grid in grids] == [[], [], []]
    assert (await row(town, new)).id == before.id
