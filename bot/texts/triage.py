"""What is said about the team's decisions."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.askers import Told
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.suggestions import status_name
from storage.releases import Release
from storage.suggestions import DECLINED, OPEN, Suggestion

LISTED = 10


def standing(t: Translator, suggestion: Suggestion, decider: str, into: int | None) -> Markup:
    """A suggestion's status, who decided it, and how to change it."""
    number, status = suggestion.number, status_name(t, suggestion.status)
    if into is not None:
        return t("#%(number)s was merged into #%(into)s: everything is decided there.", number=number, into=into)
    if decider:
        status = t("%(status)s (%(name)s)", status=status, name=calm(name(decider)))
    return t(
        "#%(number)s is %(status)s. Change it like this: <code>/status %(number)s planned</code>",
        number=number,
        status=status,
    )


def decided(t: Translator, suggestion: Suggestion) -> Markup:
    """The answer to a decision."""
    number = suggestion.number
    if suggestion.status == DECLINED:
        return t("#%(number)s is declined. The reason stands on its card and in the next digest.", number=number)
    if suggestion.status == OPEN:
        return t("#%(number)s is open again.", number=number)
    return t("#%(number)s is now %(status)s.", number=number, status=status_name(t, suggestion.status))


def shipped(t: Translator, release: Release, told: Sequence[Told], digest_at: str, ways: tuple[int, int]) -> Markup:
    """What was shipped, who asked for it, and when and how everyone hears of it."""
    title = (
        t("<b>Shipped in %(version)s</b>", version=excerpt(release.version, 60))
        if release.version
        else t("<b>Shipped</b>")
    )
    lines = [title, *(_asked(t, one) for one in told[:LISTED])]
    if len(told) > LISTED:
        lines.append(and_more(t, len(told) - LISTED))
    lines.append(t("The digest of %(moment)s tells everyone who asked.", moment=digest_at))
    if any(ways):
        privately, by_digest = ways
        lines.append(
            t(
                "Told privately: %(privately)s. Addressed in the digest: %(digest)s.",
                privately=privately,
                digest=by_digest,
            )
        )
    return Markup("\n").join(lines)


def _asked(t: Translator, told: Told) -> Markup:
    return t(
        "✅ <b>#%(number)s</b> %(words)s — %(who)s",
        number=told.suggestion.number,
        words=calm(excerpt(told.suggestion.text)),
        who=asked_by(t, told),
    )


def calm(text: str) -> str:
    """Text in which no @name rings anybody's phone."""
    return text.replace("@", "＠")


def and_more(t: Translator, n: int) -> Markup:
    return t.count("… and %(n)s more", "… and %(n)s more", n)


def asked_by(t: Translator, told: Told) -> Markup:
    """Who asked, by name, with those who asked for what was merged into it, and how many more."""
    askers = [calm(name(told.asker)) if told.asker else t("a member"), *(calm(name(one)) for one in told.co_askers)]
    asker = str(t(", ")).join(askers)
    if not told.others:
        return t("%(name)s", name=asker)
    return t.count("%(name)s and %(n)s other", "%(name)s and %(n)s others", told.others, name=asker)


def cannot_ship(t: Translator, unknown: Sequence[int], shipped: Sequence[int]) -> Markup:
    """Why nothing was shipped."""
    lines = [t("Nothing was shipped.")]
    if unknown:
        lines.append(t("There is no %(numbers)s here.", numbers=_numbers(unknown)))
    if shipped:
        lines.append(t("Shipped already: %(numbers)s.", numbers=_numbers(shipped)))
    lines.append(t("Send it again without these numbers."))
    return Markup("\n").join(lines)


def _numbers(numbers: Sequence[int]) -> str:
    named = " ".join(f"#{number}" for number in numbers[:LISTED])
    return f"{named} …" if len(numbers) > LISTED else named


HELP = (
    Entry(
        "status",
        "triage",
        ("team",),
        lambda t: t("move a suggestion: planned, started"),
        lambda t: t("<code>/status 12 planned</code>: planned, started, or open again."),
    ),
    Entry(
        "decline",
        "triage",
        ("team",),
        lambda t: t("decline a suggestion, with a reason"),
        lambda t: t("<code>/decline 12 reason</code>: the reason is for everyone to read."),
    ),
    Entry(
        "ship",
        "triage",
        ("team",),
        lambda t: t("say what was shipped"),
        lambda t: t("<code>/ship 12 14 v2.3 note</code>: what was shipped together."),
    ),
)
