"""What is said about mending the tree: to the team alone."""

from markupsafe import Markup

from bot.community.reattaching import Move
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import name
from bot.texts.say import Button, Whisper
from storage.members import Person


def preview(t: Translator, move: Move, inviter_member_id: int) -> Whisper:
    """What would be moved, with a button that does it."""
    lines = [
        t(
            "Who brought %(name)s: %(old)s → %(new)s",
            name=name(move.person.name),
            old=name(move.was.name) if move.was else t("nobody"),
            new=name(move.inviter.name),
        )
    ]
    if move.below:
        lines.append(t.count("%(n)s more below comes along.", "%(n)s more below come along.", move.below))
    lines.append(t("Credit for friends follows the tree. Codes and their history stay as they are."))
    was = move.was.id if move.was else 0
    return Whisper("\n".join(lines), [[Button(t("Move"), data=f"moved:{move.member.id}:{inviter_member_id}:{was}")]])


def moved(t: Translator, move: Move) -> Markup:
    return t(
        "%(name)s stands under %(new)s now. <code>/undo</code> takes it back.",
        name=name(move.person.name),
        new=name(move.inviter.name),
    )


def who(t: Translator, person: Person) -> Markup:
    """Who brought them? It is asked for before the preview."""
    return t("Who brought %(name)s? Send their @name.", name=name(person.name))


HELP = (
    Entry(
        "reattach",
        "grow",
        ("team",),
        lambda t: t("mend who brought whom"),
        lambda t: t("<code>/reattach @sam @ahe</code>: the tree says from now on that @ahe brought @sam."),
    ),
)
