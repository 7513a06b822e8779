"""What the team reads of a member: where they stand, what is in force, and what is striking. No member reads it."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.community.bars import KINDS
from bot.community.signs import MOST_APART, TOGETHER, Case, Signs
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.say import Button, Keyboard, Say
from bot.texts.triage import and_more
from storage.bars import BRANCH, CREDIT, ENTRY, Bar
from storage.members import Member, Person

SHOWN = 8  # members at once
NAMED = 5  # others a sign names


def listed(t: Translator, cases: Sequence[tuple[Member, Person, Signs]]) -> Say:
    """Of whom something is striking."""
    if not cases:
        return Say(t("Nothing is striking. <code>/signs @ahe</code> shows a member, and what you can do."))
    lines = [t("<b>Worth a second look</b>"), _no_proof(t)]
    lines += [_line(t, place, person, signs) for place, (_, person, signs) in enumerate(cases[:SHOWN], start=1)]
    if len(cases) > SHOWN:
        lines.append(and_more(t, len(cases) - SHOWN))
    numbers = [Button(str(place), data=f"case:{one.id}") for place, (one, _, _) in enumerate(cases[:SHOWN], start=1)]
    return Say("\n".join(lines), [row for row in (numbers[:4], numbers[4:]) if row])


def _no_proof(t: Translator) -> Markup:
    return t("<i>Signs, not proof: honest people do these things too. Nothing has happened by itself.</i>")


def _line(t: Translator, place: int, person: Person, signs: Signs) -> Markup:
    said = t("%(what)s: %(said)s", what=name(person.name), said=t(", ").join(_kinds(t, signs)))
    return Markup("{}. {}").format(place, said)


def _kinds(t: Translator, signs: Signs) -> list[Markup]:
    return [
        *([t("came in one rush")] if signs.together else []),
        *([t("account numbers close together")] if signs.neighbours else []),
        *([t("a phone seen before")] if signs.phones else []),
        *([t("votes for one only")] if signs.echoes else []),
        *([t("brought %(n)s of these", n=len(signs.brought))] if signs.brought else []),
    ]


def case(t: Translator, one: Case) -> Say:
    """A member, with what the team can do."""
    who = t("<b>%(name)s</b>", name=name(one.person.name))
    came = t("brought by %(name)s", name=name(one.inviter.name)) if one.inviter else t("came on their own")
    numbers = t(
        "brought %(brought)s, and %(below)s through them · unused codes below: %(unused)s",
        brought=one.brought,
        below=one.below,
        unused=one.unused,
    )
    lines = [Markup("{} · {}").format(who, came), numbers, *(_in_force(t, bar) for bar in one.bars)]
    striking = _reasons(t, one.signs, one.names)
    lines += [_no_proof(t), *striking] if striking else [t("Nothing about them is striking.")]
    return Say("\n".join(lines), _deeds(t, one))


def _in_force(t: Translator, bar: Bar) -> Markup:
    said = {
        BRANCH: t("⏸ branch paused: %(reason)s", reason=excerpt(bar.reason)),
        CREDIT: t("⏸ credit withheld: %(reason)s", reason=excerpt(bar.reason)),
        ENTRY: t("⏸ banned from a chat: no code lets them in"),
    }
    return said.get(bar.kind) or t("⏸ may not invite: %(reason)s", reason=excerpt(bar.reason))


def _reasons(t: Translator, signs: Signs, names: Mapping[int, str]) -> list[Markup]:
    """Each sign with its grounds, so that whoever reads can judge for themselves."""
    said: list[Markup] = []
    if signs.together:
        said.append(
            t(
                "· opened a code within %(minutes)s minutes of %(names)s, codes of the same holder; none of them has "
                "asked or voted since",
                minutes=int(TOGETHER.total_seconds() // 60),
                names=_named(t, signs.together, names),
            )
        )
    if signs.neighbours:
        said.append(
            t(
                "· account numbers less than %(apart)s apart, codes of the same holder: %(names)s",
                apart=MOST_APART,
                names=_named(t, signs.neighbours, names),
            )
        )
    if signs.phones:
        said.append(
            t("· showed a phone number bound to another account: %(names)s", names=_named(t, signs.phones, names))
        )
    if signs.echoes:
        said.append(t("· voted %(n)s times, always for whoever brought them", n=signs.echoes))
    if signs.brought:
        said.append(t("· brought people with signs: %(names)s", names=_named(t, signs.brought, names)))
    return said


def _named(t: Translator, ids: Sequence[int], names: Mapping[int, str]) -> Markup:
    known = list(dict.fromkeys(t("%(name)s", name=name(names.get(i, "·"))) for i in ids))
    return t(", ").join(known[:NAMED]) + (" …" if len(known) > NAMED else "")


def _deeds(t: Translator, one: Case) -> Keyboard:
    """A bar in force has a button that ends it; any other asks for a reason first."""
    in_force = {bar.kind for bar in one.bars}
    labels = {
        "inviting": (t("Keep from inviting"), t("Let invite again")),
        "branch": (t("Pause branch"), t("End the pause")),
        "credit": (t("Withhold credit"), t("Count credit again")),
    }
    bars = [Button(labels[k][k in in_force], data=f"bar:{n}:{one.member.id}") for n, k in enumerate(KINDS)]
    revoke = t.count("Withdraw %(n)s code", "Withdraw %(n)s codes", one.unused)
    rest = [Button(revoke, data=f"revoke:{one.member.id}")] if one.unused else []
    return [bars[:2], bars[2:], [*rest, Button(t("Another inviter"), data=f"reattach:{one.member.id}")]]


HELP = (
    Entry(
        "signs",
        "grow",
        ("team",),
        lambda t: t("accounts worth a second look"),
        lambda t: t(
            "<code>/signs</code>: accounts worth a second look; <code>/signs @ahe</code> shows one, and what you can "
            "do. In the team's room, or privately."
        ),
    ),
)
