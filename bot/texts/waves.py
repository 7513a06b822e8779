"""What is said about waves: the plan, the week's proposal, what each door brings."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.community.growth import DoorSeen
from bot.community.waves import ENOUGH_TO_TELL, Outlook
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.rounds import door_name
from bot.texts.say import Button, Say
from bot.texts.triage import and_more
from storage.communities import Community
from storage.members import Person
from storage.waves import Proposal

NAMED = 8  # people in a proposal
SHOWN = 15  # doors


def no_plan(t: Translator) -> Markup:
    return t("There is no plan yet. Name the sizes to grow to: <code>/waves 100 200 400 800</code>")


def outlook(t: Translator, sizes: Sequence[int], seen: Outlook) -> Markup:
    """Where the community stands in its plan."""
    goal = Markup("<b>{}</b>").format(seen.goal)
    steps = Markup(" → ").join(goal if size == seen.goal else Markup("{}").format(size) for size in sizes[:12])
    here = t("%(stayed)s are here; %(missing)s more to go.", stayed=seen.stayed, missing=seen.missing)
    lines = [steps, here if seen.stayed else t("Nobody is here yet; %(missing)s to go.", missing=seen.missing)]
    if seen.told >= ENOUGH_TO_TELL:
        lines.append(t("Of 100 codes, %(percent)s bring somebody who stays.", percent=seen.percent))
    else:
        lines.append(t("Too few codes were used to measure how many bring somebody who stays; I count with half."))
    if seen.missing:
        lines.append(t.count("That takes about %(n)s code.", "That takes about %(n)s codes.", seen.codes))
    if seen.weeks_left is not None:
        lines.append(
            t.count(
                "At the pace of the last weeks it takes %(n)s more week.",
                "At the pace of the last weeks it takes %(n)s more weeks.",
                seen.weeks_left,
            )
        )
    return Markup("\n").join(lines)


def proposal(t: Translator, made: Proposal, shares: Mapping[int, int], people: Sequence[Person]) -> Say:
    """To the team, once a week: how many codes, to whom and why them."""
    standing = t("🌾 <b>%(stayed)s of %(goal)s</b> are here.", stayed=made.stayed, goal=made.goal)
    if not shares:
        why = t("No codes are needed this week.") if made.stayed >= made.goal else t("Nobody could be given codes.")
        return Say(Markup("{}\n{}").format(standing, why))
    names = t(", ").join(t("%(name)s", name=excerpt(person.name, 24) or "·") for person in people[:NAMED])
    more = [and_more(t, len(people) - NAMED)] if len(people) > NAMED else []
    lines = [
        standing,
        t(
            "I propose %(codes)s codes for %(people)s members: the trusted middle, who have been here for a while, "
            "take part, hold no unused code, and are not among the loudest tenth.",
            codes=sum(shares.values()),
            people=len(shares),
        ),
        Markup("").join([names, *more]),
    ]
    buttons = [
        Button(t("Hand them out"), data=f"wave:{made.id}:1"),
        Button(t("Not this week"), data=f"wave:{made.id}:0"),
    ]
    return Say("\n".join(lines), [buttons])


def handed_out(t: Translator, shares: Mapping[int, int]) -> Markup:
    if not shares:
        return t("Nobody could be given codes.")
    return t(
        "%(codes)s codes for %(people)s members: they see them with /invite.",
        codes=sum(shares.values()),
        people=len(shares),
    )


def not_this_week(t: Translator) -> Markup:
    return t("Not this week. I look at it again in seven days.")


def your_share(t: Translator, community: Community, codes: int) -> Say:
    """To a member who was given codes."""
    said = t.count(
        "🌾 <b>%(community)s</b> is growing, and you may bring %(n)s more friend: /invite",
        "🌾 <b>%(community)s</b> is growing, and you may bring %(n)s more friends: /invite",
        codes,
        community=name(community.name),
    )
    return Say(said)


def doors(t: Translator, known: Sequence[DoorSeen]) -> Markup:
    """What became of the codes of every door, and of the people they brought."""
    if not known:
        return t("No codes have been made yet.")
    lines = [t("<b>Doors</b>: codes made → came in → here now · stayed 30 days")]
    lines += [_door(t, seen) for seen in known[:SHOWN]]
    return Markup("\n").join([*lines, and_more(t, len(known) - SHOWN)] if len(known) > SHOWN else lines)


def _door(t: Translator, seen: DoorSeen) -> Markup:
    door = seen.door
    where = Markup("<b>{}</b>").format(door_name(t, door.touchpoint, door.campaign))
    used = _with_share(t, str(door.used), door.used, door.issued) if door.issued else door.used
    figures = Markup("{} → {} → {}").format(door.issued, used, door.stayed)
    said = t("%(what)s: %(said)s", what=where, said=figures)
    if seen.told:
        return Markup("{} · {}").format(said, retention(t, seen))
    return Markup("{} · {}").format(said, t("too early to tell")) if door.used else said


def retention(t: Translator, seen: DoorSeen) -> Markup:
    """Of those a door brought thirty days ago or more, how many stayed."""
    return _with_share(t, f"{seen.kept}/{seen.told}", seen.kept, seen.told)


def _with_share(t: Translator, what: str, part: int, whole: int) -> Markup:
    return t("%(what)s (%(n)s)", what=what, n=percent(part, whole))


def percent(part: int, whole: int) -> str:
    """A share as people write it."""
    return f"{round(100 * part / whole)}%"


HELP = (
    Entry(
        "waves",
        "grow",
        ("team",),
        lambda t: t("the plan to grow by"),
        lambda t: t("<code>/waves 100 200 400 800</code>: the plan; every week I propose whom to give codes."),
    ),
    Entry(
        "doors",
        "grow",
        ("team",),
        lambda t: t("which codes bring people who stay"),
        lambda t: t("<code>/doors</code>: which codes bring people who stay."),
    ),
)
