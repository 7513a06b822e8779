"""Releases of a bound repository: what a published one contains is shipped, and nothing else."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.community import references, settings, triage
from bot.community.errors import ReleaseSettled, RepositoryUnclear
from storage import merges, suggestions
from storage import repositories as rows
from storage.database import Session
from storage.releases import LONGEST_NOTE, LONGEST_VERSION, Release
from storage.repositories import ASKED, DISMISSED, Publication, PullRequest, Repository
from storage.suggestions import SHIPPED, Suggestion

RECENT = 20  # publications among which a late pull request may belong


@dataclass(frozen=True)
class Shipment:
    """What became of a text that names suggestions."""

    title: str  # of what was published
    shipped: Sequence[Suggestion] = ()
    unknown: Sequence[int] = ()  # numbers that name nothing here
    publication: Publication | None = None
    asks: Sequence[Suggestion] = field(default=())  # wait for the team's word, since the author is not known


async def bind(session: Session, community_id: int, name: str, person_id: int, now: datetime) -> Repository:
    """Bind a repository, with a secret of its own; bound again it gets a new one. Raises RepositoryUnclear."""
    owner, _, repository = name.strip().removeprefix("https://github.com/").strip("/").lower().partition("/")
    if not owner or not repository or "/" in repository or len(name) > 140 or not f"{owner}{repository}".isascii():
        raise RepositoryUnclear
    return await rows.set_repository(
        session,
        Repository(
            community_id=community_id,
            name=f"{owner}/{repository}",
            secret=secrets.token_urlsafe(32),
            bound_by_id=person_id,
            created_at=now,
        ),
    )


async def heard(
    session: Session, repository: Repository, event: str, told: Mapping[str, Any], now: datetime
) -> list[Shipment]:
    """What an event of the repository's leads to. Heard again, or in another order, it leads to nothing more."""
    if event == "pull_request" and await _note_pull_request(session, repository, told):
        recent = await rows.list_recent(session, repository.id or 0, RECENT)
        return [
            one for publication in recent if (one := await _settle(session, repository, publication, now, late=True))
        ]
    if event == "release" and (publication := await _note_release(session, repository, told, now)):
        settled = await _settle(session, repository, publication, now)
        return [settled] if settled else []
    return []


async def confirm(session: Session, community_id: int, publication_id: int, now: datetime, *, trust: bool) -> Shipment:
    """The team's word that a release of somebody unknown is good; `trust` means all of this author's.

    Raises ReleaseSettled.
    """
    publication = await _access(session, community_id, publication_id)
    repository = await rows.get_repository(session, publication.repository_id)
    if repository is None:
        raise ReleaseSettled
    if trust:
        repository.trusted = " ".join({*repository.trusted.split(), publication.author})
    found, _ = await _contained(session, repository, publication)
    return await _ship(session, repository, publication, found, (), now)


async def dismiss(session: Session, community_id: int, publication_id: int) -> None:
    """The team's word that a release ships nothing here; raises ReleaseSettled."""
    publication = await _access(session, community_id, publication_id)
    publication.state = DISMISSED
    await session.flush()


async def ship_text(session: Session, release: Release, text: str) -> Shipment:
    """Ship what a changelog's text names, without any repository."""
    found, unknown = await _named(session, release.community_id, text, release.released_at)
    ready = [one for one in found if one.status != SHIPPED]
    shipped = await triage.ship(session, release, [one.number for one in ready]) if ready else []
    return Shipment(release.version, shipped, unknown)


async def _access(session: Session, community_id: int, publication_id: int) -> Publication:
    publication = await rows.get_publication(session, community_id, publication_id)
    if publication is None or publication.state != ASKED:
        raise ReleaseSettled
    return publication


async def _note_pull_request(session: Session, repository: Repository, told: Mapping[str, Any]) -> bool:
    """True when it is merged, so that a release may contain it."""
    pull = told.get("pull_request")
    if not isinstance(pull, dict) or not isinstance(pull.get("number"), int) or pull["number"] >= 2**31:
        return False
    merged = pull.get("merged") is True
    title = _told(pull.get("title"), 1000)
    row = PullRequest(repository_id=repository.id or 0, number=pull["number"], title=title, merged=merged)
    await rows.set_pull_request(session, row)
    return merged


