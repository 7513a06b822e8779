"""Code repositories bound to a community, and what they have told us of their releases."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, UniqueConstraint, and_, case, delete, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session, insert_into

WAITING, ASKED, SHIPPED, DISMISSED = "waiting", "asked", "shipped", "dismissed"


class Repository(SQLModel, table=True):
    """A repository whose releases move a community's suggestions; its secret signs what it tells us."""

    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    name: str  # owner/name, in small letters
    secret: str
    bound_by_id: int = Field(foreign_key="person.id")
    trusted: str = ""  # names of authors whose releases need no confirmation, separated by blanks
    created_at: datetime


class Delivery(SQLModel, table=True):
    """One call of the repository's webhook; a done one keeps its id, so that a repeated call is recognised."""

    id: str = Field(primary_key=True)
    repository_id: int = Field(foreign_key="repository.id", index=True)
    event: str
    payload: str
    received_at: datetime
    done_at: datetime | None = Field(default=None, index=True)


class PullRequest(SQLModel, table=True):
    """A pull request as last told of."""

    __tablename__ = "pull_request"

    repository_id: int = Field(foreign_key="repository.id", primary_key=True)
    number: int = Field(primary_key=True)
    title: str
    merged: bool


class Publication(SQLModel, table=True):
    """A published release, and what became of it here."""

    __table_args__ = (
        UniqueConstraint("repository_id", "external_id"),
        CheckConstraint("state IN ('waiting', 'asked', 'shipped', 'dismissed')", name="state_known"),
    )

    id: int | None = Field(default=None, primary_key=True)
    repository_id: int = Field(foreign_key="repository.id")
    external_id: str
    tag: str
    title: str
    body: str
    author: str
    state: str = WAITING
    created_at: datetime


async def set_repository(session: Session, repository: Repository) -> Repository:
    """Bind it; bound anew, it gets the new secret."""
    values = repository.model_dump(exclude={"id"})
    insert = insert_into(session, Repository).values(**values)
    again = {"secret": repository.secret, "bound_by_id": repository.bound_by_id}
    await session.exec(insert.on_conflict_do_update(index_elements=["community_id", "name"], set_=again))
    query = select(Repository).where(
        Repository.community_id == repository.community_id, Repository.name == repository.name
    )
    return (await session.exec(query)).one()


async def get_repository(session: Session, repository_id: int) -> Repository | None:
    return (await session.exec(select(Repository).where(Repository.id == repository_id))).first()


async def list_repositories(session: Session, community_id: int) -> list[Repository]:
    query = select(Repository).where(Repository.community_id == community_id)
    return list(await session.exec(query.order_by(col(Repository.name))))


async def add_delivery(session: Session, delivery: Delivery) -> bool:
    """False for one that is known already."""
    insert = insert_into(session, Delivery).values(**delivery.model_dump())
    return (await session.exec(insert.on_conflict_do_nothing())).rowcount == 1


async def list_deliveries(session: Session, limit: int) -> list[Delivery]:
    """What nobody has looked at yet, in the order it came."""
    query = select(Delivery).where(col(Delivery.done_at).is_(None))
    return list(await session.exec(query.order_by(col(Delivery.received_at), col(Delivery.id)).limit(limit)))


async def claim_delivery(session: Session, delivery_id: str, now: datetime) -> bool:
    """True for the one who handles it; its content is not kept."""
    claim = update(Delivery).where(col(Delivery.id) == delivery_id, col(Delivery.done_at).is_(None))
    return (await session.exec(claim.values(done_at=now, payload=""))).rowcount == 1


async def delete_deliveries(session: Session, now: datetime, keep: timedelta = timedelta(days=30)) -> None:
    """Forget calls that cannot be repeated any more: they can be for three days."""
    await session.exec(delete(Delivery).where(col(Delivery.done_at) < now - keep))


async def set_pull_request(session: Session, pull: PullRequest) -> None:
    """Keep what it is called; merged, it stays so, and what is told late of the time before changes nothing."""
    values = {"title": pull.title, "merged": pull.merged}
    insert = insert_into(session, PullRequest).values(**pull.model_dump())
    fresh = None if pull.merged else col(PullRequest.merged).is_(False)
    await session.exec(
        insert.on_conflict_do_update(index_elements=["repository_id", "number"], set_=values, where=fresh)
    )


async def list_merged(session: Session, repository_id: int, numbers: Sequence[int]) -> list[PullRequest]:
    """Those of these pull requests that were merged."""
    query = select(PullRequest).where(
        PullRequest.repository_id == repository_id, col(PullRequest.number).in_(numbers), col(PullRequest.merged)
    )
    return list(await session.exec(query.order_by(col(PullRequest.number))))


async def add_publication(session: Session, publication: Publication) -> Publication:
    """Keep a release; told of again, as when a pre-release becomes one, the one there is with its text of now.

    Another text counts from now on, as a new release would.
    """
    insert = insert_into(session, Publication).values(**publication.model_dump(exclude={"id"}))
    as_before = and_(col(Publication.title) == publication.title, col(Publication.body) == publication.body)
    since = case((as_before, col(Publication.created_at)), else_=publication.created_at)
    said = {"title": publication.title, "body": publication.body, "created_at": since}
    release = ["repository_id", "external_id"]
    await session.exec(insert.on_conflict_do_update(index_elements=release, set_=said))
    query = select(Publication).where(
        Publication.repository_id == publication.repository_id, Publication.external_id == publication.external_id
    )
    return (await session.exec(query)).one()


async def get_publication(session: Session, community_id: int, publication_id: int) -> Publication | None:
    """The community's publication, held until the transaction ends."""
    query = (
        select(Publication)
        .join(Repository, col(Repository.id) == col(Publication.repository_id))
        .where(Repository.community_id == community_id, Publication.id == publication_id)
    )
    return (await session.exec(query.with_for_update())).first()


async def get_community_id_of(session: Session, publication_id: int) -> int | None:
    """Whose publication it is."""
    query = select(Repository.community_id).join(Publication, col(Publication.repository_id) == col(Repository.id))
    return (await session.exec(query.where(Publication.id == publication_id))).first()


async def list_recent(session: Session, repository_id: int, limit: int) -> list[Publication]:
    """The newest publications that were shipped or wait: a pull request told of late may belong to one of them."""
    query = select(Publication).where(Publication.repository_id == repository_id, col(Publication.state) != DISMISSED)
    return list(await session.exec(query.order_by(col(Publication.id).desc()).limit(limit)))


async def delete_repositories(session: Session, community_id: int) -> None:
    """Forget the repositories of a community that is going."""
    ours = select(Repository.id).where(Repository.community_id == community_id)
    for table in (Delivery, PullRequest, Publication):
        await session.exec(delete(table).where(col(table.repository_id).in_(ours)))
    await session.exec(delete(Repository).where(col(Repository.community_id) == community_id))
