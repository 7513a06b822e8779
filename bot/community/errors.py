"""Why a rule says no: classes with fields, told once in the person's language by `bot/texts/errors.py`."""

from dataclasses import dataclass


class Refusal(Exception):  # noqa: N818  # a refusal is an answer to a person, not a fault of the program
    """A rule refuses; nothing was changed, and the person is told what to do next."""


@dataclass
class StaffOnly(Refusal):
    """Only administrators of the community's chats may do this."""


@dataclass
class OwnerOnly(Refusal):
    """Only the owner of the chats may do this."""


@dataclass
class NoCommunity(Refusal):
    """The person wrote privately but is in no community yet."""


@dataclass
class GroupOnly(Refusal):
    """This works in a group only."""


@dataclass
class EmptyText(Refusal):
    """There is nothing to suggest in the message; `command` shows how it is done."""

    command: str


@dataclass
class TextTooLong(Refusal):
    """The text has more than `limit` characters."""

    limit: int


@dataclass
class NotANumber(Refusal):
    """The command wants a suggestion's number; `example` shows one."""

    example: str


@dataclass
class UnknownSuggestion(Refusal):
    """The community has no suggestion of that number."""

    number: int


@dataclass
class OwnSuggestion(Refusal):
    """One does not vote for one's own suggestion."""


@dataclass
class AlreadyDecided(Refusal):
    """The suggestion is shipped or declined, so there is nothing to vote about."""

    number: int
    status: str


@dataclass
class ReasonNeeded(Refusal):
    """Declining needs a reason, which is public."""

    number: int


@dataclass
class UnknownStatus(Refusal):
    """No such status; the known ones are listed."""

    word: str


@dataclass
class RightsUnknown(Refusal):
    """The network did not say who is an administrator, so nothing was done."""


@dataclass
class Outsider(Refusal):
    """Somebody who is in none of the community's chats has no say there."""


@dataclass
class Faceless(Refusal):
    """Somebody writes as the group or as a channel, so nobody could be credited."""


@dataclass
class SameStatus(Refusal):
    """The suggestion has this status already."""

    number: int
    status: str


@dataclass
class ShipInstead(Refusal):
    """Shipped is not a status one sets: a release makes it so."""

    number: int


@dataclass
class ReopenFirst(Refusal):
    """What is shipped can be reopened, nothing else."""

    number: int


@dataclass
class CannotShip(Refusal):
    """Some numbers are unknown or shipped already, so none was shipped."""

    unknown: tuple[int, ...]
    shipped: tuple[int, ...]


@dataclass
class RitualUnclear(Refusal):
    """There is no weekday, or no time of day, to be read in what was said."""


@dataclass
class UnknownSetting(Refusal):
    """The community has no setting of that name."""

    name: str


@dataclass
class SettingRefused(Refusal):
    """The setting takes a whole number from `least` to `most`, or at most `most` words, or else on and off."""

    setting: str
    least: int | None = None
    most: int | None = None


@dataclass
class DraftSettled(Refusal):
    """The issue has been posted or skipped, or the line is in it no more."""


@dataclass
class RepositoryUnclear(Refusal):
    """That names no repository."""


@dataclass
class ReleaseSettled(Refusal):
    """Somebody of the team has decided about this release already."""


@dataclass
class StartFirst(Refusal):
    """What is to be told must be told privately, and the person has never pressed Start."""


@dataclass
class UnknownZone(Refusal):
    """The tz database has no zone of that name."""

    word: str
