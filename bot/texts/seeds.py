"""What is said about seeds: the call, the questions, the list for the team, the hall."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from bot.community.seeds import Applicant
from bot.texts.catalogues import Translator
from bot.texts.doors import Door
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name, visible
from bot.texts.invitations import start_link
from bot.texts.say import Button, Say, Whisper
from bot.texts.triage import and_more
from storage.communities import Chat, Community
from storage.members import Person
from storage.outbox import OutboxRow, call
from storage.seeds import SeedCall

SHOWN = 5  # applicants at once, each with two buttons
IN_THE_HALL = 60
LONGEST_TAG = 16  # characters, no emoji


def _apply_button(t: Translator, username: str, community_id: int) -> list[list[Button]]:
    return [[Button(t("Apply"), url=start_link(username, f"apply-{community_id}"))]]


def called(t: Translator, community: Community, seats: int, username: str) -> Say:
    """To everyone in the open chats."""
    said = t.count(
        "🌱 <b>%(community)s</b> is looking for %(n)s seed user, who tries everything first. "
        "Three questions, privately.",
        "🌱 <b>%(community)s</b> is looking for %(n)s seed users, who try everything first. "
        "Three questions, privately.",
        seats,
        community=name(community.name),
    )
    return Say(said, _apply_button(t, username, community.id or 0), reply=False)


def privately(t: Translator, username: str, community_id: int) -> Whisper:
    return Whisper(t("I will ask you privately."), _apply_button(t, username, community_id))


def opened(t: Translator, seats: int, username: str, community_id: int) -> Whisper:
    """To the team."""
    lines = [
        t.count("Applications are open for %(n)s seat.", "Applications are open for %(n)s seats.", seats),
        t(
            "/seeds lists who has applied. <code>/seeds question 2 …</code> puts a question in your own words, "
            "<code>/seeds close</code> ends it."
        ),
        excerpt(start_link(username, f"apply-{community_id}"), 200),
    ]
    return Whisper("\n".join(lines))


def closed(t: Translator) -> Whisper:
    return Whisper(t("No more applications are taken. Who has applied can still be chosen: /seeds"))


def worded(t: Translator) -> Whisper:
    return Whisper(t("Done. Everyone who applies from now on is asked so."))


def question(t: Translator, number: int, words: str) -> Markup:
    """One of the three questions, in the community's words or in ours."""
    ours = (
        t("What do you use this for, and how often?"),
        t("What bothers you most about it, or what is missing?"),
        t("What would you like to try first, and on which device?"),
    )
    asked = t("%(text)s", text=excerpt(words, 500)) if words else ours[min(max(number, 1), len(ours)) - 1]
    return Markup("<b>{}/3</b> {}").format(number, asked)


def applied(t: Translator, community: Community) -> Say:
    said = t(
        "Thank you. The team of <b>%(community)s</b> reads every application, and I tell you what they say.",
        community=name(community.name),
    )
    return Say(said)


def ranked(t: Translator, applicants: Sequence[Applicant], call: SeedCall | None, taken: int) -> Say:
    """For the team: who has applied, by what they have given. Talk counts nothing."""
    seats = t("%(taken)s of %(seats)s seats are taken.", taken=taken, seats=call.seats) if call else ""
    if not applicants:
        return Say("\n".join([t("Nobody waits for an answer."), *([seats] if seats else [])]))
    title = t.count("<b>%(n)s application</b>", "<b>%(n)s applications</b>", len(applicants))
    by_what = t("Ranked by what they asked, what was shipped of it, and the weeks they took part; never by talk.")
    lines = [title, by_what, *([seats] if seats else [])]
    lines += [_applicant(t, place, one) for place, one in enumerate(applicants[:SHOWN], start=1)]
    if len(applicants) > SHOWN:
        lines.append(and_more(t, len(applicants) - SHOWN))
    return Say("\n\n".join(lines), [_decide(t, place, one) for place, one in enumerate(applicants[:SHOWN], start=1)])