async def _note_release(
    session: Session, repository: Repository, told: Mapping[str, Any], now: datetime
) -> Publication | None:
    """The release, if it is published and wanted; drafts never are."""
    release = told.get("release")
    if told.get("action") not in ("published", "released") or not isinstance(release, dict) or release.get("draft"):
        return None
    chosen = await settings.load(session, repository.community_id)
    if release.get("prerelease") and not chosen.release_prereleases:
        return None
    author = release.get("author")
    publication = Publication(
        repository_id=repository.id or 0,
        external_id=str(release.get("id")),
        tag=_told(release.get("tag_name"), LONGEST_VERSION),
        title=_told(release.get("name") or release.get("tag_name"), LONGEST_NOTE),
        body=_told(release.get("body"), references.LARGEST_TEXT),
        author=_told(author.get("login"), 100) if isinstance(author, dict) else "",
        created_at=now,
    )
    return await rows.add_publication(session, publication)


async def _settle(
    session: Session, repository: Repository, publication: Publication, now: datetime, *, late: bool = False
) -> Shipment | None:
    """Ship what the publication names and is not shipped yet, or ask the team where its author is not known."""
    found, unknown = await _contained(session, repository, publication)
    first = publication.state == rows.WAITING
    # What somebody has decided about since then, such as reopened, is not shipped by an old release again.
    ready = [
        one
        for one in found
        if one.status != SHIPPED and (first or one.decided_at is None or one.decided_at <= publication.created_at)
    ]
    if not ready:
        if not first or late:
            return None
        publication.state = rows.SHIPPED
        await session.flush()
        return Shipment(publication.title, (), unknown, publication) if unknown else None
    if publication.author not in repository.trusted.split():
        publication.state = ASKED
        await session.flush()
        return Shipment(publication.title, (), unknown if first else (), publication, asks=ready)
    return await _ship(session, repository, publication, ready, unknown if first else (), now)


async def _ship(
    session: Session,
    repository: Repository,
    publication: Publication,
    found: Sequence[Suggestion],
    unknown: Sequence[int],
    now: datetime,
) -> Shipment:
    release = Release(
        community_id=repository.community_id,
        version=publication.tag,
        note=publication.title if publication.title != publication.tag else "",
        released_by_id=repository.bound_by_id,
        released_at=now,
    )
    ready = [one.number for one in found if one.status != SHIPPED]
    shipped = await triage.ship(session, release, ready) if ready else []
    publication.state = rows.SHIPPED
    await session.flush()
    return Shipment(publication.title, shipped, unknown, publication)


async def _contained(
    session: Session, repository: Repository, publication: Publication
) -> tuple[list[Suggestion], list[int]]:
    """Suggestions a publication contains: named in its text, or in the title of a pull request it brings."""
    brought = references.pull_requests(publication.body, repository.name)
    pulls = await rows.list_merged(session, repository.id or 0, brought)
    text = "\n".join([publication.title, publication.body, *(pull.title for pull in pulls)])
    return await _named(session, repository.community_id, text, publication.created_at)


async def _named(session: Session, community_id: int, text: str, by: datetime) -> tuple[list[Suggestion], list[int]]:
    """What a text names of that which was asked for by then, and the numbers that name nothing.

    Of what was merged, the surviving one is meant; all of them are held at once, so that two texts never wait for
    each other.
    """
    numbers = references.numbers(text, (await settings.load(session, community_id)).reference_words)
    found = await suggestions.list_numbered(session, community_id, [one for one in numbers if one < 2**31])
    linked = await suggestions.list_by_links(session, community_id, references.links(text))
    asked = [one for one in (*found, *linked) if one.created_at <= by]
    known = {one.number for one in asked}
    standing = {(await merges.get_root(session, one)).number for one in asked}
    unknown = [number for number in numbers if number not in known]
    return await suggestions.lock_suggestions(session, community_id, sorted(standing)), unknown


def _told(value: object, limit: int) -> str:
    """What GitHub tells, as it can be stored: PostgreSQL takes no NUL."""
    return str(value or "").replace("\x00", "")[:limit]
