"""Communities that have lived through a week, written straight into the database: what a digest is measured with."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.community.rituals import ritual_of
from bot.language.terms import SEGMENTER
from bot.language.vectors import find_encoder
from bot.sandbox.model import Chat
from storage import communities
from storage.communities import Chat as ChatRow
from storage.communities import Community
from storage.database import Session
from storage.drafts import Draft
from storage.members import Member, Person
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, PLANNED, SHIPPED, Suggestion
from storage.votes import Vote
from storage.wordings import Wording

PEOPLE, MEMBERS, NEWCOMERS = 300, 12, 2
WISHES = (
    "夜间模式再暗一点",
    "相机启动快一些",
    "通知可以按应用静音",
    "dark mode at sunset",
    "桌面图标自由排列",
    "备份到自己的服务器",
)
FATES = (SHIPPED, PLANNED, DECLINED, OPEN, OPEN, OPEN)  # of the wishes, in this order
DAY = timedelta(days=1)
_ENCODER = find_encoder()
RITUAL = "橙色星期五"


async def add_people(session: Session, now: datetime) -> list[Person]:
    """Everyone there is; a community's members are some of them."""
    people = [Person(external_id=str(10**9 + n), name=f"小米粒 {n}", created_at=now) for n in range(PEOPLE)]
    session.add_all(people)
    await session.flush()
    return people


async def add_community(session: Session, chat: Chat, due: datetime, now: datetime) -> Community:
    """A community with this one group, four weeks old, which has seen the draft of the issue that is due then."""
    community = Community(
        name=chat.title,
        language="zh-hans",
        zone="UTC",
        ritual_name=RITUAL,
        ritual_weekday=due.weekday(),
        ritual_hour=due.hour,
        ritual_minute=due.minute,
        digest_due_at=due,
        drafted_for=due,
        created_at=now - 28 * DAY,
    )
    await communities.add_community(session, community)
    row = ChatRow(community_id=community.id or 0, external_id=str(chat.id), kind="supergroup", title=chat.title)
    row.status = "administrator"
    await communities.add_chat(session, row)
    return community


async def live_a_week(session: Session, community: Community, people: Sequence[Person], now: datetime) -> None:
    """Six suggestions with their votes, one shipped, one planned, one declined; a voice each, and two new members."""
    rng = random.Random(community.id)
    community_id, ids = community.id or 0, [person.id or 0 for person in rng.sample(people, MEMBERS)]
    session.add_all([_member(community_id, ids, place, now) for place in range(MEMBERS)])
    release = Release(community_id=community_id, version="v2.3", released_by_id=ids[0], released_at=now - DAY)
    session.add(release)
    await session.flush()
    wishes = [_wish(community_id, ids, number, fate, release, now) for number, fate in enumerate(FATES, 1)]
    session.add_all(wishes)
    await session.flush()
    for wish in wishes:
        voters = rng.sample([one for one in ids if one != wish.author_id], rng.randint(2, 8))
        session.add_all([Vote(suggestion_id=wish.id or 0, person_id=one, created_at=now - DAY) for one in voters])
        session.add_all([_words(wish, person_id, now) for person_id in (wish.author_id, voters[0])])
    period = ritual_of(community).period(community.digest_due_at)
    session.add(Draft(community_id=community_id, period=period, created_at=now - DAY))
    community.last_number = len(wishes)


def _member(community_id: int, ids: Sequence[int], place: int, now: datetime) -> Member:
    is_new = place >= MEMBERS - NEWCOMERS
    came = now - (2 * DAY if is_new else 28 * DAY)
    inviter = ids[0] if is_new else None
    person = ids[place]
    return Member(community_id=community_id, person_id=person, inviter_id=inviter, joined_at=came, seen_at=now)


def _wish(community_id: int, ids: Sequence[int], number: int, fate: str, release: Release, now: datetime) -> Suggestion:
    wish = Suggestion(
        community_id=community_id,
        number=number,
        author_id=ids[number],
        text=f"{WISHES[number - 1]}，{community_id} 号群里说的",
        status=fate,
        origin=f"weeks/{community_id}/{number}",
        created_at=now - 9 * DAY,
    )
    if fate != OPEN:
        wish.decided_at, wish.decided_by_id = now - DAY, ids[0]
    wish.reason = "先把基础做稳" if fate == DECLINED else ""
    wish.release_id = release.id if fate == SHIPPED else None
    return wish


def _words(wish: Suggestion, person_id: int, now: datetime) -> Wording:
    return Wording(
        community_id=wish.community_id,
        suggestion_id=wish.id or 0,
        person_id=person_id,
        text=wish.text,
        terms="",
        terms_by=SEGMENTER,  # so that no knock reads it anew
        vector_by=_ENCODER and _ENCODER.name,
        created_at=now - 2 * DAY,
    )
