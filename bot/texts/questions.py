"""What is said about questions that wait for the team, and about the promise in the digest."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from bot.community.questions import FEW, Promise
from bot.texts import links
from bot.texts.catalogues import Translator
from bot.texts.entry import Entry
from bot.texts.html import excerpt, name
from bot.texts.links import Known
from bot.texts.say import Button, Say
from bot.texts.triage import and_more, calm
from storage.questions import Question

BUTTONS = 5  # in a row
HOUR, TWO_DAYS = timedelta(hours=1), timedelta(days=2)


def unanswered(t: Translator, oldest: Sequence[Question], total: int, around: Known, now: datetime) -> Say:
    """Questions that wait longer than promised, the oldest first."""
    if not oldest:
        return Say(t("No question waits longer than promised."))
    lines = [
        t.count(
            "<b>%(n)s question waits longer than promised</b>",
            "<b>%(n)s questions wait longer than promised</b>",
            total,
        )
    ]
    lines += [_line(t, n, question, around, now) for n, question in enumerate(oldest, 1)]
    if total > len(oldest):
        lines.append(and_more(t, total - len(oldest)))
    lines.append(t("A reply or a reaction by the team answers one. ✓ takes it off the list without."))
    buttons = [Button(f"✓ {n}", data=f"question_over:{question.id}") for n, question in enumerate(oldest, 1)]
    return Say("\n".join(lines), [buttons[at : at + BUTTONS] for at in range(0, len(buttons), BUTTONS)])


def _line(t: Translator, n: int, question: Question, around: Known, now: datetime) -> Markup:
    chat = around.chats.get(question.chat_id or 0)
    asker = around.people.get(question.person_id or 0)
    return t(
        "%(n)s. “%(words)s” — %(name)s, %(time)s ago",
        n=n,
        words=links.linked(calm(excerpt(question.excerpt)), links.to_message(chat, question.message)),
        name=calm(name(asker.name if asker else "")),
        time=duration(t, now - question.asked_at),
    )


def duration(t: Translator, time: timedelta) -> Markup:
    """A time as people say it: minutes, hours, and from two days on days."""
    if time < HOUR:
        return t.count("%(n)s minute", "%(n)s minutes", max(1, round(time / timedelta(minutes=1))))
    if time < TWO_DAYS:
        return t.count("%(n)s hour", "%(n)s hours", round(time / HOUR))
    return t.count("%(n)s day", "%(n)s days", time.days)


def promise(t: Translator, kept: Promise) -> Markup:
    """One line of the digest: how soon questions were answered, and how long the oldest waits."""
    parts = []
    if kept.within is not None:
        parts.append(_answered(t, kept.answered, duration(t, kept.within)))
    if kept.oldest_waits is not None:
        parts.append(t("the oldest open one has waited %(time)s", time=duration(t, kept.oldest_waits)))
    return t("💬 %(parts)s", parts=Markup(" · ").join(parts))


def _answered(t: Translator, count: int, time: Markup) -> Markup:
    if count == 1:
        return t("one was answered, after %(time)s", time=time)
    if count < FEW:
        return t("%(n)s were answered, all within %(time)s", n=count, time=time)
    return t("half were answered within %(time)s", time=time)


def settled(t: Translator) -> Markup:
    return t("Taken off the list.")


HELP = (
    Entry(
        "unanswered",
        "triage",
        ("team",),
        lambda t: t("questions that wait for an answer"),
        lambda t: t("<code>/unanswered</code>: questions that wait longer than promised."),
    ),
)
