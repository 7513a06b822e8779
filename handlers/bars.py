"""Bars: `/bar` keeps somebody from inviting, `/pause` their whole branch, `/unbar` ends either."""

from bot.community import bars as rules
from bot.community.audit import Action, record
from bot.here import Here
from bot.texts import bars as texts
from bot.texts.announce import language_of_person
from bot.texts.say import Answers, to_person
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.people import person_meant
from storage import bars, members
from storage.bars import BRANCH, INVITING
from storage.members import Person


async def bar(here: Here, spoken: Spoken) -> Answers:
    """`/bar @who reason`: this person hands out no codes."""
    return await _bar(here, spoken, INVITING)


async def pause(here: Here, spoken: Spoken) -> Answers:
    """`/pause @who reason`: nor does anybody they brought, directly or through others."""
    return await _bar(here, spoken, BRANCH)


async def _bar(here: Here, spoken: Spoken, kind: str) -> Answers:
    person_id, reason = await person_meant(here, spoken, f"{spoken.command} @ahe …")
    made = await rules.bar(here.session, here.community_id, person_id, kind, reason, here.person_id, here.now)
    person = await _note(here, kind, person_id, {}, {"reason": made.reason})
    t = language_of_person(person, here.community)
    told = to_person(person_id, texts.told(t, here.community, made), here.now, key=f"bar:{made.id}")
    return [texts.barred(here.t, person, made), told]


async def unbar(here: Here, spoken: Spoken) -> Answers:
    """`/unbar @who`: they, and their branch, may invite again."""
    person_id, _ = await person_meant(here, spoken, "/unbar @ahe")
    for kind in (INVITING, BRANCH):
        if barred := await bars.get_bar(here.session, here.community_id, person_id, kind):
            await rules.lift(here.session, here.community_id, person_id, kind, here.person_id, here.now)
            person = await _note(here, kind, person_id, {"reason": barred.reason}, {})
            return texts.lifted(here.t, person)
    await rules.lift(here.session, here.community_id, person_id, INVITING, here.person_id, here.now)
    return None


async def _note(here: Here, kind: str, person_id: int, before: dict[str, object], after: dict[str, object]) -> Person:
    person = await members.get_person(here.session, person_id)
    action = Action(here.community_id, here.person_id, f"bar {kind}", person.name)
    await record(here.session, action, before, after, here.now)
    return person


COMMANDS = (
    Command("bar", bar, takes="text", staff=True),
    Command("pause", pause, takes="text", staff=True),
    Command("unbar", unbar, takes="text", staff=True),
)
PRESSES: tuple[Press, ...] = ()
PROMPTS: tuple[Prompt, ...] = ()
