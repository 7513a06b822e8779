"""What is said about rounds and gifts."""

from markupsafe import Markup

from bot.community.rounds import Preview
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.say import Button, Say, Whisper
from storage.communities import Community
from storage.members import Person


def preview(t: Translator, community: Community, seen: Preview) -> Whisper:
    """What a round would open, before it does."""
    if not seen.people:
        return Whisper(t("Nobody has a seat yet, so a round would give nothing."))
    people, seats = len(seen.people), seen.seats
    said = t(
        "A round of %(each)s for each of %(people)s members opens up to <b>%(seats)s</b> seats. "
        "Codes wait where somebody holds many unused ones already.",
        each=seen.each,
        people=people,
        seats=seats,
    )
    label = t.count("Open %(n)s seat", "Open %(n)s seats", seats)
    return Whisper(said, [[Button(label, data=f"round:{community.id}:{seen.each}:{seen.before}:{people}")]])


def opened(t: Translator, seen: Preview) -> Markup:
    return t(
        "The round is open: %(each)s more for each of %(people)s members, up to %(seats)s seats.",
        each=seen.each,
        people=len(seen.people),
        seats=seen.seats,
    )


def more_for_all(t: Translator, seen: Preview) -> Say:
    """To everyone at once, where everyone is."""
    said = t.count(
        "🌾 Each of you may bring %(n)s more friend. /invite has the code.",
        "🌾 Each of you may bring %(n)s more friends. /invite has the codes.",
        seen.each,
    )
    return Say(said)


def gift(t: Translator, community: Community, count: int) -> Say:
    """To whom the team gave codes."""
    said = t.count(
        "🎁 The team of <b>%(community)s</b> gave you %(n)s code, apart from your own. /invite shows it.",
        "🎁 The team of <b>%(community)s</b> gave you %(n)s codes, apart from your own. /invite shows them.",
        count,
        community=name(community.name),
    )
    return Say(said)


def given(t: Translator, person: Person, count: int, touchpoint: str, campaign: str) -> Markup:
    """To the team."""
    said = t.count(
        "%(name)s has %(n)s more code, shown to them privately.",
        "%(name)s has %(n)s more codes, shown to them privately.",
        count,
        name=name(person.name),
    )
    if touchpoint == "user" and not campaign:
        return said
    door = t("Door: %(door)s", door=door_name(t, touchpoint, campaign))
    return Markup("{}\n{}").format(said, door)


def door_name(t: Translator, touchpoint: str, campaign: str) -> Markup:
    """A door as the team reads it: who stands at it, and what it is called."""
    names = {"user": t("users"), "employee": t("employees"), "partner": t("partners"), "supplier": t("suppliers")}
    who = names.get(touchpoint) or name(touchpoint)
    if not campaign:
        return t("%(who)s", who=who)
    return t("%(who)s, “%(campaign)s”", who=who, campaign=excerpt(campaign, 64))


HELP = (
    Entry(
        "round",
        "grow",
        ("team",),
        lambda t: t("more codes for everyone"),
        lambda t: t("<code>/round 2</code>: two more codes for everyone, after a look at how many seats that opens."),
    ),
    Entry(
        "gift",
        "grow",
        ("team",),
        lambda t: t("give somebody codes"),
        lambda t: t(
            "<code>/gift @ahe 2</code>: two codes apart from their own; "
            "<code>/gift @ahe 20 partner spring fair</code> names the door."
        ),
    ),
)
