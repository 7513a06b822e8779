"""Ordinary talk, of which a little is kept for a while: who said what, and where."""

from dataclasses import dataclass

from storage.communities import Chat, Community


@dataclass(frozen=True)
class Said:
    """What somebody said to the others in a chat; `origin` is what it is known by."""

    community: Community
    chat: Chat
    person_id: int
    text: str
    message: str
    origin: str

    @property
    def is_among_members(self) -> bool:
        """Whether members talk there: the team's own room is not listened to."""
        return self.chat.is_open or self.chat.is_seed
