"""What is said about phone numbers: why one is asked for, what is kept of it, and how the team frees one."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import name
from bot.texts.say import Button, Say
from bot.texts.triage import and_more
from storage.communities import Community
from storage.members import Person

SHOWN = 8


def wanted(t: Translator, community: Community) -> Say:
    """The code is good, and kept for the person; the number is still to be shown."""
    lines = [
        t("The code is good. <b>%(community)s</b> gives one seat to each phone.", community=name(community.name)),
        t(
            "Press the button below to show me your number. I keep only a fingerprint of it, from which nobody can "
            "read the number; no member and nobody of the team sees it."
        ),
    ]
    return Say("\n".join(lines), silent=False, contact_button=str(t("📱 Show my phone number")))


def thanks(t: Translator) -> Say:
    return Say(t("Thank you. The number itself is forgotten already; delete the message above if you like."), bare=True)


def taken(t: Translator, community: Community) -> Say:
    said = t(
        "This phone is bound to another account in <b>%(community)s</b>, so the code was not used up: a friend can "
        "have it. If that account is not yours, ask the team to free the phone, then send me the code again.",
        community=name(community.name),
    )
    return Say(said, bare=True)


def not_own(t: Translator) -> Say:
    return Say(t("That is somebody else's contact. Press the button below; it sends your own."))


def unasked(t: Translator) -> Say:
    return Say(t("I need no phone number right now, and kept none. Send me your code first."), bare=True)


def kept_out(t: Translator, community: Community, pairs: Sequence[tuple[Person, Person]]) -> Say:
    """To the team: who was refused for whose number."""
    if not pairs:
        return Say(t("No phone number keeps anybody out. <code>/phone @ahe</code> shows the one of a member."))
    said = [t("%(name)s showed the phone of %(holder)s.", name=name(a.name), holder=name(b.name)) for a, b in pairs]
    rest = [and_more(t, len(pairs) - SHOWN)] if len(pairs) > SHOWN else []
    holders = {holder.id: holder for _, holder in pairs[:SHOWN]}.values()
    buttons = [[_button(t, community, holder)] for holder in holders]
    return Say("\n".join([t("<b>Kept out by a phone</b>"), *said[:SHOWN], *rest, _what_it_does(t)]), buttons)


def one_kept(t: Translator, community: Community, holder: Person, *, is_banned: bool) -> Say:
    """To the team: a number that is bound to somebody, or keeps them out for good."""
    said = t("A phone number is bound to %(name)s.", name=name(holder.name))
    if is_banned:
        said = t("%(name)s is banned, and so is their phone, with whatever account.", name=name(holder.name))
    return Say("\n".join([said, _what_it_does(t)]), [[_button(t, community, holder)]])


def _what_it_does(t: Translator) -> Markup:
    return t(
        "Free it if it was lost, sold or banned by mistake: it opens for one more person then, and no seat is lost."
    )


def _button(t: Translator, community: Community, holder: Person) -> Button:
    return Button(str(t("Free the phone of %(name)s", name=name(holder.name))), f"phone:{community.id}:{holder.id}")


def freed(t: Translator, holder: Person) -> Markup:
    return t("The phone of %(name)s is free: whoever has it now may show it.", name=name(holder.name))


def shown_anew(t: Translator, community: Community) -> Say:
    """To who had been refused for it."""
    said = t(
        "The team of <b>%(community)s</b> has freed your phone number. Send me an invitation code, and show it again.",
        community=name(community.name),
    )
    return Say(said)


HELP = (
    Entry(
        "phone",
        "grow",
        ("team",),
        lambda t: t("free a phone number"),
        lambda t: t(
            "<code>/phone</code>: whom a phone number keeps out, and freeing it; <code>/phone @ahe</code> one of a "
            "member."
        ),
    ),
)
