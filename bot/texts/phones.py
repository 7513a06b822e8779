"""What is said about phone numbers: why one is asked for, and what is kept of it."""

from bot.texts.catalogues import Translator
from bot.texts.html import name
from bot.texts.say import Say
from storage.communities import Community


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
        "Somebody has a seat in <b>%(community)s</b> with this phone already, so the code stays good for a friend. "
        "If that is a mistake, ask the team.",
        community=name(community.name),
    )
    return Say(said, bare=True)


def not_own(t: Translator) -> Say:
    return Say(t("That is somebody else's contact. Press the button below; it sends your own."))


def unasked(t: Translator) -> Say:
    return Say(t("I need no phone number right now, and kept none. Send me your code first."), bare=True)
