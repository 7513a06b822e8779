"""A community's settings as its team reads them."""

from typing import Any

from markupsafe import Markup

from bot.community.errors import SettingRefused
from bot.community.settings import Settings, settings, shown
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, safe
from bot.texts.say import Say

# Suggesting and voting; what I do by myself; the digest; releases and the rest: a blank line stands before each.
_GROUPS_BEGIN = ("longest_suggestion", "quiet_from", "draft_hours", "release_prereleases")


def meanings(t: Translator) -> dict[str, Markup]:
    """What each setting does."""
    return {
        "longest_suggestion": t("characters a suggestion may have"),
        "daily_suggestions": t("suggestions a member may make a day"),
        "newcomer_hours": t("hours before somebody who has just joined may suggest; 0: at once"),
        "vote_wait_hours": t("hours before the vote of somebody who has just joined counts"),
        "quiet_from": t("the hour from which I write to nobody privately"),
        "quiet_until": t("the hour until which I write to nobody privately"),
        "overhear": t("wishes in ordinary talk are noticed, and their author or the team is asked quietly"),
        "promise_hours": t("hours within which the team answers questions; 0: nothing is promised"),
        "daily_hour": t("the hour at which the team gets its daily lists"),
        "team_signs": t("decisions are shown as the team's, without a name"),
        "draft_hours": t("hours before the digest at which the team sees its draft; 0: no draft"),
        "digest_needs_approval": t("the digest waits until the team approves it"),
        "digest_when_quiet": t("the digest also comes after a week in which nothing happened"),
        "phone_proof": t("who comes in with a code shows a phone number first: one phone, one seat"),
        "digest_public": t("anybody may read the feed of the digests"),
        "report_days": t("days after the digest at which I ask what people say of it, in four taps; 0: I do not ask"),
        "release_prereleases": t("a pre-release of a bound repository ships, too"),
        "reference_words": t("what stands before a suggestion's number in release texts, beside S-12 and Millet #12"),
        "suggest_words": t("further words that begin a suggestion here, as in “wish: …” and #wish"),
    }


def listed(t: Translator, current: Settings) -> Say:
    """All settings with their values in force."""
    says = meanings(t)
    lines = [
        t("<b>Settings of this community</b>"),
        t("Change one: <code>/settings daily_suggestions 5</code>; “default” resets it."),
    ]
    for name in settings():
        gap = "\n" if name in _GROUPS_BEGIN else ""
        lines.append(gap + _line(name, getattr(current, name), says[name]))
    return Say("\n".join(lines))


def _line(name: str, value: Any, meaning: Markup) -> Markup:  # a whole number, a switch or words
    value_shown = shown(value) or "–"
    return Markup("<code>{}</code> <b>{}</b> · {}").format(name, value_shown, meaning)


def changed(t: Translator, setting: str, current: Settings) -> Markup:
    """The setting as it stands now."""
    return _line(setting, getattr(current, setting), meanings(t)[setting])


def feed_opened(t: Translator, current: Settings, address: str) -> Markup:
    """The setting, and where the feed is from now on."""
    return Markup("{}\n{}").format(changed(t, "digest_public", current), safe(excerpt(address, 300)))


def setting_refused(t: Translator, refusal: SettingRefused) -> Markup:
    """What values it may have."""
    if refusal.least is not None:
        return t(
            "<b>%(name)s</b> is a whole number from %(least)s to %(most)s.",
            name=refusal.setting,
            least=refusal.least,
            most=refusal.most,
        )
    if refusal.most is not None:
        return t("<b>%(name)s</b> takes %(most)s short words at most.", name=refusal.setting, most=refusal.most)
    return t("<b>%(name)s</b> is on or off.", name=refusal.setting)


HELP = (
    Entry(
        "settings",
        "settings",
        ("team",),
        lambda t: t("what this community sets for itself"),
        lambda t: t("<code>/settings</code>: limits and habits of this community, and how to change them."),
    ),
)
