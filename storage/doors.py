"""Who waits at a gated chat's door, and the link that leads to it."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Field, SQLModel, col, select

from storage.communities import Chat
from storage.database import Session, insert_into


class JoinRequest(SQLModel, table=True):
    """Somebody at a gated chat's door, waiting to be let in."""

    __tablename__ = "join_request"

    chat_id: int = Field(foreign_key="chat.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    asked_at: datetime


async def set_door_link(session: Session, chat_id: int, link: str) -> None:
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(door_link=link))


async def add_join_request(session: Session, request: JoinRequest) -> None:
    insert = insert_into(session, JoinRequest).values(**request.model_dump())
    keys = ["chat_id", "person_id"]
    await session.exec(insert.on_conflict_do_update(index_elements=keys, set_={"asked_at": request.asked_at}))


async def list_join_requests(session: Session, person_id: int) -> list[JoinRequest]:
    query = select(JoinRequest).where(JoinRequest.person_id == person_id)
    return list(await session.exec(query.order_by(col(JoinRequest.asked_at).desc())))


async def delete_join_request(session: Session, chat_id: int, person_id: int) -> None:
    gone = delete(JoinRequest).where(col(JoinRequest.chat_id) == chat_id, col(JoinRequest.person_id) == person_id)
    await session.exec(gone)
