"""What is said about bars: to the team, and to whom they concern."""

from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.say import Say
from storage.bars import BRANCH, Bar
from storage.communities import Community
from storage.members import Person


def barred(t: Translator, person: Person, bar: Bar) -> Say:
    """To the team: what holds from now on."""
    if bar.kind == BRANCH:
        return Say(
            t(
                "%(name)s and everyone they brought hand out no codes for now, and their unused ones open nothing. "
                "<code>/unbar</code> ends it.",
                name=name(person.name),
            )
        )
    return Say(
        t(
            "%(name)s hands out no codes for now, and their unused ones open nothing. <code>/unbar</code> ends it.",
            name=name(person.name),
        )
    )


def told(t: Translator, community: Community, bar: Bar) -> Say:
    """To the person themself."""
    said = t(
        "The team of <b>%(community)s</b> has paused your invitations: %(reason)s\n"
        "Everything else stays as it was, and your codes come back when the pause ends.",
        community=name(community.name),
        reason=excerpt(bar.reason, 300),
    )
    return Say(said)


def lifted(t: Translator, person: Person) -> Say:
    return Say(t("%(name)s may invite again, with everything that was in their hand.", name=name(person.name)))


HELP = (
    Entry(
        "bar",
        "invite",
        ("team",),
        lambda t: t("keep somebody from inviting"),
        lambda t: t("<code>/bar @ahe reason</code>: no invitations by this person until <code>/unbar @ahe</code>."),
    ),
    Entry(
        "pause",
        "invite",
        ("team",),
        lambda t: t("pause a whole branch"),
        lambda t: t("<code>/pause @ahe reason</code>: nor by anybody they brought."),
    ),
    Entry(
        "unbar",
        "invite",
        ("team",),
        lambda t: t("let somebody invite again"),
        lambda t: t("<code>/unbar @ahe</code>: they may invite again."),
    ),
)
