"""What is said about overheard wishes: the quiet question to the author, and the team's daily list."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.texts import links
from bot.texts.catalogues import Translator
from bot.texts.html import excerpt, name
from bot.texts.links import Known
from bot.texts.say import Button, Keyboard, Say, Whisper
from bot.texts.triage import calm
from storage.wishes import Wish

BUTTON_PAIRS = 3  # in a row


def asked(t: Translator, wish: Wish) -> Whisper:
    """Is it meant as a suggestion? Only its author sees this."""
    said = t("“%(words)s” — shall I note that as a suggestion? Only you see this.", words=excerpt(wish.text))
    buttons = [
        Button(t("Note it"), data=f"wish_note:{wish.id}"),
        Button(t("No, thanks"), data=f"wish_leave:{wish.id}"),
    ]
    return Whisper(said, [buttons, [Button(t("No, and don't ask me again"), data=f"wish_silence:{wish.id}")]])


def left(t: Translator) -> Markup:
    return t("All right, nothing is noted.")


def silenced(t: Translator) -> Markup:
    return t("All right, I will not ask you again. <code>/suggest …</code> is always there for you.")


def listed(t: Translator, wishes: Sequence[Wish], around: Known) -> Say:
    """What sounded like wishes, to be noted or dropped."""
    if not wishes:
        return Say(t("All wishes of this list are settled."))
    lines = [t("<b>Overheard in the chats</b>. Which of these are suggestions?")]
    lines += [_line(t, n, wish, around) for n, wish in enumerate(wishes, 1)]
    lines.append(t("✍️ notes it for who said it, ✕ drops it."))
    return Say("\n".join(lines), _buttons(wishes))


def _line(t: Translator, n: int, wish: Wish, around: Known) -> Markup:
    url = links.to_message(around.chats.get(wish.chat_id), wish.message)
    words = links.linked(calm(excerpt(wish.text)), url)
    return t("%(n)s. “%(words)s” — %(name)s", n=n, words=words, name=calm(name(around.people[wish.person_id].name)))


def _buttons(wishes: Sequence[Wish]) -> Keyboard:
    pairs = [
        (Button(f"✍️ {n}", data=f"wish_take:{wish.id}"), Button(f"✕ {n}", data=f"wish_drop:{wish.id}"))
        for n, wish in enumerate(wishes, 1)
    ]
    rows = [pairs[at : at + BUTTON_PAIRS] for at in range(0, len(pairs), BUTTON_PAIRS)]
    return [[button for pair in row for button in pair] for row in rows]


def dropped(t: Translator) -> Markup:
    return t("Dropped.")
