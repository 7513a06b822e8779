"""Wishes overheard in ordinary talk: the author is asked where only they see it, or else the team's list shows them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.community import settings
from bot.community.errors import WishGone
from bot.community.rituals import next_daily
from bot.community.talk import Said
from storage import communities, members, suggestions, wishes
from storage.database import Session
from storage.suggestions import MAX_LENGTH
from storage.wishes import ASKED, DISMISSED, NOTED, UNSETTLED, WAITING, Wish

KEPT = timedelta(days=7)
ASKED_ONCE_IN = timedelta(days=1)
MOST_LISTED = 15


async def hear(session: Session, said: Said, now: datetime, *, quietly: bool) -> Wish | None:
    """Keep a wish; None where wishes are not listened for, of members who want no such question, and heard again.

    `quietly` says whether its author can be asked so that nobody else sees it.
    """
    ours = await settings.load(session, said.community.id or 0)
    member = await members.get_member(session, said.community.id or 0, said.person_id)
    if not ours.overhear or not said.is_among_members or member is None or not member.welcomes_asking:
        return None
    asks = quietly and not await wishes.has_been_asked(session, said.person_id, now - ASKED_ONCE_IN)
    wish = Wish(
        community_id=said.community.id or 0,
        chat_id=said.chat.id or 0,
        person_id=said.person_id,
        message=said.message,
        origin=said.origin,
        text=said.text.replace("\x00", "")[:MAX_LENGTH],
        state=ASKED if asks else WAITING,
        heard_at=now,
        asked_at=now if asks else None,
        due_at=next_daily(now, ours.daily_hour, said.community.zone),
        until=now + KEPT,
    )
    return await wishes.add_wish(session, wish)


async def access_wish(session: Session, community_id: int, wish_id: int, *, author_id: int | None = None) -> Wish:
    """A wish of this community (and author) about which nobody has decided yet; raises WishGone."""
    wish = await wishes.get_wish(session, community_id, wish_id)
    if wish is None or wish.state not in UNSETTLED or author_id not in (None, wish.person_id):
        raise WishGone
    return wish


async def note(session: Session, wish: Wish) -> None:
    """It becomes a suggestion; raises WishGone for the second of two who decide at once."""
    await _settle(session, wish, NOTED)


async def dismiss(session: Session, wish: Wish) -> None:
    """It was none; raises WishGone."""
    await _settle(session, wish, DISMISSED)


async def silence(session: Session, wish: Wish) -> None:
    """It was none, and its author is not to be asked again; raises WishGone."""
    await dismiss(session, wish)
    await members.set_welcomes_asking(session, wish.community_id, wish.person_id, welcomes=False)


async def _settle(session: Session, wish: Wish, state: str) -> None:
    if not await wishes.claim_wish(session, wish.id or 0, state):
        raise WishGone


async def take_lists(session: Session, now: datetime) -> dict[int, list[Wish]]:
    """Wishes for the team's lists of this moment, by community; what is too much for one list is for the next."""
    lists: dict[int, list[Wish]] = {}
    for wish in await wishes.list_due(session, now):
        if await suggestions.get_suggestion_by_origin(session, wish.origin):
            await wishes.claim_wish(session, wish.id or 0, NOTED)
        else:
            lists.setdefault(wish.community_id, []).append(wish)
    for community_id, due in lists.items():
        await _list(session, community_id, due, now)
    return {community_id: due[:MOST_LISTED] for community_id, due in lists.items()}


async def _list(session: Session, community_id: int, due: Sequence[Wish], now: datetime) -> None:
    await wishes.set_listed(session, [wish.id or 0 for wish in due[:MOST_LISTED]], now)
    if later := [wish.id or 0 for wish in due[MOST_LISTED:]]:
        community = await communities.get_community(session, community_id)
        hour = (await settings.load(session, community_id)).daily_hour
        await wishes.set_due(session, later, next_daily(now, hour, community.zone))
