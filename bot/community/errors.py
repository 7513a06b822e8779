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
class NothingSought(Refusal):
    """A search wants words or filters."""


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
class NotPlannedYet(Refusal):
    """The suggestion is only asked for so far, so there is nothing to reserve."""

    number: int


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
class BarredFromInviting(Refusal):
    """The team has said that the person hands out no codes for now; `reason` is empty when it is their branch's."""

    reason: str


@dataclass
class NotAMember(Refusal):
    """The person meant is no member of this community."""


@dataclass
class WhoIsMeant(Refusal):
    """The command names a person, or answers one; `example` shows how."""

    example: str


@dataclass
class ReasonMissing(Refusal):
    """This wants a reason; `is_told` that the person hears it, too."""

    is_told: bool


@dataclass
class AlreadyBarred(Refusal):
    """The person is barred already."""


@dataclass
class PhoneSecretMissing(Refusal):
    """Without the operator's secret no number can be kept safely, so none is asked for."""


@dataclass
class WebAddressMissing(Refusal):
    """Without the operator's web address nothing outside finds the way to us."""


@dataclass
class NoPhoneShown(Refusal):
    """No number of that person's keeps a place."""


@dataclass
class NothingToRevoke(Refusal):
    """Nobody in the branch holds an unused code."""


@dataclass
class BeforeMembers(Refusal):
    """What only the team may know is not to be said where members read it."""


@dataclass
class WouldCircle(Refusal):
    """Nobody is brought by somebody they brought themselves."""


@dataclass
class BroughtByThem(Refusal):
    """The tree says so already."""


@dataclass
class TreeChanged(Refusal):
    """The person has another inviter than at the preview; it has to be looked at again."""


@dataclass
class RoundUnclear(Refusal):
    """A round gives everyone at least one code, and `most` at most."""

    most: int


@dataclass
class RoundChanged(Refusal):
    """Codes were given out since the preview; it has to be looked at again."""


@dataclass
class GiftUnclear(Refusal):
    """A gift is for somebody, and has between one and `most` codes."""

    most: int


@dataclass
class SeatsUnclear(Refusal):
    """A call for seeds has at least one seat, and `most` at most."""

    most: int


@dataclass
class NoSeedCall(Refusal):
    """No applications are taken at the moment."""


@dataclass
class AlreadySettled(Refusal):
    """Somebody has decided that already."""


@dataclass
class Overtaken(Refusal):
    """A newer proposal has taken this one's place."""


@dataclass
class PlanUnclear(Refusal):
    """A plan is a row of rising sizes."""


@dataclass
class NotWaiting(Refusal):
    """The person is not on the waiting list any more."""


@dataclass
class NoCodeToGive(Refusal):
    """The member has no code left to give away."""


@dataclass
class NotBarred(Refusal):
    """There is no bar to lift."""


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


@dataclass
class TakenBack(Refusal):
    """Who asked for it has taken the suggestion back."""

    number: int


@dataclass
class NoWords(Refusal):
    """None of the person's own words stand with the suggestion, so there is nothing to change."""

    number: int


@dataclass
class OwnAlready(Refusal):
    """The person has asked for the very same before."""

    number: int


@dataclass
class KnownMessage(Refusal):
    """The message is (part of) a suggestion already."""

    number: int


@dataclass
class EnoughToday(Refusal):
    """The person has suggested as often today as the community wants it."""

    limit: int


@dataclass
class TooNew(Refusal):
    """The person has just joined; so many hours are left before they may suggest."""

    hours: int


@dataclass
class WordTaken(Refusal):
    """A community's own word would hide a command."""

    word: str


@dataclass
class TooLateToAnswer(Refusal):
    """The question is closed: a week has passed, or the suggestion is no longer as it was shipped."""


@dataclass
class GridClosed(Refusal):
    """The report on an issue is closed, and what it says does not change any more."""


@dataclass
class WordsWanted(Refusal):
    """Words were asked for, and there are none in the message."""


@dataclass
class StaleButton(Refusal):
    """The button names nothing that is here (any more)."""


@dataclass
class AlreadySo(Refusal):
    """The suggestion stands like that already."""

    number: int


@dataclass
class PartOfAnother(Refusal):
    """The suggestion was merged into another, where everything is decided."""

    number: int
    into: int


@dataclass
class CannotMerge(Refusal):
    """Only suggestions that are open, planned or started can be merged."""

    number: int
    status: str


@dataclass
class MergedIntoItself(Refusal):
    """The two are one already, or would become a circle."""

    number: int
    into: int


@dataclass
class NotMerged(Refusal):
    """There is nothing to split off."""

    number: int


@dataclass
class NotTheirs(Refusal):
    """Only who asked or voted for one of the two may say that they are not the same."""


@dataclass
class TooFast(Refusal):
    """Somebody suggests more within a minute than anybody has to say."""


@dataclass
class AskedOfAnother(Refusal):
    """The question was asked of somebody else, who alone answers it."""


@dataclass
class UnknownMember(Refusal):
    """Nobody of that name has been met in the community."""

    name: str


@dataclass
class NameMissing(Refusal):
    """The command wants a member's @name; `example` shows one."""

    example: str


@dataclass
class TagRefused(Refusal):
    """A tag is one short word, and a suggestion has at most `most`."""

    most: int
    longest: int


@dataclass
class DateUnclear(Refusal):
    """No day to come can be read in what was said."""


@dataclass
class FilterUnclear(Refusal):
    """A filter of a search that names nothing known."""

    said: str


@dataclass
class NothingToUndo(Refusal):
    """The speaker has done nothing that could be undone."""


@dataclass
class CannotUndo(Refusal):
    """This kind of action is not undone but done otherwise, or it was undone already."""


@dataclass
class LaterAction(Refusal):
    """Something done later stands on it."""

    subject: str


@dataclass
class WishGone(Refusal):
    """Somebody has decided about this wish, or it is forgotten."""


@dataclass
class QuestionGone(Refusal):
    """The question is answered, dismissed or forgotten."""


@dataclass
class UnknownProposal(Refusal):
    """Nothing of that number was proposed here."""


@dataclass
class AnsweredAlready(Refusal):
    """Somebody of the team has answered this."""


@dataclass
class UnsuitedWord(Refusal):
    """Not a word the dictionary can take; `word` as it was written."""

    word: str


@dataclass
class TooManyWords(Refusal):
    """The community has as many words of its own as it may have."""

    limit: int


@dataclass
class UnknownWord(Refusal):
    """The community has no such word of its own."""

    word: str


@dataclass
class CodesHeld(Refusal):
    """The code is from before the database was put back; the team has to say whether it is still good."""
