"""What the team is told of two suggestions that may mean the same."""

from markupsafe import Markup

from bot.community.askers import Told
from bot.community.proposals import Proposal
from bot.texts.catalogues import Translator
from bot.texts.html import safe, shorten
from bot.texts.say import Button, Say
from bot.texts.suggestions import status_name
from bot.texts.triage import asked_by, calm
from storage.suggestions import Suggestion

SHOWN = 400  # UTF-16 units of each text: enough to compare them


def proposal(t: Translator, proposed: Proposal) -> Say:
    """Both texts with who asked, and two buttons: nothing is merged by itself."""
    stays, goes = proposed.stays.suggestion, proposed.goes.suggestion
    lines = [
        t("🔎 <b>Do these two mean the same?</b>"),
        _told(t, proposed.stays),
        _told(t, proposed.goes),
        t("Merging shows a preview first. Kept apart, they are not proposed again."),
    ]
    label = t("Merge #%(goes)s into #%(stays)s", goes=goes.number, stays=stays.number)
    merge = Button(str(label), data=f"merge:{goes.id}:{stays.id}")
    differ = Button(t("They differ"), data=f"differ:{proposed.judgement_id}")
    return Say("\n\n".join(lines), [[merge, differ]])


def _told(t: Translator, told: Told) -> Markup:
    text = calm(shorten(told.suggestion.text, SHOWN))
    byline = Markup("— {} · 👍 {}").format(asked_by(t, told), told.votes)
    return Markup("<b>#{}</b> {}\n{}").format(told.suggestion.number, safe(text), byline)


def over(t: Translator, settled: Suggestion, other: Suggestion, into: int | None) -> Say:
    """The card's place, once one of the two is merged, shipped, declined or taken back."""
    about = t("🔎 #%(one)s and #%(other)s: nothing to merge any more.", one=settled.number, other=other.number)
    if settled.withdrawn_at is not None:
        what = t("#%(number)s was taken back.", number=settled.number)
    elif into is not None:
        what = t("#%(number)s is part of #%(into)s now.", number=settled.number, into=into)
    else:
        what = t("#%(number)s: %(status)s", number=settled.number, status=status_name(t, settled.status))
    return Say(t("%(first)s %(then)s", first=about, then=what))


def kept_apart(t: Translator, one: Suggestion, other: Suggestion) -> Markup:
    """The card's place, once somebody has answered."""
    return t("#%(one)s and #%(other)s stay apart. I will not ask again.", one=one.number, other=other.number)
