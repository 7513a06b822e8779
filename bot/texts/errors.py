"""Why something was refused and what to do next, once for every class of refusal."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from bot.community import errors
from bot.community.errors import Refusal
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt
from bot.texts.invitations import barred
from bot.texts.settings import setting_refused
from bot.texts.suggestions import status_name
from bot.texts.triage import calm, cannot_ship

# Each takes the refusal of its class; that the class and its sentence fit is what the tests see to.
_SENTENCES: dict[type[Refusal], Callable[[Translator, Any], Markup]] = {
    errors.StaffOnly: lambda t, _: t("Only administrators of this community's chats can do that. Ask one of them."),
    errors.OwnerOnly: lambda t, _: t("Only the owner of the chat can do that. Ask them to."),
    errors.NoCommunity: lambda t, _: t(
        "You are in none of my communities yet. Say something in the group first, or send me an invitation code here."
    ),
    errors.GroupOnly: lambda t, _: t("This works only in a group. Send it there."),
    errors.EmptyText: lambda t, e: t(
        "What is it about? Write it after the command: <code>%(command)s …</code>", command=excerpt(e.command, 60)
    ),
    errors.NothingSought: lambda t, _: t(
        "What are you looking for? Write it after the command: <code>/search dark mode</code>"
    ),
    errors.TextTooLong: lambda t, e: t(
        "That is longer than %(limit)s characters. Please send a shorter version.", limit=e.limit
    ),
    errors.NotANumber: lambda t, e: t(
        "Which suggestion? Add its number, for example <code>%(example)s</code>.", example=excerpt(e.example, 60)
    ),
    errors.UnknownSuggestion: lambda t, e: t(
        "There is no #%(number)s here. /top shows the most wanted, /search finds the others.", number=e.number
    ),
    errors.OwnSuggestion: lambda t, _: t("This one is yours: the votes are those of the others."),
    errors.AlreadyDecided: lambda t, e: t(
        "#%(number)s is settled already: %(status)s. If something is missing still, suggest that: "
        "<code>/suggest …</code>",
        number=e.number,
        status=status_name(t, e.status),
    ),
    errors.NotPlannedYet: lambda t, e: t(
        "#%(number)s is not planned yet. Vote for it: <code>/vote %(number)s</code>", number=e.number
    ),
    errors.ReasonNeeded: lambda t, e: t(
        "Please add a reason, everyone can read it: <code>/decline %(number)s your reason</code>", number=e.number
    ),
    errors.UnknownStatus: lambda t, e: t(
        "I do not know the status “%(word)s”. Use one of: open, planned, started.", word=excerpt(e.word, 60)
    ),
    errors.RightsUnknown: lambda t, _: t("Telegram did not tell me who you are in time. Please try again."),
    errors.Outsider: lambda t, _: t(
        "Only who is in one of this community's groups can do that. Join one and try again."
    ),
    errors.Faceless: lambda t, _: t(
        "I cannot see who you are, because you write as the group or as a channel. Send it as yourself."
    ),
    errors.SameStatus: lambda t, e: t(
        "#%(number)s is %(status)s already. Nothing was changed.", number=e.number, status=status_name(t, e.status)
    ),
    errors.ShipInstead: lambda t, e: t(
        "Shipping goes by release: <code>/ship %(number)s v2.3 what is new</code>", number=e.number
    ),
    errors.ReopenFirst: lambda t, e: t(
        "#%(number)s is shipped already. If it has to be done again, reopen it: <code>/status %(number)s open</code>",
        number=e.number,
    ),
    errors.CannotShip: lambda t, e: cannot_ship(t, e.unknown, e.shipped),
    errors.RepositoryUnclear: lambda t, _: t("Which repository? Write it as <code>/repository owner/name</code>."),
    errors.ReleaseSettled: lambda t, _: t("Somebody of the team has decided about this release already."),
    errors.StartFirst: lambda t, _: t(
        "That is for your eyes only. Open a private chat with me, press Start, and ask again."
    ),
    errors.DraftSettled: lambda t, _: t("That is settled already. /digest shows the coming issue."),
    errors.BarredFromInviting: lambda t, e: barred(t, e.reason),
    errors.NotAMember: lambda t, _: t("I do not know this person as a member here. Has their name been misspelt?"),
    errors.WhoIsMeant: lambda t, e: t(
        "Who is meant? Reply to a message of theirs, or name them: <code>%(example)s</code>",
        example=excerpt(e.example, 60),
    ),
    errors.ReasonMissing: lambda t, e: (
        t("Please add a reason: the person is told.") if e.is_told else t("Please add a reason, for the team alone.")
    ),
    errors.AlreadyBarred: lambda t, _: t("That is so already. <code>/unbar</code> ends it."),
    errors.NoPhoneShown: lambda t, _: t(
        "No phone number is bound to them here. <code>/phone</code> lists those that keep somebody out."
    ),
    errors.PhoneSecretMissing: lambda t, _: t(
        "Phone numbers cannot be checked here yet: whoever runs this bot has to set PHONE_SECRET first."
    ),
    errors.WebAddressMissing: lambda t, _: t(
        "Nothing on the web leads to me yet: whoever runs this bot has to set WEB_URL first."
    ),
    errors.NothingToRevoke: lambda t, _: t("Nobody in this branch holds an unused code. Nothing was changed."),
    errors.BeforeMembers: lambda t, _: t("Members must not read this. Send it in the team's room, or to me privately."),
    errors.WouldCircle: lambda t, _: t(
        "That would be a circle: nobody can be brought by somebody they brought. /tree shows who brought whom."
    ),
    errors.BroughtByThem: lambda t, _: t("The tree says so already. Nothing was changed."),
    errors.TreeChanged: lambda t, _: t(
        "The tree has changed since. Look at it once more: <code>/reattach @sam @ahe</code>"
    ),
    errors.RoundUnclear: lambda t, e: t(
        "How many for each, from 1 to %(most)s? For example: <code>/round 2</code>", most=e.most
    ),
    errors.RoundChanged: lambda t, _: t(
        "That is not how things stand any more. Look at it once more: <code>/round 2</code>"
    ),
    errors.GiftUnclear: lambda t, e: t(
        "For whom, and how many (1 to %(most)s)? For example: <code>/gift @ahe 2</code>, or with a door: "
        "<code>/gift @ahe 20 partner spring fair</code>",
        most=e.most,
    ),
    errors.SeatsUnclear: lambda t, e: t(
        "How many seats, from 1 to %(most)s? For example: <code>/seeds open 100</code>", most=e.most
    ),
    errors.NoSeedCall: lambda t, _: t("No applications are taken at the moment. When they are, I say so in the group."),
    errors.AlreadySettled: lambda t, _: t("That has been decided already."),
    errors.Overtaken: lambda t, _: t("There is a newer proposal since. Decide on that one."),
    errors.PlanUnclear: lambda t, _: t(
        "Which sizes, from small to large? For example: <code>/waves 100 200 400 800</code>"
    ),
    errors.NotWaiting: lambda t, _: t("They are not on the waiting list any more. Choose another."),
    errors.NoCodeToGive: lambda t, _: t("You have no code to give away now. /invite says when there will be one."),
    errors.NotBarred: lambda t, _: t("There is nothing to lift: they may invite."),
    errors.RitualUnclear: lambda t, _: t(
        "I could not read that. Name, weekday and time, for example: <code>/ritual Orange Friday fri 17:00</code>"
    ),
    errors.UnknownSetting: lambda t, e: t(
        "There is no setting “%(name)s”. <code>/settings</code> lists them all.", name=excerpt(e.name, 60)
    ),
    errors.SettingRefused: setting_refused,
    errors.TakenBack: lambda t, e: t(
        "#%(number)s was taken back by who asked for it. /top shows what others want.", number=e.number
    ),
    errors.NoWords: lambda t, e: t(
        "None of your words stand with #%(number)s. Join it with 👍, or suggest your own: <code>/suggest …</code>",
        number=e.number,
    ),
    errors.OwnAlready: lambda t, e: t(
        "That is #%(number)s, which you asked for yourself. It is in good hands.", number=e.number
    ),
    errors.KnownMessage: lambda t, e: t(
        "This message is #%(number)s already: <code>/show %(number)s</code>", number=e.number
    ),
    errors.EnoughToday: lambda t, e: t(
        "You have suggested %(limit)s times today, as many as one may here. Come again tomorrow; "
        "until then, vote for what others ask: /top",
        limit=e.limit,
    ),
    errors.TooNew: lambda t, e: t.count(
        "You have just joined: in %(n)s hour you can suggest. Look around meanwhile, and vote: /top",
        "You have just joined: in %(n)s hours you can suggest. Look around meanwhile, and vote: /top",
        e.hours,
    ),
    errors.WordTaken: lambda t, e: t(
        "“%(word)s” calls a command already. Choose another word.", word=excerpt(e.word, 60)
    ),
    errors.GridClosed: lambda t, _: t("This four-grid report is closed. <code>/grid</code> shows what came of it."),
    errors.WordsWanted: lambda t, _: t("Please send it in words."),
    errors.StaleButton: lambda t, _: stale_button(t),
    errors.AlreadySo: lambda t, e: t("#%(number)s stands like that already. Nothing was changed.", number=e.number),
    errors.PartOfAnother: lambda t, e: t(
        "#%(number)s was merged into #%(into)s. Decide there, or part them: <code>/split %(number)s</code>",
        number=e.number,
        into=e.into,
    ),
    errors.CannotMerge: lambda t, e: t(
        "#%(number)s is %(status)s, and only what is still to be done can be merged. Reopen it first: "
        "<code>/status %(number)s open</code>",
        number=e.number,
        status=status_name(t, e.status),
    ),
    errors.MergedIntoItself: lambda t, e: t(
        "#%(number)s and #%(into)s are one already. <code>/split</code> parts what was merged.",
        number=e.number,
        into=e.into,
    ),
    errors.NotMerged: lambda t, e: t("#%(number)s is not merged into another one, so it stays.", number=e.number),
    errors.NotTheirs: lambda t, _: t("Only who asked or voted for one of the two can say that."),
    errors.TooFast: lambda t, _: t("That was a lot at once. Give it a minute, then go on."),
    errors.AskedOfAnother: lambda t, _: t("I asked somebody else that. Press the button yourself, and I will ask you."),
    errors.UnknownMember: lambda t, e: t(
        "I have not met “%(name)s” here yet. Whoever it is, they write something in the group first.",
        name=calm(excerpt(e.name, 60)),
    ),
    errors.NameMissing: lambda t, e: t(
        "Who looks after it? For example <code>%(example)s</code>.", example=excerpt(e.example, 60)
    ),
    errors.TagRefused: lambda t, e: t(
        "Add one or more short words, such as <code>/tag 12 camera</code>: %(most)s tags at most, each up to "
        "%(longest)s characters.",
        most=e.most,
        longest=e.longest,
    ),
    errors.DateUnclear: lambda t, _: t("I could not read a day to come there. For example: 2026-12-01 or 12-01."),
    errors.FilterUnclear: lambda t, e: t(
        "I do not know “%(said)s”. Try <code>/search status:planned tag:camera owner:me by:@name words</code>.",
        said=excerpt(e.said, 60),
    ),
    errors.NothingToUndo: lambda t, _: t(
        "You have done nothing lately that could be undone. <code>/audit</code> shows what others did."
    ),
    errors.CannotUndo: lambda t, _: t("That cannot be undone (any more). <code>/audit</code> shows how things stand."),
    errors.LaterAction: lambda t, e: t(
        "Something was done to %(subject)s after that. Undo the later action first: <code>/audit</code>",
        subject=excerpt(e.subject, 40),
    ),
    errors.WishGone: lambda t, _: t("This is settled already, or too long ago. Nothing was changed."),
    errors.QuestionGone: lambda t, _: t("This question is settled already. <code>/unanswered</code> lists the others."),
    errors.TooLateToAnswer: lambda t, _: t(
        "This question is closed. If something does not work, tell it with <code>/suggest …</code>"
    ),
    errors.UnknownZone: lambda t, e: t(
        "I do not know the time zone “%(word)s”. Use a name such as <code>Asia/Shanghai</code>.",
        word=excerpt(e.word, 60),
    ),
    errors.UnknownProposal: lambda t, _: t("There is no such proposal here any more."),
    errors.AnsweredAlready: lambda t, _: t("Somebody of the team has answered this already."),
    errors.CodesHeld: lambda t, _: t(
        "Invitation codes are being looked through at the moment. Please send yours again tomorrow; it is not lost."
    ),
    errors.UnsuitedWord: lambda t, e: t(
        "“%(word)s” cannot be added: it takes a word of Chinese characters alone. Latin words I know as they are.",
        word=excerpt(e.word, 60),
    ),
    errors.TooManyWords: lambda t, e: t(
        "%(limit)s words are the most. Take one out first: <code>/words remove …</code>", limit=e.limit
    ),
    errors.UnknownWord: lambda t, e: t(
        "“%(word)s” is not among the words. <code>/words</code> lists them.", word=excerpt(e.word, 60)
    ),
}


def explain(refusal: Refusal, t: Translator) -> Markup:
    """The sentence for a refusal."""
    return _SENTENCES[type(refusal)](t, refusal)


def stale_button(t: Translator) -> Markup:
    """For a button of an older version, or one that somebody has forged."""
    return t("This button no longer works. Send /help to see what does.")
