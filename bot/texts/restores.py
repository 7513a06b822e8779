"""What the team is asked when its database was put back from an old copy."""

from datetime import UTC, datetime

from markupsafe import Markup

from bot.community.restores import Choice, Held
from bot.texts.catalogues import Translator
from bot.texts.html import name
from bot.texts.say import Button, Say


def question(t: Translator, held: Held) -> Say:
    """What waits, and what to do about it; what has been decided is asked no more."""
    copied = held.hold.copied_at
    head = (
        t("⚠️ <b>My database was restored</b> from a backup of %(at)s.", at=_moment(copied))
        if copied
        else t("⚠️ <b>My database was restored</b> from a backup.")
    )
    why = t("I do not know what I have said since, so nothing goes out unasked until you decide.")
    return Say(Markup("\n").join([head, why, *_counts(t, held)]), _buttons(t, held), silent=False)


def _counts(t: Translator, held: Held) -> list[Markup]:
    lines = []
    if held.hold.messages:
        lines.append(t("In chats: %(chats)s · privately: %(people)s", chats=held.to_chats, people=held.to_people))
    if held.hold.codes and held.codes:
        lines.append(
            t.count(
                "%(n)s invitation code may have been used since. It opens nothing for now.",
                "%(n)s invitation codes may have been used since. They open nothing for now.",
                held.codes,
            )
        )
    return lines


def _buttons(t: Translator, held: Held) -> list[list[Button]]:
    def button(choice: Choice) -> Button:
        return Button(str(label(t, choice)), data=f"held:{held.hold.community_id}:{choice.value}")

    rows = []
    if held.hold.messages:
        rows.append([button(Choice.SEND), button(Choice.DROP)])
    if held.hold.codes and held.codes:
        rows.append([button(Choice.KEEP_CODES), button(Choice.REPLACE_CODES)])
    return rows


def label(t: Translator, choice: Choice) -> Markup:
    """What a button says, and the team's log after it was pressed."""
    labels = {
        Choice.SEND: t("Send them"),
        Choice.DROP: t("Do not send"),
        Choice.KEEP_CODES: t("Codes are good"),
        Choice.REPLACE_CODES: t("Replace codes"),
    }
    return labels[choice]


def decided(t: Translator, held: Held, choice: Choice, who: str) -> Say:
    """The question with the answer under it, and without it what is settled."""
    answer = _ANSWERS[choice](t, name(who))
    if held.is_nothing:
        return Say(answer)
    asked = question(t, held)
    return Say(Markup("{}\n\n{}").format(asked.text, answer), asked.keyboard)


_ANSWERS = {
    Choice.SEND: lambda t, who: t("%(name)s: what waited is sent.", name=who),
    Choice.DROP: lambda t, who: t("%(name)s: what waited is dropped, as if I had said it.", name=who),
    Choice.KEEP_CODES: lambda t, who: t("%(name)s: the codes from before are good.", name=who),
    Choice.REPLACE_CODES: lambda t, who: t(
        "%(name)s: the codes from before open nothing any more. Whoever held them asks for new ones: /invite", name=who
    ),
}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
