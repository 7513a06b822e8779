"""What is said about bars: to the team, and to whom they concern."""

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.say import Say
from storage.bars import BRANCH, CREDIT, Bar
from storage.communities import Community
from storage.members import Person


def barred(t: Translator, person: Person, bar: Bar) -> Markup:
    """To the team: what holds from now on."""
    if bar.kind == CREDIT:
        return t(
            "Credit of %(name)s is withheld: whoever brought them earns nothing by it, and they earn nothing by "
            "friends. They hear nothing of it. <code>/undo</code> ends it.",
            name=name(person.name),
        )
    if bar.kind == BRANCH:
        return t(
            "%(name)s and everyone they brought hand out no codes for now, and their unused ones open nothing. "
            "<code>/unbar</code> ends it.",
            name=name(person.name),
        )
    return t(
        "%(name)s hands out no codes for now, and their unused ones open nothing. <code>/unbar</code> ends it.",
        name=name(person.name),
    )


def told(t: Translator, community: Community, person: Person, bar: Bar) -> Say:
    """To the person themself; why somebody above them is barred is not for them to read."""
    if bar.person_id != person.id:
        said = t(
            "Your own pause in <b>%(community)s</b> is over, but invitations rest in your whole branch for now. "
            "Your codes come back when that ends.",
            community=name(community.name),
        )
        return Say(said)
    said = t(
        "The team of <b>%(community)s</b> has paused your invitations: %(reason)s\n"
        "Everything else stays as it was, and your codes come back when the pause ends.",
        community=name(community.name),
        reason=excerpt(bar.reason, 300),
    )
    return Say(said)


def told_lifted(t: Translator, community: Community) -> Say:
    """To the person themself, when the pause is over."""
    said = t(
        "You may invite to <b>%(community)s</b> again. /invite shows what is in your hand.",
        community=name(community.name),
    )
    return Say(said)


def lifted(t: Translator, person: Person, kind: str) -> Markup:
    if kind == CREDIT:
        return t("Credit of %(name)s counts again.", name=name(person.name))
    return t("%(name)s may invite again, with everything that was in their hand.", name=name(person.name))


def lifted_in_part(t: Translator, person: Person, bar: Bar, barred: Person) -> Markup:
    """Where another bar, of theirs or of somebody above them, still holds."""
    if bar.kind == BRANCH:
        return t(
            "That is lifted, but %(name)s still may not invite: the branch of %(barred)s is paused.",
            name=name(person.name),
            barred=name(barred.name),
        )
    return t(
        "That is lifted, but %(name)s still may not invite: %(reason)s",
        name=name(person.name),
        reason=excerpt(bar.reason),
    )


def why(t: Translator, person: Person, kind: str) -> Markup:
    """Before a bar: its reason is asked for."""
    if kind == CREDIT:
        return t("Why is credit of %(name)s withheld? Only the team reads it.", name=name(person.name))
    if kind == BRANCH:
        return t("Why is the branch of %(name)s paused? They are told.", name=name(person.name))
    return t("Why may %(name)s not invite for now? They are told.", name=name(person.name))


def why_revoke(t: Translator, person: Person) -> Markup:
    return t("Why are the unused codes of %(name)s and their branch withdrawn? They are told.", name=name(person.name))


def revoked(t: Translator, person: Person, count: int) -> Markup:
    """To the team: what opens nothing any more."""
    return t.count(
        "%(n)s unused code in the branch of %(name)s opens nothing any more, and its holder has been told. They may "
        "ask for another; <code>/pause</code> keeps them from it.",
        "%(n)s unused codes in the branch of %(name)s open nothing any more, and their holders have been told. They "
        "may ask for others; <code>/pause</code> keeps them from it.",
        count,
        name=name(person.name),
    )


def told_revoked(t: Translator, community: Community, count: int, reason: str) -> Say:
    """To who held codes: what they have handed on is void. Only the one who gave cause reads the reason."""
    said = t.count(
        "The team of <b>%(community)s</b> has withdrawn %(n)s unused code of yours. /invite gives you another.",
        "The team of <b>%(community)s</b> has withdrawn %(n)s unused codes of yours. /invite gives you others.",
        count,
        community=name(community.name),
    )
    if not reason:
        return Say(said)
    return Say(Markup("{}\n{}").format(said, t("The reason: %(reason)s", reason=excerpt(reason, 300))))


HELP = (
    Entry(
        "bar",
        "grow",
        ("team",),
        lambda t: t("keep somebody from inviting"),
        lambda t: t("<code>/bar @ahe reason</code>: no invitations by this person until <code>/unbar @ahe</code>."),
    ),
    Entry(
        "pause",
        "grow",
        ("team",),
        lambda t: t("pause a whole branch"),
        lambda t: t("<code>/pause @ahe reason</code>: nor by anybody they brought."),
    ),
    Entry(
        "unbar",
        "grow",
        ("team",),
        lambda t: t("let somebody invite again"),
        lambda t: t("<code>/unbar @ahe</code>: they may invite again."),
    ),
    Entry(
        "withhold",
        "grow",
        ("team",),
        lambda t: t("stop counting somebody for codes"),
        lambda t: t(
            "<code>/withhold @ahe reason</code>: whoever brought them earns nothing by it; they are not told. "
            "Once more ends it."
        ),
    ),
    Entry(
        "revoke",
        "grow",
        ("team",),
        lambda t: t("withdraw a branch's unused codes"),
        lambda t: t("<code>/revoke @ahe reason</code>: unused codes of theirs and of all below open nothing any more."),
    ),
)
