"""Communities and the chats they live in."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, delete, or_, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session

TELEGRAM = "telegram"
FARTHEST_DUE = timedelta(days=15)  # two weeks, where the coming issue was posted early


class Community(SQLModel, table=True):
    """One product's people."""

    __table_args__ = (
        CheckConstraint("language IN ('zh-hans', 'zh-hant', 'en')", name="language_known"),
        CheckConstraint("ritual_weekday BETWEEN 0 AND 6", name="weekday_in_week"),
        CheckConstraint("ritual_hour BETWEEN 0 AND 23", name="hour_in_day"),
        CheckConstraint("ritual_minute BETWEEN 0 AND 59", name="minute_in_hour"),
        CheckConstraint("length(name) BETWEEN 1 AND 255", name="name_length"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    language: str
    zone: str
    ritual_name: str = ""
    ritual_weekday: int = 4  # Monday is 0, as in datetime
    ritual_hour: int = 17
    ritual_minute: int = 0
    digest_due_at: datetime = Field(index=True)
    drafted_for: datetime | None = None  # the due moment of whose issue the team has been shown a draft
    last_number: int = 0
    index_version: int = 0  # how often a wording was indexed anew or has gone
    created_at: datetime


class Chat(SQLModel, table=True):
    """A group, supergroup or channel bound to a community; it may play several roles."""

    __table_args__ = (
        UniqueConstraint("network", "external_id"),
        CheckConstraint("status IN ('member', 'administrator', 'left')", name="status_known"),
        CheckConstraint("language IN ('zh-hans', 'zh-hant', 'en')", name="language_known"),
        CheckConstraint("length(title) <= 255", name="title_length"),
    )

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    network: str = TELEGRAM
    external_id: str
    kind: str
    title: str = ""
    username: str | None = None  # of a public one
    topic: str | None = None  # where what nobody asked for is posted; None: outside of topics
    language: str | None = None
    is_open: bool = True
    is_seed: bool = False
    is_staff: bool = False
    gets_digest: bool = True  # the issue, and the report on it, are posted here
    status: str = "member"
    door_link: str | None = None  # an invite link that creates join requests; a convenience, never the record

    @property
    def is_channel(self) -> bool:
        """Whether its people read and press buttons, and cannot write."""
        return self.kind == "channel"

    @property
    def is_told(self) -> bool:
        """Whether the issue is posted here."""
        return self.gets_digest and (self.is_open or self.is_seed)


class ChatAlias(SQLModel, table=True):
    """A former id of a chat that became a supergroup; late updates still name it."""

    __tablename__ = "chat_alias"

    network: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    chat_id: int = Field(foreign_key="chat.id", index=True)


async def get_community(session: Session, community_id: int) -> Community:
    return (await session.exec(select(Community).where(Community.id == community_id))).one()


async def get_home_of(session: Session, table: Any, row_id: int) -> Community | None:
    """The community that a row of some table belongs to."""
    query = select(Community).join(table, col(table.community_id) == col(Community.id)).where(col(table.id) == row_id)
    return (await session.exec(query)).first()


async def get_chat(session: Session, chat_id: int) -> Chat:
    return (await session.exec(select(Chat).where(Chat.id == chat_id))).one()


async def find_chat(session: Session, chat_id: int) -> Chat | None:
    """The chat that a button names, if there is one."""
    return (await session.exec(select(Chat).where(Chat.id == chat_id))).first()


async def get_chat_by_external_id(session: Session, external_id: str, network: str = TELEGRAM) -> Chat | None:
    """The chat of that id, or the one that bore it before it became a supergroup."""
    named = select(Chat).where(Chat.network == network, Chat.external_id == external_id)
    if chat := (await session.exec(named)).first():
        return chat
    alias = select(Chat).join(ChatAlias, col(ChatAlias.chat_id) == col(Chat.id))
    return (await session.exec(alias.where(ChatAlias.network == network, ChatAlias.external_id == external_id))).first()


async def list_chats(session: Session, community_id: int) -> list[Chat]:
    """The community's chats in which the bot still is."""
    query = select(Chat).where(Chat.community_id == community_id, Chat.status != "left").order_by(col(Chat.id))
    return list(await session.exec(query))


async def get_staff_chat(session: Session, community_id: int) -> Chat | None:
    """The room where the team looks after suggestions: of several, the one that has been there longest."""
    query = select(Chat).where(Chat.community_id == community_id, Chat.status != "left", col(Chat.is_staff))
    return (await session.exec(query.order_by(col(Chat.id)).limit(1))).first()


async def list_all_groups(session: Session, limit: int) -> list[Chat]:
    """Groups of all communities in which the bot still is, the gated ones first."""
    query = select(Chat).where(Chat.status != "left", Chat.kind != "channel")
    return list(await session.exec(query.order_by(col(Chat.is_seed).desc(), col(Chat.id)).limit(limit)))


async def list_known_chats(session: Session, network: str = TELEGRAM) -> list[str]:
    """External ids of every chat whose messages need no introduction any more."""
    query = select(Chat.external_id).where(Chat.network == network, Chat.status != "left")
    return list(await session.exec(query))


async def list_communities_due(session: Session, now: datetime) -> list[Community]:
    """Communities whose digest is due, the longest waiting first, and those whose is due too far from now."""
    due = or_(col(Community.digest_due_at) <= now, col(Community.digest_due_at) > now + FARTHEST_DUE)
    return list(await session.exec(select(Community).where(due).order_by(col(Community.digest_due_at))))


async def get_next_due(session: Session) -> datetime | None:
    """The earliest moment at which any community's digest is due."""
    return (await session.exec(select(Community.digest_due_at).order_by(col(Community.digest_due_at)).limit(1))).first()


async def add_community(session: Session, community: Community) -> Community:
    session.add(community)
    await session.flush()
    return community


async def add_chat(session: Session, chat: Chat) -> Chat:
    session.add(chat)
    await session.flush()
    return chat


async def set_external_id(session: Session, chat: Chat, external_id: str, kind: str) -> None:
    """Follow a group that became a supergroup; its row, and all that hangs on it, stays."""
    await session.merge(ChatAlias(network=chat.network, external_id=chat.external_id, chat_id=chat.id or 0))
    await session.exec(
        update(Chat).where(col(Chat.id) == chat.id).values(external_id=external_id, kind=kind, door_link=None)
    )
    chat.external_id, chat.kind, chat.door_link = external_id, kind, None


async def claim_number(session: Session, community_id: int) -> int:
    """The next suggestion number of a community; one statement, so no two suggestions share it."""
    bump = (
        update(Community)
        .where(col(Community.id) == community_id)
        .values(last_number=Community.last_number + 1)
        .returning(col(Community.last_number))
    )
    return int((await session.exec(bump)).scalar_one())


async def set_status(session: Session, chat_id: int, status: str) -> None:
    """The bot's standing in a chat: member, administrator or left."""
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(status=status))


async def set_topic(session: Session, chat_id: int, topic: str | None) -> None:
    """Where in the chat we post what nobody asked for."""
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(topic=topic))


async def list_homes(session: Session, network: str = TELEGRAM) -> dict[str, int]:
    """The community of every chat, by the chat's external id and the ones it bore before."""
    named = select(Chat.external_id, Chat.community_id).where(Chat.network == network)
    once_named = select(ChatAlias.external_id, Chat.community_id).join(Chat, col(Chat.id) == col(ChatAlias.chat_id))
    return {**dict((await session.exec(once_named)).all()), **dict((await session.exec(named)).all())}


async def delete_community(session: Session, community_id: int) -> None:
    """Forget a community that has neither chats nor members."""
    await session.exec(delete(Community).where(col(Community.id) == community_id))
