"""A group that became a supergroup: its row gets the new id, and what names messages of the old chat is forgotten."""

import json

from sqlalchemy import delete, update
from sqlmodel import col, select

from storage import care, communities, digests, grids, members, repositories, searches, wordings, words
from storage.audit import AuditRow
from storage.bars import Bar
from storage.communities import Chat, ChatAlias
from storage.database import Session
from storage.doors import JoinRequest
from storage.drafts import Draft
from storage.findings import Finding
from storage.grants import Grant
from storage.holds import Hold
from storage.invitations import Invitation
from storage.judgements import Judgement
from storage.notices import NAMES_ANOTHER, Notice
from storage.outbox import DEAD, HELD, WAITING, OutboxRow, SlotRow
from storage.prompts import PromptRow
from storage.questions import Question
from storage.releases import Release
from storage.seeds import SeedCall, SeedNumber
from storage.settings import SettingRow
from storage.suggestions import Offer, Suggestion
from storage.verdicts import Verdict
from storage.waiting import Waiting
from storage.waves import Proposal, WavePlan
from storage.wishes import Wish
from storage.words import Word

_NAMES_A_MESSAGE = {"reply_parameters", "message_thread_id"}


async def follow(session: Session, old: str, new: str) -> list[Suggestion]:
    """Follow a chat from its old id to its new one; heard again, it changes nothing.

    A supergroup numbers its messages from the start, so an old number would name a stranger's message there.
    Returns the suggestions that have got another number by it: what shows them must be shown anew.
    """
    chat = await communities.get_chat_by_external_id(session, old)
    if chat is None or chat.external_id == new:
        return []
    await _forget_messages(session, chat)
    stray = await communities.get_chat_by_external_id(session, new)
    renumbered = await _unite(session, stray, chat) if stray is not None and stray.id != chat.id else []
    await communities.set_external_id(session, chat, new, "supergroup")
    return renumbered


async def _forget_messages(session: Session, chat: Chat) -> None:
    """Live messages are posted anew, replies stand alone, and what only edits an old message is not said."""
    await session.exec(delete(SlotRow).where(col(SlotRow.chat_id) == chat.id))
    await communities.set_topic(session, chat.id or 0, None)
    for table in (Suggestion, Offer):
        await session.exec(
            update(table).where(col(table.source_chat_id) == chat.id).values(source_message=None, topic=None)
        )
    for heard in (Wish, Question):
        await session.exec(update(heard).where(col(heard.chat_id) == chat.id).values(message=None))
    unsaid = col(OutboxRow.state).in_((WAITING, HELD))
    for row in await session.exec(select(OutboxRow).where(OutboxRow.chat_id == chat.id, unsaid)):
        if row.method == "editMessageText":
            row.state, row.error = DEAD, "the chat has moved away from its message"
        kept = {name: value for name, value in row.arguments.items() if name not in _NAMES_A_MESSAGE}
        row.fields = json.dumps(kept, ensure_ascii=False)
    await session.flush()


async def _unite(session: Session, stray: Chat, chat: Chat) -> list[Suggestion]:
    """Met as a stranger under its new id before we heard of the move: all that came of it is the chat's own."""
    for table in (OutboxRow, SlotRow, ChatAlias, PromptRow, Wish, Question):
        await session.exec(update(table).where(col(table.chat_id) == stray.id).values(chat_id=chat.id))
    for source in (Suggestion, Offer):
        moved = update(source).where(col(source.source_chat_id) == stray.id)
        await session.exec(moved.values(source_chat_id=chat.id))
    waiting = select(JoinRequest.person_id).where(JoinRequest.chat_id == chat.id)
    requests = update(JoinRequest).where(
        col(JoinRequest.chat_id) == stray.id, col(JoinRequest.person_id).not_in(waiting)
    )
    await session.exec(requests.values(chat_id=chat.id))
    await session.exec(delete(JoinRequest).where(col(JoinRequest.chat_id) == stray.id))
    chat.status = stray.status
    alone = len(await communities.list_chats(session, stray.community_id)) <= 1
    await session.delete(stray)
    await session.flush()
    if alone and stray.community_id != chat.community_id:
        return await _move_community(session, stray.community_id, chat.community_id)
    return []


async def _move_community(session: Session, old: int, new: int) -> list[Suggestion]:
    """Bring people, suggestions, offers and releases over; suggestions get the next numbers there."""
    await members.move_members(session, old, new)
    moved = await _renumber(session, old, new)
    await care.move_nudges(session, old, new)
    await searches.delete_searches_of(session, old)
    await grids.drop_grids(session, old)
    for table in (Offer, Release, Notice, Verdict, AuditRow, PromptRow, Judgement):
        await session.exec(update(table).where(col(table.community_id) == old).values(community_id=new))
    await move_heard(session, old, new)
    await session.flush()
    await wordings.move_wordings(session, old, new)
    await words.move_words(session, old, new)
    told = await digests.get_last_posted(session, old) is not None
    if not told and not await has_invited(session, old):
        await forget_community(session, old)
    return moved


async def _renumber(session: Session, old: int, new: int) -> list[Suggestion]:
    """The suggestions with their new numbers, which every row that names a number learns."""
    query = select(Suggestion).where(Suggestion.community_id == old).order_by(col(Suggestion.number))
    moved, renamed = list(await session.exec(query)), dict[str, str]()
    for suggestion in moved:
        former, suggestion.number = str(suggestion.number), await communities.claim_number(session, new)
        renamed[former] = str(suggestion.number)
        suggestion.community_id = new
    for row in await session.exec(select(AuditRow).where(AuditRow.community_id == old)):
        row.subject = f"#{renamed[number]}" if (number := row.subject.removeprefix("#")) in renamed else row.subject
    names_other = (Notice.community_id == old, col(Notice.kind).in_(NAMES_ANOTHER))
    for notice in await session.exec(select(Notice).where(*names_other)):
        notice.words = renamed.get(notice.words, notice.words)
    await session.flush()
    return moved


async def move_heard(session: Session, old: int, new: int) -> None:
    """What was heard in ordinary talk goes where its chat goes."""
    for table in (Wish, Question):
        await session.exec(update(table).where(col(table.community_id) == old).values(community_id=new))


async def has_invited(session: Session, community_id: int) -> bool:
    """Whether anything was promised to anybody there: such a community stays, since its ledger must."""
    tables = (Invitation, Bar, Grant, SeedCall, SeedNumber, WavePlan, Proposal, Waiting)
    queries = [select(table.community_id).where(col(table.community_id) == community_id).limit(1) for table in tables]
    return any([(await session.exec(query)).first() is not None for query in queries])


async def forget_community(session: Session, community_id: int) -> None:
    """Forget a community that has neither chats nor members, with what was only about itself."""
    for table in (SettingRow, AuditRow, PromptRow, Word, Finding, Draft, Hold):
        await session.exec(delete(table).where(col(table.community_id) == community_id))
    await repositories.delete_repositories(session, community_id)
    await communities.delete_community(session, community_id)
