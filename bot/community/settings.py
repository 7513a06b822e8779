"""What a community can set: one table of names, defaults and bounds; the chat calls them the same."""

import re
from dataclasses import Field, dataclass, field, fields
from typing import Any

from bot.community.errors import SettingRefused, UnknownSetting
from storage import settings as rows
from storage.database import Session

ON = {"on", "yes", "true", "1", "开", "開", "是"}
OFF = {"off", "no", "false", "0", "关", "關", "否"}
USUAL = {"default", "usual", "默认", "預設", "默認"}
MOST_WORDS = 20
LONGEST_WORD = 24


def _whole(usual: int, least: int, most: int) -> Any:  # dataclasses.field is typed as its default
    return field(default=usual, metadata={"least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """A community's settings in force: whole numbers within bounds, switches, lists of words."""

    longest_suggestion: int = _whole(4096, 20, 4096)  # characters
    daily_suggestions: int = _whole(20, 1, 1000)  # a member and day
    newcomer_hours: int = _whole(0, 0, 720)  # before somebody who has just joined may suggest; 0: at once
    vote_wait_hours: int = _whole(24, 0, 720)  # before the vote of somebody who has just joined counts
    quiet_from: int = _whole(22, 0, 23)  # hour of the community's day from which nobody is written to privately
    quiet_until: int = _whole(9, 0, 23)
    overhear: bool = True  # wishes in ordinary talk are noticed
    promise_hours: int = _whole(24, 0, 336)  # within which the team answers questions; 0: nothing is promised
    daily_hour: int = _whole(10, 0, 23)  # of the community's day, at which the team gets its lists
    team_signs: bool = False  # decisions are shown as the team's, not with a name
    draft_hours: int = _whole(4, 0, 48)  # before the digest, the team sees its draft; 0: no draft
    digest_needs_approval: bool = False  # it waits for the team's word
    digest_when_quiet: bool = True  # it comes, and says why, also when nothing has happened
    digest_public: bool = False  # anybody may read its feed
    release_prereleases: bool = False  # a pre-release ships, too
    phone_proof: bool = False  # who comes in with a code shows a phone number first; one phone, one seat
    reference_words: tuple[str, ...] = ()  # what stands before a suggestion's number in release texts, beside S-
    suggest_words: tuple[str, ...] = ()  # further words that begin a suggestion here


def settings() -> dict[str, Field[Any]]:
    """All settings there are, by name."""
    return {one.name: one for one in fields(Settings)}


async def load(session: Session, community_id: int) -> Settings:
    """The community's settings in force."""
    known = settings()
    stored = await rows.list_settings(session, community_id)
    in_force: dict[str, Any] = {name: _read(known[name], value) for name, value in stored.items() if name in known}
    return Settings(**in_force)


async def change(session: Session, community_id: int, name: str, said: str) -> None:
    """Set one as somebody typed it, or back to its default; raises UnknownSetting, SettingRefused."""
    one = settings().get(name)
    if one is None:
        raise UnknownSetting(name)
    if said.strip().lower() in USUAL:
        await rows.delete_setting(session, community_id, name)
    else:
        await rows.set_setting(session, community_id, name, _written(_heard(one, said.strip())))


def shown(value: object) -> str:
    """A value as people type it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _heard(one: Field[Any], said: str) -> object:
    if isinstance(one.default, bool):
        return _switch(one.name, said.lower())
    if isinstance(one.default, int):
        return _number(one, said)
    words = heard_words(said)
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        raise SettingRefused(one.name, most=MOST_WORDS)
    return words


def heard_words(said: str) -> tuple[str, ...]:
    """The words of a list as they are kept: each once, without the marks they are used with."""
    bare = (word.strip("/／#＃:：").lower() for word in re.split(r"[\s,，、;；]+", said))
    return tuple(dict.fromkeys(word for word in bare if word))


def _switch(name: str, said: str) -> bool:
    if said not in ON | OFF:
        raise SettingRefused(name)
    return said in ON


def _number(one: Field[Any], said: str) -> int:
    least, most = one.metadata["least"], one.metadata["most"]
    if not said.isascii() or not said.isdigit() or not least <= int(said[:9]) <= most:
        raise SettingRefused(one.name, least, most)
    return int(said)


def _read(one: Field[Any], value: str) -> object:
    """A stored value; written by `_written`, so it needs no checking."""
    if isinstance(one.default, bool):
        return value == "on"
    return int(value) if isinstance(one.default, int) else tuple(value.split())


def _written(value: object) -> str:
    return shown(value)
