"""Bars: who may not invite, whose branch is paused, whose friends count nothing, whose codes are withdrawn.

Each by its command, or by a button on the member's card, which then asks for the reason.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial

from markupsafe import Markup

from bot.community import bars as rules
from bot.community.errors import NotBarred, StaleButton
from bot.here import Here
from bot.texts import bars as texts
from bot.texts.announce import language_of_person
from bot.texts.catalogues import Translator
from bot.texts.say import Answer, Answers, Toast, to_person
from handlers import signs, waiting
from handlers.commands import Command, Press, Prompt, Spoken
from handlers.named import member_for_team
from handlers.people import person_meant, quietly, require_team_alone
from handlers.prompts import ask
from storage import bars, members
from storage.audit import AuditRow
from storage.bars import BRANCH, CREDIT, INVITING
from storage.outbox import OutboxRow


async def bar(here: Here, spoken: Spoken) -> Answers:
    """`/bar @who reason`: this person hands out no codes."""
    return await _bar(here, spoken, INVITING)


async def pause(here: Here, spoken: Spoken) -> Answers:
    """`/pause @who reason`: nor does anybody they brought, directly or through others."""
    return await _bar(here, spoken, BRANCH)


async def withhold(here: Here, spoken: Spoken) -> Answers:
    """`/withhold @who reason`: they bring their inviter no credit, and only the team knows. Again, it ends."""
    require_team_alone(here)
    person_id, _ = await person_meant(here, spoken, "/withhold @ahe …")
    if await bars.get_bar(here.session, here.community_id, person_id, CREDIT):
        return await _lift(here, person_id, CREDIT)
    return await _bar(here, spoken, CREDIT)


async def _bar(here: Here, spoken: Spoken, kind: str) -> Answers:
    person_id, reason = await person_meant(here, spoken, f"{spoken.command} @ahe …")
    return await _impose(here, person_id, kind, reason)


async def _impose(here: Here, person_id: int, kind: str, reason: str) -> list[Answer]:
    made = await rules.bar(here.session, here.community_id, person_id, kind, reason, here.person_id, here.now)
    person = await members.get_person(here.session, person_id)
    return [quietly(here, partial(texts.barred, person=person, bar=made)), *await _tell(here, person_id, kind)]


async def unbar(here: Here, spoken: Spoken) -> Answers:
    """`/unbar @who`: they, and their branch, may invite again."""
    person_id, _ = await person_meant(here, spoken, "/unbar @ahe")
    barred = [
        kind for kind in (INVITING, BRANCH) if await bars.get_bar(here.session, here.community_id, person_id, kind)
    ]
    if not barred:
        raise NotBarred
    answers = [await _lift(here, person_id, kind) for kind in barred]
    return [*answers[-1], *await waiting.serve(here, here.community)]  # what they donated opens again


async def _lift(here: Here, person_id: int, kind: str) -> list[Answer]:
    await rules.lift(here.session, here.community_id, person_id, kind, here.person_id, here.now)
    return [quietly(here, await _lifted(here, person_id, kind)), *await _tell(here, person_id, kind)]


async def _lifted(here: Here, person_id: int, kind: str) -> Callable[[Translator], Markup]:
    """To the team: it is lifted, and what still holds."""
    person = await members.get_person(here.session, person_id)
    holds = None if kind == CREDIT else await bars.get_bar_above(here.session, here.community_id, person_id)
    if holds is None:
        return partial(texts.lifted, person=person, kind=kind)
    barred = await members.get_person(here.session, holds.person_id)
    return partial(texts.lifted_in_part, person=person, bar=holds, barred=barred)


async def _tell(here: Here, person_id: int, kind: str) -> list[OutboxRow]:
    """The person hears how they stand now; of withheld credit, nothing."""
    if kind == CREDIT:
        return []
    person = await members.get_person(here.session, person_id)
    t = language_of_person(person, here.community)
    holds = await bars.get_bar(here.session, here.community_id, person_id, kind)
    holds = holds or await bars.get_bar_above(here.session, here.community_id, person_id)
    said = texts.told(t, here.community, person, holds) if holds else texts.told_lifted(t, here.community)
    return [to_person(person_id, said, here.now, key=f"bar:{here.origin}:{kind}")]


async def news(here: Here, undone: list[AuditRow]) -> list[OutboxRow]:
    """What undoing an action means to whom it concerned."""
    kinds = {deed: kind for kind, deed in rules.DEEDS.items()}
    told = [await _tell(here, rules.person_in(row), kinds[row.action]) for row in undone if row.action in kinds]
    served = await waiting.serve(here, here.community) if told else []
    return [*(row for rows in told for row in rows), *served]


async def revoke(here: Here, spoken: Spoken) -> Answers:
    """`/revoke @who reason`: the unused codes of the whole branch open nothing from now on."""
    person_id, reason = await person_meant(here, spoken, f"{spoken.command} @ahe …")
    return await _revoke(here, person_id, reason)


async def _revoke(here: Here, person_id: int, reason: str) -> list[Answer]:
    gone = await rules.revoke_branch(here.session, here.community_id, person_id, reason, here.person_id, here.now)
    person = await members.get_person(here.session, person_id)
    said = quietly(here, partial(texts.revoked, person=person, count=gone.total()))
    told = await _tell_holders(here, person_id, reason, gone)
    return [said, *told, *await waiting.serve(here, here.community)]  # who lost a promise may have another at once


async def _tell_holders(here: Here, person_id: int, reason: str, gone: Counter[int]) -> list[OutboxRow]:
    """Each learns that codes they may have handed on are void; why, only the one who gave cause."""
    people = await members.list_people(here.session, list(gone))
    told = []
    for holder_id, count in gone.items():
        t = language_of_person(people[holder_id], here.community)
        said = texts.told_revoked(t, here.community, count, reason if holder_id == person_id else "")
        told.append(to_person(holder_id, said, here.now, key=f"revoked:{here.origin}:{holder_id}"))
    return told


async def bar_pressed(here: Here, numbers: list[int]) -> Answers:
    """A bar by its place among the kinds: the one in force ends; otherwise the reason is asked for."""
    here, member = await member_for_team(here, numbers[1], fresh=True)
    kind = _kind(numbers[0])
    if await bars.get_bar(here.session, here.community_id, member.person_id, kind):
        _, *told = await _lift(here, member.person_id, kind)
        lifted = await _lifted(here, member.person_id, kind)
        served = await waiting.serve(here, here.community)
        return [await signs.again(here, member), Toast(lifted(here.mine)), *told, *served]
    person = await members.get_person(here.session, member.person_id)
    return await ask(here, "bar", (numbers[0], numbers[1]), texts.why(here.t, person, kind))


async def bar_reason(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The reason for a bar."""
    here, member = await member_for_team(here, numbers[1], fresh=True)
    return await _impose(here, member.person_id, _kind(numbers[0]), spoken.words)


async def revoke_pressed(here: Here, numbers: list[int]) -> Answers:
    """Codes are not withdrawn without a reason."""
    here, member = await member_for_team(here, numbers[0], fresh=True)
    person = await members.get_person(here.session, member.person_id)
    return await ask(here, "revoke", (numbers[0],), texts.why_revoke(here.t, person))


async def revoke_reason(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The reason for withdrawing a branch's codes."""
    here, member = await member_for_team(here, numbers[0], fresh=True)
    return await _revoke(here, member.person_id, spoken.words)


def _kind(number: int) -> str:
    if number >= len(rules.KINDS):
        raise StaleButton
    return rules.KINDS[number]


COMMANDS = (
    Command("bar", bar, takes="text", staff=True),
    Command("pause", pause, takes="text", staff=True),
    Command("withhold", withhold, takes="text", staff=True),
    Command("revoke", revoke, takes="text", staff=True, fresh=True),
    Command("unbar", unbar, takes="text", staff=True),
)
PRESSES = (Press("bar", bar_pressed, 2), Press("revoke", revoke_pressed, 1))
PROMPTS = (Prompt("bar", bar_reason), Prompt("revoke", revoke_reason))
