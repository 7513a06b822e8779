"""How a question that waits for typed words is put in a group."""

from markupsafe import Markup

from bot.texts.catalogues import Translator
from bot.texts.html import name, safe
from storage.members import Person


def addressed(t: Translator, person: Person | None, question: Markup) -> Markup:
    """Whom it is for, and how it is answered; None is who writes as the group itself.

    The mention makes the app open its field for that person alone, also where the question replies to our own card.
    """
    how = t("Please reply to this message.")
    if person is None:
        return Markup("{}\n{}").format(question, how)
    who = Markup('<a href="tg://user?id={}">{}</a>').format(person.external_id, safe(name(person.name)))
    return Markup("{}\n{}").format(t("%(who)s: %(question)s", who=who, question=question), how)
