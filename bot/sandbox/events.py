"""Server-sent events for the chat page: each change of the world, as the person who watches may see it."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from bot.sandbox.model import Chat
from bot.sandbox.page_views import PageViews, readable, visible
from bot.sandbox.people import Person
from bot.sandbox.state import Change
from bot.sandbox.updates import Json
from bot.sandbox.world import World

TICK = 1.0
# A page that does not read for so long is let go; it reconnects and asks for the state afresh.
MOST_WAITING = 2000


@dataclass(slots=True, eq=False)
class _Watcher:
    person: Person
    queue: asyncio.Queue[Json | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))

    def tell(self, event: Json | None) -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            event = None
        self.queue.put_nowait(event)


class EventHub:
    """Passes changes on to every page that watches."""

    def __init__(self, world: World, views: PageViews) -> None:
        self._world = world
        self._views = views
        self._watchers: list[_Watcher] = []
        world.listeners.append(self._on_change)

    async def follow(self, person: Person) -> AsyncGenerator[Json, None]:
        """The events for one page, from `hello` on, with the clock about each second."""
        watcher = _Watcher(person)
        self._watchers.append(watcher)
        clock = _ClockFace(self._world)
        try:
            yield {"type": "hello"}
            while True:
                try:
                    event = await asyncio.wait_for(watcher.queue.get(), TICK)
                except TimeoutError:
                    yield clock.event()
                    continue
                if event is None:
                    return
                yield event
                if clock.due():
                    yield clock.event()
        finally:
            self._watchers.remove(watcher)

    def close(self) -> None:
        """Send every page away."""
        for watcher in self._watchers:
            watcher.tell(None)

    def tell_all(self, event: Json) -> None:
        for watcher in self._watchers:
            watcher.tell(event)

    def _on_change(self, change: Change) -> None:
        for watcher in self._watchers:
            event = self._event(watcher.person, change)
            if event:
                watcher.tell(event)

    def _event(self, person: Person, change: Change) -> Json | None:
        chat = change.chat
        if chat is None:
            return None
        if change.kind == "chats":
            return {"type": "chats", "chats": [self._entry(person, chat)]} if _concerns(person, chat, change) else None
        if not readable(person, chat) or _whispered_to_another(person, change):
            return None
        if change.kind in ("message", "edit") and change.message:
            return {"type": change.kind, "message": self._views.message(person, change.message)}
        if change.kind == "delete":
            return {"type": "delete", "chat": chat.id, "ids": list(change.ids)}
        if change.kind == "typing":
            return {"type": "typing", "chat": chat.id, "name": self._world.bot.name}
        return None

    def _entry(self, person: Person, chat: Chat) -> Json:
        return self._views.chat(person, chat)


def _whispered_to_another(person: Person, change: Change) -> bool:
    return change.message is not None and change.message.receiver not in (None, person)


def _concerns(person: Person, chat: Chat, change: Change) -> bool:
    """Whether the chat is, or just was, on this person's list."""
    return visible(person, chat) or person.id in chat.members or change.person is person


class _ClockFace:
    """The world's time and how fast it runs, measured between two looks."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen = (time.monotonic(), world.clock())

    def due(self) -> bool:
        return time.monotonic() - self._seen[0] >= TICK

    def event(self) -> Json:
        before, (real, now) = self._seen, (time.monotonic(), self._world.clock())
        self._seen = (real, now)
        speed = (now - before[1]).total_seconds() / max(real - before[0], 0.001)
        return {"type": "clock", "now": now.isoformat(), "speed": round(speed, 1)}
