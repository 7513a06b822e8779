"""`/audit`: what the team did, and undoing it."""

from functools import partial

from bot.community import undoing
from bot.community.errors import StaleButton
from bot.community.suggestions import access_suggestion
from bot.community.undoing import Undone
from bot.here import Here
from bot.texts import announce
from bot.texts import audit as texts
from bot.texts.audit import Log
from bot.texts.care import rewritten
from bot.texts.say import Answer, Answers, Say, Toast, Whisper
from handlers import bars
from handlers.commands import Command, Press, Spoken, numbers_in
from handlers.named import about
from handlers.people import quietly
from storage import audit as rows
from storage import members
from storage import suggestions as suggestion_rows
from storage.audit import AuditRow
from storage.bars import CREDIT
from storage.suggestions import Suggestion


async def audit(here: Here, spoken: Spoken) -> Answers:
    """`/audit`: the newest first; `/audit 12`: one suggestion's history."""
    numbers = numbers_in(spoken)
    subject = await access_suggestion(here.session, here.community_id, numbers[0]) if numbers else None
    return await _page(here, None, subject)


async def audit_pressed(here: Here, numbers: list[int]) -> Answers:
    """The page after; its data names the last row seen, and the suggestion or 0."""
    here, row = await _row_named(here, numbers[0])
    await here.require_staff()
    return rewritten(await _page(here, row.id, await _subject(here, numbers[1])))


async def undo(here: Here, _: Spoken) -> Answers:
    """`/undo`: the speaker's last action that can be undone."""
    result = await undoing.undo_last(here.session, here.community_id, here.person_id, here.now)
    if any("person_id" in row.was for row in result.rows):  # what concerns one member is told to nobody else
        return [quietly(here, partial(texts.undone, result=result)), *await bars.news(here, result.rows)]
    return [Say(texts.undone(here.t, result)), *await _cards(here, result)]


async def undo_pressed(here: Here, numbers: list[int]) -> Answers:
    """One action, by the button in the log."""
    here, row = await _row_named(here, numbers[0])
    await here.require_staff(fresh=True)
    result = await undoing.undo(here.session, row, here.person_id, here.now)
    page = rewritten(await _page(here, None, await _subject(here, numbers[1])))
    news = await bars.news(here, result.rows)
    return [Toast(texts.undone(here.mine, result)), page, *await _cards(here, result), *news]


async def _cards(here: Here, result: Undone) -> list[Answer]:
    return [await announce.card(here.session, suggestion, here.now) for suggestion in result.changed]


async def _row_named(here: Here, row_id: int) -> tuple[Here, AuditRow]:
    """A row of the log and its community; raises StaleButton in a chat of another one."""
    here = await about(here, AuditRow, row_id)
    async with here.database.reading() as look:
        row = await rows.get_action(look, row_id)
    if row is None or row.community_id != here.community_id:
        raise StaleButton
    return here, row


async def _subject(here: Here, suggestion_id: int) -> Suggestion | None:
    """The suggestion whose history is read; None for 0, which means everything. Raises StaleButton."""
    subject = await suggestion_rows.get_suggestion_by_id(here.session, suggestion_id)
    if subject is not None and subject.community_id != here.community_id:
        raise StaleButton
    return subject


async def _page(here: Here, before_id: int | None, of: Suggestion | None) -> Whisper:
    subject = f"#{of.number}" if of else None
    found = await rows.list_actions(
        here.session, here.community_id, texts.PAGE + 1, before_id=before_id, subject=subject
    )
    listed = found[: texts.PAGE]
    alone = here.is_heard_alone or here.chat is None or here.chat.is_staff
    log = Log(
        rows=[row for row in listed if alone or CREDIT not in row.was],  # withheld silently: no member reads it
        people=await _people(here, listed),
        numbers=await _numbers(here, listed),
        zone=here.community.zone,
        suggestion_id=of.id or 0 if of else 0,
        is_last=len(found) == len(listed),
        last_id=listed[-1].id or 0 if listed else 0,
    )
    return texts.listed(here.mine, log)


async def _people(here: Here, listed: list[AuditRow]) -> dict[int, str]:
    mentioned = {i for row in listed for i in (row.actor_id, row.undone_by_id, *_people_in(row))}
    people = await members.list_people(here.session, [i for i in mentioned if i])
    return {i: person.name for i, person in people.items()}


async def _numbers(here: Here, listed: list[AuditRow]) -> dict[int, int]:
    ids = list({i for row in listed for i in _ids(row, "merged_into_id")})
    found = await suggestion_rows.list_suggestions(here.session, here.community_id, ids)
    return {suggestion.id or 0: suggestion.number for suggestion in found}


def _people_in(row: AuditRow) -> list[int]:
    return [*_ids(row, "owner_id"), *_ids(row, "inviter_id")]


def _ids(row: AuditRow, key: str) -> list[int]:
    return [value for side in (row.was, row.became) if isinstance(value := side.get(key), int)]


COMMANDS = (
    Command("audit", audit, takes="number", aliases=("记录", "記錄", "紀錄"), staff=True),
    Command("undo", undo, aliases=("撤销", "撤銷", "復原"), staff=True, fresh=True),
)
PRESSES = (Press("audit", audit_pressed, 2), Press("undo", undo_pressed, 2))
PROMPTS = ()
