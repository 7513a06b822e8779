"""What is said about bound repositories and their releases."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.community.repositories import Shipment
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, safe
from bot.texts.say import Button, Say
from bot.texts.triage import and_more, calm
from storage.repositories import Repository
from storage.suggestions import Suggestion

LISTED, TITLE, WORDS = 10, 60, 60


def listed(t: Translator, repositories: Sequence[Repository]) -> Markup:
    """The bound repositories, and how to bind one."""
    how = t("Bind one: <code>/repository owner/name</code>. What its published releases name is shipped.")
    if not repositories:
        return how
    names = [Markup("· {}").format(t("%(name)s", name=excerpt(one.name, TITLE))) for one in repositories[:LISTED]]
    return Markup("\n").join([t("<b>Repositories</b>"), *names, how])


def bound(t: Translator, repository: Repository, address: str) -> Markup:
    """Shown once, privately: what to enter at GitHub."""
    return t(
        "<b>%(name)s</b> is bound. At GitHub, under Settings → Webhooks → Add webhook, enter:\n"
        "Payload URL: %(address)s\nContent type: application/json\nSecret: %(secret)s\n"
        "Events: Releases, Pull requests.\nI show the secret only this once; /repository %(name)s makes a new one.",
        name=excerpt(repository.name, TITLE),
        address=Markup("<code>{}</code>").format(safe(excerpt(address, 200))),
        secret=Markup("<code>{}</code>").format(safe(excerpt(repository.secret, TITLE))),
    )


def sent_privately(t: Translator) -> Markup:
    return t("I have written to you privately.")


def shipment(t: Translator, told: Shipment) -> Say:
    """To the team: what a release has shipped, what it names that I do not know, or whether it may ship."""
    title = excerpt(told.title, TITLE)
    lines = []
    if told.shipped:
        lines.append(t("<b>Released: %(title)s</b>", title=title))
        lines += _list(t, told.shipped, "✅")
    if told.asks and told.publication:
        author = excerpt(told.publication.author, TITLE) or "?"
        lines.append(
            t(
                "<b>%(title)s</b> was released by %(author)s, whom I do not know. Has this shipped?",
                title=title,
                author=author,
            )
        )
        lines += _list(t, told.asks, "·")
    if told.unknown:
        numbers = " ".join(f"#{number}" for number in told.unknown[:LISTED])
        lines.append(t("%(title)s names %(numbers)s, which I do not know.", title=title, numbers=numbers))
    return Say(Markup("\n").join(lines or [t("%(title)s ships nothing here.", title=title)]), _buttons(t, told))


def _list(t: Translator, suggestions: Sequence[Suggestion], mark: str) -> list[Markup]:
    lines = [
        Markup("{} <b>#{}</b> {}").format(mark, one.number, t("%(text)s", text=calm(excerpt(one.text, WORDS))))
        for one in suggestions[:LISTED]
    ]
    return [*lines, *([and_more(t, len(suggestions) - LISTED)] if len(suggestions) > LISTED else [])]


def _buttons(t: Translator, told: Shipment) -> list[list[Button]]:
    if not told.asks or not told.publication:
        return []
    number = told.publication.id
    return [
        [Button(t("It has shipped"), data=f"released:{number}"), Button(t("It has not"), data=f"unreleased:{number}")],
        [Button(t("Yes, and trust this author from now on"), data=f"trusted:{number}")],
    ]


def dismissed(t: Translator) -> Markup:
    return t("All right: this release ships nothing here.")


HELP = (
    Entry(
        "repository",
        "digest",
        ("team",),
        lambda t: t("what a repository's releases name is shipped"),
        lambda t: t("<code>/repository owner/name</code>: what its published releases name is shipped by itself."),
    ),
)
