""" "I'll try it first": who gets a suggestion early when it ships, so that the team builds to order."""

from collections.abc import Sequence
from datetime import datetime

from bot.community import follows, notices
from bot.community.errors import AlreadyDecided, NotPlannedYet
from bot.community.followers import family_of
from bot.community.notices import EARLY, News
from storage import reservations
from storage.database import Session
from storage.members import Person
from storage.releases import Release
from storage.reservations import Reservation
from storage.suggestions import OPEN, PLANNED, STARTED, Suggestion

RESERVABLE = (PLANNED, STARTED)


async def toggle_reservation(session: Session, suggestion: Suggestion, person_id: int, now: datetime) -> bool:
    """Reserve it, or give that up; True when reserved now. Raises NotPlannedYet, AlreadyDecided."""
    if suggestion.status == OPEN:
        raise NotPlannedYet(suggestion.number)
    if suggestion.status not in RESERVABLE:
        raise AlreadyDecided(suggestion.number, suggestion.status)
    if await reservations.delete_reservations(session, await family_of(session, suggestion), person_id):
        await follows.let_go(session, suggestion, person_id)
        return False
    reserved = Reservation(suggestion_id=suggestion.id or 0, person_id=person_id, created_at=now)
    await reservations.add_reservation(session, reserved)
    await follows.follow(session, suggestion, person_id, now)
    return True


async def list_first(session: Session, suggestion: Suggestion) -> list[Person]:
    """Who tries it first: those of what was merged into it, too."""
    return await reservations.list_reserving(session, await family_of(session, suggestion))


async def tell_early(session: Session, shipped: Sequence[Suggestion], release: Release) -> None:
    """They shipped: whoever wanted to try one first hears that it is here for them, but for the one who shipped it."""
    news = News(EARLY, notices.about_release(release.id), release.version)
    for suggestion in shipped:
        people = await list_first(session, suggestion)
        waiting = [person.id or 0 for person in people if person.id != release.released_by_id]
        await notices.notify(session, suggestion, waiting, news, release.released_at)
