"""Works, partly, no: what those who asked say a week after shipping, privately."""

from bot.community import reopening, verdicts
from bot.community.errors import TooLateToAnswer
from bot.community.verdicts import Questions
from bot.here import Here
from bot.texts import announce
from bot.texts import verdicts as texts
from bot.texts.catalogues import translator
from bot.texts.errors import stale_button
from bot.texts.say import Answers, Rewrite, Say, Toast
from handlers import prompts
from handlers.commands import Press, Prompt, Spoken
from storage import communities
from storage import verdicts as rows
from storage.outbox import OutboxRow
from storage.suggestions import Suggestion
from storage.verdicts import ANSWERS


async def answered(here: Here, numbers: list[int]) -> Answers:
    """A button under the question; another one changes the answer."""
    verdict_id, n = numbers
    if here.chat is not None or n >= len(ANSWERS):
        return Toast(stale_button(here.mine))
    asked = await verdicts.answer(here.session, here.person_id, verdict_id, ANSWERS[n], here.now)
    shown = texts.questions(here.mine, asked)
    return [Rewrite(shown.text, shown.keyboard), *await _reopened(here, _about(asked, verdict_id))]


def _about(asked: Questions, verdict_id: int) -> Suggestion:
    return next(one.suggestion for one in asked.asked if one.verdict.id == verdict_id)


async def _reopened(here: Here, suggestion: Suggestion) -> list[OutboxRow]:
    """If that was one "no" too many: the card is open again, and the team is told."""
    said = await reopening.should_reopen(here.session, suggestion)
    if said is None:
        return []
    community = await communities.get_community(here.session, suggestion.community_id)
    why = str(texts.reason(translator(community.language), said))
    opened = await reopening.reopen(here.session, suggestion, said, why, here.now)
    told = await announce.to_rooms(
        here.session,
        community,
        lambda t: texts.reopened(t, opened.suggestion, said),
        here.now,
        key=f"reopened:{suggestion.id}:{opened.release_id}",
    )
    return [await announce.card(here.session, opened.suggestion, here.now), *told]


async def why_pressed(here: Here, numbers: list[int]) -> Answers:
    """ "Tell the team more": asks for words."""
    one = await rows.get_asked(here.session, here.person_id, numbers[0])
    if one is None or here.chat is not None:
        raise TooLateToAnswer
    return await prompts.ask(here, "why", (numbers[0],), texts.why(here.mine, one))


async def why_given(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The words, which stand in the team's room in one live message a release."""
    one = await verdicts.add_words(here.session, here.person_id, numbers[0], spoken.words, here.now)
    community = await communities.get_community(here.session, one.verdict.community_id)
    said = await rows.list_answered(here.session, one.release.id or 0)
    report = await announce.to_rooms(
        here.session,
        community,
        lambda t: texts.report(t, one.release, said),
        here.now,
        slot=f"verdicts:{one.release.id}",
    )
    return [Say(texts.words_kept(here.mine)), *report]


COMMANDS = ()
PRESSES = (Press("verdict", answered, 2), Press("why", why_pressed, 1))
PROMPTS = (Prompt("why", why_given),)
