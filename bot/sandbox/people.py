"""Who lives in the sandbox: five people whose roles everyone remembers, and Telegram's own service accounts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

BOT_USERNAME = "millet_demo_bot"
BOT_NAME = "Millet 小米"


@dataclass(slots=True, eq=False)
class Person:
    """One Telegram account; `key` is its short name in tests and on the page, `about` its role by language."""

    id: int
    key: str
    name: str
    language_code: str | None = None
    username: str | None = None
    about: dict[str, str] = field(default_factory=dict)
    is_bot: bool = False
    deactivated: bool = False
    phone: str = ""  # nobody sees it before its owner shows it

    def __post_init__(self) -> None:
        self.phone = self.phone or f"+86138{self.id % 10**8:08d}"

    @property
    def color(self) -> int:
        """Which of the app's eight name colours this account has."""
        return self.id % 8

    def __repr__(self) -> str:
        return f"Person({self.key!r})"


def about(en: str, zh_hans: str, zh_hant: str) -> dict[str, str]:
    return {"en": en, "zh-hans": zh_hans, "zh-hant": zh_hant}


# Ids above 32 bits, as new accounts have: a bot that keeps them in 32-bit columns breaks here.
FIRST_PERSON_ID = 7_100_000_001

# Senders that Telegram shows in place of people who write under another name (Bot API, Message.from).
ANONYMOUS_ADMIN = Person(1_087_968_824, "anonymous", "Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = Person(136_817_688, "channel_bot", "Channel", username="Channel_Bot", is_bot=True)


class People:
    """Everyone in the world, found by key, by id or by @username."""

    def __init__(self) -> None:
        self._by_key: dict[str, Person] = {}
        self._by_id: dict[int, Person] = {}
        self._by_username: dict[str, Person] = {}
        for person in _cast():
            self.add(person)

    def add(self, person: Person) -> Person:
        """Let someone in; a key may be taken only once."""
        if person.key in self._by_key:
            raise ValueError(f"{person.key!r} is taken")
        self._by_key[person.key] = self._by_id[person.id] = person
        if person.username:
            self._by_username[person.username.lower()] = person
        return person

    def next_id(self) -> int:
        return FIRST_PERSON_ID + len(self._by_key)

    def rename(self, person: Person, *, name: str | None = None, username: str | None = None) -> None:
        """Change a display name or hand over a username; the id stays."""
        person.name = name or person.name
        if username is not None:
            self._by_username.pop((person.username or "").lower(), None)
            person.username = username or None
            self._by_username[username.lower()] = person

    def with_id(self, person_id: int) -> Person | None:
        return self._by_id.get(person_id)

    def with_username(self, username: str) -> Person | None:
        return self._by_username.get(username.lower().removeprefix("@"))

    def __getitem__(self, key: str) -> Person:
        return self._by_key[key]

    def get(self, key: str) -> Person | None:
        return self._by_key.get(key)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_key.values())


def _cast() -> list[Person]:
    newcomer = about("brand-new member", "刚进群的新人", "剛進群的新人")
    seed = about("seed user", "种子用户", "種子使用者")
    moderator = about("moderator", "管理员", "管理員")
    owner = about("the owner", "群主", "群主")
    stranger = about("a stranger with an invitation code", "拿着邀请码的陌生人", "拿著邀請碼的陌生人")
    return [
        Person(FIRST_PERSON_ID, "xiaoman", "小满", "zh-hans", "xiaoman", newcomer),
        Person(FIRST_PERSON_ID + 1, "ahe", "阿禾", "zh-hans", "ahe_rice", seed),
        Person(FIRST_PERSON_ID + 2, "yutong", "雨桐", "zh-hant", "yutong", moderator),
        Person(FIRST_PERSON_ID + 3, "tang", "老唐", "zh-hans", "laotang", owner),
        Person(FIRST_PERSON_ID + 4, "sam", "Sam", "en", None, stranger),
    ]
