"""What is posted in a community's chats at its hour, each once: the issue, its draft for the team, the report on it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.community import grids as rules
from bot.community.digests import STALE_AFTER, Published, due_of
from bot.community.grids import Report
from bot.community.issues import Issue
from bot.community.issues import draft as draft_issue
from bot.texts import digests, doubts, drafts, grids
from bot.texts.announce import card, language_of_chat, to_team
from bot.texts.catalogues import Translator, translator
from bot.texts.say import Say, to_chat
from storage import communities, outbox
from storage import digests as issues
from storage import grids as grid_rows
from storage.communities import Chat, Community
from storage.database import Session
from storage.drafts import Draft
from storage.grids import Grid
from storage.outbox import OutboxRow

log = logging.getLogger(__name__)

PICTURE = ":picture"  # how the key of an issue's picture ends
MOST_DOUBTS = 20  # chats named in one message


async def issue(session: Session, published: Published, now: datetime) -> list[OutboxRow]:
    """The posts of an issue: in each chat's language and topic, each at most once, and only while it is fresh."""
    community, told = published.community, published.issue
    fresh = published.due + STALE_AFTER - now
    if published.chats:
        whole = digests.issue(translator(community.language), told)
        await issues.set_html(session, published.digest_id, "\n\n".join(page.text for page in whole))
    rows = []
    for chat in published.chats:
        t, key = language_of_chat(chat, community), f"digest:{community.id}:{published.period}:{chat.id}"
        said = _keyed(key, digests.posts(t, told, chat, community))
        rows += [
            to_chat(chat.id or 0, replace(words, fresh=fresh), now, key=name, once=True, topic=chat.topic)
            for name, words in said
        ]
    return rows


def _keyed(key: str, posts: Sequence[Say]) -> list[tuple[str, Say]]:
    """Each message of an issue under the reason it is said once; a picture that has the words with it is the issue."""
    apart = len(posts) > 1 and posts[0].method == "sendPhoto"
    pages = posts[1:] if apart else posts
    keyed = [(f"{key}:{place}" if place else key, page) for place, page in enumerate(pages)]
    return [(key + PICTURE, posts[0]), *keyed] if apart else keyed


async def draft(session: Session, draft: Draft, now: datetime) -> list[OutboxRow]:
    """The draft's page for the team."""
    community = await communities.get_community(session, draft.community_id)
    return await _page(session, community, draft, await draft_issue(session, community, due_of(community, now)), now)


async def _page(session: Session, community: Community, draft: Draft, told: Issue, now: datetime) -> list[OutboxRow]:
    def page(t: Translator) -> Say:
        return drafts.page(t, told, draft, community)

    return await to_team(session, community, page, now, slot=_page_slot(draft))


def _page_slot(draft: Draft) -> str:
    return f"draft:{draft.id}"


async def posted(session: Session, published: Published, now: datetime) -> list[OutboxRow]:
    """The draft's page, wherever it stands, says what became of the issue; after those of all have gone out."""
    if published.draft is None:
        return []
    slot, rooms = _page_slot(published.draft), [chat for chat in published.issue.sources.values() if chat.is_staff]
    standing = await outbox.list_slots(session, [f"{slot}:person", *(f"{slot}:{room.id}" for room in rooms)])
    if not standing:
        return []
    rows = await _page(session, published.community, published.draft, published.issue, now)
    for row in rows:
        row.priority = outbox.CARD
    return [row for row in rows if row.slot in standing]


async def doubtful(session: Session, row: OutboxRow, now: datetime) -> None:
    """A message that is not sent twice may have got lost: the team decides, or else the log tells."""
    told = await _doubt(session, row, await communities.get_chat(session, row.chat_id), now) if row.chat_id else []
    if not told:
        log.warning("Outbox row %s (%s) may not have arrived, and there is nobody to ask.", row.id, row.key)
    await outbox.add_rows(session, told)


async def _doubt(session: Session, row: OutboxRow, chat: Chat, now: datetime) -> list[OutboxRow]:
    community, key = await communities.get_community(session, chat.community_id), row.key or ""
    if key.endswith(PICTURE):
        return []  # the words of the issue say the same
    if key.startswith("digest:"):
        lost = await issues.list_doubts(session, community.id or 0, MOST_DOUBTS)
        period = key.split(":")[2]
        return await to_team(session, community, lambda t: doubts.in_doubt(t, lost), now, slot=f"doubts:{period}")
    title = chat.title or chat.external_id
    return await to_team(session, community, lambda t: doubts.message_in_doubt(t, title), now, key=f"doubt:{row.id}")


async def grid_opened(session: Session, grid: Grid, chats: Sequence[Chat], now: datetime) -> list[OutboxRow]:
    """The four questions, as one live message in each chat that has got the issue."""
    community = await communities.get_community(session, grid.community_id)
    return [
        _live(grids.asked(language_of_chat(chat, community), grid, community, 0), grid, chat, now) for chat in chats
    ]


async def grid_changed(session: Session, grid: Grid, now: datetime) -> list[OutboxRow]:
    """The live messages, wherever they stand, with how many have answered."""
    community = await communities.get_community(session, grid.community_id)
    arrived_by = await rules.arrived_in_time(session, grid, grid.due_at or now)
    answered = await grid_rows.count_people(session, grid, arrived_by)
    return [
        _live(grids.asked(language_of_chat(chat, community), grid, community, answered), grid, chat, now)
        for chat in await communities.list_chats(session, grid.community_id)
        if await outbox.has_slot(session, _slot(grid, chat))
    ]


async def grid_closed(session: Session, report: Report, now: datetime) -> list[OutboxRow]:
    """The questions are over, and each chat in which they stand gets the picture, once; of no answer there is none."""
    rows, grid = [], report.grid
    for chat in await grid_rows.list_reached(session, grid):
        t = language_of_chat(chat, report.community)
        if await outbox.has_slot(session, _slot(grid, chat)):
            rows.append(_live(grids.over(t, report), grid, chat, now))
        if report.answered:
            key = f"grid:{grid.id}:{chat.id}"
            rows.append(to_chat(chat.id or 0, grids.picture(t, report), now, key=key, once=True, topic=chat.topic))
    return [*rows, await card(session, report.winner, now)] if report.winner else rows


def _live(said: Say, grid: Grid, chat: Chat, now: datetime) -> OutboxRow:
    slotted = replace(said, slot=_slot(grid, chat))
    return to_chat(chat.id or 0, slotted, now, priority=outbox.CARD, topic=chat.topic)


def _slot(grid: Grid, chat: Chat) -> str:
    return f"grid:{grid.id}:{chat.id}"


async def grid_words(session: Session, grid: Grid, person_id: int, now: datetime) -> list[OutboxRow]:
    """What was said beside the taps, for the team alone: the live message in which this person's words stand."""
    community = await communities.get_community(session, grid.community_id)
    said = await grid_rows.list_words(session, grid.id or 0)
    page = [word.person_id for word, _ in said].index(person_id) // grids.WORDS_A_PAGE
    shown = said[page * grids.WORDS_A_PAGE :][: grids.WORDS_A_PAGE]

    def say(t: Translator) -> Say:
        return grids.words(t, grid, [(person.name, word.words) for word, person in shown])

    return await to_team(session, community, say, now, slot=f"grid-words:{grid.id}:{page}")
