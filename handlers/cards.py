"""The team's card: plan, start, decline, own, date, seen. Its buttons work wherever a copy of it stands."""

from datetime import date, datetime

from bot.community import care, triage
from bot.community.errors import SameStatus, StaleButton
from bot.community.triage import Decision
from bot.here import Here
from bot.texts import announce
from bot.texts import care as texts
from bot.texts.errors import explain
from bot.texts.say import Answers, Rewrite, Say, Toast, Whisper
from handlers import prompts
from handlers.commands import Press, Prompt, Spoken
from handlers.named import for_team, shown
from storage.suggestions import DECLINED, OPEN, PLANNED, STARTED, STATUSES


async def open_pressed(here: Here, numbers: list[int]) -> Answers:
    """Show the card to who asks for it, with its buttons."""
    here, suggestion = await for_team(here, numbers[0])
    said = await announce.team_card(here.session, here.t, suggestion)
    return [Toast(), Whisper(said.text, said.keyboard)]


async def move_pressed(here: Here, numbers: list[int]) -> Answers:
    """Plan, start, or open it again."""
    status = STATUSES[numbers[1]] if numbers[1] < len(STATUSES) else ""
    if status not in (OPEN, PLANNED, STARTED):
        raise StaleButton
    here, named = await for_team(here, numbers[0])
    decision = Decision(status, "", here.person_id)
    suggestion = await triage.decide(here.session, here.community_id, named.number, decision, here.now)
    return [Toast(texts.moved(here.mine, suggestion)), *await shown(here, suggestion)]


async def refuse_pressed(here: Here, numbers: list[int]) -> Answers:
    """Decline: the reason is asked for, since everyone can read it."""
    here, suggestion = await for_team(here, numbers[0], fresh=True)
    return [Toast(), await prompts.ask(here, "reason", (numbers[0],), texts.ask_reason(here.t, suggestion))]


async def reason_given(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The reason for declining; where somebody has given one meanwhile, theirs stands and the question is over."""
    here, named = await for_team(here, numbers[0], fresh=True)
    if named.status == DECLINED:
        return Whisper(explain(SameStatus(named.number, DECLINED), here.mine))
    decision = Decision(DECLINED, spoken.words.strip(), here.person_id, as_team=here.as_chat)
    suggestion = await triage.decide(here.session, here.community_id, named.number, decision, here.now)
    said = Whisper(texts.moved(here.mine, suggestion))
    return [said, await announce.card(here.session, suggestion, here.now)]


async def mine_pressed(here: Here, numbers: list[int]) -> Answers:
    """Look after it, or let it go."""
    here, named = await for_team(here, numbers[0])
    owner = None if named.owner_id == here.person_id else here.person_id
    suggestion = await care.assign(here.session, here.community_id, named.number, owner, here.person_id, here.now)
    toast = Toast(texts.assigned(here.mine, suggestion, here.person.name if owner else None))
    return [toast, *await shown(here, suggestion)]


async def seen_pressed(here: Here, numbers: list[int]) -> Answers:
    """Looked at; it stays as it is."""
    here, named = await for_team(here, numbers[0])
    suggestion = await care.see(here.session, here.community_id, named.number, here.person_id, here.now)
    return [Toast(texts.seen(here.mine, suggestion)), *await shown(here, suggestion)]


async def dates_pressed(here: Here, numbers: list[int]) -> Answers:
    """Until when?"""
    here, suggestion = await for_team(here, numbers[0])
    ends = care.ends_of(care.today_in(here.community, here.now))
    return [Toast(), texts.dates(here.mine, suggestion, ends)]


async def due_pressed(here: Here, numbers: list[int]) -> Answers:
    """One of the days offered, or none."""
    here, named = await for_team(here, numbers[0])
    due = _day(numbers[1])
    suggestion = await care.set_due(here.session, here.community_id, named.number, due, here.person_id, here.now)
    return [Rewrite(texts.due(here.mine, suggestion)), await announce.card(here.session, suggestion, here.now)]


async def when_pressed(here: Here, numbers: list[int]) -> Answers:
    """Another day, to be typed."""
    here, suggestion = await for_team(here, numbers[0])
    return [Toast(), await prompts.ask(here, "when", (numbers[0],), texts.ask_day(here.t, suggestion))]


async def day_given(here: Here, numbers: list[int], spoken: Spoken) -> Answers:
    """The day typed."""
    here, named = await for_team(here, numbers[0])
    due = care.read_day(spoken.words, care.today_in(here.community, here.now))
    suggestion = await care.set_due(here.session, here.community_id, named.number, due, here.person_id, here.now)
    return [Say(texts.due(here.t, suggestion)), await announce.card(here.session, suggestion, here.now)]


def _day(number: int) -> date | None:
    """The day in a button's data; 0 is none."""
    if number == 0:
        return None
    try:
        return datetime.strptime(str(number), "%Y%m%d").date()  # noqa: DTZ007  # a day of the calendar
    except ValueError:
        raise StaleButton from None


COMMANDS = ()
PRESSES = (
    Press("open", open_pressed, 1),
    Press("move", move_pressed, 2),
    Press("refuse", refuse_pressed, 1),
    Press("mine", mine_pressed, 1),
    Press("seen", seen_pressed, 1),
    Press("dates", dates_pressed, 1),
    Press("due", due_pressed, 2),
    Press("when", when_pressed, 1),
)
PROMPTS = (Prompt("reason", reason_given), Prompt("when", day_given))
