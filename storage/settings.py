"""What a community has set otherwise than usual, by the setting's name."""

from sqlalchemy import and_, delete, not_, or_
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Chat
from storage.database import Session, insert_into


class SettingRow(SQLModel, table=True):
    """One setting of one community, as text; without a row the default holds."""

    __tablename__ = "setting"

    community_id: int = Field(foreign_key="community.id", primary_key=True)
    name: str = Field(primary_key=True)
    value: str


async def list_settings(session: Session, community_id: int) -> dict[str, str]:
    """What the community has set, by name."""
    rows = await session.exec(select(SettingRow).where(SettingRow.community_id == community_id))
    return {row.name: row.value for row in rows}


async def list_values(session: Session, name: str) -> dict[int, str]:
    """What each community has set under one name."""
    rows = await session.exec(select(SettingRow).where(SettingRow.name == name))
    return {row.community_id: row.value for row in rows}


async def list_chats_without(session: Session, name: str, off: str) -> list[str]:
    """Chats, by the network's ids, that members do not talk in, or whose community has switched the setting off."""
    stored = and_(col(SettingRow.community_id) == col(Chat.community_id), col(SettingRow.name) == name)
    query = select(Chat.external_id).outerjoin(SettingRow, stored)
    talked_in = or_(col(Chat.is_open), col(Chat.is_seed))
    return list(await session.exec(query.where(or_(not_(talked_in), col(SettingRow.value) == off))))


async def set_setting(session: Session, community_id: int, name: str, value: str) -> None:
    insert = insert_into(session, SettingRow).values(community_id=community_id, name=name, value=value)
    await session.exec(insert.on_conflict_do_update(index_elements=["community_id", "name"], set_={"value": value}))


async def delete_setting(session: Session, community_id: int, name: str) -> None:
    """Back to the default."""
    one = (col(SettingRow.community_id) == community_id, col(SettingRow.name) == name)
    await session.exec(delete(SettingRow).where(*one))