def _applicant(t: Translator, place: int, one: Applicant) -> Markup:
    given = t(
        "asked %(asked)s · shipped %(shipped)s · voted %(voted)s · %(weeks)s weeks",
        asked=one.given.asked,
        shipped=one.given.shipped,
        voted=one.given.voted,
        weeks=len(one.given.weeks),
    )
    answers = Markup("\n").join(t("· %(text)s", text=excerpt(words)) for words in one.application.answers if words)
    return Markup("<b>{}. {}</b> — {}\n{}").format(place, t("%(name)s", name=name(one.person.name)), given, answers)


def _decide(t: Translator, place: int, one: Applicant) -> list[Button]:
    number = one.application.id
    return [
        Button(t("%(place)s. Accept", place=place), data=f"seed:{number}:1"),
        Button(t("%(place)s. Not now", place=place), data=f"seed:{number}:0"),
    ]


def accepted(t: Translator, community: Community, number: int, doors: Sequence[Door]) -> Say:
    """To a new seed."""
    lines = [
        t(
            "🌱 You are seed No. %(number)s of <b>%(community)s</b>, for ever. /hall shows all.",
            number=f"{number:03}",
            community=name(community.name),
        )
    ]
    ways = [[Button(t("To %(chat)s", chat=name(door.chat.title)), url=door.link)] for door in doors if door.link]
    if ways:
        lines.append(t("Press the button and ask to join: I let you in at once."))
    return Say("\n".join(lines), ways, silent=False)


def tag(t: Translator, chat: Chat, person: Person, number: int, now: datetime) -> OutboxRow:
    """The call that lets a seed's number stand beside their name in a chat, where the network has such tags.

    At most once a day: who leaves and comes back has lost it. Where the bot may not do it, nothing is missing.
    """
    words = visible(t("Seed %(number)s", number=f"{number:03}"))[:LONGEST_TAG]
    key = f"tag:{chat.id}:{person.id}:{now.date()}"
    fields = {"user_id": int(person.external_id), "tag": words}
    return call("setChatMemberTag", fields, now, chat_id=chat.id, key=key)


def declined(t: Translator, community: Community) -> Say:
    """To who was not chosen."""
    said = t(
        "Thank you for applying to <b>%(community)s</b>. The seats went to others this time; "
        "what you ask and vote for counts all the same.",
        community=name(community.name),
    )
    return Say(said)


def hall(t: Translator, community: Community, seeds: Sequence[tuple[int, Person]], reader_id: int) -> Markup:
    """All seeds by number, one's own marked."""
    if not seeds:
        return t("No seeds have been chosen yet.")
    lines = [t("<b>The seeds of %(community)s</b>", community=name(community.name))]
    lines += [_seed(t, number, person, reader_id) for number, person in seeds[:IN_THE_HALL]]
    if len(seeds) > IN_THE_HALL:
        lines.append(and_more(t, len(seeds) - IN_THE_HALL))
        lines += [_seed(t, number, one, reader_id) for number, one in seeds[IN_THE_HALL:] if one.id == reader_id]
    return Markup("\n").join(lines)


def _seed(t: Translator, number: int, person: Person, reader_id: int) -> Markup:
    who = t("%(name)s", name=excerpt(person.name, 24) or "·")
    return Markup("<code>{:03}</code> {}{}").format(number, who, " 🌱" if person.id == reader_id else "")


HELP = (
    Entry(
        "apply",
        "invite",
        ("private",),
        lambda t: t("apply as a seed user"),
        lambda t: t("<code>/apply</code>: three questions, and a seat if the team chooses you."),
    ),
    Entry(
        "hall",
        "invite",
        ("private",),
        lambda t: t("the seed users"),
        lambda t: t("<code>/hall</code>: the seed users by their numbers."),
    ),
    Entry(
        "seeds",
        "grow",
        ("team",),
        lambda t: t("choose seed users"),
        lambda t: t("<code>/seeds open 100</code>: take applications; <code>/seeds</code> lists them."),
    ),
)
