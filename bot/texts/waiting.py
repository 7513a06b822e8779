"""What is said about the waiting list."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.codes import written
from bot.community.waiting import Place
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.invitations import start_link
from bot.texts.say import Button, Say
from storage.communities import Community
from storage.invitations import Invitation
from storage.members import Person
from storage.waiting import Waiting

SHOWN = 5


def place(t: Translator, community: Community, place: Place) -> Markup:
    """Where somebody stands, and how fast it moves: nothing is promised that the list does not show."""
    moves = t.count(
        "In the last 30 days %(n)s person was offered a place.",
        "In the last 30 days %(n)s people were offered a place.",
        place.served_lately,
    )
    then = t("I write to you when it is your turn. /waiting shows it again.")
    return Markup("{}\n{}").format(_stands(t, community, place), t("%(first)s %(then)s", first=moves, then=then))


def _stands(t: Translator, community: Community, place: Place) -> Markup:
    return t(
        "You are number %(position)s of %(of)s on the list of <b>%(community)s</b>.",
        position=place.position,
        of=place.of,
        community=name(community.name),
    )


def place_of_the_unreachable(t: Translator, community: Community, place: Place, username: str) -> Say:
    """To who has asked to join and never pressed Start: Telegram lets nobody else be written to after five minutes."""
    wanted = t(
        "One thing is missing: press the button, then Start. Until then I cannot write to you, and pass you over."
    )
    start = Button(t("You may write to me"), url=start_link(username, "waiting"))
    return Say(Markup("{}\n\n{}").format(_stands(t, community, place), wanted), [[start]])


def not_waiting(t: Translator, count: int) -> Markup:
    if not count:
        return t("Nobody waits at the moment.")
    return t.count(
        "%(n)s person waits for a place. /sponsor brings somebody in, /donate gives a code to the first.",
        "%(n)s people wait for a place. /sponsor brings somebody in, /donate gives a code to the first.",
        count,
    )


def who_waits(t: Translator, waiting: Sequence[tuple[Waiting, Person]]) -> Say:
    """For a member who would bring somebody."""
    if not waiting:
        return Say(t("Nobody is waiting whom I could write to."))
    first = waiting[:SHOWN]
    rows = [[Button(str(name(p.name)), data=f"sponsor:{row.community_id}:{row.person_id}")] for row, p in first]
    return Say(t("Whom do you bring in? It takes one of your codes, and they count as brought by you."), rows)


def sponsored(t: Translator, person: Person, code: str) -> Markup:
    return t(
        "Your code %(code)s is kept for %(name)s, and I have told them.", code=_begun(code), name=name(person.name)
    )


def may_donate(t: Translator, community: Community) -> Say:
    """Before a code leaves somebody's hand for good."""
    asked = t("Give one of your codes to whoever has waited longest? You cannot take it back.")
    return Say(asked, [[Button(t("🎁 Give one"), data=f"donate:{community.id}")]])


def donated(t: Translator, code: str, *, given: bool) -> Markup:
    """Which code it was, so that it is not given away a second time."""
    if given:
        return t("Thank you. Whoever has waited longest has your code %(code)s now.", code=_begun(code))
    return t(
        "Thank you. Nobody is waiting whom I could write to; the next one gets your code %(code)s.", code=_begun(code)
    )


def _begun(code: str) -> str:
    return f"{code[:4]}-…"


def your_turn(t: Translator, community: Community, giver: Person, kept: Invitation, username: str) -> Say:
    """To who has waited: a code is kept for them alone."""
    code = kept.code or ""
    lines = [
        t(
            "🎉 It is your turn: %(name)s gave you a place in <b>%(community)s</b>. This code opens for you alone:",
            name=name(giver.name),
            community=name(community.name),
        ),
        Markup("<code>{}</code>\n{}").format(excerpt(written(code), 20), excerpt(start_link(username, code), 200)),
    ]
    return Say("\n".join(lines), silent=False)


HELP = (
    Entry(
        "waiting",
        "invite",
        ("private",),
        lambda t: t("your place on the waiting list"),
        lambda t: t("<code>/waiting</code>: your place on the waiting list."),
    ),
    Entry(
        "sponsor",
        "invite",
        ("private",),
        lambda t: t("bring in somebody who waits"),
        lambda t: t("<code>/sponsor</code>: bring in somebody who waits, with one of your codes."),
    ),
    Entry(
        "donate",
        "invite",
        ("private",),
        lambda t: t("give a code to who waits"),
        lambda t: t("<code>/donate</code>: give a code to who has waited longest."),
    ),
)
